"""Texts without a code of ours: sentences in several languages, numbers, dates, orders and one-time passwords."""

from collections.abc import Callable, Mapping
from random import Random
from string import ascii_uppercase, digits
from typing import Final

Write = Callable[[Random], str]

_SENTENCES: Final = """
Hello, is anybody there? | Thanks so much, see you tomorrow | Can you call me back after 5 pm please | I want to stop
Do you ship to Canada? How much is it | my order has not come yet, it was due on 3rd May | ok | lol | hmmmmm | brrrrr
What time do you open on 24 Dec | u 2 do it | I got 3 of 5, where r the other 2? | My flight is BA 2490 at 7 35
Por favor llámame mañana a las 7 | ¿Tienen la talla 42? Gracias | No me llegó el código, puede mandarlo otra vez
Bonjour, je voudrais changer mon rendez-vous de 14 h 30 | Merci beaucoup ! | C'est quoi le prix pour 2 personnes
Guten Tag, ich habe eine Frage zu Rechnung 4471 | Können Sie mich bitte zurückrufen? | Schrwtz | Tschüss, bis morgen
Olá, qual é o horário? | Obrigado, tudo certo kkkkkk | rsrsrs | Ciao, quanto costa? | Grazie mille | Dzień dobry
Cześć, o której otwieracie | čtvrtky jsem doma | Strč prst skrz krk | Здравствуйте, когда придёт заказ? | Спасибо
три плюс два | Привет, это я | Καλημέρα σας | שלום, מה שלומך | مرحبا، متى تفتحون؟ | नमस्ते, क्या आप खुले हैं
こんにちは、予約したいです | 明日3点に行きます | 我的订单号是多少 | 안녕하세요 ㅋㅋㅋㅋㅋㅋ
Xin chào, tôi muốn hỏi | Hej, hvad koster det?
I LOVE IT | WHY DO YOU TRY | PDF XML | THX BTW | my wifi pw is hunter2 | 10k or 5k? we ran 12.3 km in 59:28 | rhythm
it weighs 5 kg 300 g, 23 x 45 x 67 cm | room 4F, door 7B, code 4512# | 3 x 24 W LED | 2nd floor, 3rd door | psst, myth
Liked “Hi Acme!” | Hi Acme! | Hi Acme! thanks | Hi Acme! boring | Hi Acme! what is this | Hi Acme! 5 pm?
"""
SENTENCES: Final = tuple(
    sentence.strip() for line in _SENTENCES.strip().splitlines() for sentence in line.split("|") if sentence.strip()
)


def _digits(random: Random, count: int) -> str:
    return "".join(random.choices(digits, k=count))


def _two_sentences(random: Random) -> str:
    return ". ".join(random.choices(SENTENCES, k=2))


def _phone(random: Random) -> str:
    area, exchange, last = _digits(random, 3), _digits(random, 3), _digits(random, 4)
    form = random.choice(("call {} {} {}", "+1-{}-{}-{}", "({}) {}-{}", "{}.{}.{}", "tel {}{}{}", "{}/{}{}"))
    return form.format(area, exchange, last)


def _date(random: Random) -> str:
    day, month, year = random.randint(1, 28), random.randint(1, 12), random.randint(22, 29)
    form = random.choice(("{0}.{1}.{2}", "20{2}-{1:02}-{0:02}", "{1}/{0}/{2}", "{0:02}{1:02}{2}", "on {0} {1} at 7 45"))
    return form.format(day, month, year)


def _password(random: Random) -> str:
    number = _digits(random, random.choice((4, 6, 6, 6, 8)))
    form = random.choice(("{} is your code", "Your verification code: {}", "{}", "G-{}", "PIN {}", "use {} to sign in"))
    return form.format(number)


def _order(random: Random) -> str:
    letters = "".join(random.choices(ascii_uppercase, k=3))
    form = random.choice(("order {0}-{1}", "#{1}", "{0}{1}", "my ticket is {0} {1}", "invoice {1}/{2}", "{0}-{2}-{1}"))
    return form.format(letters, _digits(random, random.choice((3, 4, 7))), _digits(random, 2))


def _booking(random: Random) -> str:
    reference = "".join(random.choices(ascii_uppercase + digits, k=6))
    return random.choice(("my booking is {}", "{}", "PNR {} for two", "booking {}, flight BA249")).format(reference)


def _price(random: Random) -> str:
    amount = f"{random.randint(1, 999)}.{_digits(random, 2)}"
    return random.choice(("is it ${} or {}?", "£{} for {} pcs", "{} €, {} kg")).format(amount, random.randint(2, 99))


def _link(random: Random) -> str:
    part = "".join(random.choices(ascii_uppercase.lower() + digits, k=random.choice((7, 8, 11))))
    return f"see https://example.com/{part}?v={_digits(random, 3)}"


ORDINARY: Final[Mapping[str, Write]] = {
    "sentences": lambda random: random.choice(SENTENCES),
    "two sentences": _two_sentences,
    "phone numbers": _phone,
    "dates": _date,
    "one-time passwords": _password,
    "order numbers": _order,
    "prices and amounts": _price,
    "links": _link,
    "booking references": _booking,
}
"""Booking references are six random letters and digits, as our codes are: the hardest kind."""
