"""What a person's page shows: decided here, and only laid out by templates/person.html."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from router.core.assignment import State
from router.core.links.client import Client


class Headline(StrEnum):
    """What the page says first to a person who is not connected."""

    STOPPED = "stopped"
    NUMBER_CHANGED = "number_changed"
    PHONE = "phone"
    IN_APP = "in_app"
    DESKTOP = "desktop"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonView:
    """What the template asks about a person and their device. Plain values, because a template asks often.

    Attributes:
        name: waiting, connected or stopped, as person.js reads it; one of the three `is_…` is true.
        number_changed: their line is another one than before.
        in_app: an app's own browser, where little can be relied on; it counts as neither phone nor desktop.
    """

    name: str
    is_waiting: bool
    is_connected: bool
    is_stopped: bool
    headline: Headline
    number_changed: bool
    on_phone: bool
    in_app: bool
    on_desktop: bool


def view_person(state: State, client: Client, *, is_rerouted: bool) -> PersonView:
    """Decide what a person's page shows.

    Args:
        state: as the person sees it (`State.seen`).
        client: what they hold.
        is_rerouted: whether their own line cannot carry them, so that another one is shown.
    """
    return _view(state, is_rerouted=is_rerouted, is_phone=client.is_phone, in_app=client.in_app is not None)


@cache
def _view(state: State, *, is_rerouted: bool, is_phone: bool, in_app: bool) -> PersonView:
    number_changed = is_rerouted or state is State.MOVING
    # Whoever must text another number is not connected any more, whatever they were.
    is_connected, is_stopped = state is State.CONFIRMED and not number_changed, state is State.OPTED_OUT
    if is_stopped:
        headline = Headline.STOPPED
    elif number_changed:
        headline = Headline.NUMBER_CHANGED
    elif in_app:
        headline = Headline.IN_APP
    else:
        headline = Headline.PHONE if is_phone else Headline.DESKTOP
    return PersonView(
        name="connected" if is_connected else "stopped" if is_stopped else "waiting",
        is_waiting=not is_connected and not is_stopped,
        is_connected=is_connected,
        is_stopped=is_stopped,
        headline=headline,
        number_changed=number_changed,
        on_phone=is_phone and not in_app,
        in_app=in_app,
        on_desktop=not is_phone and not in_app,
    )
