"""What opts a person in again, if it is all they write: START, UNSTOP, YES and their equivalents, by language.

The carriers' words come first. Nothing else in a text undoes an opt-out, so words that people also say for other
reasons, such as the Polish for yes, which is the Danish for thanks, are left out.
"""

from collections.abc import Mapping

RETURNS: Mapping[str, str] = {
    "carriers": "start, unstop, yes, subscribe, resume, continue, opt in",
    "en": "yes please, opt me in, opt me back in, opt back in, i want to opt in, i opt in, resubscribe, "
    "subscribe me, subscribe me again, resubscribe me, sign me up again, join again, restart, start again, "
    "start texting me again, start texting me, text me again, you can text me again, you may text me again, "
    "message me again, i want your messages again, i want messages again, undo stop, yes start",
    "es": "sí, si, iniciar, empezar, reanudar, suscribirme, suscribirme otra vez, darme de alta, alta, "
    "quiero recibir mensajes",
    "fr": "oui, débuter, reprendre, réabonner, me réabonner, réabonnez moi, me réinscrire, réinscrivez moi",
    "de": "ja, ja bitte, anmelden, wieder anmelden, fortsetzen",
    "pt": "sim, começar, recomeçar, inscrever, quero receber mensagens",
    "it": "sì, inizia, iniziare, riprendi, iscrivimi, iscrivimi di nuovo",
    "nl": "ja graag, aanmelden, hervatten, meld me weer aan",
    "pl": "wznów, zapisz mnie, zapisz mnie ponownie",
    "sv": "ja tack, börja, starta, starta igen, fortsätt",
    "da": "start igen, tilmeld, tilmeld mig",
    "nb": "meld meg på, start på nytt",
    "fi": "kyllä, aloita, jatka",
    "cs": "ano, přihlásit",
    "hu": "feliratkozás, feliratkozom",
    "tr": "evet, başla, başlat, devam et",
    "ru": "да, старт, начать, возобновить, подписаться, подпишите меня",
    "uk": "почати, підписатися, підпишіть мене",
    "el": "ναι, έναρξη, εγγραφή",
    "ja": "はい, 再開, スタート, 配信再開, 再登録",
    "zh": "是, 是的, 开始, 開始, 恢复, 恢復, 订阅, 訂閱, 重新订阅",
    "ko": "네, 예, 시작, 재개, 수신동의, 다시 시작",
    "ar": "نعم, ابدأ, اشتراك",
    "he": "כן, התחל, הירשם",
    "hi": "हाँ, हां, शुरू, शुरू करो, haan",
    "id": "mulai, lanjutkan, mulai lagi, berlangganan",
    "vi": "có, bắt đầu, đăng ký",
    "th": "ใช่, เริ่ม, สมัคร",
}
