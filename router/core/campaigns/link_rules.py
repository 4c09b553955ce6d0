"""Find the links that phones would show in a text, and those that carriers filter.

Carriers hold back texts with links of public shorteners and with tracking parameters, whoever sends them: senders of
unwanted messages hide behind both.
"""

import re

_SHORTENERS = (
    "adf.ly b.link bit.do bit.ly bitly.com bl.ink buff.ly cli.re clck.ru cutt.ly dlvr.it fb.me geni.us goo.gl ift.tt "
    "is.gd j.mp kutt.it lnk.to lnkd.in lihi.cc mcaf.ee moourl.com nyti.ms on.fb.me ow.ly pse.is qr.ae rb.gy "
    "rebrand.ly reurl.cc s.id shorturl.at short.gy short.io shorte.st snip.ly snipurl.com soo.gd spoo.me su.pr surl.li "
    "t.co t.ly t2m.io tiny.cc tiny.one tinyurl.com tr.im trib.al u.nu url.ie urlz.fr v.gd vu.fr wp.me x.co yourls.org "
    "zpr.io"
)
SHORTENERS = frozenset(_SHORTENERS.split())
TRACKING = re.compile(
    r"[?&](?:utm_\w+|fbclid|gclid|dclid|gbraid|wbraid|msclkid|ttclid|twclid|yclid|igshid|mc_[ce]id|_hsenc|_hsmi|mkt_tok)=",
    re.IGNORECASE,
)

# With a scheme, or a name with a dot, which phones make tappable; the domain of an e-mail address is no link.
_LINK = re.compile(
    r"[a-z][a-z0-9+.-]*://\S+|(?<![@\w.+-])(?:[\w-]+\.)+[a-z]{2,24}(?![\w@-])(?:[:/?#]\S*)?", re.IGNORECASE
)
_HOST = re.compile(r"^(?:[a-z][a-z0-9+.-]*://)?(?:[^/?#@\s]*@)?([^/?#:\s]+)", re.IGNORECASE)


def find_link(text: str) -> re.Match[str] | None:
    """Return the first part of a text that a phone would show as a link."""
    return _LINK.search(text)


def is_shortened(link: str) -> bool:
    """Whether a link, with or without a scheme, leads through a public shortener."""
    found = _HOST.match(link)
    host = found[1].lower().removeprefix("www.").rstrip(".") if found else ""
    return host in SHORTENERS


def is_tracked(link: str) -> bool:
    """Whether a link has parameters that track where a person came from."""
    return TRACKING.search(link) is not None
