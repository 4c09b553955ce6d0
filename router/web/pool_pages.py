"""What one pool shows, rendered once and kept until the pool changes: landing pages, brand colours, link forms."""

from typing import Any

from jinja2 import Environment

from router.core.client import Client, Platform
from router.core.colour import readable_on
from router.core.pool import Entry
from router.services.directory import PoolView
from router.web.answer import PAGE, PUBLIC_FOR_A_YEAR, Answer, Header
from router.web.pool_links import PoolLinks, Spliced, splice

NONCE_MARK = "\N{REPLACEMENT CHARACTER}nonce\N{REPLACEMENT CHARACTER}"
_COOKIE_DAYS = 400


class PoolPages:
    """The rendered parts of one view of a pool; a new view gets new pages."""

    def __init__(self, view: PoolView, templates: Environment, base_url: str) -> None:
        self.view = view
        self.links = PoolLinks(view)
        self.base_url = base_url
        self._templates = templates
        self._landing: dict[tuple[Platform, str | None, bool], Spliced] = {}
        pool = view.pool
        self.redirects = pool.entry is Entry.REDIRECT
        self.join_path = f"/j/{pool.id}"
        self.cookie_name = f"sy_{pool.id}=".encode()
        secure = "; Secure" if base_url.startswith("https:") else ""
        self._cookie_tail = (
            f"; Path={self.join_path}; Max-Age={_COOKIE_DAYS * 86400}; HttpOnly; SameSite=Lax{secure}"
        ).encode()
        colours = f":root{{--brand:{pool.colour};--on-brand:{readable_on(pool.colour)}}}"
        self.brand_css = Answer(200, colours.encode(), (*PUBLIC_FOR_A_YEAR, (b"content-type", b"text/css")))
        self.logo = (
            Answer(200, view.photo, (*PUBLIC_FOR_A_YEAR, (b"content-type", b"image/jpeg"))) if view.photo else None
        )

    @property
    def brand(self) -> dict[str, Any]:
        """What every page of the pool needs to look like the pool."""
        version = self.view.version
        return {
            "pool": self.view.pool,
            "brand_css_url": f"{self.join_path}/brand.css?v={version}",
            "logo_url": f"{self.join_path}/logo.jpg?v={version}" if self.logo else "",
        }

    def landing(self, client: Client) -> Spliced:
        """The signup page for one kind of client, open at the nonce."""
        key = (client.platform, client.in_app, client.is_bot)
        page = self._landing.get(key)
        if page is None:
            page = self._landing[key] = splice(self._render_landing(client), NONCE_MARK)
        return page

    def waitlist(self, retry_minutes: int, *, kept_at: str = "") -> bytes:
        """The page that says all lines are busy; `kept_at` is the path of the page of one who will be invited."""
        context = self.brand | {
            "retry_minutes": retry_minutes,
            "action_url": kept_at or self.join_path,
            "is_kept": bool(kept_at),
        }
        return self._templates.get_template("waitlist.html").render(context).encode()

    def set_cookie(self, token: str) -> Header:
        """The header by which a browser keeps its assignment for this pool."""
        return (b"set-cookie", self.cookie_name + token.encode() + self._cookie_tail)

    def read_cookie(self, cookies: bytes | None) -> str | None:
        """The token a browser kept for this pool, if any."""
        if cookies is None:
            return None
        for cookie in cookies.split(b"; "):
            if cookie.startswith(self.cookie_name):
                return cookie[len(self.cookie_name) :].decode("latin-1")
        return None

    def _render_landing(self, client: Client) -> str:
        context = self.brand | {
            "client": client,
            "action_url": self.join_path,
            "nonce": NONCE_MARK,
            "is_preview": client.is_bot,
            "base_url": self.base_url,
            "page_url": self.base_url + self.join_path,
        }
        text = self._templates.get_template("landing.html").render(context)
        return text if NONCE_MARK in text else text + f"<!--{NONCE_MARK}-->"


class PageShelf:
    """The pages of every pool, made again when its view is a new one."""

    def __init__(self, templates: Environment, base_url: str) -> None:
        self.templates = templates
        self.base_url = base_url
        self._pages: dict[str, PoolPages] = {}

    def of(self, view: PoolView) -> PoolPages:
        """Return the pages of a view."""
        pages = self._pages.get(view.pool.id)
        if pages is None or pages.view is not view:
            pages = self._pages[view.pool.id] = PoolPages(view, self.templates, self.base_url)
        return pages


def page(status: int, body: bytes, *extra: Header) -> Answer:
    """An HTML answer."""
    return Answer(status, body, (*extra, *PAGE))
