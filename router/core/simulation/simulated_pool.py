"""One simulated run: the gateway's own rules on a virtual clock.

The picker, the limits, the warm-up, the measurement and the campaigns are those of the running gateway. Only people,
messages and flags are drawn: messages as counts for each line and hour, and events for what happens to people.
"""

from collections import Counter, deque

from router.core.capacity.traffic import HOURS_PER_DAY
from router.core.line import Status, can_carry
from router.core.picking.picker import Picker
from router.core.picking.renewal import live_slot_of, renew_backups
from router.core.simulation.agenda import Agenda
from router.core.simulation.flags import flag_probability
from router.core.simulation.line_in_time import LineInTime
from router.core.simulation.moving import Moving
from router.core.simulation.outcome import RunOutcome, Tally, Whereabouts
from router.core.simulation.person import SimulatedPerson
from router.core.simulation.policy import Policy, new_picker
from router.core.simulation.rented import Rented
from router.core.simulation.scenario import DAILY_SHAPE, Scenario, check_scenario
from router.core.simulation.stream import Purpose, Stream, count_of
from router.core.time_units import HOUR_MS, MINUTE_MS

_SHAPE = tuple(part / sum(DAILY_SHAPE) for part in DAILY_SHAPE)
_MESSAGE_SPREAD = 0.02  # lines differ from hour to hour more than people who write by chance would


def simulate(scenario: Scenario, policy: Policy, seed: int, *, picker: Picker | None = None) -> RunOutcome:
    """Run a pool under a policy.

    Args:
        scenario: the world.
        policy: how the pool is run.
        seed: which luck people and lines have; the same for all policies that are compared.
        picker: an empty picker to use instead of the policy's own.

    Raises:
        InvalidField: the scenario makes no sense.
    """
    check_scenario(scenario)
    return SimulatedPool(scenario, policy, seed, picker or new_picker(policy, seed)).run()


class SimulatedPool:
    """The state of a run."""

    def __init__(self, scenario: Scenario, policy: Policy, seed: int, picker: Picker) -> None:
        self._scenario, self._seed, self._picker = scenario, seed, picker
        self._agenda, self._tally = Agenda(), Tally()
        self._rented = Rented(scenario, policy, seed, picker, agenda=self._agenda, tally=self._tally)
        self._pool, self._lines = self._rented.pool, self._rented.lines
        self._people: list[SimulatedPerson] = []
        self._waiting: deque[SimulatedPerson] = deque()
        self._arrivals, self._moments = Stream(seed, Purpose.ARRIVALS), Stream(seed, Purpose.MOMENT)
        self._moving = Moving(
            scenario, self._rented, picker, agenda=self._agenda, tally=self._tally, move=self._move_when_texted
        )
        self._settle_people()
        for line in self._lines.values():
            if line.line.health.status is Status.FLAGGED:
                self._flag(line)

    def run(self) -> RunOutcome:
        """Let all hours pass."""
        for hour in range(self._scenario.days * HOURS_PER_DAY):
            self._let_people_come(hour)
            self._agenda.run_until((hour + 1) * HOUR_MS)
            self._end_hour(hour)
        for line in self._lines.values():
            if line.outage is not None:
                self._rented.close_outage(line)
        fates = Counter(person.fate for person in self._people)
        return self._tally.outcome(
            lines=len(self._lines),
            people=len(self._people) - self._tally.signups,
            fates={fate.word: fates[fate] for fate in Whereabouts},
        )

    def _settle_people(self) -> None:
        """Give the people of the beginning their lines; they have been there for a while."""
        if self._scenario.start and self._scenario.people is None:
            for start in self._scenario.start:
                for _ in range(start.load.confirmed):
                    self._confirm(self._new_person(0), start.line.slot, is_new=False)
                self._picker.change_load(start.line.slot, new_24h=start.load.new_24h)
            return
        for _ in range(self._scenario.people_at_start):
            person = self._new_person(0)
            pick = self._picker.pick(backups=self._pool.backups)
            if pick is None:
                self._wait(person)
                continue
            person.take(pick)
            self._picker.release(pick.slot)
            self._picker.change_load(pick.slot, new_24h=-1)
            self._confirm(person, pick.slot, is_new=False)

    def _new_person(self, now_ms: int) -> SimulatedPerson:
        person = SimulatedPerson(self._seed, len(self._people), now_ms)
        self._people.append(person)
        return person

    def _let_people_come(self, hour: int) -> None:
        scenario = self._scenario
        day, part = divmod(hour, HOURS_PER_DAY)
        mean = scenario.signups_a_day * _SHAPE[part]
        if day == scenario.peak_day:
            mean *= scenario.peak_factor
        for _ in range(count_of(self._arrivals.at(hour), mean)):
            number = self._tally.signups
            self._tally.signups += 1
            person = self._new_person(int((hour + self._moments.at(number)) * HOUR_MS))
            self._agenda.add(person.came_ms, self._arrive, person.number)

    def _arrive(self, number: int) -> None:
        person = self._people[number]
        if not self._reserve(person):
            self._tally.waitlisted += 1
            self._wait(person)

    def _wait(self, person: SimulatedPerson) -> None:
        person.fate = Whereabouts.WAITING
        self._waiting.append(person)

    def _reserve(self, person: SimulatedPerson) -> bool:
        pick = self._picker.pick(backups=self._pool.backups)
        if pick is None:
            return False
        person.take(pick)
        person.fate = Whereabouts.RESERVED
        self._lines[pick.slot].take_new(is_signup=True)
        delay_ms, now_ms = person.texts_after_ms(self._scenario), self._agenda.now_ms
        if delay_ms is None:
            self._agenda.add(now_ms + self._pool.reservation_minutes * MINUTE_MS, self._expire, person.number)
        else:
            self._agenda.add(now_ms + delay_ms, self._text, person.number)
        return True

    def _expire(self, number: int) -> None:
        person = self._people[number]
        person.fate = Whereabouts.EXPIRED
        self._picker.release(person.slot)
        self._lines[person.slot].day[5] += 1

    def _text(self, number: int) -> None:
        """Let a person text the line their page shows: their own, or a backup if that one does not work."""
        person = self._people[number]
        standing = renew_backups(self._picker, person.standing(), self._pool.backups)
        slot, person.backups = live_slot_of(self._picker, standing), standing.backups
        if slot == person.slot:
            self._picker.confirm(slot)
            self._confirm(person, slot, is_counted=True)
            return
        self._picker.release(person.slot)
        if slot is None:
            person.fate = Whereabouts.UNREACHED
            return
        self._confirm(person, slot)

    def _confirm(self, person: SimulatedPerson, slot: int, *, is_new: bool = True, is_counted: bool = False) -> None:
        if not is_counted:
            self._picker.change_load(slot, confirmed=1, new_24h=int(is_new))
            if is_new:
                self._lines[slot].take_new(is_signup=True)
        line = self._lines[slot]
        line.day[4] += is_new
        line.people[person.number] = person
        person.slot, person.fate = slot, Whereabouts.CONFIRMED
        if not person.backups:
            person.backups = self._picker.choose_backups(slot, self._pool.backups, met=person.number)
        self._agenda.add(self._agenda.now_ms + person.stays_ms(self._scenario), self._leave, person.number)

    def _leave(self, number: int) -> None:
        person = self._people[number]
        self._take_off(person)
        person.fate = Whereabouts.LEFT

    def _take_off(self, person: SimulatedPerson) -> None:
        line = self._lines[person.slot]
        del line.people[person.number]
        self._picker.change_load(person.slot, confirmed=-1)
        if line.outage is not None:
            line.outage.hours.append(line.outage.hours_until(self._agenda.now_ms))

    def _move_when_texted(self, person: SimulatedPerson, slot: int) -> None:
        self._take_off(person)
        self._picker.change_load(slot, confirmed=1, new_24h=1)
        line = self._lines[slot]
        line.take_new(is_signup=False)
        line.people[person.number] = person
        person.slot = slot

    def _end_hour(self, hour: int) -> None:
        used = places = stranded = 0
        for line in self._lines.values():
            slot, picked = line.line.slot, self._picker.lines[line.line.slot]
            gone = line.end_hour(hour, picked.load.new_24h)
            if gone:
                self._picker.change_load(slot, new_24h=-gone)
            if not can_carry(line.line.health):
                stranded += len(line.people)
                line.carry(hour, 0, 0)
                continue
            self._exchange_messages(line, hour)
            if line.line.warming_since_ms is not None:
                self._rented.refresh(line)
            used += len(line.people)
            places += picked.limits.capacity
            self._maybe_flag(line, hour)
        utilisation = used / places if places else 1.0
        self._tally.see_utilisation(utilisation)
        self._invite()
        if hour % HOURS_PER_DAY == HOURS_PER_DAY - 1:
            waiting = len(self._waiting)
            self._rented.end_day(hour // HOURS_PER_DAY, utilisation=utilisation, waiting=waiting, stranded=stranded)

    def _exchange_messages(self, line: LineInTime, hour: int) -> None:
        scenario = self._scenario
        mean = len(line.people) * scenario.messages_per_person * _SHAPE[hour % HOURS_PER_DAY]
        line.carry(
            hour,
            count_of(line.luck.incoming.at(hour), mean * scenario.incoming_share, _MESSAGE_SPREAD),
            count_of(line.luck.outgoing.at(hour), mean * (1 - scenario.incoming_share), _MESSAGE_SPREAD),
        )

    def _maybe_flag(self, line: LineInTime, hour: int) -> None:
        new_24h = self._picker.lines[line.line.slot].load.new_24h
        recent = line.recent(new_24h, self._pool.messages_per_line_per_day, now_ms=self._agenda.now_ms)
        if line.luck.flag.at(hour) < flag_probability(self._scenario.flags_per_line_year, recent):
            self._flag(line)

    def _flag(self, line: LineInTime) -> None:
        slot, hours = line.line.slot, self._rented.flag(line)
        self._moving.open(slot)
        self._agenda.add(self._agenda.now_ms + int(hours * HOUR_MS), self._recover, slot)

    def _recover(self, slot: int) -> None:
        self._rented.recover(self._lines[slot])
        self._moving.end_all_of(slot)

    def _invite(self) -> None:
        """Give places to those who wait, in the order they came; one who has lost patience is gone."""
        now_ms = self._agenda.now_ms
        self._waiting = self._without_the_impatient(now_ms)
        while self._waiting and self._reserve(self._waiting[0]):
            person = self._waiting.popleft()
            self._tally.prompts += 1
            self._tally.served += 1
            self._tally.waited_ms += now_ms - person.came_ms

    def _without_the_impatient(self, now_ms: int) -> deque[SimulatedPerson]:
        patient: deque[SimulatedPerson] = deque()
        for person in self._waiting:
            if now_ms - person.came_ms > person.patience_ms(self._scenario):
                person.fate = Whereabouts.GAVE_UP
            else:
                patient.append(person)
        return patient
