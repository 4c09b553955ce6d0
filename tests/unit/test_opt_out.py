"""Which messages mean that a person wants no more messages."""

import time

import pytest

from router.core.people.opt_in_words import RETURNS
from router.core.people.opt_out import asks_to_return, asks_to_stop, is_bare_opt_out, is_provider_opt_out
from router.core.people.opt_out_words import REQUESTS
from tests.opt_outs import SETS, read_texts, score


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
    """The provider compares exactly; similar words have no effect."""
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
    """A whole message with that meaning counts, whatever its case, punctuation, language and politeness."""
    assert asks_to_stop(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "❤️",
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
        "the bus will stop " * 40,
    ],
)
def test_a_message_that_only_holds_the_word_is_a_message(text: str) -> None:
    """A person who talks about stops and ends, or writes a long message, does not opt out."""
    assert not asks_to_stop(text)


@pytest.mark.parametrize("language", REQUESTS)
def test_every_listed_request_is_recognised(language: str) -> None:
    """Each entry is found as it is written, in capitals, and with a full stop; none is listed twice."""
    requests = [request.strip() for request in REQUESTS[language].split(",")]
    assert all(requests)
    assert len(set(requests)) == len(requests)
    unheard = [
        text for request in requests for text in (request, request.upper(), f"{request}.") if not asks_to_stop(text)
    ]
    assert unheard == []


@pytest.mark.parametrize("part", SETS)
def test_most_requests_are_recognised_and_few_other_texts(part: str) -> None:
    """At least 95 % of the requests, in 12 languages or more, and at most 1 % of the harmless texts."""
    texts = [one for one in read_texts() if one.part == part]
    result = score(texts)
    assert min(result.requests, result.harmless) > 200
    assert len({one.language for one in texts if one.wants_quiet}) >= 12
    assert result.recall >= 0.95
    assert result.alarm_rate <= 0.01


def test_each_language_is_recognised() -> None:
    """No language is left behind: nine of ten requests count in each of them."""
    texts = read_texts()
    poor = {
        language: score(one for one in texts if one.language == language).recall
        for language in {one.language for one in texts}
    }
    assert {language: recall for language, recall in poor.items() if recall < 0.9} == {}


@pytest.mark.parametrize(
    "text",
    [
        "STOP\n\nSent from my iPhone",
        "stop2quit",
        "Reply STOP",
        "S T O P",
        "st0p",
        "STOPPPP",
        "🛑",
        "⛔️",
        "STOP\u200b",
        "\u202aSTOP\u202c",
        "𝗦𝗧𝗢𝗣",
        "> You: sale today\nStop",
        "stop " * 40,
        "Good morning. " * 90 + "Please stop texting me.",
    ],
)
def test_a_request_is_seen_through_what_surrounds_it(text: str) -> None:
    """Signatures, quotes, spelling, invisible characters and much other text hide nothing."""
    assert asks_to_stop(text)


@pytest.mark.parametrize("laughter", ["😂", "lol", "hahaha", "jajaja", "❤️", "ㅋㅋ"])
def test_laughter_takes_the_edge_off_a_bare_word(laughter: str) -> None:
    """A friend who laughs does not opt out. A whole request is one in any mood."""
    assert asks_to_stop("stop it")
    assert not asks_to_stop(f"stop it {laughter}")
    assert asks_to_stop(f"stop texting me {laughter}")


@pytest.mark.parametrize("text", ["Reply STOP to end", "Text the new number.\nSTOP to end"])
def test_the_way_out_in_our_own_words_is_no_opt_out(text: str) -> None:
    """A template may say how to stop. It must not be the word itself."""
    assert is_bare_opt_out("STOP")
    assert is_bare_opt_out("unsubscribe me")
    assert not is_bare_opt_out(text)


@pytest.mark.parametrize("language", RETURNS)
def test_every_listed_way_back_is_recognised(language: str) -> None:
    """As it is written, in capitals and politely; none of them is a request to stop as well."""
    words = [word.strip() for word in RETURNS[language].split(",")]
    assert all(words)
    assert [word for word in words if not (asks_to_return(word) and asks_to_return(f"{word.upper()}!"))] == []
    assert [word for word in words if asks_to_stop(word)] == []


@pytest.mark.parametrize(
    "text",
    ["", "Thank you", "I mean it, you creeps", "tak", "ya", "ok", "start the car", "yesterday", "stop", "no", "Hi"],
)
def test_nothing_else_opts_a_person_in_again(text: str) -> None:
    """Kind words, angry words and words of another meaning change nothing."""
    assert asks_to_return("START")
    assert not asks_to_return(text)


@pytest.mark.parametrize(
    "text",
    [
        "please " * 5000,
        "can you please " * 3000,
        "stop all the " * 3000,
        "no more of these text " * 2000,
        "不要" * 20_000,
        "\N{ARABIC LIGATURE JALLAJALALOUHOU}" * 20_000,
        "> " * 20_000,
        "\n" * 40_000,
        "a.b," * 10_000,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_no_text_takes_long(text: str) -> None:
    """A hostile text costs milliseconds, however long it is."""
    asks_to_stop("stop")  # the patterns are made once
    started = time.process_time()
    assert not asks_to_stop(text)
    assert time.process_time() - started < 0.25
