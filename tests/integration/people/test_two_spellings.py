"""One person under two spellings of a number: signups over the API and texts on a line, through the services."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from router.core.act import BY_SHELL
from router.core.assignment import State
from router.core.code import Code
from router.core.errors import InvalidField
from router.core.people.personal_data import Identity, IdentityKind
from router.core.phone import E164
from router.gateway import Gateway
from router.services.events.deliveries import DeliveryOutcome
from router.services.people.signups import SignupRequest
from router.store.assignments import AssignRequest
from tests.kit.deliveries import text
from tests.kit.stores import Store, assigned
from tests.kit.webhook_gateways import ALPHA, BRAVO, CHARLIE, deliver, open_two_pools, two_environments

PAIRS = [
    ("+525555550101", "+5215555550101"),
    ("+5491150505050", "+541150505050"),
    ("+447700900123", "+4407700900123"),
    ("+2290197000001", "+22997000001"),
    ("+2250707000001", "+22507000001"),
    ("+5511987654321", "+551187654321"),
]


@pytest.fixture
async def gateway(store: Store, tmp_path: Path) -> AsyncIterator[Gateway]:
    """Open a gateway with a pool of two lines, and one of one line."""
    async with open_two_pools(two_environments(store.url, tmp_path)) as gateway:
        yield gateway


async def sign_up(gateway: Gateway, **who: str) -> Code:
    """Sign up one person of the pool, and return their code."""
    view = await gateway.pool_cache.get("main")
    request = SignupRequest(identity=Identity(user=who.get("user"), phone=who.get("phone"), email=who.get("email")))
    return assigned(await gateway.signups.sign_up(view, request)).code


async def state_of(gateway: Gateway, code: Code) -> State | None:
    """Return a person's state; None if there is nobody."""
    found = await gateway.signups.find(await gateway.pool_cache.get("main"), code)
    return None if found is None else found.state


async def people(gateway: Gateway) -> int:
    """Return how many people the lines of the pool have."""
    lines = await gateway.line_admin.all("main")
    return sum(now.load.reserved + now.load.confirmed for now in lines)


async def store_as_before(gateway: Gateway, number: str) -> Code:
    """Store a person as an earlier release did: under the spelling that was given, and no other."""
    view = await gateway.pool_cache.get("main")
    data = gateway.personal_data
    person = AssignRequest(
        "CCC",
        "222223224225",
        identities=(data.fingerprint(IdentityKind.PHONE, view.pool.id, number),),
        contact=data.seal(Identity(phone=number), b"n" * 12),
    )
    (signup,) = await gateway.assignments.assign(view.keys, [person], view.policy, now_ms=gateway.clock.now_ms())
    return assigned(signup).code


@pytest.mark.parametrize(("given", "texted"), [*PAIRS, *((old, new) for new, old in PAIRS)])
async def test_a_text_in_the_other_spelling_is_the_same_person(gateway: Gateway, given: str, texted: str) -> None:
    """The signup is confirmed by a text without its code, and signing up again under either number finds it."""
    code = await sign_up(gateway, phone=given)
    assert await deliver(gateway.deliveries, text(ALPHA, texted, "Hello")) is DeliveryOutcome.TAKEN
    assert await state_of(gateway, code) is State.CONFIRMED
    assert [await sign_up(gateway, phone=number) for number in (given, texted)] == [code, code]
    assert await people(gateway) == 1


@pytest.mark.parametrize(("stored", "now"), [*PAIRS, *((old, new) for new, old in PAIRS)])
async def test_a_person_of_an_earlier_release_is_found_under_both(gateway: Gateway, stored: str, now: str) -> None:
    """They were stored under the spelling they gave; nothing was changed for them since."""
    code = await store_as_before(gateway, stored)
    assert await deliver(gateway.deliveries, text(ALPHA, now, "Hello")) is DeliveryOutcome.TAKEN
    assert await state_of(gateway, code) is State.CONFIRMED
    assert [await sign_up(gateway, phone=number) for number in (now, stored)] == [code, code]
    assert await people(gateway) == 1


@pytest.mark.parametrize(("new", "old"), PAIRS)
async def test_an_erased_person_is_gone_under_every_spelling(gateway: Gateway, new: str, old: str) -> None:
    """Whoever signs up next with the number is somebody new."""
    view = await gateway.pool_cache.get("main")
    for number in (old, new):
        code = await store_as_before(gateway, number)
        assert await sign_up(gateway, phone=old) == code
        await gateway.erasure.forget_signup(view, code, by=BY_SHELL)
        assert await state_of(gateway, code) is None
        again = await sign_up(gateway, phone=number)
        assert await state_of(gateway, again) is State.RESERVED
        await gateway.erasure.forget_signup(view, again, by=BY_SHELL)


async def test_a_person_s_number_is_not_one_of_our_lines(gateway: Gateway) -> None:
    """A line of any pool is refused, however it is written. One that was retired may be anybody's."""
    assert await sign_up(gateway, phone="+12025550177")
    for line in (ALPHA, BRAVO, CHARLIE):
        with pytest.raises(InvalidField, match=r"phone: .* is one of our own lines"):
            await sign_up(gateway, phone=line)
    await gateway.line_admin.remove("trial", CHARLIE, by=BY_SHELL.because("contract ends"))
    assert await sign_up(gateway, phone=CHARLIE)


async def test_a_text_from_one_of_our_lines_is_nobody_s(gateway: Gateway) -> None:
    """Two lines that text each other count as traffic, and become no people."""
    assert await deliver(gateway.deliveries, text(ALPHA, "+12025550177", "Hello")) is DeliveryOutcome.TAKEN
    assert await people(gateway) == 1
    for sender in (BRAVO, CHARLIE, ALPHA):
        assert await deliver(gateway.deliveries, text(ALPHA, sender, "Hello")) is DeliveryOutcome.TAKEN
    assert await people(gateway) == 1
    view = await gateway.pool_cache.get("main")
    told = (
        [row.word for row in await gateway.history.people(view.pool.id)] if hasattr(gateway.history, "people") else []
    )
    assert told.count("met") <= 1


@pytest.mark.parametrize("field", ["exclude", "prefer"])
async def test_a_misspelt_line_is_refused_rather_than_passed_over(gateway: Gateway, field: str) -> None:
    """Otherwise the person would get the very line they must not get. A line of another pool excludes nothing."""
    view = await gateway.pool_cache.get("main")

    async def ask(number: str) -> None:
        wish: dict[str, object] = {"exclude": (E164(number),)} if field == "exclude" else {"prefer": E164(number)}
        await gateway.signups.sign_up(view, SignupRequest(identity=Identity(user="u"), **wish))  # type: ignore[arg-type]

    await ask(ALPHA)
    with pytest.raises(InvalidField, match=r"Did you mean \+12025550101\?") as caught:
        await ask("+112025550101")
    assert caught.value.field in {"exclude.0", "prefer"}
