"""User agents: people on every kind of device and in every app's own browser, and programs that imitate them."""

from router.core.links.client import Platform

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
IPAD = "Mozilla/5.0 (iPad; CPU OS 16_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
ANDROID = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko)"
WEBVIEW = "Mozilla/5.0 (Linux; Android 15; Pixel 9 Build/AP4A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
LINUX = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"
HARMONY = "Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 (KHTML, like Gecko)"
COMPATIBLE = "Mozilla/5.0 (compatible;"

SAFARI = f"{IPHONE} Version/18.6 Mobile/15E148 Safari/604.1"
CHROME = f"{ANDROID} Chrome/141.0.0.0 Mobile Safari/537.36"

PEOPLE = {
    "Safari on iPhone": (SAFARI, Platform.IOS, None),
    "Safari on an old iPad": (f"{IPAD} Version/16.6 Mobile/15E148 Safari/604.1", Platform.IOS, None),
    "Chrome on iPhone": (f"{IPHONE} CriOS/141.0.7390.41 Mobile/15E148 Safari/604.1", Platform.IOS, None),
    "Firefox on iPhone": (f"{IPHONE} FxiOS/143.0 Mobile/15E148 Safari/605.1.15", Platform.IOS, None),
    "Firefox on iPhone without Safari's name": (f"{IPHONE} FxiOS/143.0 Mobile/15E148", Platform.IOS, None),
    "Edge on iPhone": (f"{IPHONE} Version/18.0 EdgiOS/140.0 Mobile/15E148 Safari/605.1.15", Platform.IOS, None),
    "DuckDuckGo on iPhone": (f"{IPHONE} Version/18.6 Mobile/15E148 DuckDuckGo/7 Safari/605.1.15", Platform.IOS, None),
    "Chrome on Android": (CHROME, Platform.ANDROID, None),
    "Samsung Internet": (
        f"{ANDROID} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
        Platform.ANDROID,
        None,
    ),
    "Firefox on Android": (
        "Mozilla/5.0 (Android 15; Mobile; rv:143.0) Gecko/143.0 Firefox/143.0",
        Platform.ANDROID,
        None,
    ),
    "a CUBOT phone": (CHROME.replace("Android 10; K", "Android 11; CUBOT X50"), Platform.ANDROID, None),
    "Opera Mini": (
        "Opera/9.80 (Android; Opera Mini/36.2/119.132; U; id) Presto/2.12.423 Version/12.16",
        Platform.ANDROID,
        None,
    ),
    "Safari on a Mac or on an iPad": (f"{MAC} Version/18.6 Safari/605.1.15", Platform.MAC, None),
    "Firefox on a Mac": (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:143.0) Gecko/20100101 Firefox/143.0",
        Platform.MAC,
        None,
    ),
    "Chrome on Windows": (f"{WINDOWS} Chrome/141.0.0.0 Safari/537.36", Platform.WINDOWS, None),
    "Edge on Windows": (f"{WINDOWS} Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0", Platform.WINDOWS, None),
    "Internet Explorer": (
        "Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.2; Trident/6.0)",
        Platform.WINDOWS,
        None,
    ),
    "Windows Phone, which names all": (
        "Mozilla/5.0 (Windows Phone 10.0; Android 6.0.1; Microsoft; Lumia 950) like iPhone Mobile Safari/537.36",
        Platform.PHONE,
        None,
    ),
    "Chrome on Linux": (f"{LINUX} Chrome/141.0.0.0 Safari/537.36", Platform.OTHER, None),
    "Chrome on ChromeOS": (
        f"{LINUX.replace('Linux x86_64', 'CrOS x86_64 14541.0.0')} Chrome/141.0.0.0 Safari/537.36",
        Platform.OTHER,
        None,
    ),
    "Instagram on iPhone": (
        f"{IPHONE} Mobile/22G86 Instagram 397.0.0.24.81 (iPhone16,1; iOS 18_6; en_US; en; scale=3.00)",
        Platform.IOS,
        "Instagram",
    ),
    "Instagram on Android": (
        f"{WEBVIEW} Chrome/141.0.0.0 Mobile Safari/537.36 Instagram 397.0.0.46.81 Android (35/15; 420dpi; Google)",
        Platform.ANDROID,
        "Instagram",
    ),
    "Threads": (f"{IPHONE} Mobile/22G86 Barcelona 397.0.0.24.81 (iPhone16,1; iOS 18_6)", Platform.IOS, "Threads"),
    "Facebook on iPhone": (
        f"{IPHONE} Mobile/22G86 [FBAN/FBIOS;FBAV/530.0.0.41.75;FBBV/1;FBDV/iPhone16,1;FBSN/iOS]",
        Platform.IOS,
        "Facebook",
    ),
    "Facebook on Android": (
        f"{WEBVIEW} Chrome/141.0.0.0 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/530.0.0.48.74;]",
        Platform.ANDROID,
        "Facebook",
    ),
    "Messenger": (
        f"{IPHONE} Mobile/22G86 LightSpeed [FBAN/MessengerLiteForiOS;FBAV/530.0.0.39.107;FBSN/iOS]",
        Platform.IOS,
        "Messenger",
    ),
    "TikTok on iPhone": (
        f"{IPHONE} Mobile/22G86 musical_ly_41.9.0 JsSdk/2.0 NetType/WIFI Channel/App Store BytedanceWebview/d8a21c6",
        Platform.IOS,
        "TikTok",
    ),
    "TikTok on Android": (
        f"{WEBVIEW} Chrome/141.0.0.0 Mobile Safari/537.36 BytedanceWebview/d8a21c6 [FB_IAB/;FBAN/TikTokAndroid;]",
        Platform.ANDROID,
        "TikTok",
    ),
    "LinkedIn": (f"{IPHONE} Mobile/22G86 [LinkedInApp]/9.31.2345", Platform.IOS, "LinkedIn"),
    "Snapchat": (
        f"{IPHONE} Mobile/15E148 Snapchat/13.58.0.44 (like Safari/8621.3.11, panda)",
        Platform.IOS,
        "Snapchat",
    ),
    "LINE": (f"{IPHONE} Mobile/15E148 Safari Line/15.14.0", Platform.IOS, "LINE"),
    "X that names itself": (f"{IPHONE} Mobile/22G86 Twitter for iPhone/11.23", Platform.IOS, "X"),
    "X that does not": (f"{IPHONE} Mobile/15E148", Platform.IOS, "app"),
    "Pinterest": (f"{IPHONE} Mobile/15E148 [Pinterest/iOS]", Platform.IOS, "Pinterest"),
    "Google's app": (f"{IPHONE} GSA/388.0.8 Mobile/15E148 Safari/604.1", Platform.IOS, "Google"),
    "WeChat": (f"{IPHONE} Mobile/15E148 MicroMessenger/8.0.63(0x18003f2c) NetType/WIFI", Platform.IOS, "WeChat"),
    "KakaoTalk": (f"{IPHONE} Mobile/15E148 KAKAOTALK 25.8.0", Platform.IOS, "KakaoTalk"),
    "Facebook on iPhone since 2025": (
        f"{IPHONE} Mobile/22G100 Safari/604.1 MetaIAB Facebook",
        Platform.IOS,
        "Facebook",
    ),
    "Facebook on Android since 2025": (
        f"{WEBVIEW.replace('; wv', '; ')} Chrome/141.0.0.0 Mobile Safari/537.36 MetaIAB Facebook",
        Platform.ANDROID,
        "Facebook",
    ),
    "Facebook without a browser's name": (
        "[FBAN/FB4A;FBAV/530.0.0.48.74;FBDM/{density=2.6}]",
        Platform.OTHER,
        "Facebook",
    ),
    "WhatsApp on iPhone": (f"{IPHONE} Mobile/15E148 [WAiOS/25.31.78]", Platform.IOS, "WhatsApp"),
    "WhatsApp on Android": (
        f"{WEBVIEW} Chrome/141.0.0.0 Mobile Safari/537.36 WA4A/2.25.31",
        Platform.ANDROID,
        "WhatsApp",
    ),
    "NAVER": (f"{IPHONE} Mobile/15E148 NAVER(inapp; search; 2000; 12.13.2)", Platform.IOS, "NAVER"),
    "Zalo": (f"{WEBVIEW} Chrome/141.0.0.0 Mobile Safari/537.36 Zalo android/240901", Platform.ANDROID, "Zalo"),
    "Viber": (f"{WEBVIEW} Chrome/141.0.0.0 Mobile Safari/537.36 Viber/27.4.0.0", Platform.ANDROID, "Viber"),
    "some app on Android that hides": (
        f"{WEBVIEW.replace('; wv', '')} Chrome/141.0.0.0 Mobile Safari/537.36",
        Platform.ANDROID,
        "app",
    ),
    "DuckDuckGo, which draws in Android's web view": (
        f"{ANDROID} Version/4.0 Chrome/141.0.0.0 Mobile DuckDuckGo/5 Safari/537.36",
        Platform.ANDROID,
        None,
    ),
    "HarmonyOS NEXT": (
        f"{HARMONY} Chrome/132.0.0.0 Safari/537.36 ArkWeb/6.0.0.47 Mobile HuaweiBrowser/5.1.5.320",
        Platform.PHONE,
        None,
    ),
    "KaiOS": ("Mozilla/5.0 (Mobile; Nokia_8110_4G; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5", Platform.PHONE, None),
    "an OPPO phone on Android 15": (
        f"{ANDROID.replace('10; K', '15; CPH2581 Build/AP3A.240617.008')} Chrome/119.0.6045.163 Mobile Safari/537.36",
        Platform.ANDROID,
        None,
    ),
    "a phone named Butterfly": (CHROME.replace("Android 10; K", "Android 8.0; HTC Butterfly"), Platform.ANDROID, None),
    "a phone named ViewSonic": (CHROME.replace("Android 10; K", "Android 8.0; ViewSonic V500"), Platform.ANDROID, None),
    "lower case": (CHROME.lower(), Platform.ANDROID, None),
    "a browser of 2012": (
        "UCWEB/2.0 (MIDP-2.0; U; Adr 4.4.2; en-US; V3C) U2/1.0.0 UCBrowser/9.4.0.460 U2/1.0.0 Mobile",
        Platform.ANDROID,
        None,
    ),
    "some app on Android": (f"{WEBVIEW} Chrome/141.0.0.0 Mobile Safari/537.36", Platform.ANDROID, "app"),
    "some app on an iPad that poses as a Mac": (MAC, Platform.MAC, "app"),
}

BOTS = {
    "iMessage preview": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) "
    "Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0",
    "Facebook": "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "Facebot": "Facebot/1.0",
    "Meta external agent": "meta-externalagent/1.1 (+https://developers.facebook.com/docs/sharing/webmasters/crawler)",
    "Meta external fetcher": "meta-externalfetcher/1.1",
    "X": "Twitterbot/1.0",
    "Slack links": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Slack images": "Slack-ImgProxy (+https://api.slack.com/robots)",
    "WhatsApp on iPhone": "WhatsApp/2.25.20.72 i",
    "WhatsApp on Android": "WhatsApp/2.25.21.78 A",
    "Signal": "WhatsApp/2",
    "Telegram": "TelegramBot (like TwitterBot)",
    "Discord": f"{COMPATIBLE} Discordbot/2.0; +https://discordapp.com)",
    "LinkedIn": f"LinkedInBot/1.0 {COMPATIBLE} Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
    "Teams": "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5 skype-url-preview@microsoft.com",
    "Reddit": f"{COMPATIBLE} redditbot/1.0; +http://www.reddit.com/feedback)",
    "Pinterest": f"{COMPATIBLE} Pinterestbot/1.0; +http://www.pinterest.com/bot.html)",
    "Snapchat": "Snap URL Preview Service; bot; snapchat; https://developers.snap.com/robots",
    "Viber": "Viber/13.1.0.4 CFNetwork/758.1.6 Darwin/15.0.0",
    "LINE": f"{COMPATIBLE} line-poker/1.0)",
    "KakaoTalk": "kakaotalk-scrap/1.0; +https://devtalk.kakao.com/t/scrap/33984",
    "Iframely": "Iframely/1.3.1 (+https://iframely.com/docs/about)",
    "Embedly": f"{COMPATIBLE} Embedly/0.2; +http://support.embed.ly/)",
    "Mastodon": "Mastodon/4.4.3 (http.rb/5.3.1; +https://mastodon.social/)",
    "Bluesky": "Bluesky Cardyb/1.1; +mailto:support@bsky.app",
    "Googlebot": f"{COMPATIBLE} Googlebot/2.1; +http://www.google.com/bot.html)",
    "Googlebot as a phone": f"{CHROME} (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Gmail images": "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
    "Google inspection": f"{CHROME} (compatible; Google-InspectionTool/1.0;)",
    "Google snippets": "Google (+https://developers.google.com/+/web/snippet/)",
    "Lighthouse": f"{CHROME} Chrome-Lighthouse",
    "Applebot as a phone": f"{SAFARI} (Applebot/0.1; +http://www.apple.com/go/applebot)",
    "Bing": f"{COMPATIBLE} bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Bing preview": f"{SAFARI} BingPreview/1.0b",
    "Microsoft preview": f"{WINDOWS} Chrome/141.0.0.0 Safari/537.36 MicrosoftPreview/2.0 +https://aka.ms/MicrosoftPreview",
    "Bitly": "bitlybot/3.0 (+http://bit.ly/)",
    "OpenAI crawler": f"{LINUX}; compatible; GPTBot/1.3; +https://openai.com/gptbot)",
    "ChatGPT": f"{LINUX}; compatible; ChatGPT-User/1.0; +https://openai.com/bot",
    "Claude": f"{LINUX}; compatible; ClaudeBot/1.0; +claudebot@anthropic.com)",
    "TikTok crawler": f"{COMPATIBLE} Bytespider; spider-feedback@bytedance.com)",
    "Barracuda": f"{COMPATIBLE} Barracuda Sentinel (EE))",
    "Proofpoint": f"{COMPATIBLE} Proofpoint URL Defense)",
    "curl": "curl/8.16.0",
    "Wget": "Wget/1.25.0",
    "requests": "python-requests/2.32.5",
    "httpx": "python-httpx/0.28.1",
    "aiohttp": "Python/3.13 aiohttp/3.12.15",
    "Go": "Go-http-client/2.0",
    "okhttp": "okhttp/5.1.0",
    "Java": "Java/21.0.8",
    "Node": "node",
    "headless Chrome": f"{LINUX} HeadlessChrome/141.0.0.0 Safari/537.36",
    "an iPhone app's own fetch": "AcmeApp/12 CFNetwork/3826.600.41 Darwin/24.6.0",
    "a fetch that poses as a browser": f"{IPHONE} Mobile/15E148 CFNetwork/3826.600.41",
    "no name": "",
    "a blank name": "   ",
    "a bare name": "Mozilla",
}

NO_PHONES = {
    "a Bravia television": (
        f"{ANDROID.replace('10; K', '10; BRAVIA 4K UR2 Build/PTT1')} Chrome/141.0.7390.97 Safari/537.36"
    ),
    "a television that says Mobile": (
        f"{ANDROID.replace('10; K', '10; HIPER MEDIA TV i4 Pro')} Chrome/72.0.3626.121 Mobile Safari/537.36"
    ),
    "a Fire TV": f"{ANDROID.replace('10; K', '9; AFTKA')} Silk/106.4.3 like Chrome/106.0.5249.190 Safari/537.36",
    "a box": f"{ANDROID.replace('10; K', '9; N5NOVA')} Chrome/95.0.4638.74 Safari/537.36",
    "a tablet": f"{ANDROID} Chrome/141.0.0.0 Safari/537.36",
    "Firefox on a tablet": "Mozilla/5.0 (Android 15; Tablet; rv:143.0) Gecko/143.0 Firefox/143.0",
    "a headset": "Mozilla/5.0 (Linux; Android 14; Quest 3) AppleWebKit/537.36 (KHTML, like Gecko) OculusBrowser/40.2 "
    "Chrome/138.0.7204.168 Mobile VR Safari/537.36",
    "a watch": f"{ANDROID.replace('10; K', '11; SM-R895F')} Chrome/111.0.5563.116 Mobile Safari/537.36",
    "a car": f"{ANDROID.replace('10; K', '12; DiLink5.0 For BYD AUTO')} Chrome/109.0.5414.86 Mobile Safari/537.36",
}

# Phones, but not their browsers: the download libraries of the system, and apps that name only the device.
PROGRAMS = {
    "an Android app's own fetch": "Dalvik/2.1.0 (Linux; U; Android 15; Pixel 9 Build/AP4A)",
    "an app that names the phone": "iPhone16ProMax",
}
