"""A person's page is laid out once for each kind; filled in, it is what the template says of that very person."""

from itertools import product

import pytest

from router.assets import load_static, static_dir
from router.core.assignment import State
from router.core.capacity.traffic import Measured
from router.core.code import Code
from router.core.language import Language
from router.core.line import Line, Service
from router.core.links.client import Client, Platform
from router.core.phone import E164, display
from router.core.pool import Pool, PoolId
from router.core.time_units import MINUTE_S
from router.services.pools.pool_cache import PoolView
from router.store.assignments import AssignPolicy
from router.store.keys import PoolKeys
from router.web.rendering.page_templates import PageTemplates
from router.web.rendering.person_layouts import PersonFacts
from router.web.rendering.person_view import view_person
from router.web.rendering.pool_pages import PageShelf, PoolPages
from router.web.rendering.visitor import Visitor, look_of

NUMBERS = tuple(map(E164, ("+12025550101", "+4915123456789", "+819012345678")))
TOKEN, CODE = "abc-DEF_0.1~", Code("K7WM3PQX")
CLIENTS = [
    Client(platform=Platform.IOS, in_app=None, is_bot=False),
    Client(platform=Platform.ANDROID, in_app="Instagram", is_bot=False),
    Client(platform=Platform.MAC, in_app=None, is_bot=False),
    Client(platform=Platform.WINDOWS, in_app="app", is_bot=False),
]
STATES = [State.RESERVED, State.CONFIRMED, State.MOVING, State.OPTED_OUT]


@pytest.fixture(scope="module")
def pages() -> PoolPages:
    """Return the pages of a pool whose words have every letter that HTML and URLs treat in their own way."""
    pool = Pool(
        id=PoolId("main"),
        name='A & B <"Ünï">',
        text="Hi & <hello> 'you' + 100%: {code}?",
        website="https://a.example/?b&c",
    )
    view = PoolView(
        pool=pool,
        keys=PoolKeys(pool.id),
        measured=Measured(),
        policy=AssignPolicy(pool.reservation_minutes * MINUTE_S, pool.backups),
        version=1,
        lines={slot: Line(slot=slot, number=number, service=Service.IMESSAGE) for slot, number in enumerate(NUMBERS)},
        slots={number: slot for slot, number in enumerate(NUMBERS)},
        photo=None,
    )
    return PageShelf(PageTemplates(load_static(static_dir())), "https://switchyard.example").of(view)


def visitor_with(client: Client) -> Visitor:
    """Return somebody who holds this client."""
    return Visitor(client, is_person=True, may_take_place=False, language=None, look=look_of(client))


@pytest.mark.parametrize(("client", "state", "is_rerouted"), list(product(CLIENTS, STATES, [False, True])))
def test_a_filled_layout_is_the_page_of_that_person(
    pages: PoolPages, client: Client, state: State, is_rerouted: bool
) -> None:
    """Two people of one kind share a layout and nothing else; each page is the template's, byte for byte."""
    for language, slot, count in product((Language.EN, Language.JA), (0, 1), (1, 2)):
        translated = pages.in_language(language)
        numbers = NUMBERS[slot : slot + count]
        deeplink = pages.links.deeplink(slot, client.platform, CODE)
        imessage_link = pages.links.imessage_link(slot) if client.platform is Platform.MAC else None
        view = view_person(state, client, is_rerouted=is_rerouted)
        person = PersonFacts(TOKEN, CODE, numbers, "0123abcd", deeplink, imessage_link)
        page_path = f"/t/{TOKEN}"
        context = translated.brand | {
            "client": client,
            "line": {"number": numbers[0], "display": display(numbers[0])},
            "backups": [{"display": display(number)} for number in numbers[1:]],
            "text": pages.links.text(CODE),
            "code": CODE,
            "deeplink": deeplink.decode(),
            "imessage_link": imessage_link,
            "card_url": f"{page_path}/{pages.links.card_name}",
            "qr_svg_url": f"{page_path}/qr.svg",
            "page_url": f"https://switchyard.example{page_path}",
            "events_url": f"{page_path}/events",
            "shown": "0123abcd",
            "view": view,
        }
        wanted = translated.templates.get_template("person.html").render(context)
        assert translated.person_layouts.render(person, view, visitor_with(client)).decode() == wanted
        assert numbers[0] in wanted
