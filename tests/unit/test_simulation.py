"""The simulation: same seed, same bytes; nobody lost; policies meet the same people; the picks are core's."""

from dataclasses import dataclass, field, fields, replace
from time import process_time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.core.errors import InvalidField
from router.core.line import LineHealth, LineLimits
from router.core.picking.picker import Pick, Picker
from router.core.simulation.comparison import FIGURES, compare
from router.core.simulation.outcome import RunOutcome
from router.core.simulation.policy import STANDARD, Policy, read_policies
from router.core.simulation.scenario import Scenario, check_scenario
from router.core.simulation.simulated_pool import simulate
from router.services.simulation import run_policies

SMALL = Scenario(lines=4, days=10, messages_per_person=70.0, stay_days=20.0, peak_day=4, peak_factor=6.0)
BAD_LUCK = replace(SMALL, flags_per_line_year=60.0)


def policy(name: str) -> Policy:
    """Return a policy by name."""
    return read_policies([name])[0]


def test_one_seed_has_one_result() -> None:
    """Every figure and every day is the same; another seed has another result."""
    first, again = (simulate(BAD_LUCK, policy("spare-10"), 7) for _ in range(2))
    assert first == again
    assert repr(first) == repr(again)
    assert simulate(BAD_LUCK, policy("spare-10"), 8) != first


def test_the_number_of_processes_changes_nothing() -> None:
    """The work is shared out, and the result is the same bytes."""
    long = replace(SMALL, days=250, lines=1, people=0, signups_per_day=5.0)
    policies = read_policies(["spare-0", "random"])
    one, two = (
        run_policies(long, policies, range(1, 5), jobs=jobs, on_progress=lambda _done, _total: None) for jobs in (1, 2)
    )
    assert one == two


@given(
    name=st.sampled_from((*STANDARD, "spare-50")),
    seed=st.integers(0, 10_000),
    lines=st.integers(1, 6),
    flags=st.sampled_from([0.0, 20.0, 500.0]),
    peak=st.sampled_from([1.0, 10.0, 80.0]),
    conversion=st.sampled_from([0.05, 0.5, 1.0]),
)
@settings(max_examples=25, deadline=None)
def test_nobody_is_lost(*, name: str, seed: int, lines: int, flags: float, peak: float, conversion: float) -> None:
    """Everybody who was there or came is in exactly one place at the end, and the lines have nobody else."""
    scenario = replace(SMALL, lines=lines, days=6, flags_per_line_year=flags, peak_factor=peak, conversion=conversion)
    picker = Picker()
    outcome = simulate(scenario, policy(name), seed, picker=picker)
    assert sum(outcome.fates.values()) == outcome.people + outcome.signups
    loads = [line.load for line in picker.lines.values()]
    assert sum(load.confirmed for load in loads) == outcome.fates["confirmed"]
    assert sum(load.reserved for load in loads) == outcome.fates["reserved"]
    assert all(load.new_24h >= 0 and load.confirmed >= 0 and load.reserved >= 0 for load in loads)
    assert outcome.moved <= outcome.prompts
    assert outcome.days[-1].waiting == outcome.fates["waiting"]


def test_policies_meet_the_same_people() -> None:
    """As many come on each day, whatever the policy is."""
    outcomes = [simulate(BAD_LUCK, one, 3) for one in read_policies([])]
    assert len({tuple(day.signups for day in outcome.days) for outcome in outcomes}) == 1
    assert len({outcome.people for outcome in outcomes}) == 1
    assert outcomes[0].signups > 0


@dataclass(slots=True)
class RecordingPicker(Picker):
    """Records what it is asked, and what it answers."""

    asked: list[tuple[str, Any]] = field(default_factory=list)

    def put(self, slot: int, health: LineHealth, limits: LineLimits) -> None:
        """Record a line."""
        self.asked.append(("put", (slot, health, limits)))
        Picker.put(self, slot, health, limits)

    def pick(self, **more: Any) -> Pick | None:
        """Record a pick with its answer."""
        answer = Picker.pick(self, **more)
        self.asked.append(("pick", (more, answer)))
        return answer

    def change_load(self, slot: int, **counts: int) -> None:
        """Record a change that no pick made itself."""
        self.asked.append(("change_load", (slot, counts)))
        Picker.change_load(self, slot, **counts)


def test_the_picks_are_those_of_core_step_for_step() -> None:
    """A fresh picker that is asked the same gives the same answers, tier, reason and backups included."""
    recording = RecordingPicker()
    calm = replace(SMALL, flags_per_line_year=0.0)  # campaigns turn the rotations as well
    simulate(calm, policy("spare-15"), 5, picker=recording)
    fresh, picks, own = Picker(), 0, 0
    for act, facts in recording.asked:
        if act == "put":
            fresh.put(*facts)
        elif act == "change_load":
            if own:  # the place that the pick itself took: it was recorded before the pick
                own -= 1
            fresh.change_load(facts[0], **facts[1])
        else:
            more, answer = facts
            picks += 1
            if answer is not None:
                fresh.change_load(answer.slot, reserved=-1, new_24h=-1)
            assert fresh.pick(**more) == answer
    assert picks > 400
    assert {slot: line.load for slot, line in fresh.lines.items()} == {
        slot: line.load for slot, line in recording.lines.items()
    }


def test_spare_lines_serve_a_viral_day() -> None:
    """Without spare room people wait; with it they do not, and lines are less full."""
    results = compare(
        run_policies(
            SMALL,
            read_policies(["spare-0", "spare-50"]),
            range(1, 6),
            jobs=1,
            on_progress=lambda _done, _total: None,
        ),
        against="spare-0",
    )
    none, half = results
    assert (none.figures["lines"].mean, half.figures["lines"].mean) == (4, 6)
    assert none.figures["waitlisted"].mean > 10 * max(1, half.figures["waitlisted"].mean)
    assert half.differences["waitlisted"].is_clear
    assert half.differences["utilisation"].mean < 0
    assert not none.differences
    assert len(none.days) == SMALL.days
    assert none.figures.keys() == {figure.name for figure in FIGURES}


def test_bad_behaviour_is_flagged_more_often() -> None:
    """Few messages in for each out triple the risk."""

    def flags(incoming_share: float) -> int:
        scenario = replace(SMALL, days=40, flags_per_line_year=12.0, incoming_share=incoming_share, peak_factor=1.0)
        return sum(simulate(scenario, policy("spare-15"), seed).flags for seed in range(4))

    assert flags(0.2) > 1.5 * flags(0.45) > 0


def test_flagged_lines_are_left_and_come_back() -> None:
    """People are cut off, prompted and moved; each line recovers."""
    outcome = simulate(BAD_LUCK, policy("spare-20"), 2)
    assert outcome.flags > 3
    assert 0 < outcome.moved < outcome.prompts
    assert 0 < outcome.hours_to_recover < 24 * 7
    assert outcome.stranded_hours > 0


@pytest.mark.parametrize(
    ("names", "shown"),
    [([], STANDARD), (["spare-33", "even", "spare-33"], ("spare-33", "even")), (["spare-100"], ("spare-100",))],
)
def test_policies_are_named(names: list[str], shown: tuple[str, ...]) -> None:
    """The usual ones if none is named, and each only once."""
    assert tuple(one.name for one in read_policies(names)) == shown


@pytest.mark.parametrize(
    "name", ["", "spare", "spare-", "spare-101", "spare--5", "spare-1.5", "Even", "warm", "spare-0x"]
)
def test_unknown_policies_are_refused(name: str) -> None:
    """With the names that mean something."""
    with pytest.raises(InvalidField, match="none of spare-N"):
        read_policies(["spare-10", name])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("lines", 0),
        ("lines", 1001),
        ("days", 0),
        ("days", -3),
        ("conversion", 0.0),
        ("conversion", 1.1),
        ("stay_days", 0.0),
        ("messages_per_person", 0.0),
        ("messages_per_person", float("nan")),
        ("incoming_share", 1.5),
        ("peak_factor", 0.5),
        ("peak_day", 10),
        ("signups_per_day", -1.0),
        ("people", -1),
        ("people", 5_000_001),
        ("flags_per_line_year", -1.0),
        ("down_hours", 0.0),
        ("react", 2.0),
        ("react_hours", 0.0),
        ("patience_days", 0.0),
        ("human_hours", -1.0),
    ],
)
def test_a_world_that_makes_no_sense_is_refused(field: str, value: float) -> None:
    """By the name of the figure."""
    check_scenario(SMALL)
    assert field in {each.name for each in fields(Scenario)}
    changed: dict[str, Any] = {field: value}
    with pytest.raises(InvalidField, match=field):
        check_scenario(replace(SMALL, **changed))


def test_too_many_people_are_refused_before_they_come() -> None:
    """A million a day for a year would take hours."""
    with pytest.raises(InvalidField, match="people would come"):
        check_scenario(replace(SMALL, days=365, signups_per_day=900_000.0))


def test_nobody_at_all_is_no_fault() -> None:
    """An empty pool to which nobody comes stays empty."""
    outcome: RunOutcome = simulate(replace(SMALL, people=0, signups_per_day=0.0), policy("even"), 1)
    assert (outcome.people, outcome.signups, outcome.utilisation, outcome.prompts) == (0, 0, 0.0, 0)


def test_a_year_of_fifty_lines_takes_less_than_a_minute() -> None:
    """A fortnight of them takes its part of 60 seconds of one processor, settling everybody included."""
    began = process_time()
    simulate(Scenario(lines=50, days=14, peak_day=7, peak_factor=5.0), policy("spare-15"), 1)
    assert process_time() - began < 60 * (14 + 28) / 365
