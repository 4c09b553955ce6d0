"""How people ask for no more messages in Spanish, French, Portuguese, Italian and Romanian."""

from collections.abc import Mapping

from router.core.people.opt_out_phrases import REST, SHORT, Phrases

ROMANCE: Mapping[str, Phrases] = {
    "es": Phrases(
        "por favor|porfa|porfis|favor de|hola|buen dia|buenos dias|buenas(?: tardes| noches)?|ya|ok|oye|oigan?|"
        "senores|y|"
        "(?:les|le|te) (?:pido|ruego|agradeceria)(?: que)?|(?:quiero|necesito|quisiera|me gustaria|pido|solicito|"
        "deseo|exijo)(?: que)?|"
        "pueden?|puedes|podrian?|podrias|gracias|numero equivocado|no me interesa|disculpen?|perdon|alto|stop|"
        "ustedes|me|numero",
        (
            (
                "(?:deja|deje|dejen|dejad|dejar|dejes|pare|paren|parar|parad|para|termina|terminen|cesen|basta|"
                "eviten)"
                "(?: ya)? de (?:llam[^ ]+ (?:y|o|ni) )?(?:[^ ]*(?:envi|mand|escrib|molest|contact|textea|spame|"
                f"fastidi|acos)[^ ]*){REST}"
            ),
            (
                "no (?:me |nos |le )?(?:vuelva[ns]? a )?(?:envi|mand|molest|contact|texte|fastidi|escrib)(?:e|es|en|"
                f"eis|a|as|an|ais|ar|ir)(?:me|nos)?{REST}"
            ),
            (
                "no (?:quiero|deseo|acepto|autorizo)(?: seguir| mas)?(?: recib[^ ]*)?(?: que)?(?: me)"
                f"?{SHORT} ?(?:mensajes?|msjs?|sms|textos?|notificaciones|alertas|recordatorios|promociones|"
                "publicidad|informacion|info|nada|correos|escriban?|escribas|manden?|mandes|envien?|envies|"
                "contacten?|"
                f"molesten?){REST}"
            ),
            "no quiero recib[^ ]*(?: nada)?(?: mas)?(?: nada)?(?: de ustedes)?",
            (
                "(?:no mas|ni un|basta(?: ya)?(?: de| con)?|cancel[^ ]+|suspend[^ ]+|deten[^ ]*|par[ae]n?|"
                "desactiv[^ ]+|alto a)(?: (?:los|las|estos|sus|mis|todos|la|mi|el|tantos))* (?:mensajes?|msjs?|sms|"
                f"textos|notificaciones|alertas|recordatorios|suscripcion|promociones|publicidad){REST}"
            ),
            f"dejar de recibir(?: (?:los|sus|estos|mas|tantos))* (?:mensajes?|msjs?|sms|textos?|notificaciones){REST}",
            (
                "(?:da|dar|den|de|dame|denme|deme|darme|darnos|dadme|doy|dan)(?: me| este numero| mi numero)"
                f"? de baja{REST}"
            ),
            (
                "(?:borr|elimin|quit|sac|saqu|remuev|remov|retir|olvid|pierd)[^ ]*(?: a)? (?:mi|este|ese|mis)"
                f" (?:numero|telefono|celular|contacto|datos){REST}"
            ),
            (
                "(?:borr|elimin|quit|sac|saqu|remuev|remov|retir|salir)[^ ]*(?: a?mi)? de (?:la |su |sus |esta |esa |"
                f"las |tu |tus )?(?:lista|base|registros?|sistema|contactos|listas|grupo){REST}"
            ),
            (
                f"dej[^ ]*(?:me|nos) (?:en paz|tranquil[oa]s?){SHORT}|no molest[^ ]+(?: mas)?|desuscrib[^ ]*{SHORT}|"
                f"revoco mi{REST}"
            ),
        ),
        "hasta|todavia|aun|antes|manana|hoy|ahora no",
    ),
    "fr": Phrases(
        "s il (?:vous|te) plait|svp|stp|merci(?: de| d)?|veuillez|priere de|bonjour|bonsoir|salut|(?:pouvez|"
        "pourriez) vous|(?:peux|pourrais) tu|"
        "(?:vous|tu) (?:pouvez|peux)|je vous (?:prie|demande|remercie)(?: de| d)?|je (?:veux|souhaite|voudrais|"
        "desire|demande)(?: a| de| que vous)?|"
        "j aimerais(?: que vous)?|il faut|ok|et|donc|mais|desole[e]?|non(?: merci)?|pas interesse[e]?|"
        "mauvais numero|stop|de|d|maintenant|etre",
        (
            (
                "(?:arret|cess|stopp|evit)[^ ]*(?: (?:maintenant|immediatement|donc|svp|tout|de suite))*(?: (?:de|d|"
                "avec|les|vos|ces|tous|l|tes))*(?: (?:m|me|nous))* ?(?:envo|ecri|contact|spam|harcel|derang|embet|"
                "sms|"
                f"messag|texto|notif|relanc|sollicit|pub|rappels|mail)[^ ]*{REST}"
            ),
            (
                "n?e? ?plus (?:jamais )?(?:me |m |nous )?(?:re)?(?:envo|ecri|contact|derang|harcel|spam|embet|"
                f"sollicit|relanc)[^ ]*{REST}"
            ),
            (
                "(?:ne |n )?(?:me |m |nous )?(?:re)?(?:envo|ecri|contact|derang|harcel|spam|embet|sollicit|relanc)"
                f"[^ ]*(?: moi| nous| me)?(?: surtout)? (?:plus|pas|jamais){REST}"
            ),
            (
                "(?:je )?(?:ne |n )?(?:veux|souhaite|desire|voudrais|accepte|consens)(?: (?:pas|plus|aucun|rien|"
                "absolument))+(?: (?:recevoir|etre|avoir|de|d|vos|ces|que vous m|que vous me|aucun|en|tes|des))"
                "* ?(?:sms|messag|msg|texto|notif|contact|recevoir|envoy|ecriv|pub|rappel|mail|sollicit|derang)"
                f"[^ ]*{REST}"
            ),
            f"(?:je )?(?:me |m |se |nous )?(?:desinscri|desabonn)[^ ]*{REST}",
            (
                "stop (?:(?:aux?|a|avec|les|vos|ces|tous|envoi|l envoi|de|d))* ?(?:vos |ces )?(?:messages?|sms|"
                f"textos?|notifications?|pub|pubs|mails?|spams?){SHORT}"
            ),
            (
                "(?:retir|supprim|enlev|effac|oubli|raye|bloqu)[^ ]* (?:svp )?(?:(?:mon|ce|le) (?:numero|contact|"
                f"telephone|portable|nom)|mes (?:donnees|coordonnees)){REST}"
            ),
            (
                "(?:me |m )?(?:retir|supprim|enlev|effac|raye|radi|sort|vir)[^ ]*(?: moi| nous)? (?:svp )?(?:de|des|"
                "du)(?: la| votre| vos| cette| ces| ta| tes)? (?:liste|listes|fichiers?|base|repertoire|contacts|"
                f"systeme|donnees|diffusion){REST}"
            ),
            (
                "(?:plus|pas|assez|marre|ca suffit|basta)(?: (?:de|d|aucun|avec|les|vos|ces|tous|tes))+ (?:messages?|"
                f"sms|textos?|notifications?|pub|pubs|mails?|spams?){REST}"
            ),
            f"(?:laiss|fout|fich)[^ ]*(?: moi| nous)? (?:tranquille|la paix|en paix){SHORT}",
            (
                f"(?:annul|resili)[^ ]* (?:mon |l |mes |cet )?(?:abonnement|inscription|sms|messages){REST}|"
                f"je (?:retire|revoque) mon consentement{REST}"
            ),
        ),
        "avant|demain|encore|aujourd",
    ),
    "pt": Phrases(
        "por favor|por gentileza|pf|pfv|pfvr|oi|ola|bom dia|boa (?:tarde|noite)|favor|ja|gostaria (?:de|que)|"
        "(?:quero|preciso|peco|solicito|desejo|exijo)(?: que)?|"
        "pode[m]?|poderiam?|da para|e|numero errado|nao tenho interesse|obrigad[oa]|ei|gente|pessoal|voces|vcs|"
        "parem|pare|stop",
        (
            (
                "(?:par|cess|deix|suspend|interromp|cheg|evit)[^ ]*(?: ja)?(?: (?:de|com))(?: (?:me|nos|os|as|essas?|"
                "esses?|ficar|estas?|tanta|tantas|mais))* ?(?:mand|envi|escrev|perturb|incomod|contat|contact|spam|"
                f"encher|mensag|sms|msg|texto|amol|notific)[^ ]*{REST}"
            ),
            (
                "nao (?:me |nos |lhe )?(?:voltem? a )?(?:mand|envi|escrev|perturb|incomod|contat|contact)(?:e|em|a|"
                "am|"
                f"es|ar|er)(?: me)?{REST}"
            ),
            (
                "nao (?:quero|desejo|aceito|autorizo|gostaria de)(?: (?:mais|que me|que|continuar))*(?: recebe[^ ]*)"
                f"?{SHORT} ?(?:mensag|sms|msg|notific|texto|promo|contato|propaganda|mandem|enviem|escrevam)"
                f"[^ ]*{REST}"
            ),
            "nao quero (?:mais )?receber(?: mais)?(?: nada)?|nao entrem?(?: mais)?(?: em)? contato(?: [^ ]+){0,5}",
            (
                "(?:me |nos )?(?:tir|remov|retir|exclu|apag|delet|esque)[^ ]*(?: me)?(?: (?:o|do|de))? (?:meu|este|"
                f"esse) (?:numero|telefone|contato|cadastro|celular){REST}"
            ),
            (
                "(?:me |nos )?(?:tir|remov|retir|exclu|apag|delet|sair|saia)[^ ]*(?: me)? (?:da|dessa|desta|de|das|"
                "deste|desse|do|destas)(?: (?:sua|suas|seu|seus))? (?:lista|cadastro|grupo|sistema|contatos|base|"
                f"listas){REST}"
            ),
            (
                f"(?:me )?(?:descadastr|desinscrev)[^ ]*{REST}|(?:me )?deix[^ ]*(?: me)? em paz{SHORT}|revogo (?:o )"
                f"?meu consentimento{REST}"
            ),
            (
                "cancel[^ ]*(?: (?:d[aeo]s?|a|o|as|os|minha|meu|essa|esse|sua|todas|estas|o recebimento))"
                f"* (?:inscricao|assinatura|cadastro|mensagens|sms|notificacoes|recebimento){REST}"
            ),
            f"(?:chega|basta|sem|nada|nenhuma?)(?: de)?(?: mais)? (?:mensag|sms|msg|notific)[^ ]*{REST}",
        ),
        "ate|ainda|amanha|hoje|agora nao|antes",
    ),
    "it": Phrases(
        "per (?:favore|piacere|cortesia)|ciao|salve|buongiorno|buonasera|(?:vi|la|ti) prego(?: di)?|(?:vorrei|"
        "voglio|desidero|chiedo)(?: che| di)?|"
        "potete|potreste|puoi|puo|potresti|potrebbe|gentilmente|si prega di|ora|adesso|grazie|e|numero sbagliato|"
        "non sono interessat[oa]|ok|ho detto di|stop",
        (
            (
                "(?:smett|finit|finir|ferma|piant|cess|evit|blocc|interromp|basta)[^ ]*(?: (?:subito|adesso|ora))"
                "?(?: (?:di|con|a))?(?: (?:i|gli|questi|l|lo|tutti|questi))* ?(?:mand|invi|scriv|contatt|disturb|"
                f"messagg|sms|notific|spam|romper|molest|tormenta)[^ ]*{REST}"
            ),
            (
                "non (?:mi |ci )?(?:(?:mand|invi|contatt|disturb|spamm)(?:ate|ar|i|ino|armi|are|atemi)(?:mi|ci)?|"
                f"scriv(?:ete|er|a|ano|ermi|ere|etemi)|rompete|cercatemi)(?:mi|ci)?{REST}"
            ),
            (
                "non (?:voglio|desidero|intendo|vorrei|accetto|gradisco)(?: piu)?(?: (?:ricev[^ ]*|avere|essere))"
                f"?(?: [^ ]+){{0,3}} ?(?:messagg|sms|notific|contatt|comunicaz|promo|pubblic|avvis|vostri)[^ ]*{REST}"
            ),
            "non voglio piu ricev[^ ]*(?: [^ ]+){0,4}",
            (
                "(?:toglie|togli|rimuov|cancell|elimin|leva|scord|dimentic)[^ ]* (?:il |questo |i |il mio |"
                "il nostro )"
                f"*(?:mio |miei )?(?:numero|dati|contatto|nominativo){REST}"
            ),
            (
                "(?:toglie|togli|rimuov|cancell|elimin|leva|depenn)[^ ]* (?:dalla|dalle|da|dal|dai|dagli)"
                "(?: (?:vostra|vostre|questa|sua|tua|vostro))? (?:lista|liste|elenco|rubrica|database|sistema|"
                "mailing|"
                f"contatti){REST}"
            ),
            (
                f"(?:disiscri|disabbon)[^ ]*{REST}|cancellarmi{SHORT}|(?:niente|nessun|stop|basta)(?: (?:piu|altri|"
                f"altro|ai|a|con i))* (?:messagg|sms|notific)[^ ]*{REST}"
            ),
            (
                f"lasci[^ ]* (?:in pace|stare){SHORT}|(?:annull|disdi)[^ ]* (?:l |la |il |mia |mio )*(?:iscriz|"
                f"abbonam|sottoscriz)[^ ]*{SHORT}|revoco (?:il )?(?:mio )?consenso{REST}"
            ),
        ),
        "fino|ancora|prima|domani|oggi",
    ),
    "ro": Phrases(
        "va rog|te rog|buna(?: ziua)?|salut|multumesc|(?:puteti|ati putea|poti)(?: sa)?|vreau sa|as vrea sa|"
        "doresc sa|ok|si|dar|numar gresit|stop|ma",
        (
            (
                "(?:opri|inceta|stop|termina)[^ ]*(?: (?:va|te|cu|din|sa|de|imi|mi|ma|a))* ?(?:mesaj|sms|trimit|scri|"
                f"contact|deranj|trimis|notific)[^ ]*{REST}"
            ),
            (
                f"nu (?:mi |imi |ma |ne |va )*mai (?:mi )?(?:trimit|scri|contact|deranj)[^ ]*{REST}|nu (?:mi |imi |"
                f"ma )(?:trimite|trimiteti|scrie|scrieti|contacta|contactati|deranja|deranjati){SHORT}"
            ),
            (
                "nu (?:mai )?(?:vreau|doresc)(?: (?:sa|mai|primesc|alte|aceste|sa mai))* (?:mesaj|sms|notific|"
                f"fiu contact)[^ ]*{REST}"
            ),
            (
                "(?:sterg|elimin|scoate|scoatet)[^ ]*(?: (?:ma|va rog))* (?:numarul|datele|contactul|din list|"
                f"din baza|de pe list)[^ ]*{REST}|dezabon[^ ]*{SHORT}|las[^ ]* ma in pace"
            ),
        ),
        "pana|maine|azi|inca",
    ),
}
