"""The promises about prompts as a small model: what must hold whenever a channel is given a message."""

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise

from router.core.campaigns.prompt import Message, SendOutcome
from router.core.channel import ChannelName
from router.core.code import Code
from tests.kit.campaign_workers import APP
from tests.kit.stores import HOUR_MS

LINES = 5
_DAY_MS = 24 * HOUR_MS


@dataclass(slots=True)
class Model:
    """What must hold whenever a channel is given a message.

    Attributes:
        left_alone: people who asked to be left alone.
        flags: the number of each line's current flag, 0 for none.
        given: the results of each campaign's sends, per person and channel, in order.
        prompted_ms: when each campaign first prompted a person.
        stopped: campaigns that an operator stopped.
    """

    left_alone: set[Code] = field(default_factory=set)
    flags: dict[int, int] = field(default_factory=lambda: dict.fromkeys(range(LINES), 0))
    flag_count: dict[int, int] = field(default_factory=lambda: dict.fromkeys(range(LINES), 0))
    given: defaultdict[tuple[str, Code, ChannelName], list[SendOutcome]] = field(
        default_factory=lambda: defaultdict(list)
    )
    prompted_ms: defaultdict[Code, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    stopped: set[str] = field(default_factory=set)

    def check(self, message: Message, channel: ChannelName, now_ms: int) -> None:
        """Check a prompt against what the model knows."""
        _pool, slot, cause = message.campaign.split(".")
        assert message.signup not in self.left_alone
        assert self.flags[int(slot)] == int(cause.removeprefix("flagged")) > 0
        assert message.campaign not in self.stopped
        before = self.given[message.campaign, message.signup, channel]
        may_repeat = {SendOutcome.RETRY, SendOutcome.UNKNOWN} if channel is APP else {SendOutcome.RETRY}
        assert set(before) <= may_repeat
        others = [
            given
            for (campaign, code, other), given in self.given.items()
            if (campaign, code) == (message.campaign, message.signup) and other is not channel
        ]
        assert not {SendOutcome.SENT, SendOutcome.UNKNOWN} & {given[-1] for given in others if given}
        times = self.prompted_ms[message.signup]
        times.setdefault(message.campaign, now_ms)
        latest = sorted(times.values())
        assert all(later - earlier >= _DAY_MS for earlier, later in pairwise(latest))
