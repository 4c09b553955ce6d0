"""Sign people up: make the request the store understands, send it with the others, say which number to text."""

from collections.abc import Awaitable, Sequence
from functools import partial

import msgspec
from msgspec.structs import replace

from router.core.assignment import NO_HOME, Assignment, Outcome, Signup
from router.core.code import Code, prefix_of
from router.core.errors import IdempotencyMismatch, InvalidField, StoreUnavailable
from router.core.personal_data import Identity, PersonalData
from router.core.phone import E164, mask
from router.core.pool import PoolId
from router.core.sealer import NONCE_BYTES
from router.observe.logs import get_logger
from router.services.clock import StoreClock
from router.services.coalescer import Coalescer
from router.services.decision_log import DecisionLog
from router.services.directory import Directory, PoolView
from router.services.new_codes import NewCodes
from router.services.randomness import Randomness
from router.store.assignments import MAX_BATCH, Assignments, Person

_MAX_TRIES = 4
_REQUEST_BYTES = 4
_log = get_logger()


class SignupRequest(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a back end asks for one person."""

    identity: Identity
    exclude: tuple[E164, ...] = ()
    prefer: E164 | None = None
    idempotency_key: str | None = None


class Signups:
    """Gives people lines and tells them where they stand."""

    def __init__(
        self,
        assignments: Assignments,
        directory: Directory,
        clock: StoreClock,
        personal_data: PersonalData,
        random_bytes: Randomness,
    ) -> None:
        self._assignments = assignments
        self._directory = directory
        self._clock = clock
        self._personal_data = personal_data
        self._random_bytes = random_bytes
        self._new_codes = NewCodes(random_bytes)
        self._assigning: dict[PoolId, Coalescer[Person, Signup]] = {}
        self._decisions: dict[PoolId, DecisionLog] = {}
        self._reading: dict[PoolId, Coalescer[Code, Assignment | None]] = {}

    def visit(self, view: PoolView, *, known: Code | None, nonce: bytes | None) -> Awaitable[Signup]:
        """Sign up a visitor of the web page: by the cookie's code, else by the page's one-time nonce, else anew."""
        once = None if nonce is None else (self._personal_data.digest("nonce", nonce), b"page")
        prefix = self._new_codes.home_of(once[0] if once else None) if known is None else prefix_of(known)
        return self._assign(view, Person(prefix, self._new_codes.draw_suffixes(), known=known, once=once))

    async def sign_up(self, view: PoolView, request: SignupRequest) -> Signup:
        """Sign up a person a back end knows: same person, same line, whatever is retried.

        Raises:
            IdempotencyMismatch: the key came before with another request.
            InvalidField: the preferred number is not in the pool.
            StoreUnavailable: try again with the same idempotency key.
        """
        fingerprint, pool = self._personal_data.fingerprint, view.pool.id
        identities = tuple([fingerprint(kind, pool, value) for kind, value in request.identity.known()])
        person = Person(
            self._new_codes.home_of(identities[0]),
            self._new_codes.draw_suffixes(),
            identities=identities,
            once=self._once(request),
            excluded=tuple([view.slots[number] for number in request.exclude if number in view.slots]),
            wished=_wished_slot(view, request.prefer),
            contact=self._personal_data.seal(request.identity, self._random_bytes(NONCE_BYTES)),
        )
        signup = await self._assign(view, person)
        if signup.outcome is Outcome.MISMATCH:
            raise IdempotencyMismatch(
                "This Idempotency-Key was used for a different request. Send a new key with a new request."
            )
        return signup

    async def find(self, view: PoolView, code: Code) -> Assignment | None:
        """Return where a person stands now, or None."""
        reader = self._reading.get(view.pool.id)
        if reader is None:
            reader = Coalescer(partial(self._assignments.read, view.keys), max_batch=MAX_BATCH)
            self._reading[view.pool.id] = reader
        return await reader.ask(code)

    async def confirm(self, view: PoolView, code: Code) -> str:
        """Record that a person texted: "confirmed", "already", "waitlisted" (they have no line yet), or "unknown"."""
        return await self._assignments.confirm(view.keys, code, now_ms=self._clock.now_ms())

    async def set_quiet(self, view: PoolView, code: Code, *, is_quiet: bool) -> bool:
        """Take down that a person wants no prompts, or wants them again; False if there is nobody."""
        is_known = await self._assignments.set_quiet(view.keys, code, is_quiet=is_quiet)
        if is_known:
            _log.info("prompts_refused" if is_quiet else "prompts_wanted", pool=view.pool.id)
        return is_known

    async def view_of(self, view: PoolView, assignment: Assignment) -> PoolView:
        """Return a view that knows the assignment's lines: one that was added a moment ago is looked up."""
        slots = {assignment.home_slot, *assignment.backups} - {NO_HOME}
        if slots <= view.lines.keys():
            return view
        return await self._directory.reload(view.pool.id) or view

    async def _assign(self, view: PoolView, person: Person) -> Signup:
        pool = view.pool.id
        assigner = self._assigning.get(pool)
        if assigner is None:
            assigner = self._assigning[pool] = Coalescer(partial(self._send, pool), max_batch=MAX_BATCH)
            self._decisions[pool] = DecisionLog(pool, "signups_decided")
        for _ in range(_MAX_TRIES):
            signup = await assigner.ask(person)
            if signup.outcome is Outcome.ELSEWHERE:
                person = replace(person, prefix=prefix_of(signup.found), known=signup.found)
            elif signup.outcome is Outcome.CROWDED:
                person = replace(person, suffixes=self._new_codes.draw_suffixes())
            else:
                return signup
        raise StoreUnavailable("No free code was found in several tries. Try again.")

    async def _send(self, pool: PoolId, people: Sequence[Person]) -> list[Signup]:
        view = await self._directory.seek(pool)
        signups = await self._assignments.assign(view.keys, people, view.policy, now_ms=self._clock.now_ms())
        self._decisions[pool].note([signup.outcome for signup in signups])
        return signups

    def _once(self, request: SignupRequest) -> tuple[bytes, bytes] | None:
        if request.idempotency_key is None:
            return None
        identity = request.identity
        told = repr((identity.user, identity.phone, identity.email, request.exclude, request.prefer)).encode()
        digest = self._personal_data.digest
        return digest("idempotency", request.idempotency_key.encode()), digest("request", told)[:_REQUEST_BYTES]


def _wished_slot(view: PoolView, number: E164 | None) -> int | None:
    if number is None:
        return None
    if number not in view.slots:
        raise InvalidField("prefer", f"the pool has no line {mask(number)}; leave it out or name one of its lines")
    return view.slots[number]
