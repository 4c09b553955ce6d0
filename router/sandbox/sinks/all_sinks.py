"""The three sinks of a sandbox, by the names of their channels."""

from collections.abc import Iterator, MutableSequence, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from router.sandbox.records import Json
from router.sandbox.sinks.answers import Plans
from router.sandbox.sinks.http import APP_PATH, TWILIO_PATH, HttpSink, Posted
from router.sandbox.sinks.mail import Mail
from router.sandbox.sinks.smtp import SmtpSink


class Box(NamedTuple):
    """The arrivals of one sink, and its planned answers."""

    plans: Plans
    arrivals: MutableSequence[Posted] | MutableSequence[Mail]


class Sinks:
    """Two servers: one for mail, one for the app and Twilio."""

    def __init__(self, http: HttpSink, smtp: SmtpSink, host: str) -> None:
        self._http = http
        self._smtp = smtp
        self._host = host
        self._boxes = {
            "app": Box(http.app.plans, http.app.arrivals),
            "email": Box(smtp.box.plans, smtp.box.arrivals),
            "sms": Box(http.twilio.plans, http.twilio.arrivals),
        }

    @property
    def opted_out(self) -> set[str]:
        """Numbers that opted out of SMS."""
        return self._http.opted_out

    def box(self, name: str) -> Box | None:
        """Return one sink's box, or None."""
        return self._boxes.get(name)

    @property
    def urls(self) -> dict[str, str]:
        """The sinks' addresses, in the form of the gateway's settings."""
        return {
            "app": f"{self._http.origin}{APP_PATH}",
            "email": f"smtp://{f'[{self._host}]' if ':' in self._host else self._host}:{self._smtp.port}",
            "sms": f"{self._http.origin}{TWILIO_PATH}",
        }

    def shape(self) -> Json:
        """Return addresses and counts, for the control API."""
        return {
            "sinks": {
                name: {"url": self.urls[name], "arrivals": len(box.arrivals), "answers": len(box.plans.left)}
                for name, box in self._boxes.items()
            },
            "opted_out": sorted(self.opted_out),
        }


@contextmanager
def open_sinks(host: str, *, http_port: int, smtp_port: int) -> Iterator[Sinks]:
    """Listen while the context lasts.

    Args:
        host: where to listen.
        http_port: for the app and Twilio; 0 takes a free one.
        smtp_port: for mail.

    Raises:
        OSError: a port is taken.
    """
    http = HttpSink(host, http_port)
    try:
        smtp = SmtpSink(host, smtp_port)
    except OSError:
        http.stop()
        raise
    try:
        yield Sinks(http, smtp, host)
    finally:
        http.stop()
        smtp.stop()


def shapes_of(arrivals: Sequence[Posted | Mail], limit: int) -> list[Json]:
    """Return the newest arrivals, the newest first."""
    return [each.shape() for each in list(arrivals)[: -limit - 1 : -1]]
