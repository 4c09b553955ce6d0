"""Which language a browser asks for, and which one a pool's page then has."""

import pytest

from router.core.language import Language, LanguageRule, read_accept_language
from router.web.rendering.visitor import visitor_of

EN, ES, FR, DE, PT, JA = Language


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("de", DE),
        ("de-AT", DE),
        ("de_AT", DE),
        ("DE-at", DE),
        ("pt-BR", PT),
        ("pt-PT,pt;q=0.9", PT),
        ("es-419,es;q=0.9,en;q=0.8", ES),
        ("fr-CA, fr;q=0.9, en;q=0.8", FR),
        ("ja", JA),
        ("ja-JP-u-ca-japanese", JA),
        ("en-GB,en-US;q=0.9,en;q=0.8", EN),
        ("de-CH-1996, en;q=0.5", DE),
        # The weight decides, then the order.
        ("en;q=0.5,de", DE),
        ("en;q=0.5,de;q=0.7,fr;q=0.6", DE),
        ("fr;q=0.8,de;q=0.8", FR),
        ("fr ; q=0.3 , ja ; q=0.4", JA),
        ("fr;Q=0.3,ja;Q=0.4", JA),
        ("de;q=1.000,fr", DE),
        # Languages that we do not speak are passed over.
        ("it,nl;q=0.9,de;q=0.1", DE),
        ("zh-CN,zh;q=0.9,ja;q=0.2,en;q=0.1", JA),
        ("gsw-CH,de;q=0.4", DE),
        ("deu", None),
        ("english", None),
        ("it-IT,it;q=0.9", None),
        ("*", None),
        ("*;q=0.5,it", None),
        ("", None),
        # Zero means "not this one".
        ("de;q=0,fr;q=0.1", FR),
        ("de;q=0", None),
        ("de;q=0.0,*", None),
        # Whatever else may come.
        (",,;;q=,", None),
        ("de;q=abc", None),
        ("de;q=2", None),
        ("de;q=-1,fr;q=0.1", FR),
        ("de;q=0.5;level=1", DE),
        ("de;level=1;q=0.5,fr;q=0.6", FR),
        ("d\xe9,fr", FR),
        ("<script>,de", DE),
        ("de-" + "x" * 300, None),
        ("it," * 30 + "de", None),
    ],
)
def test_the_browsers_best_language_among_ours(header: str, language: Language | None) -> None:
    """Regions, weights and order count; what cannot be read is passed over."""
    assert read_accept_language(header) is language


@pytest.mark.parametrize(
    ("rule", "asked", "default", "chosen"),
    [
        (LanguageRule.AUTO, JA, DE, JA),
        (LanguageRule.AUTO, None, DE, DE),
        (LanguageRule.AUTO, None, EN, EN),
        (LanguageRule.FR, JA, DE, FR),
        (LanguageRule.FR, None, DE, FR),
        (LanguageRule.EN, JA, JA, EN),
    ],
)
def test_the_pool_decides_whether_the_browser_decides(
    rule: LanguageRule, asked: Language | None, default: Language, chosen: Language
) -> None:
    """With `auto` the browser is first and the pool's default second; else the pool's language is everybody's."""
    assert rule.choose(asked, default) is chosen


def test_every_language_can_be_fixed() -> None:
    """The setting names each language, and `auto`."""
    assert set(LanguageRule) == {"auto", *Language}


def test_the_header_of_a_request() -> None:
    """A request without it, with any bytes, or with a very long one still gets a page."""
    assert visitor_of({b"accept-language": b"pt-BR,pt;q=0.9"}).language is PT
    assert visitor_of({}).language is None
    assert visitor_of({b"accept-language": b"\xff\xfe,\x80"}).language is None
    assert visitor_of({b"accept-language": b"de," + b"x" * 100_000}).language is DE
