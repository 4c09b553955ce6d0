"""The pages of one pool, rendered once and kept until the pool changes: landing pages, brand colours, link forms."""

import re
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from functools import partial
from typing import Any

from router.core.language import Language
from router.core.links.client import Client
from router.core.links.colour import readable_on
from router.core.pool import Entry
from router.core.pools.consent import ConsentWords, consent_of, main_language, words_version
from router.core.pools.page_texts import PageTextKey, text_for
from router.services.pools.pool_cache import PoolView
from router.web.raw_response import PAGE, PUBLIC_FOR_A_YEAR, Header, RawResponse
from router.web.rendering.page_templates import PageTemplates
from router.web.rendering.per_view import PerView
from router.web.rendering.person_layouts import PersonLayouts
from router.web.rendering.pool_links import Gapped, PoolLinks, Spliced, splice
from router.web.rendering.visitor import Look, Visitor

HIDDEN_FIELDS_MARK = "\N{REPLACEMENT CHARACTER}fields\N{REPLACEMENT CHARACTER}"
SOURCE_MARK = "\N{REPLACEMENT CHARACTER}source\N{REPLACEMENT CHARACTER}"
_COOKIE_DAYS = 400
_MAX_WORDS = 10 * len(Language)
_MAX_LANDINGS = 512  # a few dozen kinds of browser make up all traffic; odd ones must not fill the memory


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
        person_layouts: a person's page in this language.
        language_headers: the headers by which a page names its language.
        page_headers: all headers of a page.
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
        self._by_wish: dict[Language | None, PoolPages] = {}
        pool = view.pool
        self.redirects = pool.entry is Entry.REDIRECT
        self.join_path = f"/j/{pool.id}"
        self.cookie_name = f"sy_{pool.id}".encode()
        self._cookie = re.compile(rb"(?:^|;)\s*%b\s*=([^;]*)" % re.escape(self.cookie_name))
        secure = "; Secure" if base_url.startswith("https:") else ""
        self._cookie_tail = (
            f"; Path={self.join_path}; Max-Age={_COOKIE_DAYS * 86400}; HttpOnly; SameSite=Lax{secure}"
        ).encode()
        colours = f":root{{--brand:{pool.colour};--on-brand:{readable_on(pool.colour)}}}"
        self.brand_css = RawResponse(200, colours.encode(), (*PUBLIC_FOR_A_YEAR, (b"content-type", b"text/css")))
        self.logo = (
            RawResponse(200, view.photo, (*PUBLIC_FOR_A_YEAR, (b"content-type", b"image/jpeg"))) if view.photo else None
        )
        self._turn_to(main_language(view.pool))

    def for_visitor(self, visitor: Visitor) -> "PoolPages":
        """Return the same pages in the language of a visitor."""
        wish = visitor.language
        pages = self._by_wish.get(wish)
        if pages is None:
            pool = self.view.pool
            pages = self._by_wish[wish] = self.in_language(pool.language.choose(wish, pool.default_language))
        return pages

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
        self.page_headers: tuple[Header, ...] = (*self.language_headers, *PAGE)
        self._landing: dict[Look, tuple[Spliced, Gapped]] = {}
        self._own_texts = {key.value: text_for(self.view.pool.texts, key, language) for key in PageTextKey}
        self.person_layouts = PersonLayouts(self.templates, self.brand, self.links, self.base_url)

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

    def landing(self, visitor: Visitor, nonce: bytes, source: str) -> bytes:
        """Return the signup page for one kind of visitor.

        Args:
            visitor: who asks for it.
            nonce: for its form.
            source: where the visitor comes from, as `read_source` returns it; empty if they did not say.
        """
        made = self._landing.get(visitor.look)
        if made is None:
            if len(self._landing) >= _MAX_LANDINGS:
                self._landing.clear()
            rendered = self._render_landing(visitor.client)
            without_source = splice(rendered.replace(SOURCE_MARK, ""), HIDDEN_FIELDS_MARK)
            made = self._landing[visitor.look] = (without_source, Gapped(rendered, HIDDEN_FIELDS_MARK, SOURCE_MARK))
        without_source, with_source = made
        fields = b'<input type="hidden" name="nonce" value="%b">' % nonce
        if not source:
            return without_source.filled(fields)
        word = source.encode()
        fields += b'<input type="hidden" name="source" value="%b">' % word
        return with_source.filled(fields, b"?src=" + word)

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

    def read_cookies(self, cookies: bytes) -> list[str]:
        """Return every token that a `Cookie` header has for this pool.

        Proxies write the separator without its blank, add one at the end, quote values and repeat a cookie.
        """
        if self.cookie_name not in cookies:
            return []
        return [value.strip(b' \t"').decode("latin-1") for value in self._cookie.findall(cookies)]

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
