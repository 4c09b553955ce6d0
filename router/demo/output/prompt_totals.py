"""What came of all prompts of a demo, and whether each promise about them was kept."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptTotals:
    """The totals of all campaigns.

    Attributes:
        campaigns: how many there were.
        by_channel: prompts that arrived.
        people: how many people got one. twice: how many of them got a second one.
        opted_out: people who sent STOP before their line was flagged. opted_out_prompted: how many got one anyway.
        spared: people who still waited when the line worked again. spared_prompted: how many got one anyway.
        moved: people who texted another line than before. moved_elsewhere: how many of them the gateway has on a
            different line than the one they texted.
        allowance: how many people prompts may send to a warm line in an hour.
        most_to_a_line: the most people that a campaign sent to one line. lines_over: how often that was
            over its allowance.
    """

    campaigns: int = 0
    by_channel: dict[str, int] = field(default_factory=dict)
    people: int = 0
    twice: int = 0
    opted_out: int = 0
    opted_out_prompted: int = 0
    spared: int = 0
    spared_prompted: int = 0
    moved: int = 0
    moved_elsewhere: int = 0
    allowance: int = 0
    most_to_a_line: int = 0
    lines_over: int = 0

    @property
    def is_good(self) -> bool:
        """Whether every promise was kept."""
        broken = (self.twice, self.opted_out_prompted, self.spared_prompted, self.moved_elsewhere, self.lines_over)
        return not any(broken)
