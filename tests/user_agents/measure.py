"""Read user agents of known kinds, and count what the pages make of each kind."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from router.assets import load_static, static_dir
from router.core.capacity.traffic import Measured
from router.core.links.client import Client, classify, is_personal_navigation
from router.core.pool import Pool, PoolId
from router.core.time_units import MINUTE_S
from router.services.pools.pool_cache import PoolView
from router.store.assignments import AssignPolicy
from router.store.keys import PoolKeys
from router.web.rendering.page_templates import PageTemplates
from router.web.rendering.pool_pages import PageShelf
from router.web.rendering.visitor import Look, Visitor, look_of

DATA = Path(__file__).parents[1] / "data" / "user_agents.tsv"
PHONE, OTHER_PHONE, NO_PHONE, ROBOT, APP = "phone", "other phone", "no phone", "robot", "app"
KINDS = {
    PHONE: "phones and tablets, in a browser",
    OTHER_PHONE: "phones of other systems",
    NO_PHONE: "what cannot text",
    ROBOT: "robots",
    APP: "apps' own browsers",
}


_FORM_WITH_BUTTON = re.compile(rb'<form [^>]*method="post"(?:(?!</form>).)*<button [^>]*type="submit"', re.DOTALL)


class KnownUserAgent(NamedTuple):
    """One line of the data: `kind` is one of `KINDS`, and `app` the app's name, if it is an app's browser."""

    kind: str
    app: str | None
    text: str


@dataclass
class Tally:
    """What became of the user agents of one kind, by the texts themselves, so that a failure names them."""

    total: int = 0
    without_way_in: list[str] = field(default_factory=list)
    called_robots: list[str] = field(default_factory=list)
    take_a_place: list[str] = field(default_factory=list)
    shown_as_phones: list[str] = field(default_factory=list)
    in_unknown_apps: list[str] = field(default_factory=list)

    def percent(self, which: list[str]) -> float:
        """Return a list's share of the kind."""
        return 100 * len(which) / self.total


def read_data(path: Path = DATA) -> list[KnownUserAgent]:
    """Read a file of user agents.

    Raises:
        ValueError: a line is of no known kind, with its number.
    """
    known = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if not line or line.startswith("#"):
            continue
        label, _, rest = line.partition("\t")
        kind, _, app = (APP, " ", label.removeprefix(f"{APP} ")) if label.startswith(f"{APP} ") else (label, "", "")
        if kind not in KINDS or not rest:
            raise ValueError(f"{path}, line {number}: {label!r} is not one of {', '.join(KINDS)} with a user agent.")
        known.append(KnownUserAgent(kind, app or None, rest.partition("\t")[0]))
    return known


def count(known: Iterable[KnownUserAgent]) -> Mapping[str, Tally]:
    """Classify each user agent, render its signup page, and return the tallies by kind."""
    tallies = {kind: Tally() for kind in KINDS}
    pages = _Pages()
    for kind, app, text in known:
        client, tally = classify(text), tallies[kind]
        tally.total += 1
        if not pages.have_way_in(client):
            tally.without_way_in.append(text)
        if client.is_bot:
            tally.called_robots.append(text)
        if client.is_phone and client.in_app is None:
            tally.shown_as_phones.append(text)
        if is_personal_navigation(client, method="GET", sec_fetch_mode=None, sec_fetch_dest=None, is_prefetch=False):
            tally.take_a_place.append(text)
        if app is not None and client.in_app != app:
            tally.in_unknown_apps.append(f"{client.in_app} instead of {app}: {text}")
    return tallies


class _Pages:
    """The pages of a pool, rendered once for each form of them."""

    def __init__(self) -> None:
        pool = Pool(id=PoolId("main"), name="Acme")
        view = PoolView(
            pool=pool,
            keys=PoolKeys(pool.id),
            measured=Measured(),
            policy=AssignPolicy(pool.reservation_minutes * MINUTE_S, pool.backups),
            version=1,
            lines={},
            slots={},
            photo=None,
        )
        self._pages = PageShelf(PageTemplates(load_static(static_dir())), "http://localhost").of(view)
        self._known: dict[Look, bool] = {}

    def have_way_in(self, client: Client) -> bool:
        """Whether the pages for a client have their one form with one button, on whatever they show first."""
        key = look_of(client)
        if key not in self._known:
            visitor = Visitor(client, is_person=False, may_take_place=False, language=None, look=key)
            shown = [self._pages.landing(visitor, b"nonce", "")]
            if client.may_be_preview:
                shown.append(self._pages.preview("/t/token"))
            self._known[key] = all(len(_FORM_WITH_BUTTON.findall(page)) == 1 for page in shown)
        return self._known[key]
