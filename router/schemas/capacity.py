"""Capacity: what was measured, how full each line is, and what the pool needs."""

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from router.core.line import Gate
from router.core.pool import CapacityFrom
from router.schemas.capacity_parts import DaysUntilAnswer, LossOfAnyAnswer, NextGateAnswer, Total
from router.schemas.common import EXAMPLE_NUMBER, AnswerBody, Count
from router.services.capacity.report import CapacityReport, LineReport

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
            "reserve_in_use": 0,
            "next_gate": {"gate": "target", "used": 0.651},
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
    "reserve_in_use": 0,
    "room": 469,
    "days_to_target": 10.5,
    "days_to_full": 15.0,
    "until_target": {"expected": 10.5, "earliest": 9.1, "latest": 12.4, "may_never": False},
    "until_full": {"expected": 15.0, "earliest": 13.4, "latest": 17.1, "may_never": False},
    "order_days": 7,
    "lead_days": 14,
    "lines_now": 1,
    "lines_needed": 1,
    "demand": 0,
    "lines_for_demand": 1,
    "lines_to_order": 1,
    "loss": {"number": EXAMPLE_NUMBER, "people": 612, "room": 0, "is_bearable": False, "lines_to_survive": 1},
    "losses": [
        {
            "count": 1,
            "numbers": [EXAMPLE_NUMBER],
            "people": 612,
            "room": 0,
            "short_by": 612,
            "is_bearable": False,
            "lines_to_survive": 1,
        }
    ],
    "advice": [
        (
            "Were line ••••••••0101 lost, the others would have room for 0 of its 612 people. 1 line more would carry "
            "them."
        )
    ],
}

_DECAYED = "on a usual day: of the last 28 days, a week ago counting half"


class MeasuredAnswer(AnswerBody):
    """What the traffic of the last 28 days shows; a day a week ago counts half."""

    messages_per_person_per_day: float | None = Field(description="in and out; null until there is enough traffic")
    replies_per_person_per_day: float | None = Field(description="in alone")
    reciprocity: float | None = Field(description="messages in for each one out")
    person_days: float = Field(ge=0, description="what it was measured over")
    days: float = Field(ge=0, description="days with messages")
    conversion: float = Field(ge=0, le=1, description="share of reservations that become texts")


class LineLoadAnswer(AnswerBody):
    """How full a line is."""

    number: str = Field(examples=[EXAMPLE_NUMBER])
    label: str
    gate: Gate
    people: Count = Field(description="confirmed people, and reserved ones by the share that confirms")
    capacity: Count
    target: Count = Field(description="people at which its reserve begins")
    headroom: Count = Field(description="people it could still take; 0 for a line that takes nobody")
    reserve_in_use: Count = Field(description="people it carries beyond its target")
    next_gate: NextGateAnswer | None = Field(description="the limit it is nearest to; null if it takes nobody")
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
        """Build the API answer for a line's load."""
        return cls(
            number=report.line.number,
            label=report.line.label,
            gate=report.gate,
            people=report.people,
            capacity=report.limits.capacity,
            target=report.limits.target,
            headroom=report.headroom,
            reserve_in_use=report.reserve_in_use,
            next_gate=NextGateAnswer.of(report.next_gate),
            in_today=int(report.today.incoming),
            out_today=int(report.today.outgoing),
            in_per_day=report.usual.incoming,
            out_per_day=report.usual.outgoing,
            failed_per_day=report.usual.failed,
            new_24h=report.load.new_24h,
            started_24h=report.load.started_24h,
            new_per_day=report.usual.new,
        )


class LossAnswer(AnswerBody):
    """What losing the busiest line would mean."""

    number: str | None = Field(description="the busiest line; null while nobody is on any")
    people: Count
    room: Total = Field(description="of the other lines")
    is_bearable: bool = Field(description="whether the others have room for its people")
    lines_to_survive: Count = Field(description="how many more lines that takes")


class CapacityAnswer(AnswerBody):
    """What a pool carries, and what it needs."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    pool: str
    measured: MeasuredAnswer
    capacity_from: CapacityFrom
    guessed_messages_per_person_per_day: float = Field(description="the pool's setting")
    messages_per_person_per_day: float = Field(description="what capacity is counted with")
    lines: list[LineLoadAnswer]
    new_24h: Count
    started_24h: Count = Field(description="how many of the conversations a line began")
    new_per_day: float = Field(description=_DECAYED)
    growth_per_day: float = Field(description="how many of them stay")
    people: Total
    capacity: Total = Field(description="of the lines that take people")
    target: Total
    reserve_in_use: Total = Field(description="people beyond the targets of their lines")
    room: Total = Field(description="places left, reserves included")
    days_to_target: float | None = Field(description="until the reserves begin; null at no growth")
    days_to_full: float | None
    until_target: DaysUntilAnswer = Field(description="days_to_target with its interval")
    until_full: DaysUntilAnswer = Field(description="days_to_full with its interval")
    order_days: float = Field(description="until a line you order works; a setting of the pool")
    lead_days: float = Field(description="from an order to a line with its full weight")
    lines_now: Count
    lines_needed: Count = Field(description="for the people there are, with their reserve")
    demand: Count = Field(description="additional people to plan for")
    lines_for_demand: Count
    lines_to_order: Count = Field(description="for the demand, and for people who come until an order arrives")
    loss: LossAnswer = Field(description="of the busiest line")
    losses: list[LossOfAnyAnswer] = Field(description="of any one line, and of any two")
    advice: list[str] = Field(description="what to do, the most urgent first")

    @classmethod
    def of(cls, report: CapacityReport) -> "CapacityAnswer":
        """Build the API answer for a report."""
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
            reserve_in_use=plan.reserve_in_use,
            room=plan.room,
            days_to_target=plan.days_to_target,
            days_to_full=plan.days_to_full,
            until_target=DaysUntilAnswer.of(plan.until_target),
            until_full=DaysUntilAnswer.of(plan.until_full),
            order_days=plan.order_days,
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
            losses=[LossOfAnyAnswer.of(loss, numbers, plan.capacity_per_line) for loss in plan.losses],
            advice=list(report.advice),
        )
