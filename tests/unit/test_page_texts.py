"""A pool's own texts for its pages: which are refused, under which field, and that good ones pass."""

from dataclasses import replace
from typing import Any

import pytest

from router.core.errors import InvalidField
from router.core.pool import Pool, PoolId
from router.core.pools.page_texts import MAX_CHARACTERS, PageTextKey
from router.core.pools.pool_rules import check_pool

POOL = Pool(id=PoolId("main"), name="Acme")


@pytest.mark.parametrize("name", PageTextKey)
def test_a_text_up_to_its_limit_passes(name: PageTextKey) -> None:
    """In any script, with signs that only look like HTML."""
    longest = MAX_CHARACTERS[name]
    for text in ("Écris-nous", "お気軽にどうぞ", "שלום", "a < b & c > d", "I <3 tea & more; yes", "x" * longest):
        check_pool(replace(POOL, texts={name: {"en": text, "ja": text}}))
    with pytest.raises(InvalidField, match=f"{longest} are allowed"):
        check_pool(replace(POOL, texts={name: {"ja": "x" * (longest + 1)}}))


@pytest.mark.parametrize(
    ("texts", "field", "words"),
    [
        ({"footer": {"en": "Bye"}}, "texts", "greeting, button, hint, consent, connected"),
        ({"button": {"it": "Scrivici"}}, "texts.button", "en, es, fr, de, pt, ja"),
        ({"button": {"de-AT": "Hallo"}}, "texts.button", "de-AT"),
        ({"button": {"de": ""}}, "texts.button.de", "empty"),
        ({"button": {"de": "\u200b"}}, "texts.button.de", "empty"),
        ({"button": {"de": "zwei\nZeilen"}}, "texts.button.de", "line break"),
        ({"button": {"de": " Hallo"}}, "texts.button.de", "spaces at an end"),
        ({"button": {"de": "\u202eollaH"}}, "texts.button.de", "direction"),
        ({"greeting": {"en": "Be <b>bold</b>"}}, "texts.greeting.en", "<b>"),
        ({"greeting": {"en": "One<br/>two"}}, "texts.greeting.en", "HTML"),
        ({"greeting": {"en": "<!-- no -->"}}, "texts.greeting.en", "HTML"),
        ({"greeting": {"en": "<script>alert(1)</script>"}}, "texts.greeting.en", "plain text"),
        ({"greeting": {"en": "<img src=x onerror=alert(1)"}}, "texts.greeting.en", "HTML"),
        ({"greeting": {"en": "Tom &amp; Jerry"}}, "texts.greeting.en", "&amp;"),
        ({"greeting": {"en": "a&#160;b"}}, "texts.greeting.en", "HTML"),
    ],
)
def test_a_text_that_would_not_read_well_is_refused_by_its_field(
    texts: dict[str, dict[str, str]], field: str, words: str
) -> None:
    """The message names what there is to choose from."""
    with pytest.raises(InvalidField) as caught:
        check_pool(replace(POOL, texts=texts))
    assert caught.value.field == field
    assert words in str(caught.value)


@pytest.mark.parametrize("field", ["terms_url", "privacy_url"])
def test_links_to_terms_and_privacy_are_https(field: str) -> None:
    """A page that people agree on must not be changed on its way."""
    for good in ("", "https://acme.example/terms", "https://acme.example:8443/a?b=c#d"):
        right: dict[str, Any] = {field: good}
        check_pool(replace(POOL, **right))
    for bad in (
        "http://acme.example/terms",
        "acme.example/terms",
        "/terms",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://",
        "https://u:p@acme.example",
        "https://acme.example/a b",
        'https://acme.example/"',
        "https://acmé.example/",
        "https://acme.example/" + "a" * 200,
    ):
        wrong: dict[str, Any] = {field: bad}
        with pytest.raises(InvalidField) as caught:
            check_pool(replace(POOL, **wrong))
        assert caught.value.field == field
