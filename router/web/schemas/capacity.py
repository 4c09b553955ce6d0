"""Capacity: what was measured, how full each line is, and what the pool needs."""

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from router.core.line import Gate
from router.core.pool import CapacityFrom
from router.services.capacity import CapacityReport, LineReport
from router.web.schemas.common import EXAMPLE_NUMBER, Answer, Count

_EXAMPLE: JsonDict = {
    "pool": "main",
    "measured": {
        "messages_per_person_per_day": 6.4,
        "replies_per_person_per_day": 2.9,
        "reciprocity": 0.83,
        "person_days": 5210.5,
        "days": 20.4,
        "conversion": 0.81,
    },
    "capacity_from": "measured",
    "guessed_messages_per_person_per_day": 10,
    "messages_per_person_per_day": 6.47,
    "lines": [
        {
            "number": EXAMPLE_NUMBER,
            "label": "Alpha",
            "gate": "open",
            "people": 612,
            "capacity": 1081,
            "target": 940,
            "headroom": 469,
            "in_today": 812,
            "out_today": 990,
            "in_per_day": 1775.2,
            "out_per_day": 2138.9,
            "failed_per_day": 3.1,
            "new_24h": 41,
            "started_24h": 0,
            "new_per_day": 38.5,
        }
    ],
    "new_24h": 41,
    "started_24h": 0,
    "new_per_day": 38.5,
    "growth_per_day": 31.2,
    "people": 612,
    "capacity": 1081,
    "target": 940,
    "room": 469,
    "days_to_target": 10.5,
    "days_to_full": 15.0,
    "lead_days": 14,
    "lines_now": 1,
    "lines_needed": 1,
    "demand": 0,
    "lines_for_demand": 1,
    "lines_to_order": 1,
    "loss": {"number": EXAMPLE_NUMBER, "people": 612, "room": 0, "is_bearable": False, "lines_to_survive": 1},
    "advice": [
        (
            "Were line ••••••••0101 lost, the others would have room for 0 of its 612 people. 1 line more would carry "
            "them."
        )
    ],
}

_DECAYED = "on a usual day: of the last 28 days, a week ago counting half"


class MeasuredAnswer(Answer):
    """What the traffic of the last 28 days tells; a day a week ago counts half."""

    messages_per_person_per_day: float | None = Field(description="in and out; null until there is enough to say")
    replies_per_person_per_day: float | None = Field(description="in alone")
    reciprocity: float | None = Field(description="messages in for each one out")
    person_days: float = Field(ge=0, description="what it was measured over")
    days: float = Field(ge=0, description="days on which messages were heard")
    conversion: float = Field(ge=0, le=1, description="share of reservations that become texts")


class LineLoadAnswer(Answer):
    """How full a line is."""

    number: str = Field(examples=[EXAMPLE_NUMBER])
    label: str
    gate: Gate
    people: Count = Field(description="confirmed, and reserved by what becomes of them")
    capacity: Count
    target: Count = Field(description="people at which its reserve begins")
    headroom: Count = Field(description="people it could still take; 0 for one that takes nobody")
    in_today: Count = Field(description="messages since midnight, UTC")
    out_today: Count
    in_per_day: float = Field(description=_DECAYED)
    out_per_day: float
    failed_per_day: float
    new_24h: Count
    started_24h: Count = Field(description="conversations the line itself began")
    new_per_day: float

    @classmethod
    def of(cls, report: LineReport) -> "LineLoadAnswer":
        """Return what is told of a line's load."""
        return cls(
            number=report.line.number,
            label=report.line.label,
            gate=report.gate,
            people=report.people,
            capacity=report.limits.capacity,
            target=report.limits.target,
            headroom=report.headroom,
            in_today=int(report.today.incoming),
            out_today=int(report.today.outgoing),
            in_per_day=report.usual.incoming,
            out_per_day=report.usual.outgoing,
            failed_per_day=report.usual.failed,
            new_24h=report.load.new_24h,
            started_24h=report.load.started_24h,
            new_per_day=report.usual.new,
        )


class LossAnswer(Answer):
    """What the loss of the busiest line would mean."""

    number: str | None = Field(description="the busiest line; null while nobody is on any")
    people: Count
    room: Count = Field(description="of the other lines")
    is_bearable: bool = Field(description="whether the others have room for its people")
    lines_to_survive: Count = Field(description="lines more that it takes")


class CapacityAnswer(Answer):
    """What a pool carries, and what it needs."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    pool: str
    measured: MeasuredAnswer
    capacity_from: CapacityFrom
    guessed_messages_per_person_per_day: float = Field(description="the pool's setting")
    messages_per_person_per_day: float = Field(description="what capacity is counted with")
    lines: list[LineLoadAnswer]
    new_24h: Count
    started_24h: Count = Field(description="of the conversations, those a line began")
    new_per_day: float = Field(description=_DECAYED)
    growth_per_day: float = Field(description="of them, those who stay")
    people: Count
    capacity: Count = Field(description="of the lines that take people")
    target: Count
    room: Count = Field(description="places left, reserves included")
    days_to_target: float | None = Field(description="until the reserves begin; null at no growth")
    days_to_full: float | None
    lead_days: float = Field(description="from an order to a line with its full weight")
    lines_now: Count
    lines_needed: Count = Field(description="for the people there are, with their reserve")
    demand: Count = Field(description="people more to plan for")
    lines_for_demand: Count
    lines_to_order: Count = Field(description="for the demand, and for who comes until an order arrives")
    loss: LossAnswer
    advice: list[str] = Field(description="what to do, the most urgent first")

    @classmethod
    def of(cls, report: CapacityReport) -> "CapacityAnswer":
        """Return a report as it is told."""
        measured, plan = report.measured, report.plan
        numbers = {line.line.slot: line.line.number for line in report.lines}
        return cls(
            pool=report.pool.id,
            measured=MeasuredAnswer(
                messages_per_person_per_day=measured.messages_per_person_per_day,
                replies_per_person_per_day=measured.replies_per_person_per_day,
                reciprocity=measured.reciprocity,
                person_days=measured.person_days,
                days=measured.days,
                conversion=measured.conversion_permille / 1000,
            ),
            capacity_from=report.pool.capacity_from,
            guessed_messages_per_person_per_day=report.pool.messages_per_person_per_day,
            messages_per_person_per_day=report.messages_per_person_per_day,
            lines=[LineLoadAnswer.of(line) for line in report.lines],
            new_24h=report.new_24h,
            started_24h=report.started_24h,
            new_per_day=report.new_per_day,
            growth_per_day=plan.growth_per_day,
            people=plan.people,
            capacity=plan.capacity,
            target=plan.target,
            room=plan.room,
            days_to_target=plan.days_to_target,
            days_to_full=plan.days_to_full,
            lead_days=plan.lead_days,
            lines_now=plan.lines,
            lines_needed=plan.lines_needed,
            demand=plan.more_people,
            lines_for_demand=plan.lines_for_demand,
            lines_to_order=plan.lines_to_order,
            loss=LossAnswer(
                number=None if plan.loss.slot is None else numbers[plan.loss.slot],
                people=plan.loss.people,
                room=plan.loss.room,
                is_bearable=plan.loss.is_bearable,
                lines_to_survive=plan.lines_to_survive,
            ),
            advice=list(report.advice),
        )
