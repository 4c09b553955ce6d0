"""The guide's page about the sandbox names everything that exists."""

import re
from pathlib import Path

from litestar import Controller
from litestar.handlers import HTTPRouteHandler

from router.sandbox.behaviour import Behaviour
from router.sandbox.control.routes import WorldController
from router.sandbox.control.webhooks import DeliveryController, SwitchController
from router.sandbox.sinks.control import SinkController

PAGE = (Path(__file__).parents[2] / "docs" / "guide" / "sandbox.md").read_text()


def calls_of(controller: type[Controller]) -> set[str]:
    """Return each call of a controller as the guide writes it."""
    prefix = vars(controller).get("path", "")
    handlers = [handler for handler in vars(controller).values() if isinstance(handler, HTTPRouteHandler)]
    return {
        f"{method} {re.sub(r':str', '', f'{prefix}{path}'.rstrip('/'))}"
        for handler in handlers
        for method in handler.http_methods
        for path in handler.paths
    }


def test_every_control_call_is_in_the_guide() -> None:
    """A call that is added, renamed or removed must change in the guide as well."""
    calls = set().union(
        *(calls_of(each) for each in (WorldController, DeliveryController, SwitchController, SinkController))
    )
    assert set(re.findall(r"`((?:GET|POST|PUT|PATCH|DELETE) /[^`]*)`", PAGE)) == calls
    assert len(calls) >= 20


def test_every_switch_is_in_the_guide() -> None:
    """Each switch has its row."""
    rows = re.findall(r"^\| (`.*?) \| [^|]* \|", PAGE.partition("| switch |")[2], re.MULTILINE)
    assert {name for row in rows for name in row.split("`")[1::2]} == set(Behaviour.model_fields)
