"""Make texts comparable: fold what can be written in many ways, and cut a message into what its author said."""

import re
import unicodedata
from dataclasses import dataclass

MOST_CHARACTERS = 1600  # what ten SMS hold; of a longer text only both ends are read
_AT_THE_END = 400
_MOST_PIECES = 40
_LONGEST_PIECE = 160

# Accents of Latin, Greek and Cyrillic, vowel signs of Arabic and Hebrew. Not those of scripts that cannot do without.
_ACCENTS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u20e3\ufe00-\ufe0f\u0640]")
_ALIKE = str.maketrans("łøđıħˈةىیک", "lodih'هييك") | {"æ": "ae", "œ": "oe", "þ": "th"}
_SIMPLIFIED = str.maketrans(
    "別傳簡訊發給請聯絡繫擾煩訂閱號碼刪單從電話麻們個這謝開會員資為無時間讓後對聽來還嗎關閉終註銷類廣復選項收聲",
    "别传简讯发给请联络系扰烦订阅号码删单从电话麻们个这谢开会员资为无时间让后对听来还吗关闭终注销类广复选项收声",
)
_FIGURES = str.maketrans("013457$@", "oieastsa")

_APOSTROPHE = re.compile("['\u2019\u2018`\u00b4\u02bc\uff07]")
_ELISION = re.compile(f"(?<![^\\W_])(l|d|m|n|s|t|j|c|qu){_APOSTROPHE.pattern}(?=[^\\W\\d_])")
_NOT_SAID = re.compile(
    r"\s*(?:[-_=*]{2,}|(?:on|le|am|el|il|em|op) .{0,120}(?:wrote|a ecrit|schrieb|escribio|ha scritto|escreveu|"
    r"schreef) ?:)\s*"
)
_DEVICES = re.compile(
    "iphone|ipad|android|outlook|samsung|galaxy|huawei|xiaomi|blackberry|smartphone|yahoo|gmail|mobile device|"
    "windows mail|aol"
)
_MARKED = "\u0900-\u0963\u0966-\u0dff\u0e00-\u0eff\u0f00-\u109f\u1780-\u17d3\u3099\u309a"  # scripts with vowel signs
_BREAKS = re.compile(f"[\n\r]+|\\s[-\u2013\u2014~]+\\s|[\u2013\u2014]|(?:[^\\w\\s'&+$@:{_MARKED}-]|:(?![a-z]))+")
_LINE_BREAK = re.compile("[\n\r\u2013\u2014~-]")
_GAPS = re.compile("[\\s_=&+-]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """What stands between two breaks of a message.

    Attributes:
        words: folded, with one blank between them.
        before: the break in front of it; empty for the first.
    """

    words: str
    before: str

    @property
    def is_set_apart(self) -> bool:
        """Whether a line break or a dash stands before it."""
        return _LINE_BREAK.search(self.before) is not None

    @property
    def goes_on(self) -> bool:
        """Whether only a comma stands before it."""
        return self.before.strip() in {",", "\u060c", "\u3001"}


def fold_letters(text: str) -> str:
    """Return the text without case, accents, invisible characters and the variants of one letter."""
    shown = "".join(one for one in _compatible(text).casefold() if unicodedata.category(one) != "Cf")
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFKD", shown))).translate(_ALIKE)


def shorten(text: str) -> str:
    """Return both ends of a text that is too long to read."""
    text = _compatible(text[:MOST_CHARACTERS] + text[MOST_CHARACTERS:][-_AT_THE_END:]).strip()
    if len(text) <= MOST_CHARACTERS:
        return text
    return text[: MOST_CHARACTERS - _AT_THE_END] + "\n" + text[-_AT_THE_END:]


def said_lines(text: str) -> str:
    """Return the text without what a mail program adds: signatures, quoted lines, "Sent from my iPhone"."""
    said: list[str] = []
    for line in text.splitlines():
        folded = fold_letters(line)
        if _NOT_SAID.fullmatch(folded):
            break
        is_added = said and _DEVICES.search(folded) and len(folded.split()) <= 10  # noqa: PLR2004 - a line of such words
        if not is_added and not folded.startswith(">"):
            said.append(line)
    return "\n".join(said)


def cut(text: str) -> list[Piece]:
    """Return what is said between the punctuation of a text, folded; at most _MOST_PIECES of it."""
    folded = _ELISION.sub(r"\1 ", fold_letters(text))
    folded = _APOSTROPHE.sub("", folded)
    pieces: list[Piece] = []
    start, before = 0, ""
    for found in [*_BREAKS.finditer(folded), None]:
        end = len(folded) if found is None else found.start()
        words = _GAPS.sub(" ", folded[start:end].replace(":", "")).strip()
        if words:
            pieces.append(Piece(words[:_LONGEST_PIECE], before))
            before = ""
        if found is not None:
            start, before = found.end(), before + found[0]
    return pieces if len(pieces) <= _MOST_PIECES else pieces[: _MOST_PIECES // 2] + pieces[-_MOST_PIECES // 2 :]


def simplify(words: str) -> str:
    """Return Chinese in simplified characters, without blanks."""
    return words.replace(" ", "").translate(_SIMPLIFIED)


def letters_only(text: str) -> str:
    """Return letters, marks and digits, without case. Accents stay: they tell Vietnamese words apart."""
    folded = _NOT_PART_OF_A_WORD.sub("", _compatible(text).casefold()).replace("ı", "i")
    return "".join(one for one in folded if unicodedata.category(one)[0] in "LMN")


_NOT_PART_OF_A_WORD = re.compile("[\u0307\u0640\u064b-\u0652\u20e3\ufe00-\ufe0f]")  # dots, vowel signs, variants


def read_figures(compact: str) -> str:
    """Return a word with the letters that figures stand for: st0p."""
    return compact.translate(_FIGURES)


def _compatible(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFKC", text)
