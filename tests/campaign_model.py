"""What must hold whenever a channel is given somebody: the promises about prompts, as a small model."""

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise

from router.core.code import Code
from router.core.prompt import ChannelName, Message, Outcome
from tests.campaign_workers import APP
from tests.stores import HOUR_MS

LINES = 5
_DAY_MS = 24 * HOUR_MS


@dataclass(slots=True)
class Model:
    """What must hold when a channel is given somebody.

    Attributes:
        left_alone: who asked for that. flags: the flag each line is in, 0 for none.
        given: what each campaign gave each channel for each person, answer by answer.
        prompted_ms: when a person's prompts began, one a campaign.
        stopped: campaigns that an operator stopped.
    """

    left_alone: set[Code] = field(default_factory=set)
    flags: dict[int, int] = field(default_factory=lambda: dict.fromkeys(range(LINES), 0))
    flag_count: dict[int, int] = field(default_factory=lambda: dict.fromkeys(range(LINES), 0))
    given: defaultdict[tuple[str, Code, ChannelName], list[Outcome]] = field(default_factory=lambda: defaultdict(list))
    prompted_ms: defaultdict[Code, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    stopped: set[str] = field(default_factory=set)

    def check(self, message: Message, channel: ChannelName, now_ms: int) -> None:
        """Hold a prompt against what is known."""
        _pool, slot, cause = message.campaign.split(".")
        assert message.signup not in self.left_alone
        assert self.flags[int(slot)] == int(cause.removeprefix("flagged")) > 0
        assert message.campaign not in self.stopped
        before = self.given[message.campaign, message.signup, channel]
        may_repeat = {Outcome.RETRY, Outcome.UNKNOWN} if channel is APP else {Outcome.RETRY}
        assert set(before) <= may_repeat
        others = [
            given
            for (campaign, code, other), given in self.given.items()
            if (campaign, code) == (message.campaign, message.signup) and other is not channel
        ]
        assert not {Outcome.SENT, Outcome.UNKNOWN} & {given[-1] for given in others if given}
        times = self.prompted_ms[message.signup]
        times.setdefault(message.campaign, now_ms)
        latest = sorted(times.values())
        assert all(later - earlier >= _DAY_MS for earlier, later in pairwise(latest))
