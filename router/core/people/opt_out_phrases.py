"""What the phrases of one language are, by which people ask for no more messages.

They are regular expressions over folded words with one blank between them: `opt_out_text` folds, `opt_out_grammar`
compares. Accents are gone before a text is compared, so that nobody needs to type them. A request names what it is
about, a message or a number. The bare words are in `opt_out_words`.
"""

from typing import NamedTuple

REST = "(?: [^ ]+){0,8}"
"""A few more words, whichever they are."""
SHORT = "(?: [^ ]+){0,3}"
"""At most three more words."""

BESIDES = (
    "no estoy interesad[oa]|quien(?:es)? (?:es|eres|son)|(?:je ne suis )?pas interesse[e]?|qui (?:est ce|etes vous)",
    "vous vous trompez(?: de numero)?|wer (?:ist das|sind sie|bist du)|quem e|chi sei|wie (?:is dit|ben je)|kto to",
    "non (?:sono interessat[oa]|mi interessa)|kimsiniz|(?:saya )?tidak (?:tertarik|berminat)|ini siapa",
    "мне (?:это )?не интересно|кто это|вы кто|غير مهتم|من انت|関係ありません|興味(?:が)?ありません|誰ですか",
    "間違い(?:です)?|番号違いです|不感兴趣|没兴趣|你是谁|打错了|관심없[^ ]*|누구[^ ]*",
)
"""What people say besides a bare "stop", in languages other than English: wrong number, not interested, who is this."""


class Phrases(NamedTuple):
    """The phrases of one language.

    Attributes:
        lead: what may stand before a request.
        cores: the requests.
        unless: words that turn a request into another: not now, not before tomorrow.
    """

    lead: str
    cores: tuple[str, ...]
    unless: str = "$^"
