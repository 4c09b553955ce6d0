"""ingest: who asked not to be written to, by the provider's rule and by ours, and until when."""

from struct import Struct
from typing import cast

import pytest
from msgspec.structs import replace

from router.core.assignment import Assignment, State
from router.core.line import LineLoad
from tests.stores import LivePool, given, person
from tests.tellings import ADA, hear, reaction, sent, text, traffic

_RECORD = Struct(">BBHHHHIIIIHHB")
SUPPRESSED = 4


@pytest.fixture
async def ada(pool: LivePool) -> Assignment:
    """Make two lines, and ada who texted hers five seconds after the start."""
    for _ in range(2):
        await pool.add_line()
    ada = given(await pool.sign_up(person()))
    await hear(pool, text(ADA, ada.home_slot, 5, codes=[ada.code]))
    return ada


def kept(pool: LivePool, ada: Assignment) -> tuple[State, bool, int, int]:
    """Her state, whether she is left alone, how often she wrote, and how often she was answered."""
    with pool.store.behind() as client:
        packed = cast(bytes, client.hget(pool.keys.records(ada.code[:3]), ada.code[3:]))
    state, *_, texts, answers, flags = _RECORD.unpack(packed)
    return State(state), bool(flags & SUPPRESSED), texts, answers


async def test_a_provider_opt_out_ends_with_the_next_text(pool: LivePool, ada: Assignment) -> None:
    """STOP holds on every line; any later text that is none clears it, also on another line; the place is theirs."""
    assert (await hear(pool, text(ADA, ada.home_slot, 6, opts_out=True, wants_quiet=True))).word == "opted_out"
    assert kept(pool, ada)[:2] == (State.OPTED_OUT, True)
    assert await pool.loads() == await pool.recount()
    assert (await pool.loads())[ada.home_slot] == LineLoad(confirmed=1, new_24h=1)
    assert (await hear(pool, text(ADA, ada.home_slot, 7, opts_out=True))).word == "heard"
    assert (await hear(pool, text(ADA, 1 - ada.home_slot, 8))).word == "opted_in"
    assert kept(pool, ada)[:2] == (State.CONFIRMED, False)
    found = await pool.read(ada.code)
    assert found is not None
    assert found.home_slot == 1 - ada.home_slot
    with pool.store.behind() as client:
        assert client.lrange(pool.keys.moves, 0, -1) == [ada.code.encode()]
    assert await pool.loads() == await pool.recount()


async def test_whoever_wants_quiet_is_left_alone_until_they_write(pool: LivePool, ada: Assignment) -> None:
    """Our rule is broader: the provider would deliver, we do not ask for it."""
    assert (await hear(pool, text(ADA, ada.home_slot, 6, wants_quiet=True))).word == "heard"
    assert kept(pool, ada)[:2] == (State.CONFIRMED, True)
    await hear(pool, text(ADA, ada.home_slot, 7))
    assert kept(pool, ada)[:2] == (State.CONFIRMED, False)


async def test_an_older_text_opts_nobody_in_or_out(pool: LivePool, ada: Assignment) -> None:
    """The newest text holds, whatever is told last."""
    await hear(pool, text(ADA, ada.home_slot, 9, opts_out=True))
    await hear(pool, text(ADA, ada.home_slot, 8))
    assert kept(pool, ada)[:2] == (State.OPTED_OUT, True)
    await hear(pool, text(ADA, ada.home_slot, 20))
    await hear(pool, text(ADA, ada.home_slot, 19, opts_out=True))
    assert kept(pool, ada)[:2] == (State.CONFIRMED, False)


@pytest.mark.parametrize("order", ["as written", "reversed"])
@pytest.mark.parametrize(
    ("opts_out", "state"),
    [(True, State.OPTED_OUT), (False, State.CONFIRMED)],
)
async def test_of_two_texts_of_one_second_the_firmer_no_holds(
    pool: LivePool, ada: Assignment, order: str, opts_out: bool, state: State
) -> None:
    """Deliveries swap, and times are kept by the second: being left alone must not hang on who came last."""
    wish = text(ADA, ada.home_slot, 6.4, opts_out=opts_out, wants_quiet=True)
    said = [text(ADA, ada.home_slot, 6.2), wish, text(ADA, ada.home_slot, 6.6)]
    for event in said if order == "as written" else reversed(said):
        await hear(pool, event)
    assert kept(pool, ada)[:2] == (state, True)
    await hear(pool, text(ADA, ada.home_slot, 7))
    assert kept(pool, ada)[:2] == (State.CONFIRMED, False)


async def test_a_reaction_does_not_outrank_a_stop_told_late(pool: LivePool, ada: Assignment) -> None:
    """A tapback neither clears an opt-out, nor keeps an older one from being taken in."""
    await hear(pool, reaction(ADA, ada.home_slot, 8))
    await hear(pool, text(ADA, ada.home_slot, 7, opts_out=True))
    assert kept(pool, ada)[0] is State.OPTED_OUT
    await hear(pool, reaction(ADA, ada.home_slot, 9))
    assert kept(pool, ada)[0] is State.OPTED_OUT


async def test_a_strangers_stop_is_kept_with_them(pool: LivePool) -> None:
    """Whoever is met by it holds a place, and is never asked anything."""
    await pool.add_line()
    effect = await hear(pool, text(ADA, 0, 1, opts_out=True))
    assert effect.word == "opted_out"
    assert effect.code is not None
    found = await pool.read(effect.code)
    assert found is not None
    assert found.state is State.OPTED_OUT
    assert await pool.loads() == await pool.recount() == {0: LineLoad(confirmed=1, new_24h=1)}


async def test_messages_and_reactions_count_for_reciprocity(pool: LivePool, ada: Assignment) -> None:
    """Each side's are counted with the person and with the line; a stranger's reaction with the line alone."""
    slot = ada.home_slot
    for event in (sent(ADA, slot, 6), sent(ADA, slot, 7), reaction(ADA, slot, 8), reaction(ADA, slot, 9, is_ours=True)):
        assert (await hear(pool, event)).code == ada.code
    assert kept(pool, ada)[2:] == (2, 3)
    assert (await hear(pool, reaction("+12025550777", slot, 9))).code is None
    assert (traffic(pool)[f"{slot}:in"], traffic(pool)[f"{slot}:out"]) == (3, 3)


@pytest.mark.parametrize("is_ours", [True, False])
async def test_a_message_in_a_group_is_nobodys(pool: LivePool, ada: Assignment, is_ours: bool) -> None:
    """It is load of the line; nobody is met by it, confirmed, moved or opted out."""
    before = kept(pool, ada)
    event = replace(text(ADA, 1 - ada.home_slot, 9), kind="group", sender=None, chat=b"", is_ours=is_ours)
    (effect,) = await pool.tell(event)
    assert (effect.word, effect.code) == ("group", None)
    assert kept(pool, ada) == before
    assert traffic(pool)[f"{1 - ada.home_slot}:{'out' if is_ours else 'in'}"] == 1
    assert await pool.loads() == await pool.recount()
