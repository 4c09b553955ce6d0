"""Who was prompted, and who must not be: the promises of a campaign, judged by what arrived. Pure.

People are named by their own phones.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from router.cli.demo.sinks import Prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompting:
    """What came of all campaigns.

    Attributes:
        campaigns: how many there were.
        by_channel: prompts that arrived.
        people: who got them. twice: how many got a second one.
        opted_out: people who had sent STOP before their line was flagged. opted_out_prompted: those who got one anyway.
        spared: people who waited for theirs when the line worked again. spared_prompted: those who got one anyway.
        moved: people who texted another line than before. moved_elsewhere: those whom the gateway has on another line
            than the one they texted.
        allowance: people that prompts may send a warm line in an hour.
        most_to_a_line: how many a campaign sent one line. lines_over: how often that was more than its allowance.
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


@dataclass(slots=True)
class Ledger:
    """Takes in prompts as they arrive.

    Attributes:
        allowance: people that prompts may send a warm line in an hour.
    """

    allowance: int
    _prompts: Counter[str] = field(default_factory=Counter)
    _channels: Counter[str] = field(default_factory=Counter)
    _ids: set[str] = field(default_factory=set)
    _opted_out: set[str] = field(default_factory=set)
    _spared_now: set[str] = field(default_factory=set)
    _spared: set[str] = field(default_factory=set)
    _broken: dict[str, set[str]] = field(default_factory=lambda: {"opted_out": set(), "spared": set()})
    _sent_to: dict[str, Mapping[str, int]] = field(default_factory=dict)
    _weights: dict[str, Counter[str]] = field(default_factory=dict)

    def note(self, prompt: Prompt, person: str) -> bool:
        """Take in a prompt, and say whether it is new: an app may be told the same twice, and knows it by its id."""
        if prompt.id:
            if prompt.id in self._ids:
                return False
            self._ids.add(prompt.id)
        self._channels[prompt.channel] += 1
        self._prompts[person] += 1
        if person in self._opted_out:
            self._broken["opted_out"].add(person)
        if person in self._spared_now:
            self._broken["spared"].add(person)
        return True

    def bar(self, people: Iterable[str]) -> None:
        """Name people who have opted out, before anything could ask them to text."""
        self._opted_out.update(people)

    def spare(self, people: Iterable[str]) -> None:
        """Name people who still waited for their prompt when the line worked again."""
        self._spared_now.update(people)
        self._spared |= self._spared_now

    def unspare(self, people: Iterable[str]) -> None:
        """A later campaign concerns these people: it may prompt them."""
        self._spared_now.difference_update(people)

    def note_weight(self, campaign: str, line: str, percent: float) -> None:
        """Take in how warm a line is while a campaign runs; it only gets warmer."""
        weights = self._weights.setdefault(campaign, Counter())
        weights[line] = max(weights[line], round(percent))

    def note_sent_to(self, campaign: str, people_by_line: Mapping[str, int]) -> None:
        """Take in how many people a campaign asked to text each line so far."""
        self._sent_to[campaign] = people_by_line

    def judge(self, *, campaigns: int, moved: int, moved_elsewhere: int) -> Prompting:
        """Say what came of it all.

        Args:
            campaigns: how many there were.
            moved: people who texted another line than before.
            moved_elsewhere: those whom the gateway has on another line.
        """
        sent_to = [(campaign, line, n) for campaign, by_line in self._sent_to.items() for line, n in by_line.items()]
        return Prompting(
            campaigns=campaigns,
            by_channel=dict(self._channels),
            people=len(self._prompts),
            twice=sum(times > 1 for times in self._prompts.values()),
            opted_out=len(self._opted_out),
            opted_out_prompted=len(self._broken["opted_out"]),
            spared=len(self._spared),
            spared_prompted=len(self._broken["spared"]),
            moved=moved,
            moved_elsewhere=moved_elsewhere,
            allowance=self.allowance,
            most_to_a_line=max((people for _, _, people in sent_to), default=0),
            lines_over=sum(people > self._allowance_of(campaign, line) for campaign, line, people in sent_to),
        )

    def _allowance_of(self, campaign: str, line: str) -> int:
        """As long as no campaign lasts an hour, what it may send a line in all is what it may send it in one."""
        return max(1, self.allowance * self._weights.get(campaign, Counter())[line] // 100)
