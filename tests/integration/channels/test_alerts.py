"""Alerts to operators: sent once, in the background, and never in the way of the work they report."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from router.channels.alerts import Notifier, load_services
from router.sandbox.sinks.answers import Kind, PlannedAnswer
from router.sandbox.sinks.http import HttpSink
from router.services.alerts import Alerts
from router.services.runtime.clock import StoreClock
from router.store.alerts import AlertStore
from tests.kit.servers import eventually_async, free_port
from tests.kit.sinks import http_sink
from tests.kit.stores import START_MS, Store

# The library loads all of its plugins, and one of them imports a module that Python 3.13 drops.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


@dataclass(slots=True)
class Received:
    """A service that gets notifications."""

    notes: list[tuple[str, str]] = field(default_factory=list)

    async def notify(self, title: str, body: str) -> None:
        """Record the notification."""
        self.notes.append((title, body))


@pytest.fixture
def sink() -> Iterator[HttpSink]:
    """Play a service that receives notifications."""
    with http_sink() as running:
        yield running


def url_of(sink: HttpSink) -> str:
    """Return the sink's URL in Apprise's form for a JSON receiver."""
    return f"{sink.origin.replace('http://', 'json://')}/app/alerts"


def alerts_of(store: Store, received: Received | None = None) -> Alerts:
    """Open the alerts of one process."""

    async def ask_ms() -> int:
        return START_MS

    return Alerts(
        AlertStore(store.client), StoreClock(ask_ms, lambda: 0), None if received is None else received.notify
    )


async def test_a_notification_reaches_the_service(sink: HttpSink) -> None:
    """Its title and text arrive unchanged."""
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
    """It refuses, or does not answer. The others still get the notification."""
    sink.app.plans.add(plan)
    with http_sink() as other:
        assert not await Notifier([url_of(sink), url_of(other)]).notify("title", "body")
        assert len(other.app.arrivals) == 1


async def test_a_service_that_is_away_or_unknown_is_no_error() -> None:
    """They raise no error."""
    assert not await Notifier([f"json://127.0.0.1:{free_port()}", "nonsense://secret"]).notify("title", "body")
    assert load_services(["nonsense://secret", "slack://too/short"])[1] == ["nonsense", "slack"]


async def test_an_alert_is_stored_and_sent_with_the_next_step(store: Store) -> None:
    """The command to run is added where the message has none, and a link besides, if there is one."""
    received = Received()
    alerts = alerts_of(store, received)
    await alerts.send("line_flagged", "main ••••0101", "Line ••••0101 is flagged.")
    await alerts.send(
        "campaign_waits", "c-1", "It waits: switchyard campaigns resume c-1", link="https://go.example.com/admin"
    )
    await alerts.aclose()
    assert received.notes == [
        ("Switchyard: line flagged, main ••••0101", "Line ••••0101 is flagged.\n\nNext: switchyard campaigns list"),
        (
            "Switchyard: campaign waits, c-1",
            "It waits: switchyard campaigns resume c-1\n\nhttps://go.example.com/admin",
        ),
    ]
    assert [alert.kind for alert in await AlertStore(store.client).alerts()] == ["campaign_waits", "line_flagged"]


async def test_the_same_alert_is_sent_once_by_all_processes(store: Store) -> None:
    """It is sent once in ten minutes. Another subject is another alert."""
    received, others = Received(), Received()
    one, other = alerts_of(store, received), alerts_of(store, others)
    for _ in range(3):
        await one.send("line_flagged", "main ••••0101", "flagged")
        await other.send("line_flagged", "main ••••0101", "flagged")
    await other.send("line_flagged", "main ••••0102", "flagged")
    await one.aclose()
    await other.aclose()
    assert (len(received.notes), len(others.notes)) == (1, 1)
    assert len(await AlertStore(store.client).alerts()) == 2


async def test_words_that_may_name_a_person_stay_in_the_store(store: Store) -> None:
    """A notification has the text of the log."""
    received = Received()
    alerts = alerts_of(store, received)
    await alerts.send("account", "production", "Removed ada@example.com", logged="A member was removed.")
    await alerts.aclose()
    assert "ada" not in str(received.notes)
    assert (await AlertStore(store.client).alerts())[0].message == "Removed ada@example.com"


async def test_a_slow_service_delays_no_one(store: Store, sink: HttpSink) -> None:
    """The caller goes on at once: it may be answering a webhook."""
    sink.app.plans.add(PlannedAnswer(kind=Kind.SILENCE, seconds=0.5))
    notifier = Notifier([url_of(sink)])

    async def ask_ms() -> int:
        return START_MS

    alerts = Alerts(AlertStore(store.client), StoreClock(ask_ms, lambda: 0), notifier.notify)
    await alerts.send("line_flagged", "main ••••0101", "flagged")
    assert sink.app.arrivals == []

    async def has_come() -> bool:
        return len(sink.app.arrivals) == 1

    await eventually_async("the notification", has_come)
    await alerts.aclose()
