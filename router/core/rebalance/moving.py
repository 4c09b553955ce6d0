"""Choose how many people move from which line to which.

The aim, in this order: the lowest highest utilisation, then the fewest people moved, then the most of them to a number
that they have already. The first is a level, the second follows from it as a sum, the third is a maximum flow.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from router.core.line import Gate
from router.core.rebalance.balanced_line import BalancedLine
from router.core.rebalance.flow import most_pairs
from router.core.rebalance.levelling import Vessel, least_level
from router.core.rebalance.plan import PeopleMove

TAKES_NOBODY = 0


class MoveRoom(NamedTuple):
    """How many people a line may get, and the limit that says so."""

    places: int
    gate: Gate


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenMoves:
    """Who moves where.

    Attributes:
        stranded: people on emptied lines for whom there is no room.
        is_capped: whether the lines would be more level if more people might move.
    """

    moves: tuple[PeopleMove, ...]
    stranded: int
    is_capped: bool = False


def changes_of(moves: Sequence[PeopleMove]) -> dict[int, int]:
    """Return by slot how many people more a line has after the moves; fewer are negative."""
    changes: dict[int, int] = {}
    for move in moves:
        changes[move.from_slot] = changes.get(move.from_slot, 0) - move.people
        changes[move.to_slot] = changes.get(move.to_slot, 0) + move.people
    return changes


def room_of(line: BalancedLine, days: int) -> MoveRoom:
    """Return how many further people may be asked to text a line within some days."""
    if not takes_moves(line):
        return MoveRoom(TAKES_NOBODY, line.gate)
    places = max(0, line.capacity - line.people)
    if line.new_per_day is not None and line.new_per_day * days < places:
        return MoveRoom(line.new_per_day * days, Gate.GUIDELINE if line.warm_days is None else Gate.WARM_UP)
    return MoveRoom(places, Gate.FULL)


def takes_moves(line: BalancedLine) -> bool:
    """Whether people may be moved to it: as for backups, no line at risk."""
    return line.takes_people and line.gate is not Gate.AT_RISK


def choose_moves(
    lines: Sequence[BalancedLine],
    *,
    emptied: Collection[int] = (),
    givers: Collection[int] = (),
    takers: Collection[int],
    days: int,
    budget: int | None = None,
) -> ChosenMoves:
    """Choose the best moves among some lines.

    Args:
        lines: the lines that take part, in order of their numbers.
        emptied: slots that everybody leaves, as far as there is room.
        givers: slots that may also give people.
        takers: slots that may take people.
        days: how long there is time; it limits what a line may take.
        budget: how many people may move at most; for moves without emptied lines only.
    """
    rooms = {line.slot: room_of(line, days).places for line in lines if line.slot in takers}
    leaving = {line.slot: line.people for line in lines if line.slot in emptied}
    stranded = max(0, sum(leaving.values()) - sum(rooms.values()))
    _keep(leaving, stranded)
    vessels = {
        line.slot: Vessel(
            people=line.people,
            capacity=line.capacity,
            least=0 if line.slot in givers else line.people,
            most=line.people + rooms.get(line.slot, TAKES_NOBODY),
        )
        for line in lines
        if line.slot not in emptied
    }
    # The lines that stay as they are set a level below which nothing is gained.
    floor = max((Fraction(each.least, each.capacity) for each in vessels.values()), default=Fraction(0))
    people = sum(each.people for each in vessels.values()) + sum(leaving.values())
    unlimited = least_level(tuple(vessels.values()), people, from_level=floor)
    level = unlimited
    if budget is not None:
        level = least_level(tuple(vessels.values()), people, budget=budget, from_level=unlimited)
    changes = {slot: each.at(level) - each.people for slot, each in vessels.items()}
    given = {line.slot: leaving.get(line.slot, 0) or max(0, -changes.get(line.slot, 0)) for line in lines}
    taken = {slot: change for slot, change in changes.items() if change > 0}
    moves = _pair({slot: count for slot, count in given.items() if count}, taken, lines)
    return ChosenMoves(moves=moves, stranded=stranded, is_capped=level > unlimited)


def _keep(leaving: dict[int, int], stranded: int) -> None:
    """Let people for whom there is no room stay where they are, on the last lines."""
    for slot in reversed(leaving):
        stays = min(leaving[slot], stranded)
        leaving[slot] -= stays
        stranded -= stays


def _north_west(left: Mapping[int, int], room: Mapping[int, int]) -> Iterator[tuple[int, int]]:
    """Yield the pairs of the first line with people left and the first one with room, until one side is used up."""
    starts, ends = list(left), list(room)
    while starts and ends:
        if not left[starts[0]]:
            starts.pop(0)
        elif not room[ends[0]]:
            ends.pop(0)
        else:
            yield starts[0], ends[0]


def _pair(given: dict[int, int], taken: dict[int, int], lines: Sequence[BalancedLine]) -> tuple[PeopleMove, ...]:
    """Return who goes where: as many as possible to their first backup, the rest in order."""
    wishes = {(line.slot, to): count for line in lines for to, count in line.first_backups.items()}
    own = most_pairs(given, taken, wishes)
    left, room = dict(given), dict(taken)
    for (start, end), count in own.items():
        left[start] -= count
        room[end] -= count
    pairs = dict(own)
    for start, end in _north_west(left, room):
        count = min(left[start], room[end])
        pairs[start, end] = pairs.get((start, end), 0) + count
        left[start] -= count
        room[end] -= count
    order = {line.slot: index for index, line in enumerate(lines)}
    return tuple(
        PeopleMove(from_slot=start, to_slot=to, people=count, own_backup=own.get((start, to), 0))
        for (start, to), count in sorted(pairs.items(), key=lambda pair: (order[pair[0][0]], order[pair[0][1]]))
    )
