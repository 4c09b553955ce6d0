"""The pages of one pool, rendered once and kept until the pool changes: landing pages, brand colours, link forms."""

from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from functools import partial
from typing import Any

from router.core.language import Language
from router.core.links.client import Client, Platform
from router.core.links.colour import readable_on
from router.core.pool import Entry
from router.core.pools.consent import ConsentWords, consent_of, main_language, words_version
from router.core.pools.page_texts import PageTextKey, text_for
from router.services.pools.pool_cache import PoolView
from router.web.raw_response import PAGE, PUBLIC_FOR_A_YEAR, Header, RawResponse
from router.web.rendering.page_templates import PageTemplates
from router.web.rendering.per_view import PerView
from router.web.rendering.pool_links import Gapped, PoolLinks
from router.web.rendering.visitor import Headers, language_of

HIDDEN_FIELDS_MARK = "\N{REPLACEMENT CHARACTER}fields\N{REPLACEMENT CHARACTER}"
SOURCE_MARK = "\N{REPLACEMENT CHARACTER}source\N{REPLACEMENT CHARACTER}"
_COOKIE_DAYS = 400
_MAX_WORDS = 10 * len(Language)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitlistForm:
    """The form by which a visitor leaves a contact.

    Attributes:
        nonce: of this form.
        source: where the visitor comes from; empty if they did not say.
        typed: what they typed before, to be put right.
        fault: what is wrong with it; empty for a fresh form.
    """

    nonce: str
    source: str = ""
    typed: str = ""
    fault: str = ""


class PoolPages:
    """The rendered parts of one view of a pool; a new view gets new pages.

    Attributes:
        words: what people are, or were not long ago, shown as consent, by version. A form posts the version that its
            page showed, in its field `words`.
        language: of these pages; the pool's main one until `for_visitor` or `in_language` return others.
        language_headers: the headers by which a page names its language.
    """

    def __init__(
        self, view: PoolView, templates: PageTemplates, base_url: str, earlier_words: Mapping[str, ConsentWords]
    ) -> None:
        self.view = view
        self._consents = {
            language: consent_of(view.pool, language, partial(templates.translate, language=language))
            for language in Language
        }
        shown = {words_version(words): words for words in self._consents.values() if not words.is_empty}
        self.words: Mapping[str, ConsentWords] = _latest({**earlier_words, **shown})
        self.links = PoolLinks(view)
        self.base_url = base_url
        self._page_templates = templates
        self._by_language: dict[Language, PoolPages] = {}
        self._turn_to(main_language(view.pool))
        pool = view.pool
        self.redirects = pool.entry is Entry.REDIRECT
        self.join_path = f"/j/{pool.id}"
        self.cookie_name = f"sy_{pool.id}".encode()
        secure = "; Secure" if base_url.startswith("https:") else ""
        self._cookie_tail = (
            f"; Path={self.join_path}; Max-Age={_COOKIE_DAYS * 86400}; HttpOnly; SameSite=Lax{secure}"
        ).encode()
        colours = f":root{{--brand:{pool.colour};--on-brand:{readable_on(pool.colour)}}}"
        self.brand_css = RawResponse(200, colours.encode(), (*PUBLIC_FOR_A_YEAR, (b"content-type", b"text/css")))
        self.logo = (
            RawResponse(200, view.photo, (*PUBLIC_FOR_A_YEAR, (b"content-type", b"image/jpeg"))) if view.photo else None
        )

    def for_visitor(self, headers: Headers) -> "PoolPages":
        """Return the same pages in the language of a visitor."""
        pool = self.view.pool
        return self.in_language(pool.language.choose(language_of(headers), pool.default_language))

    def in_language(self, language: Language) -> "PoolPages":
        """Return the same pages in another language; links, logo and colours are shared."""
        pages = self._by_language.get(language)
        if pages is None:
            pages = copy(self)
            pages._turn_to(language)  # noqa: SLF001 - its own copy
        return pages

    def _turn_to(self, language: Language) -> None:
        self._by_language[language] = self
        self.language = language
        self.templates = self._page_templates.of(language)
        self.language_headers: tuple[Header, ...] = content_language(language)
        self._landing: dict[tuple[Platform, str | None, bool, bool], Gapped] = {}
        self._own_texts = {key.value: text_for(self.view.pool.texts, key, language) for key in PageTextKey}

    @property
    def brand(self) -> dict[str, Any]:
        """The values by which every page of the pool looks like the pool."""
        version = self.view.version
        return {
            "pool": self.view.pool,
            "own": self._own_texts,
            "brand_css_url": f"{self.join_path}/brand.css?v={version}",
            "logo_url": f"{self.join_path}/logo.jpg?v={version}" if self.logo else "",
        }

    def landing(self, client: Client, nonce: bytes, source: str) -> bytes:
        """Return the signup page for one kind of client.

        Args:
            client: who asks for it.
            nonce: for its form.
            source: where the visitor comes from, as `read_source` returns it; empty if they did not say.
        """
        key = (client.platform, client.in_app, client.may_be_preview, client.is_phone)
        page = self._landing.get(key)
        if page is None:
            rendered = self._render_landing(client)
            page = self._landing[key] = Gapped(rendered, HIDDEN_FIELDS_MARK, SOURCE_MARK)
        fields = b'<input type="hidden" name="nonce" value="%b">' % nonce
        if not source:
            return page.filled(fields, b"")
        word = source.encode()
        return page.filled(fields + b'<input type="hidden" name="source" value="%b">' % word, b"?src=" + word)

    def waitlist(
        self,
        retry_minutes: int,
        *,
        page_path: str = "",
        is_kept: bool = False,
        shown: str = "",
        form: WaitlistForm | None = None,
    ) -> bytes:
        """Return the page that says all lines are busy.

        Args:
            retry_minutes: when to try again.
            page_path: the path of a person's own page, if this is one: it shows their number once they have one.
            is_kept: whether the person is on the waitlist, so that they will be invited.
            shown: the fingerprint of what their page shows.
            form: what the form of any other visitor holds.
        """
        consent = self._consents[self.language]
        context = self.brand | {
            "retry_minutes": retry_minutes,
            "action_url": page_path or self.join_path,
            "is_kept": is_kept,
            "live": {"events_url": f"{page_path}/events", "shown": shown} if page_path else None,
            "form": form,
            "consent": consent,
            "words_version": "" if consent.is_empty else words_version(consent),
        }
        return self.templates.get_template("waitlist.html").render(context).encode()

    def preview(self, page_path: str) -> bytes:
        """Return what a link preview may store of a person's page; its button leads a person on."""
        return self.templates.get_template("preview.html").render(self.brand | {"action_url": page_path}).encode()

    def set_cookie(self, token: str) -> Header:
        """Return the header that makes a browser remember its assignment in this pool."""
        return (b"set-cookie", self.cookie_name + b"=" + token.encode() + self._cookie_tail)

    def read_cookies(self, cookies: bytes | None) -> Iterator[str]:
        """Yield every token that a `Cookie` header has for this pool.

        Proxies write the separator without its blank, add one at the end, quote values and repeat a cookie.
        """
        if cookies is None or self.cookie_name not in cookies:
            return
        for cookie in cookies.split(b";"):
            name, _, value = cookie.strip().partition(b"=")
            if name.rstrip() == self.cookie_name:
                yield value.strip(b' \t"').decode("latin-1")

    def _render_landing(self, client: Client) -> str:
        consent = self._consents[self.language]
        context = self.brand | {
            "client": client,
            "action_url": self.join_path,
            "hidden_fields": HIDDEN_FIELDS_MARK,
            "source_query": SOURCE_MARK,
            "is_preview": client.may_be_preview,
            "base_url": self.base_url,
            "page_url": self.base_url + self.join_path,
            "consent": consent,
            "words_version": "" if consent.is_empty else words_version(consent),
        }
        return self.templates.get_template("landing.html").render(context)


class PageShelf(PerView[PoolPages]):
    """The pages of every pool."""

    def __init__(self, templates: PageTemplates, base_url: str) -> None:
        super().__init__(self._make_pages)
        self.templates = templates
        self._base_url = base_url
        self._words: dict[str, Mapping[str, ConsentWords]] = {}

    def _make_pages(self, view: PoolView) -> PoolPages:
        """Make the pages of a view. Forms of earlier ones are still open: their words stay known."""
        pages = PoolPages(view, self.templates, self._base_url, self._words.get(view.pool.id, {}))
        self._words[view.pool.id] = pages.words
        return pages


def _latest(words: dict[str, ConsentWords]) -> dict[str, ConsentWords]:
    """Drop the oldest words, so that a pool that changes all day does not fill the memory."""
    return dict(list(words.items())[-_MAX_WORDS:])


def content_language(language: Language) -> tuple[Header, ...]:
    """Return the headers that name a page's language, and say that it depends on the browser's."""
    return ((b"content-language", language.encode()), (b"vary", b"accept-language"))


def page(status: int, body: bytes, *extra: Header) -> RawResponse:
    """Return an HTML page as a response."""
    return RawResponse(status, body, (*extra, *PAGE))
