"""How people ask for no more messages in further languages of the Latin alphabet."""

from collections.abc import Mapping

from router.core.people.opt_out_phrases import REST, SHORT, Phrases

FURTHER: Mapping[str, Phrases] = {
    "pl": Phrases(
        "(?:bardzo |uprzejmie )?prosze(?: o| was| pana| pania)?|blagam|hej|czesc|dzien dobry|witam|juz|wiecej|"
        "mozecie|moglibyscie|"
        "czy (?:mozecie|moglibyscie|mozesz|moglbys)|(?:chce|chcialbym|chcialabym)(?: aby| zeby)?|i|ok|natychmiast|"
        "zadam|pomylka|zly numer|nie jestem zainteresowan[ya]|mnie|stop",
        (
            (
                "nie (?:mi |do mnie |wiecej |juz )*(?:pisz|piszcie|pisac|wysylaj[^ ]*|wysylac|przysylaj[^ ]*|"
                "przysylac|kontaktuj[^ ]*|kontaktowac|nekaj[^ ]*|nekac|spamuj[^ ]*|spamowac|meczcie|niepokoi[^ ]*|"
                f"slij[^ ]*|zawracaj[^ ]*|smsuj[^ ]*|przeszkadzaj[^ ]*){REST}"
            ),
            (
                "(?:przestan|skoncz|zaprzestan|dosc|koniec|wystarczy|przesta|zakoncz|zatrzym)[^ ]*(?: juz)?(?: (?:do|"
                "z|tych|tymi|mnie|mi|nam|tego))* (?:pis|wysyl|przysyl|kontakt|sms|wiadomos|spam|nek|powiadom)"
                f"[^ ]*{REST}"
            ),
            (
                "nie (?:chce|zycze sobie|wyrazam zgody|zgadzam sie|potrzebuje)(?: (?:juz|wiecej|dostawac|otrzymywac|"
                "na|zadnych|tych|od was|waszych|takich|aby|zeby))* (?:wiadomos|sms|powiadom|kontakt|otrzymyw|dostaw|"
                f"reklam|spam)[^ ]*{REST}"
            ),
            (
                "(?:usun|wykres|skas|wypis|wymaz|zapomni)[^ ]*(?: prosze)? (?:mnie|moj (?:numer|telefon)|ten numer|"
                f"moje dane|numer){REST}|(?:sie )?wypis(?:ac|z|zcie|uje)(?: sie| mnie)?(?: z(?: [^ ]+){{1,4}})?"
            ),
            (
                "(?:usuniec|wykresl|wypisan|skasowan|zaprzestan)[^ ]*(?: (?:mojego|mnie|tego|numeru|wysylania|moich))"
                f"{{1,3}}{REST}"
            ),
            (
                f"(?:zostaw|daj)[^ ]*(?: mnie| mi| nam)? (?:w spokoju|(?:swiety )?spokoj){SHORT}|cofam zgode{REST}|"
                f"(?:anul|rezygn|zrezygn)[^ ]*(?: z)? (?:subskrypcj|wiadomos|sms|powiadom|newsletter)[^ ]*{SHORT}"
            ),
        ),
        "dopoki|dzisiaj|jutro|teraz",
    ),
    "cs, sk": Phrases(
        "prosim(?: vas)?|dobry den|ahoj|uz|mne|mi|nam|ok|a|ale|ne|dekuji|dakujem|spatne cislo|zle cislo|muzete|"
        "mozete|chci|chcem|nemam zajem|stop",
        (
            (
                "(?:prestan|skonc)[^ ]*(?: (?:mi|uz|mne|s|so|nam))* (?:ps|pis|posil|zasil|kontakt|obtez|spam|sms|"
                f"zprav|sprav)[^ ]*{REST}"
            ),
            (
                "(?:nepiste|nepis|nepisu?jte|neposil(?:ej|ejte|ajte|aj)|nezasil(?:ejte|ajte)|nekontaktujte|"
                f"neobtezujte|nespamujte|neotravujte){REST}"
            ),
            (
                "nech?ci?e?m?(?: (?:uz|dal|dalsi|dalsie|zadne|ziadne|dostavat|prijimat|od vas|vase))* (?:zprav|sms|"
                f"sprav|reklam|upozorn)[^ ]*{REST}"
            ),
            (
                "(?:smaz|vymaz|odstran|odeber|vyrad|zmaz)[^ ]*(?: (?:si|prosim))? (?:me|mne|moje|mou|muj|ma|toto)"
                f" ?(?:cislo|udaje|kontakt|ze seznamu|z databaze|z evidence|zo zoznamu){REST}"
            ),
            (
                f"odhlas[^ ]* (?:me|mne|ma){SHORT}|nechte (?:me|ma) (?:byt|na pokoji|na pokoj){SHORT}|(?:uz )"
                f"?(?:zadne|ziadne)(?: (?:dalsi|dalsie))? (?:zpravy|sms|spravy){SHORT}"
            ),
        ),
        "zitra|dnes|dokud",
    ),
    "hu": Phrases(
        "kerem|legyszi|legy szives|legyenek szivesek|szia|udvozlom|jo napot|tobbet|mar|ok|es|de|koszonom|"
        "rossz szam|szeretnek|azonnal|stop",
        (
            (
                f"ne (?:kuld|irj|irjon|irjanak|zavar|keres|sms|irogass)[^ ]*{REST}|(?:fejezze|fejezzek|fejezd|hagyja|"
                f"hagyjak|hagyd) (?:abba|be)(?: [^ ]+){{0,2}} [^ ]*(?:uzenet|sms|kuld|iras)[^ ]*{SHORT}"
            ),
            (
                f"nem (?:kerek|akarok|szeretnek)(?: [^ ]+){{0,3}} ?(?:uzenet|sms|ertesit|ertesul|reklam|hirlev)"
                f"[^ ]*{REST}"
            ),
            (
                f"(?:torol|torolje|toroljek|torold)[^ ]*(?: [^ ]+){{0,2}} (?:szam|telefonszam|adat|list|nev)"
                f"[^ ]*{SHORT}|vegye[^ ]* le a list[^ ]*|hagyj[^ ]* beken|leiratkoz[^ ]*{SHORT}"
            ),
        ),
        "meg|holnap|ma",
    ),
    "fi": Phrases(
        "kiitos|hei|moi|pyydan|olkaa hyva ja|ole hyva ja|voisitteko|voitteko|haluan(?: etta)?|nyt|ok|mutta|"
        "vaara numero|en ole kiinnostunut|stop",
        (
            (
                f"(?:lopeta|lopettakaa|lopettaa|lopettaisit[^ ]*|seis)(?: [^ ]+){{0,2}} ?(?:viest|teksti|lahet|hairi|"
                f"spam|sms|yhteydenot|kirjoit)[^ ]*{REST}"
            ),
            (
                "(?:ala|alkaa)(?: (?:enaa|koskaan|minulle))* (?:lahet|laita|laitta|viesti|ota yhteytta|"
                f"ottako yhteytta|kirjoit|hairi|teksta|tekstail)[^ ]*{REST}"
            ),
            (
                "en (?:halua|tarvitse|toivo)(?: (?:enaa|saada|vastaanottaa|lisaa|naita|teidan|teilta))* (?:viest|"
                f"teksti|sms|ilmoitu|mainos)[^ ]*{REST}"
            ),
            (
                f"poist[^ ]* (?:minut|numeroni|puhelinnumeroni|tietoni){REST}|jata(?:kaa)? (?:minut|meidat) rauhaan|"
                "peru[^ ]* (?:tilaus|tilaukseni|viestit)[^ ]*|ei enaa (?:viest|teksti|sms)[^ ]*"
            ),
        ),
        "vasta|huomenna|ennen",
    ),
    "tr": Phrases(
        "lutfen|merhaba|selam|artik|bana|bize|bu numaraya|bir daha|rica ederim|yeter|hey|hayir|tamam|"
        "ilgilenmiyorum|yanlis numara|daha fazla|sakin|hemen|"
        "tekrar|boyle|bu|daha|sana|size|dur|stop",
        (
            (
                "(?:mesaj|sms|bildirim|ileti|reklam)[^ ]*(?: (?:bana|artik|bir daha|lutfen|daha|falan))* (?:at|"
                "gonder|"
                f"yolla|yaz|cek)ma?e?(?:ma|me)?(?:yin|yiniz|sin)?{SHORT}(?<!mi)(?<!musun)"
            ),
            "(?:bana |bir daha |artik |buraya |bize )+(?:yazma|ulasma|mesaj atma|gonderme)(?:yin|yiniz)?",
            (
                "(?:bana |mesaj |sms |bildirim )*[^ ]*(?:atma|gonderme|yollama|yazma)(?:yi|k|y)? (?:birak|kes|durdur|"
                f"son ver)[^ ]*{SHORT}"
            ),
            f"(?:mesaj|sms|bildirim|ileti|reklam)[^ ]*(?: [^ ]+){{0,3}} (?:istemiyor|istemem)[^ ]*{SHORT}",
            f"(?:mesaj|sms|bildirim|ileti)[^ ]*(?: [^ ]+)? (?:durdur|kes|kapat|iptal|son)[^ ]*{SHORT}",
            (
                f"(?:numara|kayd|bilgi|telefon)[^ ]*(?: [^ ]+){{0,3}} (?:sil|cikar|kaldir)[^ ]*{SHORT}|(?:beni|bizi|"
                f"numarami)(?: (?:bu|sms|su))? (?:liste|rehber|grup)[^ ]* (?:cikar|sil|kaldir)[^ ]*{SHORT}"
            ),
            (
                f"liste[^ ]* (?:cik|cikar)[^ ]*{SHORT}|(?:abonelik|uyelik|abone)[^ ]*(?: [^ ]+)?? (?:iptal|cik|"
                f"sonlandir|bitir|sil)[^ ]*{SHORT}|(?:beni|bizi) rahat birak[^ ]*|rahatsiz etme(?:yin|yiniz)?"
            ),
        ),
        "neden|niye|henuz|yarin|simdi|gelmedi",
    ),
    "id": Phrases(
        "tolong(?:lah)?|mohon|harap|halo|hai|hi|pak|bu|kak|min|gan|silakan|ya|sudah|udah|saya (?:ingin|mau|minta)|"
        "bisakah(?: anda)?|bisa|dong|plis|please|maaf|"
        "selamat (?:pagi|siang|sore|malam)|saya|aku|kami|gue|gua|terima kasih|salah (?:nomor|sambung)|sila|minta",
        (
            (
                "(?:berhenti(?:lah)?|hentikan|setop|sudahi|berhentikan)(?: (?:untuk|lah|dong))* [^ ]*(?:chat|sms|"
                "spam|"
                f"notif|kirim|irim|hubung|ganggu|pesan(?!an)|mesej|hantar|langganan)[^ ]*{REST}|stop [^ ]*(?:kirim|"
                f"irim|hubung|ganggu|pesan(?!an)|mesej|hantar|langganan)[^ ]*{REST}"
            ),
            (
                "(?:jangan(?:lah)?|jgn|tidak usah|ga usah|gak usah|nggak usah|dilarang|tak usah|tak payah)"
                "(?: (?:pernah|lagi|terus|di|coba))* [^ ]*(?:kirim|hubung|chat|sms|whatsapp|wa\\b|telp|ganggu|spam|"
                f"text|kontak|hantar|mesej|kacau)[^ ]*{REST}"
            ),
            (
                "(?:sudah )?(?:tidak|gak|ga|nggak|tak|ngga|enggak|tdk)(?: lagi)? (?:mau|ingin|bersedia|pengen|perlu|"
                "butuh|nak)(?: (?:lagi|menerima|dapat|terima|di|dapet|ada|nerima|mendapat|mendapatkan))* (?:sms|"
                f"pesan(?!an)|notif|mesej|chat|dihubungi|dikirimi|promosi|iklan|dikirim|diganggu)[^ ]*{REST}"
            ),
            (
                "(?:hapus|keluarkan|hilangkan|buang|delete|padam|coret)[^ ]* (?:nomor|nomer|no|nombor|data|kontak|"
                f"saya|aku|nama){REST}|(?:batalkan|batal|cabut|berhenti|stop) (?:langganan|berlangganan|notifikasi|"
                f"sms){SHORT}"
            ),
        ),
        "dulu|besok|nanti|belum|sampai",
    ),
    "vi": Phrases(
        "xin|lam on|vui long|hay|toi|minh|em|anh|chi|ban|cac ban|ok|chao|da|oi|yeu cau|de nghi|mong|muon|cam on|"
        "dung|nham so roi",
        (
            (
                "(?:dung|ngung|thoi|cham dut)(?: (?:co|viec|ngay|bao gio|lai|tiep tuc))* (?:gui|nhan|lien he|"
                "lien lac|"
                f"lam phien|spam|quay ray|goi va nhan){REST}"
            ),
            f"khong (?:gui|nhan tin|lien he|lam phien){SHORT} nua|khong muon nhan(?: [^ ]+){{0,2}} nua",
            (
                "khong (?:muon|can|thich|dong y)(?: (?:nhan|duoc|bi|con|them|bat ky|cac|nhung|loai))* (?:tin|sms|"
                f"lien he|lien lac|lam phien|thong bao|quang cao){REST}"
            ),
            (
                f"(?:xoa|loai bo|go bo|bo)(?: ten)? so{REST}|(?:xoa|loai|go|bo)(?: ten)? (?:toi|minh|em) (?:ra )"
                f"?khoi{REST}"
            ),
            f"(?:huy|tu choi|ngung|dung) (?:dang ky|nhan|tin nhan|dich vu|thue bao|tat ca|thong bao|sms){REST}",
        ),
        "chua|vua|hom nay|ngay mai|don hang|duoc tin",
    ),
    "tl": Phrases(
        "please|pls|po|paki|pakiusap|hello|hi|salamat|wala na|sana",
        (
            (
                "(?:huwag|wag)(?: (?:mo|nyo|niyo|ninyo|na|po|akong|ako|ka|kayo|kang|kayong))* (?:i ?text|mag ?text|"
                f"magtext|padalhan|i ?message|kontakin|magpadala|guluhin|magmessage)[^ ]*{REST}"
            ),
            (
                "(?:tigilan|itigil|ihinto|tumigil)(?: (?:mo|nyo|niyo|na|po|ninyo))* (?:ako|ang|pagte|pag|text|kaka)"
                f"[^ ]*{SHORT}|(?:alisin|tanggalin|burahin|tanggal)[^ ]*(?: (?:mo|nyo|niyo|po|na))* (?:ako|"
                "ang number|"
                f"ang numero|number){REST}|ayoko na[^ ]*(?: [^ ]+){{0,2}} (?:text|message|makatanggap)[^ ]*{SHORT}"
            ),
        ),
    ),
}
