"""Make the services about one person: signing up, where they stand, erasure."""

from dataclasses import dataclass

from router.services.people.cards import Cards
from router.services.people.consents import Consents
from router.services.people.erasure import Erasure
from router.services.people.left_contacts import LeftContacts
from router.services.people.page_watcher import PageWatcher
from router.services.people.routing import Routing
from router.services.people.signup_export import SignupExport
from router.services.people.signups import Signups
from router.store.people_list import PeopleList
from router.store.routes import Routes
from router.store.shown_words import WordsLog
from router.wiring.shared import Shared


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleParts:
    """The services about one person."""

    signups: Signups
    consents: Consents
    signup_export: SignupExport
    routing: Routing
    erasure: Erasure
    cards: Cards
    watcher: PageWatcher


def make_people(shared: Shared) -> PeopleParts:
    """Make the services about one person."""
    left_contacts = LeftContacts(shared.assignments, shared.personal_data)
    signups = Signups(shared.assignments, shared.pool_cache, shared.clock, shared.personal_data, shared.random_bytes)
    return PeopleParts(
        signups=signups,
        consents=Consents(WordsLog(shared.client), shared.pool_cache, shared.clock),
        signup_export=SignupExport(PeopleList(shared.client), shared.assignments, shared.pool_cache),
        routing=Routing(
            assignments=shared.assignments,
            routes=Routes(shared.scripts),
            pool_cache=shared.pool_cache,
            personal_data=shared.personal_data,
            tokens=shared.tokens,
            base_url=shared.base_url,
            clock=shared.clock,
        ),
        erasure=Erasure(shared.assignments, shared.personal_data, left_contacts, shared.clock),
        cards=Cards(shared.base_url, shared.assignments, shared.clock),
        watcher=PageWatcher(signups, shared.pool_cache),
    )
