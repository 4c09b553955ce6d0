"""What a person's page shows, for each state and device."""

import pytest

from router.core.assignment import State
from router.core.links.client import Client, Platform
from router.web.rendering.person_view import Headline, view_person

PHONE = Client(platform=Platform.IOS, in_app=None, is_bot=False)
DESKTOP = Client(platform=Platform.MAC, in_app=None, is_bot=False)
APP_ON_PHONE = Client(platform=Platform.ANDROID, in_app="Instagram", is_bot=False)
APP_ON_DESKTOP = Client(platform=Platform.WINDOWS, in_app="app", is_bot=False)


@pytest.mark.parametrize(
    ("client", "headline", "device"),
    [
        (PHONE, Headline.PHONE, (True, False, False)),
        (DESKTOP, Headline.DESKTOP, (False, False, True)),
        (APP_ON_PHONE, Headline.IN_APP, (False, True, False)),
        (APP_ON_DESKTOP, Headline.IN_APP, (False, True, False)),
    ],
)
def test_a_new_person_sees_what_fits_their_device(
    client: Client, headline: Headline, device: tuple[bool, bool, bool]
) -> None:
    """A device is one of phone, app and desktop; an app's own browser counts as an app on every platform."""
    view = view_person(State.RESERVED, client, is_rerouted=False)
    assert (view.name, view.headline, view.number_changed) == ("waiting", headline, False)
    assert (view.on_phone, view.in_app, view.on_desktop) == device


@pytest.mark.parametrize(
    ("state", "is_rerouted", "name", "headline", "number_changed"),
    [
        (State.RESERVED, False, "waiting", Headline.PHONE, False),
        (State.RESERVED, True, "waiting", Headline.NUMBER_CHANGED, True),
        (State.WAITLISTED, False, "waiting", Headline.PHONE, False),
        (State.MOVING, False, "waiting", Headline.NUMBER_CHANGED, True),
        (State.MOVING, True, "waiting", Headline.NUMBER_CHANGED, True),
        (State.CONFIRMED, False, "connected", Headline.PHONE, False),
        (State.CONFIRMED, True, "waiting", Headline.NUMBER_CHANGED, True),
        (State.OPTED_OUT, False, "stopped", Headline.STOPPED, False),
        (State.OPTED_OUT, True, "stopped", Headline.STOPPED, True),
    ],
)
def test_the_state_and_the_line_decide_what_the_page_says_first(
    state: State, is_rerouted: bool, name: str, headline: Headline, number_changed: bool
) -> None:
    """A person who asked us to stop hears that first; then comes a changed number; then the device."""
    view = view_person(state, PHONE, is_rerouted=is_rerouted)
    assert (view.name, view.headline, view.number_changed) == (name, headline, number_changed)
    assert [view.is_waiting, view.is_connected, view.is_stopped].count(True) == 1
