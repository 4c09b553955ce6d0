"""Alerts to operators: once, by themselves, and never in the way of what they tell of."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from router.channels.alerts import Notifier, load_services
from router.providers.sandbox.sinks.answers import Kind, PlannedAnswer
from router.providers.sandbox.sinks.http import HttpSink
from router.services.alerts import Alerts
from router.services.clock import StoreClock
from router.store.hook_log import HookLog
from tests.servers import eventually_async, free_port
from tests.sinks import http_sink
from tests.stores import START_MS, Store

# The library looks at all of its plugins, and one of them imports what Python 3.13 drops.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


@dataclass(slots=True)
class Told:
    """Somebody who is notified."""

    notes: list[tuple[str, str]] = field(default_factory=list)

    async def notify(self, title: str, body: str) -> None:
        """Keep a note."""
        self.notes.append((title, body))


@pytest.fixture
def sink() -> Iterator[HttpSink]:
    """Play a service that takes notifications."""
    with http_sink() as running:
        yield running


def url_of(sink: HttpSink) -> str:
    """Return the sink as Apprise names a JSON receiver."""
    return f"{sink.origin.replace('http://', 'json://')}/app/alerts"


def alerts_of(store: Store, told: Told | None = None) -> Alerts:
    """Open the alerts of one process."""

    async def ask_ms() -> int:
        return START_MS

    return Alerts(HookLog(store.client), StoreClock(ask_ms, lambda: 0), None if told is None else told.notify)


async def test_a_notification_reaches_the_service(sink: HttpSink) -> None:
    """Its title and text, as they are."""
    assert await Notifier([url_of(sink)]).notify("Switchyard: line flagged", "Line ••••0101.\n\nNext: look")
    (came,) = sink.app.arrivals
    assert came.shape()["body"] == {
        "version": "1.0",
        "title": "Switchyard: line flagged",
        "message": "Line ••••0101.\n\nNext: look",
        "attachments": [],
        "type": "warning",
    }


@pytest.mark.parametrize("plan", [PlannedAnswer(status=500), PlannedAnswer(kind=Kind.RESET)], ids=str)
async def test_a_service_in_trouble_is_no_error(sink: HttpSink, plan: PlannedAnswer) -> None:
    """It says no, or nothing; the others are told all the same."""
    sink.app.plans.add(plan)
    with http_sink() as other:
        assert not await Notifier([url_of(sink), url_of(other)]).notify("title", "body")
        assert len(other.app.arrivals) == 1


async def test_a_service_that_is_away_or_unknown_is_no_error() -> None:
    """Nothing is raised for them."""
    assert not await Notifier([f"json://127.0.0.1:{free_port()}", "nonsense://secret"]).notify("title", "body")
    assert load_services(["nonsense://secret", "slack://too/short"])[1] == ["nonsense", "slack"]


async def test_an_alert_is_kept_and_told_with_the_next_step(store: Store) -> None:
    """The command to look with, where the message has none; a link beside it, if there is one."""
    told = Told()
    alerts = alerts_of(store, told)
    await alerts.tell("line_flagged", "main ••••0101", "Line ••••0101 is flagged.")
    await alerts.tell(
        "campaign_waits", "c-1", "It waits: switchyard campaigns resume c-1", link="https://go.example.com/admin"
    )
    await alerts.aclose()
    assert told.notes == [
        ("Switchyard: line flagged, main ••••0101", "Line ••••0101 is flagged.\n\nNext: switchyard campaigns list"),
        (
            "Switchyard: campaign waits, c-1",
            "It waits: switchyard campaigns resume c-1\n\nhttps://go.example.com/admin",
        ),
    ]
    assert [alert.kind for alert in await HookLog(store.client).alerts()] == ["campaign_waits", "line_flagged"]


async def test_the_same_is_told_once_by_all_processes(store: Store) -> None:
    """In ten minutes; another subject is another alert."""
    told, others = Told(), Told()
    one, other = alerts_of(store, told), alerts_of(store, others)
    for _ in range(3):
        await one.tell("line_flagged", "main ••••0101", "flagged")
        await other.tell("line_flagged", "main ••••0101", "flagged")
    await other.tell("line_flagged", "main ••••0102", "flagged")
    await one.aclose()
    await other.aclose()
    assert (len(told.notes), len(others.notes)) == (1, 1)
    assert len(await HookLog(store.client).alerts()) == 2


async def test_what_may_name_a_person_stays_in_the_store(store: Store) -> None:
    """A notification says what the log says."""
    told = Told()
    alerts = alerts_of(store, told)
    await alerts.tell("account", "production", "Removed ada@example.com", logged="A member was removed.")
    await alerts.aclose()
    assert "ada" not in str(told.notes)
    assert (await HookLog(store.client).alerts())[0].message == "Removed ada@example.com"


async def test_a_slow_service_holds_nobody_up(store: Store, sink: HttpSink) -> None:
    """The caller goes on at once: it may be answering a webhook."""
    sink.app.plans.add(PlannedAnswer(kind=Kind.SILENCE, seconds=0.5))
    notifier = Notifier([url_of(sink)])

    async def ask_ms() -> int:
        return START_MS

    alerts = Alerts(HookLog(store.client), StoreClock(ask_ms, lambda: 0), notifier.notify)
    await alerts.tell("line_flagged", "main ••••0101", "flagged")
    assert sink.app.arrivals == []

    async def has_come() -> bool:
        return len(sink.app.arrivals) == 1

    await eventually_async("the notification", has_come)
    await alerts.aclose()
