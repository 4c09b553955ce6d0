"""Check the promises of campaigns by the prompts that arrived. Pure.

People are identified by their own phone numbers.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from router.demo.clients.inboxes import Prompt
from router.demo.output.prompt_totals import PromptTotals


@dataclass(slots=True)
class PromptCheck:
    """Records prompts as they arrive.

    Attributes:
        allowance: how many people prompts may send to a warm line in an hour.
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

    def record(self, prompt: Prompt, person: str) -> bool:
        """Record a prompt; return whether it is new. An app may receive the same prompt twice, with the same id."""
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
        """Record people who opted out before anything could prompt them."""
        self._opted_out.update(people)

    def spare(self, people: Iterable[str]) -> None:
        """Record people who still waited for their prompt when the line worked again."""
        self._spared_now.update(people)
        self._spared |= self._spared_now

    def unspare(self, people: Iterable[str]) -> None:
        """Allow prompts to these people again: a later campaign is about them."""
        self._spared_now.difference_update(people)

    def record_weight(self, campaign: str, line: str, percent: float) -> None:
        """Record how warm a line is while a campaign runs; it only gets warmer."""
        weights = self._weights.setdefault(campaign, Counter())
        weights[line] = max(weights[line], round(percent))

    def record_sent_to(self, campaign: str, people_by_line: Mapping[str, int]) -> None:
        """Record how many people a campaign has asked to text each line so far."""
        self._sent_to[campaign] = people_by_line

    def judge(self, *, campaigns: int, moved: int, moved_elsewhere: int) -> PromptTotals:
        """Return the totals.

        Args:
            campaigns: how many there were.
            moved: people who texted another line than before.
            moved_elsewhere: how many of them the gateway has on a different line.
        """
        sent_to = [(campaign, line, n) for campaign, by_line in self._sent_to.items() for line, n in by_line.items()]
        return PromptTotals(
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
        """Return a campaign's allowance for a line. No campaign here lasts an hour, so one hour's is the limit."""
        return max(1, self.allowance * self._weights.get(campaign, Counter())[line] // 100)
