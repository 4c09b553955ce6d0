"""Which event each kind of news becomes, and what may be switched on."""

import pytest

from router.core.campaigns.app_delivery import own_pause
from router.core.campaigns.app_news import APP_EVENTS, News, NewsKind, is_event_name, type_of


def news(kind: NewsKind, word: str = "") -> News:
    """Make news of a kind."""
    return News(id="1-0", kind=kind, at_ms=1, word=word)


@pytest.mark.parametrize(
    ("item", "switched_on", "name"),
    [
        (news(NewsKind.MOVED), ("person.*",), "person.moved"),
        (news(NewsKind.MOVED), ("user.*",), "user.moved"),
        (news(NewsKind.MOVED), ("*",), "person.moved"),
        (news(NewsKind.MOVED), ("user.moved", "person.moved"), "person.moved"),
        (news(NewsKind.MOVED), ("person.texted_wrong_line",), None),
        (news(NewsKind.WRONG_LINE), ("person.*",), "person.texted_wrong_line"),
        (news(NewsKind.CONFIRMED), ("signup.confirmed",), "signup.confirmed"),
        (news(NewsKind.CONFIRMED), ("person.*",), None),
        (news(NewsKind.FLAGGED), ("line.flagged",), "line.flagged"),
        (news(NewsKind.RECOVERED), ("line.flagged",), None),
        (news(NewsKind.CAMPAIGN, "paused"), ("campaign.*",), "campaign.paused"),
        (news(NewsKind.CAMPAIGN, "paused"), ("campaign.done",), None),
        (news(NewsKind.PLAIN, "pool.headroom_low"), ("pool.headroom_low",), "pool.headroom_low"),
        (news(NewsKind.PLAIN, "pool.headroom_low"), (), None),
    ],
)
def test_the_name_of_an_event(item: News, switched_on: tuple[str, ...], name: str | None) -> None:
    """News has one name, or none if it is switched off."""
    assert type_of(item, switched_on) == name


def test_what_may_be_switched_on() -> None:
    """Each event, each group of events, and all."""
    assert all(is_event_name(name) for name in (*APP_EVENTS, "campaign.*", "*"))
    assert not any(is_event_name(name) for name in ("", "campaign", "campaigns.*", "line.*.x", "webhook.test", "**"))


def test_pauses_double_up_to_a_minute() -> None:
    """However often an event was tried, the pause stays a minute."""
    assert [own_pause(count).total_seconds() for count in (0, 1, 2, 3, 7, 10**6)] == [1, 1, 2, 4, 60, 60]
