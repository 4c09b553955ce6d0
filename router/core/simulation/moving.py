"""Campaigns on the virtual clock: after a flag, people are asked to text another line, by the rules of real ones."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

from router.core.campaigns.campaign import Campaign, CampaignState, campaign_id
from router.core.campaigns.campaign_rules import CampaignRules, brake, hold_down_of, hourly_allowance, is_due, why_over
from router.core.campaigns.cause import Cause
from router.core.campaigns.quiet_hours import may_prompt_at_ms
from router.core.campaigns.room import OpenLine, TargetPlan, open_line
from router.core.line import Tier, can_carry
from router.core.picking.picker import BACKUP_TIERS, Picker
from router.core.simulation.agenda import Agenda
from router.core.simulation.outcome import Tally, Whereabouts
from router.core.simulation.person import SimulatedPerson
from router.core.simulation.rented import Rented
from router.core.simulation.scenario import Scenario
from router.core.time_units import DAY_MS, HOUR_MS, MINUTE_MS

_TICK = timedelta(minutes=5)
_TICK_MS = _TICK // timedelta(milliseconds=1)
_MONTH_MS = 30 * DAY_MS


@dataclass(slots=True)
class MovingCampaign:
    """A campaign and its people who still wait for a prompt, the next one last."""

    campaign: Campaign
    queue: list[SimulatedPerson] = field(default_factory=list)
    promised: Counter[int] = field(default_factory=Counter)


class Moving:
    """All campaigns of a run.

    Args:
        scenario: how people react.
        rented: the lines.
        picker: their turns.
        agenda: the clock.
        tally: where prompts are counted.
        move: moves a person to the line they were asked to text.
    """

    def __init__(
        self,
        scenario: Scenario,
        rented: Rented,
        picker: Picker,
        *,
        agenda: Agenda,
        tally: Tally,
        move: Callable[[SimulatedPerson, int], None],
    ) -> None:
        self._scenario, self._picker = scenario, picker
        self._pool, self._lines = rented.pool, rented.lines
        self._agenda, self._tally, self._move = agenda, tally, move
        self._rules = CampaignRules()
        self._campaigns: list[MovingCampaign] = []
        self._promised: Counter[int] = Counter()
        self._asked: dict[int, tuple[SimulatedPerson, MovingCampaign]] = {}

    def open(self, slot: int) -> None:
        """Open the campaign of a flag."""
        line, now_ms = self._lines[slot], self._agenda.now_ms
        earlier = [one.campaign for one in self._campaigns]
        hold_ms = hold_down_of(earlier, slot, self._rules, now_ms=now_ms) // timedelta(milliseconds=1)
        campaign = Campaign(
            id=campaign_id(self._pool.id, slot, Cause.FLAGGED, line.flags),
            pool=self._pool.id,
            slot=slot,
            epoch=line.flags,
            cause=Cause.FLAGGED,
            state=CampaignState.HOLDING,
            created_at_ms=now_ms,
            hold_until_ms=now_ms + hold_ms,
        )
        self._campaigns.append(MovingCampaign(campaign))
        self._agenda.add(campaign.hold_until_ms, self._tick, len(self._campaigns) - 1)

    def _tick(self, number: int) -> None:
        moving, now_ms = self._campaigns[number], self._agenda.now_ms
        campaign, line = moving.campaign, self._lines[moving.campaign.slot]
        if why_over(campaign, line.line, line.flags):
            self._end(moving, CampaignState.CANCELLED)
        elif is_due(campaign, now_ms=now_ms):
            self._start(number)
        elif campaign.state is CampaignState.PAUSED:  # a human has looked at it
            moving.campaign = replace(campaign, state=CampaignState.RUNNING, is_released=True)
            self._tick(number)
        else:
            self._prompt(number)

    def _start(self, number: int) -> None:
        moving = self._campaigns[number]
        slot = moving.campaign.slot
        known = [(line.line, line.flagged_at_ms) for line in self._lines.values()]
        moving.queue = sorted(self._lines[slot].people.values(), key=lambda person: person.engagement)
        if brake(known, self._rules, flagged_at_ms=self._lines[slot].flagged_at_ms):
            moving.campaign = replace(moving.campaign, state=CampaignState.PAUSED)
            self._again(number, int(self._scenario.human_hours * HOUR_MS))
        else:
            moving.campaign = replace(moving.campaign, state=CampaignState.RUNNING)
            self._prompt(number)

    def _prompt(self, number: int) -> None:
        moving, now_ms, pool = self._campaigns[number], self._agenda.now_ms, self._pool
        may_ms = may_prompt_at_ms(
            None, now_ms=now_ms, opens=pool.prompts_from, closes=pool.prompts_until, fallback=pool.time_zone
        )
        if may_ms > now_ms:
            self._agenda.add(may_ms, self._tick, number)
            return
        plan, allowed = self._targets(moving.campaign.slot)
        budget = int(self._rules.prompts_per_second * _TICK.total_seconds())
        while moving.queue and budget and allowed:
            person = moving.queue[-1]
            if not self._may_be_prompted(person, moving.campaign.slot):
                moving.queue.pop()
                continue
            target = plan.choose(person.backups)
            if target is None:
                break
            moving.queue.pop()
            budget -= 1
            allowed -= 1
            self._send(moving, person, target)
        if moving.queue:
            self._again(number, _TICK_MS)
        else:
            moving.campaign = replace(moving.campaign, state=CampaignState.DONE)

    def _targets(self, leaving: int) -> tuple[TargetPlan, int]:
        """Return the lines that may take people now, and how many they may take in this tick together."""
        lines: dict[int, OpenLine] = {}
        for slot, line in self._lines.items():
            picked = self._picker.lines[slot]
            opened = None if slot == leaving else open_line(line.line, picked.limits, picked.load, picked.tier)
            if opened is None:
                continue
            left = hourly_allowance(opened.warm_up_percent, self._rules) - line.paced_in_hour
            places = min(opened.places - self._promised[slot], left)
            if places > 0:
                lines[slot] = replace(opened, places=places)
        closed = set(self._lines) - set(lines)
        rotations = (self._picker.rotations[tier] for tier in (Tier.HEALTHY, Tier.RESERVE) if tier in BACKUP_TIERS)
        return TargetPlan(lines, rotations, closed), sum(line.places for line in lines.values())

    def _may_be_prompted(self, person: SimulatedPerson, slot: int) -> bool:
        if person.fate is not Whereabouts.CONFIRMED or person.slot != slot:
            return False
        if person.prompted_ms is None:
            return True
        since_ms = self._agenda.now_ms - person.prompted_ms
        if since_ms > _MONTH_MS:
            person.prompts = 0
        cooldown_ms = self._rules.cooldown // timedelta(milliseconds=1)
        return since_ms >= cooldown_ms and person.prompts < self._rules.max_in_month

    def _send(self, moving: MovingCampaign, person: SimulatedPerson, target: int) -> None:
        person.asked = target
        delay_ms = person.moves_after_ms(self._scenario)
        person.prompts += 1
        person.prompted_ms = self._agenda.now_ms
        self._tally.prompts += 1
        self._promised[target] += 1
        moving.promised[target] += 1
        self._lines[target].paced_in_hour += 1
        if delay_ms is not None:
            self._asked[person.number] = (person, moving)
            self._agenda.add(self._agenda.now_ms + delay_ms, self._arrive, person.number)

    def _arrive(self, number: int) -> None:
        known = self._asked.pop(number, None)
        if known is None:  # another campaign asked them later, and they have followed that one
            return
        person, moving = known
        target = person.asked
        if moving.promised[target]:
            moving.promised[target] -= 1
            self._promised[target] -= 1
        is_there = person.fate is Whereabouts.CONFIRMED and person.slot != target
        if not is_there or not can_carry(self._lines[target].line.health):
            return
        self._tally.moved += 1
        self._move(person, target)

    def end_all_of(self, slot: int) -> None:
        """End the campaigns of a line that works again. Those who moved stay; nobody else is prompted."""
        for moving in self._campaigns:
            if moving.campaign.slot == slot:
                self._end(moving, CampaignState.CANCELLED if moving.campaign.state.is_live else CampaignState.DONE)

    def _end(self, moving: MovingCampaign, state: CampaignState) -> None:
        moving.campaign = replace(moving.campaign, state=state)
        moving.queue = []
        self._promised.subtract(moving.promised)
        moving.promised.clear()

    def _again(self, number: int, delay_ms: int) -> None:
        self._agenda.add(self._agenda.now_ms + max(MINUTE_MS, delay_ms), self._tick, number)
