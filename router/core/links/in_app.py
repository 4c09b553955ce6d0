"""Name the app whose built-in browser a user agent is of. Such a browser may silently refuse sms: links and cards.

Each row says where its token was seen and when, because apps change theirs. To add one, add a line to
tests/data/user_agents.tsv as well (tests/README.md).
"""

import re
from dataclasses import dataclass
from typing import Final

UNNAMED: Final = "app"  # an app that does not say which it is


@dataclass(frozen=True, slots=True)
class InAppBrowser:
    """One app's browser.

    Attributes:
        app: the name that people know the app by.
        token: what its user agent has, in lower case, as a regular expression.
        source: where the token was seen; "unconfirmed" if in no list yet. A wrong one would only offer the way out.
        seen: the year and month of the source.
        packages: the app's names on Android, which its web view sends in X-Requested-With.
    """

    app: str
    token: str
    source: str
    seen: str
    packages: tuple[str, ...] = ()


# The first that fits wins: apps of one company carry the tokens of another, and TikTok those of Facebook.
IN_APP_BROWSERS: Final = (
    InAppBrowser("Instagram", r"instagram", "fixtures of device-detector 6.5.1", "2026-10", ("com.instagram.android",)),
    InAppBrowser(
        "Threads",
        r"barcelona|metaiab threads",
        "fixtures of device-detector 6.5.1, texts in public repositories",
        "2026-10",
        ("com.instagram.barcelona",),
    ),
    InAppBrowser(
        "Messenger",
        r"messenger(?:lite)?forios|orca-android|fban/messenger|metaiab messenger",
        "fixtures of device-detector 6.5.1, texts in public repositories",
        "2026-10",
        ("com.facebook.orca",),
    ),
    InAppBrowser(
        "WhatsApp",
        r"wa4a/|waios/|metaiab whatsapp|safari/[\d.]+ whatsapp/",
        "texts in public repositories",
        "2026-08",
        ("com.whatsapp", "com.whatsapp.w4b"),
    ),
    InAppBrowser(
        "TikTok",
        r"musical_ly|bytedance|tiktok|trill_\d",
        "fixtures of device-detector 6.5.1",
        "2026-10",
        ("com.zhiliaoapp.musically", "com.ss.android.ugc.trill"),
    ),
    InAppBrowser(
        "Facebook",
        r"fban|fbav|fb_iab|metaiab|iabmv/",
        "fixtures of device-detector 6.5.1, texts in public repositories",
        "2026-10",
        ("com.facebook.katana", "com.facebook.lite"),
    ),
    InAppBrowser(
        "LinkedIn", r"linkedin(?!bot)", "fixtures of device-detector 6.5.1", "2026-10", ("com.linkedin.android",)
    ),
    InAppBrowser("Snapchat", r"snapchat", "fixtures of device-detector 6.5.1", "2026-10", ("com.snapchat.android",)),
    InAppBrowser(
        "LINE",
        r"line/\d(?<![a-z]line/\d)",
        "fixtures of device-detector 6.5.1",
        "2026-10",
        ("jp.naver.line.android",),
    ),
    InAppBrowser("X", r"twitter(?!bot)", "fixtures of device-detector 6.5.1", "2026-10", ("com.twitter.android",)),
    InAppBrowser("Pinterest", r"pinterest(?!bot)", "fixtures of device-detector 6.5.1", "2026-10", ("com.pinterest",)),
    InAppBrowser(
        "Google",
        r"gsa/\d|googleapp/",
        "fixtures of device-detector 6.5.1",
        "2026-10",
        ("com.google.android.googlequicksearchbox",),
    ),
    InAppBrowser("WeChat", r"micromessenger", "fixtures of device-detector 6.5.1", "2026-10", ("com.tencent.mm",)),
    InAppBrowser("WeCom", r"wxwork/", "unconfirmed", "2026-12"),
    InAppBrowser(
        "KakaoTalk", r"kakaotalk(?!-scrap)", "fixtures of device-detector 6.5.1", "2026-10", ("com.kakao.talk",)
    ),
    InAppBrowser("KakaoStory", r"kakaostory", "unconfirmed", "2026-12"),
    InAppBrowser("Daum", r"daumapps/|daumdevice", "fixtures of device-detector 6.5.1", "2026-10"),
    InAppBrowser("NAVER", r"naver\(inapp", "fixtures of device-detector 6.5.1", "2026-10", ("com.nhn.android.search",)),
    InAppBrowser(
        "Zalo",
        r"zalo(?<![a-z]zalo)",
        "fixtures of device-detector 6.5.1, texts in public repositories",
        "2026-10",
        ("com.zing.zalo",),
    ),
    InAppBrowser("Viber", r"viber", "fixtures of device-detector 6.5.1", "2026-10", ("com.viber.voip",)),
    InAppBrowser(
        "Telegram",
        r"telegram(?!bot)",
        "unconfirmed",
        "2026-12",
        ("org.telegram.messenger",),
    ),
    InAppBrowser(
        "Slack", r"slack(?:_ssb|/\d)|com\.tinyspeck", "fixtures of device-detector 6.5.1", "2026-10", ("com.Slack",)
    ),
    InAppBrowser(
        "Teams",
        r"teamsmobile",
        "unconfirmed",
        "2026-12",
        ("com.microsoft.teams",),
    ),
    InAppBrowser("Discord", r"discord(?:-ios|-android|/\d)", "unconfirmed", "2026-12", ("com.discord",)),
    InAppBrowser("Reddit", r"reddit(?!bot)", "fixtures of device-detector 6.5.1", "2026-10", ("com.reddit.frontpage",)),
    InAppBrowser("VK", r"vk(?:android|ios|client)|vkontakte", "unconfirmed", "2026-12"),
    InAppBrowser("QQ", r"qq/\d(?<![a-z]qq/\d)|qzone/|qqtheme", "fixtures of device-detector 6.5.1", "2026-10"),
    InAppBrowser("Weibo", r"weibo", "fixtures of device-detector 6.5.1", "2026-10"),
    InAppBrowser("Alipay", r"alipayclient|aliapp\((?!dingtalk)", "fixtures of crawlerdetect 0.4.2", "2026-07"),
    InAppBrowser("DingTalk", r"dingtalk", "fixtures of device-detector 6.5.1", "2026-10"),
    InAppBrowser("Lark", r"lark(?:locale)?/\d|feishu/", "fixtures of device-detector 6.5.1", "2026-10"),
    InAppBrowser("Baidu", r"baiduboxapp|tieba", "fixtures of device-detector 6.5.1", "2026-10"),
    InAppBrowser("Xiaohongshu", r"xhsdiscover|discover/\d", "unconfirmed", "2026-12"),
    InAppBrowser("Yahoo! Japan", r"yjapp-|jp\.co\.yahoo\.", "fixtures of device-detector 6.5.1", "2026-10"),
    InAppBrowser("Bing", r"bing(?:web|sapphire|android)/\d", "fixtures of device-detector 6.5.1", "2026-10"),
    InAppBrowser("Outlook", r"outlook-(?:ios|android)", "unconfirmed", "2026-12"),
    InAppBrowser("YouTube", r"com\.google\.(?:android|ios)\.youtube", "fixtures of device-detector 6.5.1", "2026-10"),
    InAppBrowser("Gmail", r"gmail/|com\.google\.gmail", "unconfirmed", "2026-12", ("com.google.android.gm",)),
    InAppBrowser("Kik", r"kik/\d(?<![a-z]kik/\d)", "fixtures of device-detector 6.5.1", "2026-10"),
    InAppBrowser("Tumblr", r"tumblr", "unconfirmed", "2026-12"),
    InAppBrowser("Nextdoor", r"nextdoor", "unconfirmed", "2026-12"),
    InAppBrowser("ChatGPT", r"chatgpt/", "unconfirmed", "2026-12"),
)
_BY_PACKAGE = {package: row.app for row in IN_APP_BROWSERS for package in row.packages}
_PACKAGE = re.compile(r"[A-Za-z]\w*(?:\.\w+)+")  # and not XMLHttpRequest, which scripts send
_NAMED = tuple((row.app, re.compile(row.token)) for row in IN_APP_BROWSERS)
_ANY_NAMED = re.compile("|".join(row.token for row in IN_APP_BROWSERS))

# Android's web view says so, or has "Version/4.0" before Chrome's version, or leaves an empty field in its brackets.
_ANDROID_VIEW = re.compile(r"; wv\)|version/\d\.\d chrome/|android[^()]*; ?\)")
# These draw their pages in Android's web view and are browsers all the same.
_BROWSER_ON_VIEW = re.compile(
    r"duckduckgo/|ddg/|opr/|opx/|opt/|ucbrowser|ucmobile|ucturbo|miuibrowser|mqqbrowser/[\d.]+ (?!tbs)|heytapbrowser"
    r"|vivobrowser|huaweibrowser|honorbrowser|samsungbrowser|yabrowser|yasearchbrowser|quark/|ecosia|focus/|klar/"
    r"|puffin/|phx/|phoenix/|sogoumobilebrowser|edga/|firefox/|silk/|vivaldi|brave|kiwi|aloha|liebaofast|acheetahi"
    r"|mint browser|360 ?(?:browser|aphone)|qihoobrowser|maxthon|dolphin|ccleaner|avast|whale/|qwantbrowser|jiopages"
    r"|soul/"
)
_BROWSER_ON_WEBKIT = re.compile(
    r"(?:safari|crios|fxios|edgios|opios|opt|duckduckgo|ddg|yabrowser|focus|klar|ucbrowser|mqqbrowser|ecosia)/"
)
_LIKE_SAFARI = re.compile(r"\(like safari/[^)]*\)")


def name_app(
    text: str, *, is_android: bool, is_apple: bool, is_view: bool = False, package: str | None = None
) -> str | None:
    """Return the app whose browser this is, `UNNAMED` if it does not say which, None for a real browser.

    Args:
        text: the user agent in lower case, of a bounded length.
        is_android: the device is one.
        is_apple: it is an iPhone, an iPad or a Mac.
        is_view: the browser's hints say that it is Android's web view.
        package: X-Requested-With.
    """
    if _ANY_NAMED.search(text):
        for app, token in _NAMED:
            if token.search(text):
                return app
    if is_android:
        if package is not None and _PACKAGE.fullmatch(package):
            is_view = True
            if app_of_package := _BY_PACKAGE.get(package):
                return app_of_package
        is_view = is_view or _ANDROID_VIEW.search(text) is not None
        return UNNAMED if is_view and not _BROWSER_ON_VIEW.search(text) else None
    if not is_apple or "applewebkit/" not in text:
        return None
    # An app's web view leaves Safari's name out.
    return None if _BROWSER_ON_WEBKIT.search(_LIKE_SAFARI.sub("", text)) else UNNAMED
