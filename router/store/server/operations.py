"""Every Lua operation: its keys, its arguments and its limits, in the order in which they are sent.

This is the only place that knows the order. Calls are built from it, the header of each `lua/<subject>/<name>.lua` is
held to it by a test, and so is what the script refuses.

A limit of items keeps the other clients of the store from waiting for over a millisecond.
"""

from router.core.line import MAX_LINES_PER_POOL
from router.store.server.operation import Arg, Each, Form, Operation

# A pool's picking state, always first; see lua/shared/.
_PICKING = ("lines", "rotation")
_CAMPAIGN = ("waiting", "later", "sending", "paced_app", "paced_email", "paced_sms", "counts", "asked")

_NOW = Arg("now_ms", Form.INTEGER)
_CODE = Arg("code", Form.CODE)
_CAMPAIGN_ID = Arg("campaign", Form.TEXT)
_BACKUPS = Arg("backups", Form.INTEGER)

_LIMITS = (
    Arg("weight", Form.INTEGER),
    Arg("capacity", Form.INTEGER),
    Arg("target", Form.INTEGER),
    Arg("new_per_day", Form.OPTIONAL_INTEGER),
    Arg("conversion_permille", Form.INTEGER),
    Arg("started_per_day", Form.OPTIONAL_INTEGER),
    Arg("is_warming", Form.INTEGER),
)
LIMIT_ARGUMENTS = tuple(limit.name for limit in _LIMITS)

# People

ASSIGN = Operation(
    "assign",
    has_writer=True,
    keys=(*_PICKING, "arrivals", "traffic", "due", "due_list", "waitlist", "tickets"),
    args=(
        _NOW,
        Arg("reservation_s", Form.INTEGER),
        _BACKUPS,
        Arg("due_minute", Form.INTEGER),
    ),
    each=Each(args=(Arg("person", Form.PACKED),), fewest=1, most=32, names_keys=True),
)
READ = Operation(
    "read",
    keys=_PICKING,
    each=Each(keys=("records",), args=(_CODE,), most=500),
)
RENEW = Operation(
    "renew",
    has_writer=True,
    keys=_PICKING,
    args=(_BACKUPS,),
    each=Each(keys=("records",), args=(_CODE,), most=100),
)
ROUTE = Operation(
    "route",
    keys=(*_PICKING, "health", "records", "wrong_today", "wrong_yesterday"),
    args=(_CODE,),
)
CONFIRM = Operation(
    "confirm",
    has_writer=True,
    keys=(*_PICKING, "records", "traffic", "moves", "news"),
    args=(_NOW, _CODE),
)
QUIET = Operation(
    "quiet",
    keys=("records",),
    args=(_NOW, _CODE, Arg("is_quiet", Form.INTEGER)),
)
REVISE_CARD = Operation(
    "revise_card",
    keys=("records", "cards"),
    args=(_NOW, _CODE, Arg("digest", Form.BYTES)),
)
# A person has as many identities as they ever gave, and all of them are erased at once.
FORGET = Operation(
    "forget",
    has_writer=True,
    keys=(*_PICKING, "records", "contacts", "cards"),
    args=(_CODE,),
    each=Each(keys=("identities",), args=(Arg("field", Form.BYTES),)),
)
EXPIRE = Operation(
    "expire",
    has_writer=True,
    keys=(*_PICKING, "due", "due_list", "traffic"),
    args=(_NOW, Arg("minute", Form.INTEGER)),
    each=Each(keys=("records",), args=(_CODE,), most=500),
)

# Lines

PUT_LINE = Operation(
    "put_line",
    has_writer=True,
    keys=(*_PICKING, "line", "numbers", "version", "config"),
    args=(
        Arg("number", Form.TEXT),
        Arg("slot", Form.OPTIONAL_INTEGER),
        Arg("revision", Form.INTEGER),
        Arg("settings", Form.TEXT),
        Arg("operator_state", Form.INTEGER),
        *_LIMITS,
        Arg("most_fields", Form.INTEGER),
    ),
)
REFRESH = Operation(
    "refresh",
    has_writer=True,
    keys=(*_PICKING, "line", "health", "arrivals", "traffic"),
    args=(
        _NOW,
        Arg("suspicion_ms", Form.INTEGER),
        Arg("silent_since_ms", Form.OPTIONAL_INTEGER),
    ),
    each=Each(
        args=(Arg("slot", Form.INTEGER), Arg("revision", Form.INTEGER), *_LIMITS),
        most=MAX_LINES_PER_POOL,
    ),
)
OVERVIEW = Operation("overview", keys=(*_PICKING, "line", "health"))

# Pools

PUT_POOL = Operation(
    "put_pool",
    keys=("config", "version", "photo"),
    args=(
        Arg("settings", Form.TEXT),
        Arg("revision", Form.INTEGER),
        Arg("photo_action", Form.TEXT),
        Arg("jpeg", Form.BYTES),
    ),
)
PUT_MEASURED = Operation(
    "put_measured",
    keys=("config", "version", "measured"),
    args=(Arg("figures", Form.TEXT),),
)
DELETE_POOL = Operation(
    "delete_pool",
    keys=(
        *_PICKING,
        "config",
        "version",
        "photo",
        "line",
        "numbers",
        "health",
        "arrivals",
        "measured",
        "words",
        "tickets",
    ),
)

# Events

APPLY_EVENTS = Operation(
    "apply_events",
    has_writer=True,
    keys=(
        *_PICKING,
        "health",
        "traffic",
        "line_events",
        "people_events",
        "arrivals",
        "moves",
        "news",
        "wrong_today",
        "wrong_yesterday",
    ),
    args=(_NOW, _BACKUPS, Arg("rules", Form.PACKED)),
    each=Each(
        args=(Arg("fields", Form.PACKED), Arg("octets", Form.PACKED)),
        fewest=1,
        most=32,
        names_keys=True,
    ),
)

# Campaigns

_PROMPTED = Each(
    keys=("records", "people", "prompts"),
    args=(Arg("offer", Form.PACKED),),
    most=100,
)

PUT_CAMPAIGN = Operation(
    "put_campaign",
    keys=("campaigns", "news"),
    args=(_CAMPAIGN_ID, Arg("settings", Form.TEXT), Arg("revision", Form.INTEGER)),
)
ENQUEUE = Operation(
    "enqueue",
    keys=_CAMPAIGN,
    args=(_NOW,),
    each=Each(keys=("people",), args=(_CODE, Arg("heard_s", Form.INTEGER)), most=200),
)
LINE_UP = Operation(
    "line_up",
    keys=(*_CAMPAIGN, "waitlist", "campaigns"),
    args=(_NOW, _CAMPAIGN_ID),
    each=Each(keys=("people",), args=(_CODE,), most=ENQUEUE.most),
)
CLAIM = Operation(
    "claim",
    has_writer=True,
    keys=(*_PICKING, "health", "campaigns", "pace", *_CAMPAIGN),
    args=(_NOW, _CAMPAIGN_ID, _BACKUPS, Arg("rules", Form.PACKED)),
    each=_PROMPTED,
)
INVITE = Operation(
    "invite",
    has_writer=True,
    keys=(
        *_PICKING,
        "health",
        "campaigns",
        "pace",
        *_CAMPAIGN,
        "arrivals",
        "traffic",
        "due",
        "due_list",
    ),
    args=(
        _NOW,
        _CAMPAIGN_ID,
        _BACKUPS,
        Arg("rules", Form.PACKED),
        Arg("reservation_s", Form.INTEGER),
        Arg("due_minute", Form.INTEGER),
    ),
    each=_PROMPTED,
)
SETTLE = Operation(
    "settle",
    keys=_CAMPAIGN,
    args=(_NOW,),
    each=Each(
        keys=("people",),
        args=(
            _CODE,
            Arg("word", Form.TEXT),
            Arg("channel", Form.INTEGER),
            Arg("tries", Form.INTEGER),
            Arg("again_ms", Form.INTEGER),
        ),
        most=500,
    ),
)
WAKE = Operation(
    "wake",
    keys=_CAMPAIGN,
    args=(_NOW,),
    each=Each(keys=("people",), args=(_CODE,), most=ENQUEUE.most),
)
