"""What people write when they want no more messages, by language, and the words that carriers reserve for it.

Case, blanks and punctuation do not matter: `opt_out` folds both sides alike. Where people leave accents out, both
spellings are listed; removing accents everywhere would turn the Vietnamese for "correct" into the one for "stop".
Words that people also say for other reasons, such as the Romanian for "done", are left out.
"""

from collections.abc import Mapping

# Keywords that carriers reserve and that mean something else, or nothing, in small letters.
SHOUTED = frozenset({"T", "TD", "TC", "HUY", "N"})

# Languages in which a word without its accents is another word.
ACCENTED = frozenset({"vi"})

REQUESTS: Mapping[str, str] = {
    "carriers": "stop, stop all, unsubscribe, unsub, opt out, cancel, end, quit, revoke, remove, arret, alto, baja, "
    "ret, unreg, stop 2 quit, stop 2 end, stop end, stop quit, reply stop, لغو",
    "en": "stop it, stop this, stop that, stop now, unsubscribe me, opt me out, cancel subscription, "
    "cancel my subscription, remove me, remove my number, delete my number, delete me, lose my number, "
    "take me off, take me off your list, take me off this list, remove me from your list, "
    "remove me from this list, leave me alone, go away, no more texts, no more messages, please no more, "
    "cancel me, cancel all, stop it now, stop means stop, spam stop, stop spam, end all, i want to unsubscribe, "
    "i want to opt out, i want to stop, i would like to unsubscribe",
    "es": "para, parar, pare, basta, ya basta, paren, bórrenme, elimínenme, sáquenme, quítenme, deténganse, alto ya, "
    "detener, detente, cancelar, anular, "
    "darme de baja, dar de baja, dame de baja, quiero darme de baja, cancelar suscripción, cancelar suscripcion, "
    "no más mensajes, no mas mensajes, no me escribas, no me escribas más, no me escribas mas, no me escriban, "
    "no me escriban más, no me escriban mas, no me envíen más mensajes, no me envien mas mensajes, no me molesten, "
    "déjame en paz, dejame en paz, déjenme en paz, dejenme en paz, deja de escribirme, dejen de escribirme",
    "fr": "arrêt, arrêter, arreter, arrête, arrete, arrêtez, arretez, stopper, se désabonner, désabonner, "
    "desabonner, désabonnement, désinscription, désinscrire, me désabonner, me désinscrire, désabonnez moi, "
    "désinscrivez moi, annuler, résilier, ça suffit, ca suffit, plus de messages, ne m'écrivez plus, "
    "ne m'ecrivez plus, ne m'écris plus, ne me contactez plus, arrêtez de m'écrire, laissez moi tranquille, "
    "laisse moi tranquille, foutez moi la paix",
    "de": "stopp, stoppen, halt, aufhören, aufhoeren, hör auf, hören sie auf, schluss, ende, abmelden, abmeldung, "
    "abbestellen, kündigen, austragen, abbrechen, keine nachrichten mehr, keine sms mehr, schreib mir nicht mehr, "
    "schreiben sie mir nicht mehr, nicht mehr schreiben, lass mich in ruhe, lassen sie mich in ruhe",
    "it": "ferma, fermati, fermatevi, smettila, smettetela, smetti, smettete, annulla, annullare, disiscrivimi, "
    "disiscriviti, disiscrizione, disiscrivere, cancellami, cancellatemi, cancellazione, non scrivermi più, "
    "non scrivermi piu, non scrivetemi più, non scrivetemi piu, lasciami in pace, lasciatemi in pace, "
    "lasciami stare, niente più messaggi",
    "pt": "pára, pare, parem, me exclua, me exclui, me apaga, me apague, me tira, sair, chega, descadastrar, "
    "descadastro, cancelar inscrição, cancelar inscricao, cancelar assinatura, remover, remova me, me remova, "
    "me tira dessa lista, me tire da lista, não quero mais, nao quero mais, não me escreva mais, "
    "nao me escreva mais, não mande mais mensagens, nao mande mais mensagens, pare de me mandar mensagem, "
    "pare de me mandar mensagens, me deixa em paz, me deixe em paz, deixa me em paz",
    "nl": "hou op, stoppen, verwijder mij, verwijder me, stop ermee, afmelden, meld me af, uitschrijven, "
    "schrijf me uit, opzeggen, annuleren, einde, geen berichten meer, niet meer sturen, stuur me niets meer, "
    "laat me met rust",
    "pl": "przestań, przestan, przestańcie, przestancie, dość, dosc, koniec, wypisz, wypisz mnie, wypiszcie mnie, "
    "wypisuję się, rezygnuję, rezygnuje, rezygnacja, anuluj, nie pisz, nie piszcie, nie pisz do mnie, "
    "nie piszcie do mnie, nie pisz więcej, zostaw mnie, zostaw mnie w spokoju, dajcie mi spokój",
    "cs": "přestaň, prestan, přestaňte, prestante, dost, konec, odhlásit, odhlasit, odhlaste mě, zrušit, zrusit, "
    "nepište mi, nepiste mi, nepiš mi, nepis mi, už mi nepište, uz mi nepiste, nechte mě být, nechte me byt",
    "sk": "prestaň, prestaňte, koniec, odhlásiť, odhlasit, zrušiť, zrusit, nepíšte mi, nepiste mi, dajte mi pokoj",
    "hu": "állj, allj, elég, eleg, leállítás, leiratkozás, leiratkozas, leiratkozom, leiratkozok, lemondás, "
    "hagyd abba, hagyja abba, ne írj, ne írj többet, ne irj tobbet, ne írjon többet, hagyj békén, hagyj beken",
    "ro": "oprește, opreste, opriți, opriti, oprește te, opreste te, dezabonare, dezabonează mă, dezaboneaza ma, "
    "anulează, anuleaza, anulare, nu mai scrie, nu mi mai scrie, nu îmi mai scrie, nu îmi mai scrieți, "
    "nu mai trimite, lasă mă în pace, lasa ma in pace",
    "sv": "sluta, avsluta, avregistrera, avregistrera mig, avprenumerera, avbryt, inga fler meddelanden, "
    "inga fler sms, sluta skriva, sluta skriva till mig, lämna mig ifred, lämna mig i fred",
    "da": "stands, afmeld, afmeld mig, frameld, frameld mig, afslut, hold op, hold op med at skrive, "
    "ikke flere beskeder, lad mig være, lad mig være i fred",
    "nb": "slutt, slutte, avslutt, meld av, meld meg av, avmeld, stopp meldinger, ikke flere meldinger, "
    "slutt å skrive, ikke skriv til meg, la meg være, la meg være i fred",
    "fi": "lopeta, lopettakaa, peruuta, peru tilaus, poista, poistakaa minut, älä lähetä enää, älkää lähettäkö enää, "
    "ei enää viestejä, jätä minut rauhaan",
    "el": "στοπ, σταμάτα, σταματα, σταμάτησε, σταματήστε, σταματηστε, διακοπή, διακοπη, τέλος, κατάργηση, "
    "κατάργηση εγγραφής, διαγραφή, διαγραφη, ακύρωση, ακυρωση, φτάνει, φτανει, μη μου γράφεις, μην μου γράφετε, "
    "αφήστε με ήσυχο, αφήστε με ήσυχη, άσε με ήσυχο, άσε με ήσυχη",
    "tr": "dur, durun, durdur, durdurun, iptal, iptal et, çık, çıkış, abonelikten çık, listeden çıkar, beni çıkar, "
    "yeter, yazma, yazmayın, bana yazma, bana yazmayın, mesaj atma, mesaj atmayın, mesaj istemiyorum, rahat bırak, "
    "beni rahat bırak, beni rahat bırakın",
    "ru": "стоп, отпишись, хватит, прекрати, прекратите, перестань, перестаньте, отписаться, отписка, отпишите, "
    "отпишите меня, отпиши меня, отмена, отменить, удалите меня, не пиши, не пишите, не пиши мне, не пишите мне, "
    "больше не пиши, больше не пишите, не пиши мне больше, не пишите мне больше, не надо писать, отстань, "
    "отстаньте, отвали, оставьте меня в покое, оставь меня в покое",
    "uk": "досить, годі, припини, припиніть, перестань, перестаньте, зупиніть, зупинись, відписатися, відписатись, "
    "відписка, відпишіть мене, скасувати, видаліть мене, не пиши, не пишіть, не пиши мені, не пишіть мені, "
    "більше не пиши, більше не пишіть, не пишіть мені більше, відчепіться, відчепись, дайте мені спокій, "
    "залиште мене в спокої",
    "bg": "стига, спри, спрете, отказ, отпиши ме, отпишете ме, не ми пиши, не ми пишете, остави ме, "
    "оставете ме на мира",
    "hr": "prestani, prestanite, dosta, kraj, odjava, odjavi me, odjavite me, otkaži, otkazi, ne piši mi, "
    "ne pisi mi, nemoj mi pisati, nemojte mi pisati, prekini, ostavi me na miru",
    "sr": "престани, престаните, доста, одјава, не пиши ми, немојте ми писати, остави ме на миру",
    "ar": "توقف, توقفي, توقفوا, قف, أوقف, اوقف, إيقاف, ايقاف, إلغاء, الغاء, إلغاء الاشتراك, الغاء الاشتراك, "
    "ألغ الاشتراك, كفى, كفاية, لا تراسلني, لا تراسلوني, لا ترسل, لا ترسلوا, لا ترسل لي, لا ترسل لي رسائل, "
    "احذف رقمي, اتركني وشأني, اتركوني وشأني",
    "fa": "توقف, بس کن, بسه, لغو اشتراک, لغو عضویت, پیام نده, پیام ندهید, دیگر پیام ندهید, ول کن",
    "he": "הסר, הסירו, הסר אותי, הסירו אותי, להסיר, הסרה, עצור, עצרו, די, מספיק, תפסיק, תפסיקי, תפסיקו, הפסק, "
    "הפסיקו, ביטול, בטל, בטלו, לא לשלוח, אל תשלחו, אל תשלחו לי, אל תשלח לי, אל תכתבו לי, עזבו אותי, תעזבו אותי",
    "hi": "रुको, रुकिए, रुक जाओ, बस करो, बंद करो, बन्द करो, बंद करें, बंद कीजिए, मैसेज मत करो, मैसेज मत भेजो, "
    "मैसेज बंद करो, संदेश मत भेजो, मुझे मैसेज मत करो, मत भेजो, सदस्यता रद्द करें, रद्द करें, स्टॉप, ruko, "
    "band karo, bas karo, message mat karo, message mat bhejo, mat bhejo",
    "bn": "থামুন, থামো, বন্ধ করুন, বন্ধ করো, বাতিল, আর মেসেজ দেবেন না",
    "ur": "روکو, رک جاؤ, بند کرو, بند کریں, بس کرو, میسج مت کرو, مجھے میسج نہ کریں",
    "zh": "停, 停止, 退订, 退訂, 取消, 取消订阅, 取消訂閱, 拒收, 不要再发, 不要再发了, 不要再發了, 别发了, 別發了, "
    "别再发了, 別再發了, 不要发了, 不要發了, 别再发短信了, 不要再给我发信息, 不要再給我發訊息, 不要再联系我, "
    "不要再聯絡我, 别烦我, 別煩我, 不要打扰我, 不要打擾我",
    "ja": "停止, 配信停止, 登録解除, 退会, 解約, キャンセル, ストップ, やめて, やめろ, 止めて, もうやめて, "
    "もう結構です, やめてください, 送らないで, もう送らないで, もう送ってこないで, 連絡しないで, もう連絡しないで, "
    "配信不要, ほっといて",
    "ko": "중지, 정지, 그만, 그만해, 그만하세요, 그만 보내, 그만 보내세요, 멈춰, 멈추세요, 스톱, 취소, 해지, 탈퇴, "
    "구독취소, 구독 해지, 수신거부, 무료거부, 거부, 보내지 마, 보내지 마세요, 문자 보내지 마, 문자 보내지 마세요, "
    "연락하지 마, 연락하지 마세요",
    "vi": "dừng, dừng lại, dung lai, ngừng, ngừng lại, ngưng, hủy, huỷ, hủy bỏ, hủy đăng ký, huỷ đăng ký, "
    "huy dang ky, từ chối, tu choi, đừng nhắn nữa, đừng nhắn tin nữa, dung nhan nua, đừng gửi nữa, đừng làm phiền, "
    "đừng làm phiền tôi",
    "id": "berhenti, henti, hentikan, batal, batalkan, keluar, setop, berhenti berlangganan, berhenti langganan, "
    "jangan kirim lagi, jangan kirim pesan lagi, jangan chat lagi, jangan hubungi saya, jangan hubungi saya lagi, "
    "jangan ganggu, jangan ganggu saya, hapus nomor saya",
    "ms": "berhentikan, batal langganan, jangan hantar lagi, jangan hantar mesej lagi, jangan kacau saya",
    "tl": "tigil, itigil, itigil mo, tama na, huwag na, huwag mo akong i-text, wag na mag text, wag mo ako itext",
    "sw": "simama, ondoa, usinitumie ujumbe",
    "th": "หยุด, หยุดส่ง, หยุดส่งข้อความ, ยกเลิก, ยกเลิกการสมัคร, ยกเลิกการติดตาม, เลิก, เลิกส่ง, พอแล้ว, "
    "ไม่ต้องส่งมาอีก, อย่าส่งมาอีก, อย่าติดต่อมาอีก",
}
