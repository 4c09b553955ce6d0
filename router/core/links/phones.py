"""Decide what can text, and which phones are certain enough that opening a link may take a place on a line.

A television, a headset and a car may run Android and say "Mobile", and a robot may copy a phone's user agent and add
its name. So certainty is a list of what is known, not of what is excluded: a known browser in its known form, on a
phone by a known maker. All others get the page, where one press more leads on.
"""

import re

# Not phones, whatever else they say. Android without "Mobile" is a tablet, a television or a box (Chrome's own rule).
_NEVER_TEXTS = re.compile(
    r"smart[-_ ]?tv|tv ?box|google ?tv|android ?tv|apple ?tv|gtv\d|mitv|[_ -]tv\b|hbbtv|netcast|web0s|viera|digaplus"
    r"|bravia|[; ]aft[a-z]|[; ]aeo[a-z]{2}\b|crkey|roku|playstation|nintendo|xbox|shield|; quest\b|oculusbrowser"
    r"|picobrowser|wolvic|mobile vr|watch|wear os|sm-[rlt]\d|sm-led|[ _]auto[ )]|dilink|tesla/|qtcarbrowser|kindle"
    r"|[; ]kf[a-z]{2,}|tablet|[a-hj-z]pad[ _]?\w?\d|[ _]pad[ )_]|/apad|; portal|[; ]echo|jdn2"
)
_PHONE_OF_ANOTHER_SYSTEM = re.compile(
    r"kaios|\(phone; (?:openharmony|harmonyos)|\(bb10|blackberry|symbian|series ?[4689]0|palmsource|webos/\d|midp|cldc"
    r"|up\.browser|opera mini|opera mobi|bada/|maemo|meego|ucweb/|ucbrowser|netfront|maui|docomo|kddi|sonyericsson"
    r"|\(mobile;|nokia|tizen.*mobile|ubuntu.*mobile|sailfish|brew|obigo|teleca"
)

_MODEL = (  # phones of the makers that sell most, as they name them in a user agent
    r"(?:SAMSUNG )?SM-[ACEFGJMNSW]\d\w+|(?:SAMSUNG )?SC[GV]?-?\d\d\w?"
    r"|Pixel(?: \d\w?)?(?: (?:Pro|XL|Fold|Pro XL|Pro Fold))?|Redmi[\w +-]*|POCO[\w +-]*|Mi [\w +-]+"
    r"|M(?:19|20|21)\d{2}[A-Z]\w+|2[0-9]\d{3,}[A-Z]\w+|[Mm]oto[rola]*[\w ()+-]*|XT\d{4}(?:-\w+)?|CPH\d{4}"
    r"|P[A-M][A-Z]\d{3}|RMX\d{4}|OPPO [\w +]+|realme[\w +-]*|ONEPLUS ?\w+"
    r"|(?:AC|BE|DE|DN|EB|GM|HD|IN|IV|KB|LE|NE|PJ)\d{4}|vivo[\w +-]+|V\d{4}\w*|I\d{4}|HUAWEI [\w-]+|HONOR [\w-]+"
    r"|[A-Z]{3}\d?-[ALTN][LNX]\d?\d\w*|LM-[A-Z]\w+|LG-\w+|Nokia [\w. ]+|TA-\d{4}|Infinix[\w -]*|TECNO [\w -]+"
    r"|itel [\w -]+|ZTE [\w -]+|Xperia[\w ]*|SO-?\d\d\w|XQ-\w+|[FG]\d{4}|SHV?-\w+|F-\d\d\w|ASUS_\w+|Nothing[\w ()]*"
    r"|A\d{3}|FP\d|Fairphone[\w ]*|HTC [\w ]+|T\d{3}[A-Z]\w*|U\d{3}[A-Z]\w+|[A-Z]\d{3}[A-Z]{2}"
)
_NUMBER = r"[\d.]+"
_ADDED = (  # what browsers that are built on Chrome add
    rf"(?: (?:SamsungBrowser|HuaweiBrowser|EdgA|OPR|YaBrowser|Vivaldi|Brave|(?:XiaoMi/)?MiuiBrowser|HeyTapBrowser"
    rf"|VivoBrowser|DuckDuckGo|Ddg)/{_NUMBER}(?:-gn)?| Brave)"
)
_IPHONE = re.compile(
    r"Mozilla/5\.0 \(iPhone; CPU iPhone OS \d\d_\d+(?:_\d+)? like Mac OS X\) AppleWebKit/6[\d.]+ \(KHTML, like Gecko\)"
    rf"(?: (?:Version|CriOS|FxiOS|EdgiOS|OPiOS|OPT|DuckDuckGo|Ddg|YaBrowser|Brave|SA|Safari)/{_NUMBER}"
    r"| Mobile/\d\d[A-Z]\d{1,5}[a-z]?| Brave){2,6}"
)
# Since Chrome 107 every phone is "Android 10; K" and every version ends in zeros. Those who name a model beside such a
# version are page testers that imitate a phone.
_CHROME = rf"AppleWebKit/537\.36 \(KHTML, like Gecko\)(?: Version/4\.0)?{_ADDED}? Chrome/"
_AFTER_CHROME = rf"{_ADDED}{{0,2}} Mobile{_ADDED}{{0,2}} Safari/537\.36{_ADDED}{{0,2}}"
_ANDROID = re.compile(
    rf"Mozilla/5\.0 \(Linux; Android 10; K\) {_CHROME}\d\d\d\.0\.0\.0{_AFTER_CHROME}"
    rf"|Mozilla/5\.0 \(Linux; (?:arm_64; |arm; |U; )?Android (?:[89]|\d\d)[\d.]*; (?:[a-z][a-z]-[a-zA-Z]{{2}}; )?"
    rf"(?:{_MODEL})(?: Build/[\w.-]+)?\) {_CHROME}(?:[89]\d|\d\d\d)\.\d+\.[1-9]\d*\.\d+{_AFTER_CHROME}"
)
_FIREFOX = re.compile(rf"Mozilla/5\.0 \(Android \d+[\d.]*; Mobile; rv:{_NUMBER}\) Gecko/{_NUMBER} Firefox/{_NUMBER}")
_HARMONY = re.compile(
    rf"Mozilla/5\.0 \(Phone; (?:OpenHarmony|HarmonyOS) {_NUMBER}\) AppleWebKit/{_NUMBER} \(KHTML, like Gecko\)"
    rf" Chrome/{_NUMBER} Safari/{_NUMBER} +ArkWeb/{_NUMBER} Mobile(?: HuaweiBrowser/{_NUMBER})?"
)
_KAIOS = re.compile(
    rf"Mozilla/5\.0 \(Mobile; ?[^();]+; ?rv:{_NUMBER}(?:; CAEN)?\) Gecko/{_NUMBER} Firefox/{_NUMBER} KAIOS/{_NUMBER}"
)
_CERTAIN = (_IPHONE, _ANDROID, _FIREFOX, _HARMONY, _KAIOS)


def is_other_phone(text: str) -> bool:
    """Return whether a user agent, in lower case, is of a phone that is neither an iPhone nor an Android."""
    return _PHONE_OF_ANOTHER_SYSTEM.search(text) is not None


def can_text(text: str, *, is_android: bool) -> bool:
    """Return whether a device with a phone's system can send texts, as far as its user agent, in lower case, says."""
    if _NEVER_TEXTS.search(text):
        return False
    return not is_android or "mobile" in text or "applewebkit/" not in text


def is_certain(user_agent: str) -> bool:
    """Return whether the whole text is the known form of a phone's browser, with nothing added."""
    return any(form.fullmatch(user_agent) for form in _CERTAIN)
