"""Every metric of the gateway. docs/guide/monitoring.md has the same table (tests/unit/test_metrics.py compares them).

Labels hold no personal data. `slot` is the number of a line in its pool; `line` is the last four digits of its number.
"""

from router.core.metrics.metric import Metric, MetricKind

_OF_POOL = ("pool",)
_OF_LINE = ("pool", "slot", "line")


def _gauge(name: str, text: str, *labels: str) -> Metric:
    return Metric(name, MetricKind.GAUGE, text, labels)


def _counter(name: str, text: str, *labels: str) -> Metric:
    return Metric(name, MetricKind.COUNTER, text, labels)


LINE_TIER = _gauge("line_tier", "Tier of the line: 0 healthy, 1 reserve, 2 at risk, 3 takes nobody.", *_OF_LINE)
LINE_GATE = _gauge("line_gate", "1 for the gate that holds the line back now.", *_OF_LINE, "gate")
LINE_CARRIES = _gauge("line_carries", "1 if people on the line can reach us, else 0.", *_OF_LINE)
LINE_WEIGHT = _gauge("line_weight", "Effective weight of the line, in hundredths of its weight.", *_OF_LINE)
LINE_PEOPLE = _gauge("line_people", "People on the line, reserved or confirmed.", *_OF_LINE, "state")
LINE_CAPACITY = _gauge("line_capacity_people", "People the line may carry.", *_OF_LINE)
LINE_TARGET = _gauge("line_target_people", "People at which the reserve of the line begins.", *_OF_LINE)
LINE_NEW = _gauge("line_new_people_last_day", "People who came to the line in the last 24 hours.", *_OF_LINE)
LINE_STARTED = _gauge("line_started_last_day", "Conversations the line began in the last 24 hours.", *_OF_LINE)
LINE_MESSAGES = _gauge(
    "line_messages_today", "Messages of the line since midnight UTC, by direction.", *_OF_LINE, "direction"
)
LINE_PLACES = _gauge(
    "line_places_today",
    "People given the line since midnight UTC, by reason: rotation (tier 0), reserve (1), at_risk (2), preferred.",
    *_OF_LINE,
    "reason",
)
LINE_PICKS = _counter("line_picks_total", "People the line was ever given.", *_OF_LINE)
LINE_FLAGS = _counter("line_flags_total", "Times the line was flagged.", *_OF_LINE)
POOL_ROOM = _gauge("pool_room_people", "People the lines of the pool still have room for.", *_OF_POOL)
POOL_WAITLIST = _gauge("pool_waitlist_people", "People on the waitlist.", *_OF_POOL)
POOL_CAMPAIGNS = _gauge("pool_campaigns", "Campaigns of the pool, by state.", *_OF_POOL, "state")
DELIVERIES = _counter(
    "webhook_unapplied_deliveries_total",
    "Deliveries of the provider that changed nothing, by environment and result.",
    "environment",
    "result",
)
LAST_DELIVERY = _gauge(
    "webhook_last_taken_timestamp_seconds", "When the last delivery was accepted, in Unix time.", "environment"
)

OF_POOLS = (
    LINE_TIER,
    LINE_GATE,
    LINE_CARRIES,
    LINE_WEIGHT,
    LINE_PEOPLE,
    LINE_CAPACITY,
    LINE_TARGET,
    LINE_NEW,
    LINE_STARTED,
    LINE_MESSAGES,
    LINE_PLACES,
    LINE_PICKS,
    LINE_FLAGS,
    POOL_ROOM,
    POOL_WAITLIST,
    POOL_CAMPAIGNS,
    DELIVERIES,
    LAST_DELIVERY,
)
REQUESTS = Metric(
    "http_request_duration_seconds",
    MetricKind.HISTOGRAM,
    "Duration of requests to this machine, by route and status.",
    ("route", "status"),
)
LOOP_TURN = Metric("event_loop_turn_seconds", MetricKind.HISTOGRAM, "Turns of the event loop, one measured a second.")

CATALOGUE = (*OF_POOLS, REQUESTS, LOOP_TURN)
