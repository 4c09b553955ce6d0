"""Which messages mean that a person wants no more of them."""

import pytest

from router.core.opt_out import asks_to_stop, is_provider_opt_out
from router.core.opt_out_words import REQUESTS


@pytest.mark.parametrize(
    "text",
    ["STOP", "UNSUBSCRIBE", "OPTOUT", "CANCEL", "END", "QUIT", "  STOP\n", "opt out", "Opt-Out", "optout", "OPT OUT"],
)
def test_the_provider_s_keywords_opt_out(text: str) -> None:
    """Six words in capitals count, and "opt out" in any case, with a space or hyphen or without."""
    assert is_provider_opt_out(text)
    assert asks_to_stop(text)


@pytest.mark.parametrize(
    "text",
    ["", "stop", "Stop", "please stop", "STOP.", "STOP STOP", "STOPALL", "opt  out", "opt_out", "opt out!", "ЅTOP"],
)
def test_nothing_else_opts_out_at_the_provider(text: str) -> None:
    """The provider compares exactly; what comes close goes on."""
    assert not is_provider_opt_out(text)


@pytest.mark.parametrize(
    "text",
    [
        "stop",
        "Stop!!!",
        "...stop...",
        "STOP 🛑",
        "ＳＴＯＰ",
        "S.T.O.P.",
        "stop stop stop",
        "Please stop.",
        "stop please",
        "ok, please STOP now",
        "stop texting me",
        "Please stop texting me!",
        "stop sending me these messages",
        "STOP MESSAGING ME PLEASE",
        "Don't text me again",
        "don\N{RIGHT SINGLE QUOTATION MARK}t message me anymore",
        "Do not contact me.",
        "no more messages",
        "Leave me alone",
        "take me off your list",
        "unsubscribe me",
        "Un-subscribe",
        "opt_out",
        "para por favor",
        "BAJA",
        "Arrêtez, s'il vous plaît",
        "ARRETEZ",
        "bitte aufhören",
        "Non scrivermi più!",
        "CANCELAR INSCRIÇÃO",
        "Meld me af",
        "Proszę przestań",
        "Стоп!",
        "Не пишите мне больше.",
        "припиніть, будь ласка",
        "İPTAL",
        "İptal et",
        "ÇIK",
        "إلغاء الاشتراك",
        "توقّف من فضلك",
        "कृपया रुकिए",
        "请停止",
        "退订。",
        "やめてください。",
        "그만 보내세요!",
        "dừng lại",
        "JANGAN KIRIM LAGI",
        "sluta skriva",
        "hold op",
        "slutt",
        "LOPETA",
        "přestaňte",
        "ΣΤΟΠ",
        "Διακοπή",
        "הסר",
        "opriți",
        "leiratkozás",
        "หยุดส่งข้อความ",
    ],
)
def test_people_ask_in_many_ways(text: str) -> None:
    """A whole message that means it counts, whatever its case, punctuation, language and politeness."""
    assert asks_to_stop(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "🛑",
        "please",
        "Hi Acme! K7M4QX",
        "bus stop at 5",
        "stop by at 5?",
        "Which stop is it?",
        "don't stop",
        "Can't stop laughing",
        "the end",
        "weekend",
        "I quit my job",
        "cancel my 5pm",
        "stop sending to Bob, use Ann's address",
        "don't send it yet",
        "don't call me, text me",
        "no",
        "no more",
        "thanks, that's enough",
        "seis",
        "gata",
        "đúng",
        "dung",
        "acha",
        "td bem",
        "cheguei",
        "я не стоплюсь",
        "不要停止",
        "ok",
        "STOP " + "x" * 80,
        "stop " * 40,
    ],
)
def test_a_message_that_only_holds_the_word_is_a_message(text: str) -> None:
    """Nobody is cut off by talking of stops and ends, or by a long message."""
    assert not asks_to_stop(text)


@pytest.mark.parametrize("language", REQUESTS)
def test_every_listed_request_is_heard(language: str) -> None:
    """Each entry is found as it is written, in capitals, and with a full stop; none stands there twice."""
    requests = [request.strip() for request in REQUESTS[language].split(",")]
    assert all(requests)
    assert len(set(requests)) == len(requests)
    unheard = [
        text for request in requests for text in (request, request.upper(), f"{request}.") if not asks_to_stop(text)
    ]
    assert unheard == []
