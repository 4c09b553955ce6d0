"""The texts of its pages that a pool may write itself, each in as many languages as it likes. Plain text, no HTML."""

import re
from collections.abc import Mapping
from enum import StrEnum

from router.core.errors import InvalidField
from router.core.field_rules import check_words
from router.core.language import Language

Texts = Mapping[str, Mapping[str, str]]

# A tag or a character reference: people would see its letters, because every text is escaped.
_MARKUP = re.compile(r"</?[A-Za-z!][^>]*>?|&(?:[A-Za-z][A-Za-z0-9]{1,30}|#[0-9xX][0-9A-Fa-f]{0,8});")
_SHOWN_CHARACTERS = 40


class PageTextKey(StrEnum):
    """A text of a page.

    The sentence under the name, the button of phones and the hint under it, the consent line, and what people read when
    their text has arrived.
    """

    GREETING = "greeting"
    BUTTON = "button"
    HINT = "hint"
    CONSENT = "consent"
    CONNECTED = "connected"


MAX_CHARACTERS: Mapping[str, int] = {
    PageTextKey.GREETING: 200,
    PageTextKey.BUTTON: 30,
    PageTextKey.HINT: 160,
    PageTextKey.CONSENT: 600,
    PageTextKey.CONNECTED: 200,
}


def text_for(texts: Texts, key: PageTextKey, language: Language) -> str:
    """Return the pool's own text in this language; empty if it has none."""
    return texts.get(key, {}).get(language, "")


def check_page_texts(texts: Texts) -> None:
    """Check all texts that a pool wrote itself.

    Raises:
        InvalidField: the first text that cannot be used, named like `texts.button.de`.
    """
    for name, translations in texts.items():
        if name not in MAX_CHARACTERS:
            raise InvalidField("texts", f"{name[:_SHOWN_CHARACTERS]!r} is none of {', '.join(PageTextKey)}")
        for language, text in translations.items():
            if language not in list(Language):
                shown = language[:_SHOWN_CHARACTERS]
                raise InvalidField(f"texts.{name}", f"{shown!r} is none of our languages: {', '.join(Language)}")
            _check_plain(f"texts.{name}.{language}", text, MAX_CHARACTERS[name])


def _check_plain(field: str, text: str, max_characters: int) -> None:
    check_words(field, text, max_characters=max_characters, may_be_empty=False)
    if markup := _MARKUP.search(text):
        raise InvalidField(field, f"{markup[0][:_SHOWN_CHARACTERS]!a} is HTML, and this is plain text; leave it out")
