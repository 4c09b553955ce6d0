"""A person's page, laid out once for each kind of person and device; for each person only the gaps are filled."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from jinja2 import Environment
from markupsafe import escape

from router.core.code import Code
from router.core.phone import E164, display
from router.web.rendering.person_view import PersonView
from router.web.rendering.pool_links import Gapped, PoolLinks
from router.web.rendering.visitor import Look, Visitor

_MAX_LAYOUTS = 256  # a pool has a few dozen; visitors must not fill the memory with odd ones
_MARK = "\N{REPLACEMENT CHARACTER}"
_TOKEN, _CODE, _SHOWN, _DEEPLINK, _IMESSAGE = (
    f"{_MARK}{name}{_MARK}" for name in ("token", "code", "shown", "deeplink", "imessage")
)
_NUMBER, _DISPLAY = f"+{_MARK}number{_MARK}", f"+{_MARK}display{_MARK}"  # the template asks for the plus


class PersonFacts(NamedTuple):
    """What one person's page says about them.

    Attributes:
        token: of their page, for its addresses.
        numbers: the one to text, then their others.
        shown: the fingerprint of what the page shows.
        deeplink: opens Messages with their text.
        imessage_link: the second link for macOS; None without one.
    """

    token: str
    code: Code
    numbers: Sequence[E164]
    shown: str
    deeplink: bytes
    imessage_link: str | None


class PersonLayouts:
    """The layouts for one view of a pool, in one language.

    Args:
        templates: in that language.
        brand: the values by which every page of the pool looks like the pool.
        links: of the pool.
        base_url: origin of every link, without a slash at its end.
    """

    def __init__(self, templates: Environment, brand: Mapping[str, Any], links: PoolLinks, base_url: str) -> None:
        self._templates = templates
        self._brand = brand
        self._links = links
        self._base_url = base_url
        self._layouts: dict[tuple[Look, PersonView, int, bool], Gapped] = {}
        self._numbers: dict[E164, tuple[bytes, bytes]] = {}

    def render(self, person: PersonFacts, view: PersonView, visitor: Visitor) -> bytes:
        """Return the page of one person, for whoever looks at it."""
        kind = (visitor.look, view, len(person.numbers), person.imessage_link is not None)
        layout = self._layouts.get(kind)
        if layout is None:
            if len(self._layouts) >= _MAX_LAYOUTS:
                self._layouts.clear()
            layout = self._layouts[kind] = self._lay_out(view, visitor, len(person.numbers), has_imessage=kind[3])
        (number, shown_number), *others = map(self._number, person.numbers)
        return layout.filled(
            person.token.encode(),
            person.code.encode(),
            person.shown.encode(),
            person.deeplink.replace(b"&", b"&amp;"),
            _escaped(person.imessage_link or ""),
            number,
            shown_number,
            *[shown for _, shown in others],
        )

    def _number(self, number: E164) -> tuple[bytes, bytes]:
        spelled = self._numbers.get(number)
        if spelled is None:
            spelled = self._numbers[number] = (number.encode(), _escaped(display(number)))
        return spelled

    def _lay_out(self, view: PersonView, visitor: Visitor, numbers: int, *, has_imessage: bool) -> Gapped:
        backups = [f"{_MARK}backup{place}{_MARK}" for place in range(1, numbers)]
        page_path = f"/t/{_TOKEN}"
        context = {
            **self._brand,
            "client": visitor.client,
            "line": {"number": _NUMBER, "display": _DISPLAY},
            "backups": [{"display": mark} for mark in backups],
            "text": self._links.text(Code(_CODE)),
            "code": _CODE,
            "deeplink": _DEEPLINK,
            "imessage_link": _IMESSAGE if has_imessage else None,
            "card_url": f"{page_path}/{self._links.card_name}",
            "qr_svg_url": f"{page_path}/qr.svg",
            "page_url": self._base_url + page_path,
            "events_url": f"{page_path}/events",
            "shown": _SHOWN,
            "view": view,
        }
        rendered = self._templates.get_template("person.html").render(context)
        return Gapped(rendered, _TOKEN, _CODE, _SHOWN, _DEEPLINK, _IMESSAGE, _NUMBER, _DISPLAY, *backups)


def _escaped(text: str) -> bytes:
    return str(escape(text)).encode()
