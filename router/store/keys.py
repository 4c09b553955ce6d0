"""The schema: every key Switchyard writes, what it holds and how long it lives.

All keys of a pool carry its hash tag, so a pool is one slot and one atomic unit, and pools spread over a cluster. What
belongs to no single pool carries the tag `{registry}`. No other module builds a key.

    sy:{registry}:pools         set     pool ids                                              permanent
    sy:{registry}:api_keys      hash    key id → JSON (role, SHA-256 of the secret, label)    permanent
    sy:{registry}:webhook_secrets  hash  subscription id → sealed secret, address, environment  permanent
    sy:{registry}:provider_lists  hash  environment → JSON of what its lists of lines reported    permanent
    sy:{registry}:hooks:rejected  stream  rejected deliveries, sealed, the latest 500  trimmed
    sy:{registry}:hooks:kept    stream  deliveries we could not read or place, sealed, the latest 500    trimmed
    sy:{registry}:hooks:tally   hash    environment:what → count, or time of the last              permanent
    sy:{registry}:machine:<digest>  hash  route:status:bucket → requests of a machine, and the sum of their time  1 day
    sy:{registry}:alerts        stream  alerts for operators, the latest 1,000          trimmed
    sy:{registry}:told:<digest>  string  nothing; an alert of this kind and subject was raised   1 day
    sy:{pool}:config            string  JSON of the pool                                      permanent
    sy:{pool}:version           string  grows when the pool or a line changes                 permanent
    sy:{pool}:measured          string  JSON of what was measured of its traffic                        permanent
    sy:{pool}:photo             string  JPEG of the contact card                              permanent
    sy:{pool}:words             hash    version → JSON of words of consent somebody agreed to    permanent
    sy:{pool}:line              hash    slot → JSON of a line                                 permanent
    sy:{pool}:numbers           hash    number → slot, and `next`                             permanent
    sy:{pool}:lines             hash    slot → packed limits, load and turn                   permanent
    sy:{pool}:health            hash    slot → packed health from the provider; slot:why → reason  permanent
    sy:{pool}:arrivals          hash    slot → people and conversations of the last 24 hours  permanent
    sy:{pool}:rotation          string  last writer, the hour, the virtual times           permanent
    sy:{pool}:a:<prefix>        hash    code suffix → packed assignment                       permanent
    sy:{pool}:c:<prefix>        hash    code suffix → sealed identities, each after its length  permanent
    sy:{pool}:card:<prefix>     hash    code suffix → digest of the contact card, when it changed  40 days
    sy:{pool}:i:<bucket>        hash    8 bytes of an identity's HMAC → code                  permanent
    sy:{pool}:k:<day>:<bucket>  hash    8 bytes of an idempotency key's HMAC → code, request  2 days
    sy:{pool}:chat:<bucket>     hash    8 bytes of a conversation's HMAC → code, line, who began  permanent
    sy:{pool}:seen:<day>:<bucket>  hash  16 bytes of an event's digest → nothing              8 days
    sy:{pool}:traffic:<day>     hash    slot:metric → times it happened that day              40 days
    sy:{pool}:events:lines      stream  what happened to lines, the latest 10,000             trimmed
    sy:{pool}:events:people     stream  what happened to people, the latest 10,000            trimmed
    sy:{pool}:waitlist          zset    code → ticket; people without a line, until a campaign invites them  swept
    sy:{pool}:tickets           string  the last ticket of the waitlist                       permanent
    sy:{pool}:campaigns         hash    id → JSON of a campaign                               permanent
    sy:{pool}:campaign:<id>:waiting  zset  code → when they last texted                       swept
    sy:{pool}:campaign:<id>:later  zset  code → ms from which they may be tried               swept
    sy:{pool}:campaign:<id>:sending  zset  code → ms since which they are being sent to       swept
    sy:{pool}:campaign:<id>:paced:<channel>  zset  code → when they last texted; the channel had no room  swept
    sy:{pool}:campaign:<id>:counts  hash  state → people, to:slot → people asked to text it   permanent
    sy:{pool}:campaign:<id>:people:<prefix>  hash  code suffix → packed state                 90 days
    sy:{pool}:prompts:<prefix>  hash    code suffix → times of the last three prompts         31 days
    sy:{pool}:asked             hash    slot → people asked to text it, by hour of the last day  permanent
    sy:{pool}:pace              hash    tokens:channel → tokens; closed:channel → until when, ms  permanent
    sy:{pool}:moves             list    codes of people who moved, until their campaign knows  swept
    sy:{pool}:openings          list    codes of people who saw their new number              swept
    sy:{pool}:news              stream  news for the customer's app, the latest 100,000         trimmed
    sy:{pool}:news:tries        hash    row of the news → JSON of the tries so far             permanent
    sy:{pool}:news:log          stream  news that was settled, the latest 10,000                trimmed
    sy:{pool}:wrong:<day>       hash    code → when they texted a line that cannot carry them, and which  2 days
    sy:{pool}:due               zset    minutes in which reservations expire                  swept
    sy:{pool}:due:<minute>      list    codes to look at in that minute                       swept

Buckets keep a person small: a hash of at most 128 short entries is one compact listpack (20-40 bytes an entry), where
a key of its own costs 100 bytes. 15,625 record buckets hold 2 million people before the first outgrows that.
"""

from hashlib import sha256
from typing import NewType

from router.core.channel import ChannelName
from router.core.pool import PoolId

Key = NewType("Key", str)

PREFIX = "sy:"
POOLS = Key("sy:{registry}:pools")
API_KEYS = Key("sy:{registry}:api_keys")
WEBHOOK_SECRETS = Key("sy:{registry}:webhook_secrets")
PROVIDER_LISTS = Key("sy:{registry}:provider_lists")

REJECTED_DELIVERIES = Key("sy:{registry}:hooks:rejected")
KEPT_DELIVERIES = Key("sy:{registry}:hooks:kept")
HOOK_TALLY = Key("sy:{registry}:hooks:tally")
ALERTS = Key("sy:{registry}:alerts")

IDENTITY_BUCKETS = 2**15
IDEMPOTENCY_BUCKETS = 2**14
CHAT_BUCKETS = 2**15
SEEN_BUCKETS = 2**10


class PoolKeys:
    """The keys of one pool, the fixed ones built once."""

    def __init__(self, pool: PoolId) -> None:
        self._base = f"{PREFIX}{{{pool}}}:"
        self.config = self._key("config")
        self.version = self._key("version")
        self.measured = self._key("measured")
        self.photo = self._key("photo")
        self.words = self._key("words")
        self.line_settings = self._key("line")
        self.numbers = self._key("numbers")
        self.line_state = self._key("lines")
        self.rotation = self._key("rotation")
        self.health = self._key("health")
        self.arrivals = self._key("arrivals")
        self.line_events = self._key("events:lines")
        self.people_events = self._key("events:people")
        self.waitlist = self._key("waitlist")
        self.tickets = self._key("tickets")
        self.campaigns = self._key("campaigns")
        self.asked = self._key("asked")
        self.pace = self._key("pace")
        self.moves = self._key("moves")
        self.openings = self._key("openings")
        self.news = self._key("news")
        self.news_tries = self._key("news:tries")
        self.news_log = self._key("news:log")
        self.due = self._key("due")
        self._records = self._key("a:")
        self.picking = {"lines": self.line_state, "rotation": self.rotation}

    def records(self, prefix: str) -> Key:
        """Assignments whose code starts with `prefix`."""
        return Key(self._records + prefix)

    def contacts(self, prefix: str) -> Key:
        """Sealed identities of the same people."""
        return self._key("c:" + prefix)

    def cards(self, prefix: str) -> Key:
        """When the contact cards of people whose code starts with `prefix` last changed."""
        return self._key("card:" + prefix)

    def identities(self, fingerprint: bytes) -> Key:
        """The bucket of an identity; its field is the 8 bytes after the first two."""
        return self._key(f"i:{int.from_bytes(fingerprint[:2]) % IDENTITY_BUCKETS:04x}")

    def idempotency(self, fingerprint: bytes, day: int) -> Key:
        """The bucket of an idempotency key on a day since 1970."""
        return self._key(f"k:{day}:{int.from_bytes(fingerprint[:2]) % IDEMPOTENCY_BUCKETS:04x}")

    def chats(self, fingerprint: bytes) -> Key:
        """The bucket of a conversation; its field is the 8 bytes after the first two."""
        return self._key(f"chat:{int.from_bytes(fingerprint[:2]) % CHAT_BUCKETS:04x}")

    def seen(self, digest: bytes, day: int) -> Key:
        """The bucket of an event of a day since 1970; its field is the 16 bytes after the first two."""
        return self._key(f"seen:{day}:{int.from_bytes(digest[:2]) % SEEN_BUCKETS:04x}")

    def traffic(self, day: int) -> Key:
        """Counts of what happened on each line on a day since 1970."""
        return self._key(f"traffic:{day}")

    def wrong(self, day: int) -> Key:
        """People who texted a line that cannot carry them, on a day since 1970."""
        return self._key(f"wrong:{day}")

    def prompts(self, prefix: str) -> Key:
        """When people whose code starts with `prefix` were last prompted."""
        return self._key("prompts:" + prefix)

    def campaign(self, campaign: str) -> "CampaignKeys":
        """The keys of one campaign."""
        return CampaignKeys(f"{self._base}campaign:{campaign}:", self.asked)

    def due_in(self, minute: int) -> Key:
        """Reservations to look at in a minute since 1970."""
        return self._key(f"due:{minute}")

    def _key(self, name: str) -> Key:
        return Key(self._base + name)


class CampaignKeys:
    """The keys of one campaign; `base` is what they begin with, `asked` is the pool's.

    Attributes:
        paced: in the order of the channels.
        all: what every script on people of a campaign takes, by the names it has there.
    """

    def __init__(self, base: str, asked: Key) -> None:
        self._base = base
        self.waiting = Key(base + "waiting")
        self.later = Key(base + "later")
        self.sending = Key(base + "sending")
        self.paced = tuple(Key(f"{base}paced:{channel}") for channel in ChannelName)
        self.counts = Key(base + "counts")
        self.all = {
            "waiting": self.waiting,
            "later": self.later,
            "sending": self.sending,
            **{f"paced_{channel}": key for channel, key in zip(ChannelName, self.paced, strict=True)},
            "counts": self.counts,
            "asked": asked,
        }

    def people(self, prefix: str) -> Key:
        """The states of people whose code starts with `prefix`."""
        return Key(f"{self._base}people:{prefix}")


def fingerprint_field(fingerprint: bytes) -> bytes:
    """The part of a fingerprint that is the field inside its bucket."""
    return fingerprint[2:10]


def alert_told(kind: str, subject: str) -> Key:
    """Present while an alert was raised recently, by any process."""
    return Key(f"{PREFIX}{{registry}}:told:{sha256(f'{kind} {subject}'.encode()).hexdigest()[:16]}")


def machine_counts(machine: str) -> Key:
    """What the processes of a machine counted."""
    return Key(f"{PREFIX}{{registry}}:machine:{sha256(machine.encode()).hexdigest()[:16]}")
