"""What handlers may ask for by name, made once for the whole application."""

from typing import Any, Protocol

from litestar.di import Provide

from router.assets import StaticFiles
from router.core.personal_data import PersonalData
from router.core.token import Tokens
from router.services.access import Access
from router.services.capacity import CapacityReports
from router.services.clock import StoreClock
from router.services.directory import Directory
from router.services.erasure import Erasure
from router.services.history import History
from router.services.line_import import LineImport
from router.services.lines import LineAdmin
from router.services.migration.admin import CampaignAdmin
from router.services.migration.outlook import Outlooks
from router.services.pools import PoolAdmin
from router.services.routing import Routing
from router.services.signups import Signups
from router.settings import Settings
from router.store.assignments import Assignments
from router.web.signup_answers import SignupAnswers


class Services(Protocol):
    """The part of the gateway that HTTP needs; `router.wiring` makes it, and stands to the left of us."""

    @property
    def base_url(self) -> str: ...  # noqa: D102
    @property
    def access(self) -> Access: ...  # noqa: D102
    @property
    def assignments(self) -> Assignments: ...  # noqa: D102
    @property
    def campaign_admin(self) -> CampaignAdmin: ...  # noqa: D102
    @property
    def capacity(self) -> CapacityReports: ...  # noqa: D102
    @property
    def clock(self) -> StoreClock: ...  # noqa: D102
    @property
    def directory(self) -> Directory: ...  # noqa: D102
    @property
    def history(self) -> History: ...  # noqa: D102
    @property
    def line_admin(self) -> LineAdmin: ...  # noqa: D102
    @property
    def outlooks(self) -> Outlooks: ...  # noqa: D102
    @property
    def personal_data(self) -> PersonalData: ...  # noqa: D102
    @property
    def pool_admin(self) -> PoolAdmin: ...  # noqa: D102
    @property
    def routing(self) -> Routing: ...  # noqa: D102
    @property
    def settings(self) -> Settings: ...  # noqa: D102
    @property
    def signups(self) -> Signups: ...  # noqa: D102
    @property
    def tokens(self) -> Tokens: ...  # noqa: D102


def provide_services(services: Services, static_files: StaticFiles) -> dict[str, Provide]:
    """Return what handlers may name as arguments."""
    given: dict[str, Any] = {
        "access": services.access,
        "answers": SignupAnswers(services.tokens, services.base_url),
        "campaign_admin": services.campaign_admin,
        "capacity": services.capacity,
        "clock": services.clock,
        "directory": services.directory,
        "erasure": Erasure(services.assignments, services.personal_data),
        "history": services.history,
        "line_admin": services.line_admin,
        "line_import": LineImport(services.pool_admin, services.line_admin, services.directory),
        "outlooks": services.outlooks,
        "pool_admin": services.pool_admin,
        "routing": services.routing,
        "settings": services.settings,
        "signups": services.signups,
        "static_files": static_files,
    }
    return {name: _provide(service) for name, service in given.items()}


def _provide(service: object) -> Provide:
    async def give() -> Any:
        return service

    return Provide(give)
