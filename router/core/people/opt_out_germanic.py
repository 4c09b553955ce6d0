"""How people ask for no more messages in German, Dutch and the Scandinavian languages."""

from collections.abc import Mapping

from router.core.people.opt_out_phrases import REST, SHORT, Phrases

GERMANIC: Mapping[str, Phrases] = {
    "de": Phrases(
        "bitte|hallo|hi|guten (?:tag|morgen|abend)|moin|servus|ich (?:will|mochte|moechte|wunsche|verlange)"
        "(?: dass (?:sie|ihr|du))?|ich bitte (?:sie|euch|dich)|"
        "(?:konnen|konnten|koennten|wurden) sie|konnt ihr|kannst du|ok|jetzt|endlich|und|also|nein(?: danke)?|"
        "kein interesse|falsche nummer|danke|sofort|"
        "mal|doch|stopp?|ich|wir|von|ab sofort",
        (
            (
                "(?:hor|hoer)(?:t|en|e)?(?: sie| ihr)?(?: (?:bitte|endlich|sofort|jetzt|mal))* auf(?: damit)"
                f"?(?: (?:mir|mich|uns|standig|staendig|immer|weiter|andauernd))*(?: [^ ]+){{0,3}}? [^ ]*(?:schreib|"
                f"schick|send|kontakt|belast|belaest|nerv|spam|text|sms|nachricht)[^ ]*{REST}"
            ),
            (
                "(?:keine|keinerlei)(?: (?:weiteren?|solchen?|diese|ihre|eure))* (?:nachrichten|sms|texte|messages|"
                f"whatsapps?|benachrichtigungen|erinnerungen|werbung|mitteilungen|newsletter) mehr{REST}"
            ),
            (
                "(?:keine|keinerlei)(?: (?:weiteren?|solchen?))* (?:nachrichten|sms|texte|messages|"
                "benachrichtigungen|"
                "erinnerungen|werbung|mitteilungen|newsletter)(?: (?:bitte|danke|senden|schicken|an mich|von euch|"
                "von ihnen|erhalten|empfangen))*"
            ),
            (
                "(?:schick|schreib|send|kontaktier|belastig|belaestig|stor|stoer|nerv|sims|text)[^ ]*(?: (?:sie|ihr|"
                "mir|mich|uns|bitte|an diese nummer|hier))* (?:nicht|nichts|nie|keine[^ ]*)(?: (?:sms|nachrichten|"
                f"werbung|so|etwas|an|mir|bitte))* (?:mehr|wieder|weitere[^ ]*){REST}"
            ),
            (
                "(?:schick|send)[^ ]*(?: (?:sie|ihr|mir|uns|bitte))* keine (?:nachrichten|sms|werbung|"
                f"benachrichtigungen|texte){REST}"
            ),
            (
                f"(?:mich |mir |uns )?(?:bitte )?(?:nicht|nie|nichts) (?:mehr|wieder) (?:[^ ]+ ){{0,2}}?(?:an)"
                f"?(?:schreib|schick|kontakt|anschreib|zusend|zuschick|send|belast|erhalten|text|hor)[^ ]*{SHORT}"
            ),
            (
                "(?:meine|diese|unsere|die)? ?(?:handy|telefon|mobil)?(?:nummer|daten) (?:(?:bitte|sofort|wieder|"
                f"aus [^ ]+ [^ ]+))*(?: ?)(?:loschen|loeschen|entfernen|streichen|rausnehmen|austragen){SHORT}"
            ),
            (
                "(?:losch|loesch|entfern|streich|vergiss|vergess|nehm|nimm)[^ ]*(?: (?:sie|ihr|bitte))* (?:meine|"
                f"diese|unsere|die) (?:[^ ]*nummer|daten|kontaktdaten|kontakt){REST}"
            ),
            (
                "(?:nehm|nimm|streich|trag|losch|loesch|entfern|schmeiss|werf)[^ ]*(?: (?:sie|ihr|bitte))"
                f"* mich (?:bitte |sofort )?(?:aus|von|vom){REST}"
            ),
            (
                f"(?:meld|trag)[^ ]*(?: (?:sie|ihr|bitte))* mich (?:bitte |sofort |wieder )?(?:ab|aus){SHORT}|"
                "(?:mich|"
                f"uns)(?: bitte| hiermit)? (?:abmelden|abbestellen|austragen|abzumelden){SHORT}"
            ),
            (
                "(?:das |den |mein |meinen |die )?(?:abo|abonnement|newsletter|sms|nachrichten|benachrichtigungen)"
                "(?: bitte)? (?:kundigen|kuendigen|abbestellen|abschalten|stoppen|stornieren|beenden|abmelden|"
                f"ausschalten){SHORT}"
            ),
            (
                f"lass[^ ]*(?: sie| ihr)? (?:mich|uns) (?:bitte |endlich |doch )?in (?:ruhe|frieden){SHORT}|(?:ich )"
                f"?(?:widerrufe|widerspreche|ziehe){SHORT} [^ ]*(?:einwilligung|zustimmung|nutzung|kontaktaufnahme|"
                f"werbung){REST}"
            ),
            "(?:das|diese|dies|sowas)(?: [^ ]+)? nicht mehr (?:bekommen|erhalten|haben|sehen|kriegen|empfangen)",
            (
                "(?:mich )?(?:bitte )?aus (?:dem|der|eurem|ihrem|ihrer|eurer|diesem) (?:verteiler|liste|datenbank|"
                "kartei|system)[^ ]* (?:nehm|streich|losch|entfern|austrag|raus)[^ ]*"
            ),
            (
                "(?:stopp?|schluss)(?: mit)?(?: (?:den|die|diese|diesen|euren|eure|ihren|ihre|der))? (?:nachrichten|"
                f"sms|werbung|texten){SHORT}"
            ),
        ),
        "bis|morgen|heute|vor|jetzt nicht",
    ),
    "nl": Phrases(
        "alsjeblieft|alstublieft|aub|a u b|svp|hallo|hoi|dag|goedemorgen|goedemiddag|goedenavond|(?:kunt|wilt|zou)"
        " u|(?:kun|wil|zou) je|(?:kunnen|willen) jullie|"
        "graag|ik wil(?: graag)?(?: dat (?:je|u|jullie))?|nu|en|maar|nee(?: bedankt)?|verkeerd nummer|"
        "geen interesse|ok|please|stop|verzoek om",
        (
            (
                "(?:stop|stoppen|hou|houd|houdt|kap|kappen)(?: (?:nu|eens|alsjeblieft|a?u?b))*(?: op)?(?: (?:met|om))"
                "+(?: (?:mij|me|ons|het|die|deze|al|jullie|uw))*(?: [^ ]+)?? (?:te )?(?:bericht|sms|app|mail|stuur|"
                f"sturen|lastig|contact|spam|schrijv|text|melding|notif)[^ ]*{REST}"
            ),
            (
                "(?:mij |me |mijn nummer )?(?:uit|van) (?:de|jullie|uw) lijst (?:halen|verwijderen|schrappen)"
                "(?: [^ ]+)"
                "{0,3}"
            ),
            "(?:dit|deze|die)(?: [^ ]+)? niet meer (?:ontvangen|krijgen|hebben|zien)",
            (
                "geen(?: (?:verdere|andere|enkele|nieuwe))? (?:bericht|sms|app|melding|mail|reclame|notificatie|"
                f"tekstbericht)[^ ]* meer{REST}"
            ),
            (
                "(?:stuur|sturen|app|sms|bericht|contacteer|mail|benader|schrijf)(?: (?:mij|me|ons|alsjeblieft|aub))"
                f"* (?:nooit|niet|geen|niets){SHORT} ?(?:meer|berichten|sms){SHORT}"
            ),
            (
                f"(?:mij |me )?niet meer (?:te )?(?:stur|app|sms|schrijv|contact|mail|benader|lastig)[^ ]*{SHORT}|"
                "val (?:mij|me) niet(?: meer)? lastig"
            ),
            (
                "(?:haal|verwijder|schrap|wis|delete|vergeet|gooi)(?: a?u?b)? (?:mijn|dit|ons) (?:[^ ]*nummer|"
                f"gegevens|naam){REST}|(?:haal|verwijder|schrap|gooi)(?: aub| alsjeblieft)? (?:mij|me|ons) (?:aub |"
                f"alsjeblieft )?(?:van|uit) [^ ]+{REST}"
            ),
            (
                f"(?:meld|schrijf)(?: (?:mij|me|ons|aub|alsjeblieft|maar))* (?:af|uit){SHORT}|(?:me |mij |ons )"
                f"?(?:afmelden|uitschrijven|af te melden|uit te schrijven){SHORT}|laat (?:me|mij|ons)"
                " (?:alsjeblieft |"
                f"nu |toch )?met rust{SHORT}"
            ),
        ),
        "tot|morgen|vandaag|voor",
    ),
    "sv": Phrases(
        "snalla|hej|tack|(?:kan|vill) (?:ni|du)|jag vill(?: att (?:ni|du))?|var(?: snall| vanlig)(?: och)?|"
        "vanligen|nu|ok|och|men|nej(?: tack)?|fel nummer|stopp|stop|vi",
        (
            (
                "(?:sluta|slut|upphor|stoppa|stopp? med)(?: (?:genast|nu|med|att|upp|alla))*(?: [^ ]+)?? (?:att )"
                "?[^ ]*(?:skick|skriv|sms|meddela|kontakt|stor|trakass|spam|messa|text|notis|maila|utskick|hora av)"
                f"[^ ]*{REST}"
            ),
            (
                "(?:skicka|skriv|sms[^ ]*|kontakta|stor|messa|mejla)(?: (?:mig|oss|till mig))* (?:inte|inga|aldrig|"
                "ej)"
                f"{REST}|(?:inga|ingen)(?: (?:fler|flera|mer))? (?:sms|meddelande|notis|utskick|mess|textmeddelande)"
                f"[^ ]*{REST}"
            ),
            (
                f"(?:jag )?vill (?:inte|ej)(?: langre)?(?: (?:ha|fa|ta emot|bli|att))*(?: [^ ]+){{0,3}} ?(?:sms|"
                f"meddelande|notis|kontaktad|utskick|mess|reklam|skickar|skriver)[^ ]*{REST}"
            ),
            (
                "(?:ta bort|radera|avregistrera|stryk|plocka bort|avanmal)(?: (?:mig|mitt [^ ]*nummer|mitt namn|"
                f"detta nummer|mina uppgifter)){REST}|lamna (?:mig|oss) i ?fred|avsluta (?:prenumeration|sms|utskick)"
                f"[^ ]*|avprenumerera[^ ]*{SHORT}"
            ),
        ),
        "forran|imorgon|idag|an",
    ),
    "da, nb": Phrases(
        "venligst|vennligst|vaer sa snill(?: og| a)?|hei|hej|tak|takk|(?:kan|vil) (?:du|i|dere)(?: venligst|"
        " vennligst)?|jeg (?:vil|onsker)(?: at (?:du|i|dere))?|na|nu|ok|og|men|"
        "nei(?: takk)?|nej(?: tak)?|forkert nummer|feil nummer|stopp|stop|vi",
        (
            (
                "(?:stopp? (?:med|at|a)|slutt|hold opp?|slut|lad vaere)(?: (?:med|at|a|nu|na))*(?: [^ ]+)"
                f"?? [^ ]*(?:skriv|send|sms|besked|melding|kontakt|spam|text|plag|forstyr)[^ ]*{REST}"
            ),
            (
                "(?:send|skriv|kontakt|sms)[^ ]*(?: (?:mig|meg|til mig|til meg|os|oss))* (?:ikke|aldri|aldrig|ingen)"
                f"{REST}|ikke (?:send|skriv|kontakt|forstyrr|sms)[^ ]*{REST}"
            ),
            (
                "(?:jeg )?(?:vil|onsker|orker|gider) ikke(?: (?:lengre|laengere|lenger|mere|mer|ha|have|motta|"
                "modtage|"
                f"fa|at|flere))*(?: [^ ]+){{0,2}} ?(?:besked|melding|sms|kontakt|reklame|varsl)[^ ]*{REST}"
            ),
            (
                "(?:slet|slett|fjern)(?: (?:venligst|vennligst))? (?:mitt|mit|meg|mig|dette|mine)(?: [^ ]*(?:num|"
                f"telefon|data)[^ ]*| fra [^ ]+){REST}|(?:slett|fjern) nummeret(?: mitt)?"
            ),
            (
                f"(?:ingen|ikke) (?:flere|fler) (?:besked|melding|sms)[^ ]*{REST}|(?:meld (?:meg|mig) (?:av|af|fra)|"
                f"(?:avmeld|afmeld|frameld) (?:meg|mig)){SHORT}|"
                "(?:la|lad) (?:meg|mig|oss|os)(?: (?:vaere|vare))? i fred|"
                "stopp? (?:meldinger|beskeder|sms)[^ ]*"
            ),
        ),
        "for|i morgen|i dag|endnu|enda",
    ),
}
