"""Decide whether a user agent is a robot: a crawler, a link preview, a monitor, a scanner, or a program.

The list of crawler-user-agents decides most. It searches the whole text, so it also finds its names in the names of
phones (HTC Butterfly, ViewSonic), of Android builds (AP3A.240617.008) and of apps that people read pages in (Viber).
The rules before it hide those names. The rules after it find robots that it misses, by words that no browser uses.
"""

import re

from crawleruseragents import is_crawler

# What a person holds: the model and the build in "(Linux; U; Android 15; en-us; PKC110 Build/AP3A.240617.008)".
_MODEL = re.compile(
    r"(\bAndroid [\d.]+; ?(?:[a-z]{2}(?:[-_][a-z]{2})?; ?)?)[^;()/]*(?:\bBuild/[^;()]*)?(?=[;)])", re.IGNORECASE
)
_BUILD = re.compile(r"\b[Bb]uild/[^;()]*")
# Browsers and devices of people that the list names: Facebook's browser since 2025-11, Sogou's, Viber's, WhatsApp's
# old way to name the phone. What looks like a program then gets the page of one.
_IN_THE_LIST = re.compile(
    r"MetaIAB|Sogou(?:MSE|MobileBrowser|Search)|Fluid/|\w*008/\d|(?<=Safari/537\.36 )Viber/|(?<=Safari/604\.1 )Viber/"
    r"|WhatsApp/[\d.]+ .*Device/"
)
# A profile of the phone's screen and languages, which some phones of 2005 to 2013 sent along.
_PROFILE = re.compile(r"https?://[\w./-]+\.xml")

# The patterns below read lower case. A real browser begins with one of these words, or names itself after its phone.
_BROWSER = re.compile(r"^(?:mozilla|mozzila|opera)\b[ /]*\d|mozilla/\d\.\d \(")
# Phones made before 2013, some apps, and the download libraries of phones begin with their own name.
_PHONE_WORD = re.compile(
    r"android|adr \d|midp|cldc|up\.browser|maui|wap|netfront|obigo|teleca|semc|mre/|ip(?:hone|ad|od|h\d)|symbian"
    r"|series ?[4689]0|windows (?:ce|phone)|wds \d|blackberry|uc(?:web|browser)|docomo|kddi|softbank|vodafone|j-phone"
    r"|nokia|sonyericsson|samsung|lg[-/]|mot-|sie-|benq|sagem|dolfin|jasmine|fb(?:an|av|_iab)|palm|ophone|mocordroid"
    r"|brew|mqqbrowser|kaios|openharmony|harmonyos|motorola|hbbtv|smart-?tv|roku|nettv|brightsign"
)
_OLD_BROWSER = re.compile(r"applewebkit|browser|ucweb|midp|cldc|netfront|obigo|opera|fban|docomo|kddi|wap")
_LIBRARY = re.compile(r"okhttp|cfnetwork|darwin/|curl|python|java/\d|libwww|axios|alamofire|exoplayer|dalvik/.*bot\b")

_ROBOT = re.compile(
    r"bots?(?<!cubot)(?![a-z])|crawl|spider|slurp|preview|scanner|onlyscans|monitor|synthetic|headless|prerender"
    r"|phantomjs|lighthouse|page ?speed|speed insights|transcoder|proxy(?!less)(?<!wap proxy)(?<!speedmode; proxy)"
    r"|validator|checker|check\)|fetch|archiver|web ?render|thumbnail|diagnostic|observatory|agent(?:[/ )]|$)|dejaclick"
    r"|builtwith|https?://|www\.\w|@[\w-]+\.[a-z]|cfnetwork/|cloudflare|duplexweb|feed|rss\b(?<![a-z]rss)"
    r"|google(?:-[a-z]|[ _]search console|messages|[ _](?:partner|web|favicon|\(\+))"
    # Only Internet Explorer and the browsers of a few phones called themselves "compatible".
    r"|compatible[;,](?! *(?:msie|konqueror|linux|polaris|netfront|windows|tablet2|smartphone2))"
)


def is_robot(user_agent: str) -> bool:
    """Return whether a user agent is a robot's. The empty text is; the text is already of a bounded length."""
    text = user_agent.lower()
    if not _BROWSER.search(text) and (not _PHONE_WORD.search(text) or _LIBRARY.search(text)):
        return True
    rest = _PROFILE.sub("", _IN_THE_LIST.sub("", _BUILD.sub("", _MODEL.sub(r"\1", user_agent))))
    return _ROBOT.search(rest.lower()) is not None or is_crawler(rest)


def is_program(text: str) -> bool:
    """Return whether a text that is no robot's is no browser's either: a phone's download library, or an app's own.

    The text is in lower case.
    """
    return not _BROWSER.search(text) and not _OLD_BROWSER.search(text)


def warm_up() -> None:
    """Compile the crawler list. It takes tens of milliseconds, and no person's request should wait for it."""
    is_crawler("")
