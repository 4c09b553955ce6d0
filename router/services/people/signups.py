"""Sign people up: build the store's request, send it in a batch with others, and return the line to text."""

from collections.abc import Awaitable, Sequence
from contextlib import suppress
from functools import partial

import msgspec
from msgspec.structs import replace

from router.core.act import Act
from router.core.assignment import Assignment, Outcome, Signup
from router.core.code import Code, prefix_of
from router.core.errors import IdempotencyMismatch, InvalidField, StoreUnavailable
from router.core.numbers.number_check import check_number, is_newer_than_we_know
from router.core.numbers.spellings import canonical_spelling
from router.core.numbers.typed_number import likely_misspelling
from router.core.people.origin import NOWHERE, ConsentGiven, Origin, decode_origin, encode_origin
from router.core.people.personal_data import Identity, PersonalData
from router.core.phone import E164, mask
from router.core.pool import PoolId
from router.core.sealer import NONCE_BYTES
from router.services.people.left_contacts import LeftContacts
from router.services.people.new_codes import NewCodes
from router.services.pools.pool_cache import PoolCache, PoolView
from router.services.runtime.clock import StoreClock
from router.services.runtime.coalescer import Coalescer
from router.services.runtime.decision_log import DecisionLog
from router.services.runtime.randomness import Randomness
from router.store.assignments import MAX_BATCH, MAX_RENEWED, Assignments, AssignRequest
from router.telemetry.logs import get_logger

_MAX_TRIES = 4  # to find a free code
_REQUEST_BYTES = 4
_log = get_logger()


class SignupRequest(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A back end's request for one person."""

    identity: Identity
    exclude: tuple[E164, ...] = ()
    prefer: E164 | None = None
    idempotency_key: str | None = None
    source: str = ""
    consent_version: str = ""


class Signups:
    """Gives people lines, and reads and changes their state."""

    def __init__(
        self,
        assignments: Assignments,
        pool_cache: PoolCache,
        clock: StoreClock,
        personal_data: PersonalData,
        random_bytes: Randomness,
    ) -> None:
        self._left_contacts = LeftContacts(assignments, personal_data)
        self._assignments = assignments
        self._pool_cache = pool_cache
        self._clock = clock
        self._personal_data = personal_data
        self._random_bytes = random_bytes
        self._new_codes = NewCodes(random_bytes)
        self._assigning: dict[PoolId, Coalescer[AssignRequest, Signup]] = {}
        self._decisions: dict[PoolId, DecisionLog] = {}
        self._reading: dict[PoolId, Coalescer[Code, Assignment | None]] = {}
        self._renewing: dict[PoolId, Coalescer[Code, Assignment | None]] = {}

    def visit(
        self, view: PoolView, *, known: Code | None, nonce: bytes | None, origin: Origin = NOWHERE
    ) -> Awaitable[Signup]:
        """Sign up a visitor of the web page: by the cookie's code, else by the page's one-time nonce, else as new.

        `origin` is stored with a person who has none yet.
        """
        pressed = None if nonce is None else self._personal_data.digest("nonce", nonce)
        prefix, suffixes = self._place_for(known, pressed)
        once = None if pressed is None else (pressed, b"page")
        packed = "" if origin is NOWHERE else encode_origin(origin)
        return self._assign(view, AssignRequest(prefix, suffixes, known=known, once=once, origin=packed))

    async def wait(
        self, view: PoolView, contact: Identity, *, known: Code | None, nonce: bytes, origin: Origin
    ) -> Signup:
        """Put a visitor on the waitlist, or give them a line if one has room by now.

        They are invited at the contact they left. If somebody left it already this month, the visitor gets a place of
        their own all the same, and only the first is written to: the contact may be a stranger's.

        Raises:
            StoreUnavailable: try again with the same nonce.
        """
        once = self._personal_data.digest("nonce", nonce)
        left = self._left_contacts.left_in(view, contact, at_s=self._clock.now_ms() // 1000)
        first = await self._assignments.code_of(view.keys, left)
        if first not in {None, known}:
            contact, left = Identity(), once
        prefix, suffixes = self._place_for(known, once)
        person = AssignRequest(
            prefix,
            suffixes,
            known=known,
            identities=(left,),
            once=(once, b"page"),
            contact=self._personal_data.seal(contact, self._random_bytes(NONCE_BYTES)),
            origin=encode_origin(origin),
        )
        return await self._assign(view, person)

    async def sign_up(self, view: PoolView, request: SignupRequest) -> Signup:
        """Sign up a person that a back end knows: the same person gets the same line, whatever is retried.

        Raises:
            IdempotencyMismatch: the key was used before, with another request.
            InvalidField: the phone is one of our own lines, the preferred number is not in the pool, or an excluded one
                cannot exist.
            StoreUnavailable: try again with the same idempotency key.
        """
        identity = self._checked(view, request.identity)
        lookups, pool = self._personal_data.lookups, view.pool.id
        identities = tuple([found for kind, value in identity.known() for found in lookups(kind, pool, value)])
        prefix, suffixes = self._new_codes.draw(identities[0])
        person = AssignRequest(
            prefix,
            suffixes,
            identities=identities,
            once=self._once(request),
            excluded=_excluded_slots(view, request.exclude),
            wished=_wished_slot(view, request.prefer),
            origin=encode_origin(self._origin_of(request)),
            contact=self._personal_data.seal(identity, self._random_bytes(NONCE_BYTES)),
        )
        signup = await self._assign(view, person)
        if signup.outcome is Outcome.MISMATCH:
            raise IdempotencyMismatch(
                "This Idempotency-Key was used for a different request. Send a new key with a new request."
            )
        return signup

    async def find(self, view: PoolView, code: Code) -> Assignment | None:
        """Return a person's assignment as it is now, or None.

        A person whom none of their lines can carry is led to one with room, if the pool has any.
        """
        pool = view.pool.id
        reader = self._reading.get(pool)
        if reader is None:
            reader = self._reading[pool] = Coalescer(partial(self._assignments.read, view.keys), max_batch=MAX_BATCH)
            self._renewing[pool] = Coalescer(partial(self._renew, pool), max_batch=MAX_RENEWED)
        assignment = await reader.ask(code)
        if assignment is not None and assignment.must_renew:
            with suppress(StoreUnavailable):  # a store that takes no writes now; what was read still helps
                return await self._renewing[pool].ask(code)
        return assignment

    async def confirm(self, view: PoolView, code: Code) -> str:
        """Record that a person texted: "confirmed", "already", "waitlisted" (they have no line yet), or "unknown"."""
        return await self._assignments.confirm(view.keys, code, now_ms=self._clock.now_ms())

    async def set_quiet(self, view: PoolView, code: Code, *, is_quiet: bool) -> bool:
        """Record that a person wants no prompts, or wants them again; return False if there is no such person.

        If they want them again, a request to stop that they texted before does not hold any more.
        """
        is_known = await self._assignments.set_quiet(view.keys, code, is_quiet=is_quiet, now_ms=self._clock.now_ms())
        if is_known:
            await self._left_contacts.set_quiet(view, code, is_quiet=is_quiet)
            _log.info("prompts_refused" if is_quiet else "prompts_wanted", pool=view.pool.id)
        return is_known

    async def allow(self, view: PoolView, code: Code, *, by: Act) -> bool:
        """Record for an operator that a person wants messages again; return False if there is no such person."""
        is_known = await self.set_quiet(view, code, is_quiet=False)
        if is_known:
            _log.info("messages_allowed", pool=view.pool.id, actor=by.actor)
        return is_known

    async def view_of(self, view: PoolView, assignment: Assignment) -> PoolView:
        """Return a view that contains the assignment's lines; it is read again if one was added a moment ago."""
        if all(map(view.lines.__contains__, assignment.slots)):
            return view
        return await self._pool_cache.reload(view.pool.id) or view

    async def _assign(self, view: PoolView, person: AssignRequest) -> Signup:
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
                person = replace(person, suffixes=self._new_codes.redraw_suffixes())
            else:
                return signup
        raise StoreUnavailable("No free code was found in several tries. Try again.")

    def _place_for(self, known: Code | None, fingerprint: bytes | None) -> tuple[str, str]:
        """Return the bucket of a code and candidates in it: for a known person, the bucket of their own."""
        if known is None:
            return self._new_codes.draw(fingerprint)
        prefix = prefix_of(known)
        return prefix, self._new_codes.draw_suffixes(prefix)

    async def _send(self, pool: PoolId, people: Sequence[AssignRequest]) -> list[Signup]:
        view = await self._pool_cache.get(pool)
        signups = await self._assignments.assign(view.keys, people, view.policy, now_ms=self._clock.now_ms())
        sources = [decode_origin(person.origin).source for person in people if person.origin]
        self._decisions[pool].record([signup.outcome for signup in signups], filter(None, sources))
        return signups

    async def _renew(self, pool: PoolId, codes: Sequence[Code]) -> list[Assignment | None]:
        view = await self._pool_cache.get(pool)
        return await self._assignments.renew(view.keys, codes, backups=view.policy.backups)

    def _origin_of(self, request: SignupRequest) -> Origin:
        if not request.consent_version:
            return NOWHERE if not request.source else Origin(source=request.source)
        at_s = self._clock.now_ms() // 1000
        return Origin(
            source=request.source, consent=ConsentGiven(version=request.consent_version, is_ours=False, at_s=at_s)
        )

    def _checked(self, view: PoolView, identity: Identity) -> Identity:
        """Return the identity with its phone in the canonical spelling, and refuse one of our own lines."""
        if identity.phone is None:
            return identity
        phone = canonical_spelling(identity.phone)
        if self._pool_cache.is_our_line(phone):
            raise InvalidField("phone", f"{mask(phone)} is one of our own lines; send the number of the person")
        if is_newer_than_we_know(phone):
            _log.warning("phone_doubtful", pool=view.pool.id, detail=check_number(phone).words)
        return identity if phone == identity.phone else replace(identity, phone=phone)

    def _once(self, request: SignupRequest) -> tuple[bytes, bytes] | None:
        if request.idempotency_key is None:
            return None
        identity = request.identity
        content = repr((identity.user, identity.phone, identity.email, request.exclude, request.prefer)).encode()
        if request.source or request.consent_version:  # else the digest is that of releases that knew neither
            content += repr((request.source, request.consent_version)).encode()
        digest = self._personal_data.digest
        return digest("idempotency", request.idempotency_key.encode()), digest("request", content)[:_REQUEST_BYTES]


def _excluded_slots(view: PoolView, numbers: Sequence[E164]) -> tuple[int, ...]:
    """Return the slots of lines that are in the pool; a typing error must not lead the person to that very line."""
    if not numbers:
        return ()
    for index, number in enumerate(numbers):
        if number not in view.slots and (likely := likely_misspelling(number)) is not None:
            raise InvalidField(f"exclude.{index}", likely)
    return tuple([view.slots[number] for number in numbers if number in view.slots])


def _wished_slot(view: PoolView, number: E164 | None) -> int | None:
    if number is None:
        return None
    if number not in view.slots:
        unknown = f"the pool has no line {mask(number)}; leave it out or name one of its lines"
        raise InvalidField("prefer", likely_misspelling(number) or unknown)
    return view.slots[number]
