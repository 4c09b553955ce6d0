"""The sandbox's API, called through Linq's official SDK as a customer would."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import linq
import pytest
from linq import AsyncLinqAPIV3, LinqAPIV3

from router.sandbox.events import EVENT_TYPES
from tests.kit.sandboxes import RunningSandbox, start_sandbox, webhook_sink
from tests.kit.servers import eventually

_people = count(1000)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    """Run one sandbox at Linq's own pace for the tests of this module."""
    with start_sandbox(tmp_path_factory.mktemp("sandbox"), "--lines", "3") as running:
        yield running


@pytest.fixture
def client(sandbox: RunningSandbox) -> Iterator[LinqAPIV3]:
    """Open the official client, without automatic retries, and strict about the shape of answers."""
    with LinqAPIV3(
        base_url=sandbox.base_url, api_key=sandbox.api_key, max_retries=0, _strict_response_validation=True
    ) as opened:
        yield opened
    sandbox.control("DELETE", "/faults")
    sandbox.switch(inbound_first=False)
    for line in sandbox.control("GET", "/world")["lines"]:
        if (line["status"], line["reputation"]) != ("ACTIVE", "HEALTHY"):
            sandbox.set_line(line["number"], status="ACTIVE", reputation="HEALTHY")


@pytest.fixture
def line(sandbox: RunningSandbox) -> Iterator[str]:
    """Give the account one more line for the length of a test."""
    number = f"+1720555{next(_people)}"
    sandbox.control("POST", "/lines", {"number": number})
    yield number
    sandbox.ask("DELETE", f"/lines/{number}")


@pytest.fixture
def person() -> str:
    """Return the number of a new person."""
    return f"+1303555{next(_people)}"


def text_part(text: str) -> Any:
    """Return a message of one text."""
    return {"parts": [{"type": "text", "value": text}]}


def code_of(error: linq.APIStatusError) -> int:
    """Return Linq's own code of an error."""
    envelope = error.response.json()
    assert envelope["success"] is False
    assert len(envelope["trace_id"]) == 32
    assert envelope["trace_id"] == error.response.headers["x-trace-id"]
    assert envelope["error"]["status"] == error.status_code
    assert envelope["error"]["doc_url"].endswith(f"/{envelope['error']['code']}/")
    return int(envelope["error"]["code"])


# Lines


def test_lines_are_listed(client: LinqAPIV3, sandbox: RunningSandbox) -> None:
    """Each line has number, kind and reputation, and no status."""
    listed = client.phone_numbers.list().phone_numbers
    assert [each.phone_number for each in listed] == sandbox.lines
    assert {(each.line_type, each.reputation.status) for each in listed} == {("iMessage", "HEALTHY")}
    raw = sandbox.api("GET", "/phone_numbers").json()["phone_numbers"]
    assert raw[0].keys() == {"id", "phone_number", "forwarding_number", "line_type", "reputation"}


def test_a_reputation_is_listed_and_a_flag_is_not(client: LinqAPIV3, sandbox: RunningSandbox, line: str) -> None:
    """The list shows a line's reputation at once. It never shows a flag."""
    before = client.phone_numbers.list().phone_numbers[-1]
    sandbox.set_line(line, status="FLAGGED")
    assert client.phone_numbers.list().phone_numbers[-1] == before
    sandbox.set_line(line, reputation="CRITICAL")
    assert client.phone_numbers.list().phone_numbers[-1].reputation.status == "CRITICAL"


def test_calls_are_forwarded(client: LinqAPIV3, line: str) -> None:
    """A forwarding number is set and cleared. An unknown line is 404."""
    listed = client.phone_numbers.list().phone_numbers[-1]
    assert listed.phone_number == line
    assert client.phone_numbers.update(listed.id, forwarding_number="+12025550000").forwarding_number == "+12025550000"
    assert client.phone_numbers.list().phone_numbers[-1].forwarding_number == "+12025550000"
    assert client.phone_numbers.update(listed.id, forwarding_number=None).forwarding_number is None
    with pytest.raises(linq.NotFoundError) as refused:
        client.phone_numbers.update(str(uuid4()), forwarding_number=None)
    assert code_of(refused.value) == 2019


async def test_the_async_client_works_too(sandbox: RunningSandbox) -> None:
    """The SDK's other client reads the same list."""
    async with AsyncLinqAPIV3(base_url=sandbox.base_url, api_key=sandbox.api_key) as client:
        listed = (await client.phone_numbers.list()).phone_numbers
    assert [each.phone_number for each in listed] == sandbox.lines


def test_a_token_is_needed(sandbox: RunningSandbox, tmp_path: Path) -> None:
    """Without a token there is 401. With --api-key only that key opens."""
    bare = httpx.get(f"{sandbox.base_url}/v3/phone_numbers")
    assert (bare.status_code, bare.json()["error"]["code"]) == (401, 2004)
    with (
        start_sandbox(tmp_path, "--api-key", "the-good-one") as strict,
        LinqAPIV3(base_url=strict.base_url, api_key="another") as stranger,
    ):
        with pytest.raises(linq.AuthenticationError) as refused:
            stranger.phone_numbers.list()
        assert code_of(refused.value) == 2004
        assert strict.api("GET", "/phone_numbers").is_success


def test_suggestions_take_turns(client: LinqAPIV3, sandbox: RunningSandbox) -> None:
    """The line unused for longest is suggested, so calls cycle through all. A worse reputation comes last."""
    numbers = sandbox.lines
    assert {client.available_number.retrieve().phone_number for _ in numbers} == set(numbers)
    again = [client.available_number.retrieve().phone_number for _ in range(2 * len(numbers))]
    assert again[: len(numbers)] == again[len(numbers) :]
    sandbox.set_line(numbers[0], reputation="AT_RISK")
    assert numbers[0] not in {client.available_number.retrieve().phone_number for _ in numbers}


def test_a_suggestion_sticks_to_a_chat(client: LinqAPIV3, sandbox: RunningSandbox, line: str, person: str) -> None:
    """With recipients, the line of their chat is suggested, until it is flagged."""
    sandbox.text(person, line, "Hi")
    assert {client.available_number.retrieve(to=[person]).phone_number for _ in range(3)} == {line}
    sandbox.set_line(line, status="FLAGGED")
    assert client.available_number.retrieve(to=[person]).phone_number != line


def test_lines_can_be_left_out(client: LinqAPIV3, sandbox: RunningSandbox) -> None:
    """An excluded line is never suggested. A bad number is 400, and so is an exclusion of all lines."""
    first, *others = sandbox.lines
    suggested = {client.available_number.retrieve(exclude_from=[first]).phone_number for _ in others}
    assert suggested == set(others)
    repeated = sandbox.api("GET", "/available_number", params=[("exclude_from", each) for each in others])
    assert repeated.json()["phone_number"] == first
    for exclude, code in ((["4155551234"], 1002), (sandbox.lines, 1005)):
        with pytest.raises(linq.BadRequestError) as refused:
            client.available_number.retrieve(exclude_from=exclude)
        assert code_of(refused.value) == code


def test_no_line_left_is_an_error(client: LinqAPIV3, sandbox: RunningSandbox) -> None:
    """Without a line of the requested kind, or with all flagged, there is 503, or 409 on request."""
    with pytest.raises(linq.InternalServerError) as refused:
        client.available_number.retrieve(type="RCS")
    assert refused.value.status_code == 503
    for number in sandbox.lines:
        sandbox.set_line(number, status="FLAGGED")
    with pytest.raises(linq.InternalServerError):
        client.available_number.retrieve()
    sandbox.switch(no_line_status=409)
    with pytest.raises(linq.ConflictError):
        client.available_number.retrieve()
    sandbox.switch(no_line_status=503)


def test_the_card_behind_a_suggestion(client: LinqAPIV3, sandbox: RunningSandbox, line: str) -> None:
    """`vcf_url` is a vCard of the suggested number and every other available line. A changed link is refused."""
    flagged, *others = (number for number in sandbox.lines if number != line)
    sandbox.set_line(flagged, status="FLAGGED")
    url = client.available_number.retrieve(exclude_from=others).vcf_url
    card = httpx.get(url)
    assert card.headers["content-type"].startswith("text/vcard")
    assert [row.rpartition(":")[2] for row in card.text.splitlines() if row.startswith("TEL")] == [line]
    text = httpx.get(client.available_number.retrieve().vcf_url).text
    assert flagged not in text
    assert all(number in text for number in others)
    assert httpx.get(url.replace("signature=", "signature=0")).status_code == 403


# Contact cards


def test_a_card_is_set_up_once(client: LinqAPIV3, line: str) -> None:
    """A card is created, read and changed. A second creation is 409, and a change before the first is 404."""
    with pytest.raises(linq.NotFoundError) as missing:
        client.contact_card.update(phone_number=line, first_name="Acme")
    assert code_of(missing.value) == 2012
    made = client.contact_card.create(phone_number=line, first_name="Acme", image_url="https://acme.example/logo.png")
    assert (made.is_active, made.first_name, made.last_name) == (True, "Acme", None)
    assert made.image_url == "https://cdn.linqapp.com/contact-card/logo.png"
    with pytest.raises(linq.ConflictError) as twice:
        client.contact_card.create(phone_number=line, first_name="Acme")
    assert code_of(twice.value) == 2014
    (read,) = client.contact_card.retrieve(phone_number=line).contact_cards
    assert (read.first_name, read.phone_number) == ("Acme", line)


def test_cards_are_rate_limited(client: LinqAPIV3, sandbox: RunningSandbox, line: str) -> None:
    """The fourth call in ten minutes for one line is 429 with a wait, whatever the results of the first three."""
    client.contact_card.create(phone_number=line, first_name="Acme")
    client.contact_card.update(phone_number=line, last_name="AI")
    client.contact_card.update(phone_number=line, last_name="Robots")
    with pytest.raises(linq.RateLimitError) as refused:
        client.contact_card.update(phone_number=line, last_name="Club")
    assert code_of(refused.value) == 1007
    wait_s = int(refused.value.response.headers["retry-after"])
    assert 590 < wait_s <= 600
    assert refused.value.response.json()["error"]["retry_after"] == wait_s
    sandbox.control("POST", "/allowances/reset")
    assert client.contact_card.update(phone_number=line, last_name="Club").last_name == "Club"


def test_a_card_needs_a_line_of_ours(client: LinqAPIV3) -> None:
    """A foreign number is 403, and a malformed number 400."""
    with pytest.raises(linq.PermissionDeniedError) as foreign:
        client.contact_card.create(phone_number="+15005550100", first_name="Acme")
    assert code_of(foreign.value) == 2006
    with pytest.raises(linq.BadRequestError) as malformed:
        client.contact_card.create(phone_number="555", first_name="Acme")
    assert code_of(malformed.value) == 1002


def test_a_setup_can_fail_and_be_tried_again(client: LinqAPIV3, sandbox: RunningSandbox, line: str) -> None:
    """A planned fault hits the path and method that it names, once."""
    plan = {"path": "/v3/contact_card", "method": "POST", "status": 500, "code": 2022, "message": "Setup failed"}
    sandbox.control("POST", "/faults", plan)
    assert client.contact_card.retrieve().contact_cards == []
    with pytest.raises(linq.InternalServerError) as failed:
        client.contact_card.create(phone_number=line, first_name="Acme")
    assert code_of(failed.value) == 2022
    assert client.contact_card.create(phone_number=line, first_name="Acme").is_active


# Webhook subscriptions


def test_events_are_listed(client: LinqAPIV3) -> None:
    """The list of event types is the SDK's own."""
    assert tuple(client.webhook_events.list().events) == EVENT_TYPES
    assert len(EVENT_TYPES) >= 75


def test_a_subscription_from_first_to_last(client: LinqAPIV3) -> None:
    """A subscription is made with a secret that is shown once, read, changed by PUT, and deleted."""
    with webhook_sink() as sink:
        target = sink.url + "?version=2026-02-03"
        made = client.webhook_subscriptions.create(
            target_url=target, subscribed_events=["phone_number.status_updated"], phone_numbers=["+12025550101"]
        )
        assert made.signing_secret.startswith("whsec_")
        read = client.webhook_subscriptions.retrieve(made.id)
        assert "signing_secret" not in read.model_dump()
        assert (read.target_url, read.is_active, read.phone_numbers) == (target, True, ["+12025550101"])
        changed = client.webhook_subscriptions.update(
            made.id, is_active=False, subscribed_events=["message.received"], phone_numbers=None
        )
        assert (changed.is_active, changed.subscribed_events, changed.phone_numbers) == (
            False,
            ["message.received"],
            None,
        )
        assert made.id in [each.id for each in client.webhook_subscriptions.list().subscriptions]
        client.webhook_subscriptions.delete(made.id)
    with pytest.raises(linq.NotFoundError) as gone:
        client.webhook_subscriptions.retrieve(made.id)
    assert code_of(gone.value) == 2010


@pytest.mark.parametrize(
    ("target_url", "events", "code"),
    [
        ("http://93.184.215.14/hook", ["message.received"], 1005),
        ("ftp://127.0.0.1/hook", ["message.received"], 1005),
        ("http://acme.example/hook", ["message.received"], 1005),
        ("https://acme.example/hook", ["line.teleported"], 1005),
        ("https://acme.example/hook", [], 1001),
    ],
)
def test_an_impossible_subscription_is_refused(
    client: LinqAPIV3, target_url: str, events: list[Any], code: int
) -> None:
    """Plain http is for near hosts only, and every event type must exist."""
    with pytest.raises(linq.BadRequestError) as refused:
        client.webhook_subscriptions.create(target_url=target_url, subscribed_events=events)
    assert code_of(refused.value) == code


def test_an_address_is_subscribed_once(client: LinqAPIV3) -> None:
    """A second subscription of the same address is refused. Another query makes it another address."""
    url = "https://acme.example/hook"
    made = [client.webhook_subscriptions.create(target_url=url, subscribed_events=["message.sent"])]
    with pytest.raises(linq.ConflictError):
        client.webhook_subscriptions.create(target_url=url, subscribed_events=["message.sent"])
    made += [client.webhook_subscriptions.create(target_url=url + "?env=2", subscribed_events=["message.sent"])]
    for each in made:
        client.webhook_subscriptions.delete(each.id)


# Messages and chats


def test_a_new_person_gets_the_best_line(client: LinqAPIV3, sandbox: RunningSandbox, person: str) -> None:
    """Without a line and a chat, the answer says which line was picked. The next message goes the same way."""
    first = client.messages.create(to=[person], message=text_part("Hi https://acme.example"))
    assert (first.from_selection.reason, first.created_new_chat) == ("new_best_number", True)
    assert first.message.delivery_status == "pending"
    second = client.messages.create(to=[person], message=text_part("More"), exclude_from=[first.from_])
    assert (second.from_selection.reason, second.chat_id) == ("reused_active_chat", first.chat_id)
    assert (second.from_, second.created_new_chat, second.previous_chat_id) == (first.from_, False, None)


def test_a_flag_fails_over(client: LinqAPIV3, sandbox: RunningSandbox, line: str, person: str) -> None:
    """From a flagged line a chat goes on from another line, in a new chat, with the alternative text."""
    sandbox.text(person, line, "Hi")
    before = client.messages.create(to=[person], message=text_part("Hello"))
    assert before.from_ == line
    sandbox.set_line(line, status="FLAGGED")
    after = client.messages.create(
        to=[person], message=text_part("As I said"), continuation_message={"text": "It's Acme, on a new number"}
    )
    assert (after.from_selection.reason, after.previous_chat_id) == ("failover_flagged", before.chat_id)
    assert (after.from_ != line, after.created_new_chat) == (True, True)
    shown = client.messages.retrieve(after.message.id)
    assert shown.parts is not None
    assert getattr(shown.parts[0], "value", None) == "It's Acme, on a new number"
    sandbox.set_line(line, status="ACTIVE")
    assert client.messages.create(to=[person], message=text_part("Still here")).from_ == after.from_


def test_no_line_can_send(client: LinqAPIV3, sandbox: RunningSandbox, person: str) -> None:
    """With every line flagged, a message without a line is 409, and one with a line 403."""
    for number in sandbox.lines:
        sandbox.set_line(number, status="FLAGGED")
    with pytest.raises(linq.ConflictError) as refused:
        client.messages.create(to=[person], message=text_part("Hi"))
    assert code_of(refused.value) == 2015
    with pytest.raises(linq.PermissionDeniedError) as ineligible:
        client.chats.create(from_=sandbox.lines[0], to=[person], message=text_part("Hi"))
    assert code_of(ineligible.value) == 2027


def test_a_chat_is_opened_on_a_line(client: LinqAPIV3, sandbox: RunningSandbox, line: str, person: str) -> None:
    """A chat is made, continued, listed by line and person, and read with its messages."""
    made = client.chats.create(from_=line, to=[person], message=text_part("Hi")).chat
    assert client.chats.create(from_=line, to=[person], message=text_part("More")).chat.id == made.id
    assert client.chats.messages.send(made.id, message=text_part("And more")).chat_id == made.id
    assert [chat.id for chat in client.chats.list_chats(from_=line)] == [made.id]
    assert [chat.id for chat in client.chats.list_chats(to=person)] == [made.id]
    read = client.chats.retrieve(made.id)
    assert {handle.handle: handle.is_me for handle in read.handles} == {line: True, person: False}
    values = [getattr(part, "value", "") for each in client.chats.messages.list(made.id) for part in each.parts or []]
    assert values == ["And more", "More", "Hi"]

    def is_read() -> bool:
        return client.messages.retrieve(made.message.id).delivery_status == "read"

    eventually("a message that is read", is_read)
    client.chats.typing.start(made.id)
    client.chats.typing.stop(made.id)
    client.chats.mark_as_read(made.id)


def test_chats_come_in_pages(client: LinqAPIV3, sandbox: RunningSandbox, line: str) -> None:
    """A list longer than a page goes on at its cursor, with each chat once."""
    people = [f"+1404555{next(_people)}" for _ in range(7)]
    for person in people:
        sandbox.text(person, line, "Hi")
    page = client.chats.list_chats(from_=line, limit=3)
    assert (len(page.chats), page.next_cursor) == (3, "3")
    assert len({chat.id for chat in client.chats.list_chats(from_=line, limit=3)}) == len(people)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"message": {"parts": [{"type": "link", "value": "https://acme.example"}]}}, 1005),
        ({"message": text_part("see www.acme.example")}, 1005),
        ({"to": ["5559999"]}, 1002),
        ({"to": []}, 1001),
        ({"message": {"parts": []}}, 1004),
        ({"message": text_part("")}, 1004),
        ({"message": {"parts": [{"type": "text", "value": "a"}] * 2}}, 1004),
        ({"message": {}}, 1001),
        ({"from": "+15005550100"}, 2006),
        ({"from": "202"}, 1002),
    ],
)
def test_an_impossible_first_message_is_refused(sandbox: RunningSandbox, line: str, change: Any, code: int) -> None:
    """What Linq refuses gets Linq's code, and nothing is created."""
    body = {"from": line, "to": ["+13035559999"], "message": text_part("Hi")} | change
    answer = sandbox.api("POST", "/chats", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403 if code == 2006 else 400, code)
    assert sandbox.api("GET", "/chats", params={"to": "+13035559999"}).json()["chats"] == []


def test_a_stop_holds_on_every_line(client: LinqAPIV3, sandbox: RunningSandbox, line: str, person: str) -> None:
    """STOP blocks the person account-wide. An override lets one message through. Any other text of theirs lifts it."""
    other = sandbox.lines[0]
    sandbox.text(person, line, "Hi")
    sandbox.text(person, line, "please stop")
    chat = client.messages.create(to=[person], message=text_part("Hello"))
    sandbox.text(person, line, "STOP")
    for attempt in (
        lambda: client.messages.create(to=[person], message=text_part("But…")),
        lambda: client.chats.create(from_=other, to=[person], message=text_part("But…")),
        lambda: client.chats.messages.send(chat.chat_id, message=text_part("But…")),
    ):
        with pytest.raises(linq.PermissionDeniedError) as refused:
            attempt()
        assert code_of(refused.value) == 2024
    assert client.chats.retrieve(chat.chat_id).health_status.status == "OPTED_OUT"
    client.messages.create(to=[person], message=text_part("Farewell"), override_optout=True)
    sandbox.text(person, other, "Hi again")
    assert client.chats.retrieve(chat.chat_id).health_status.status == "HEALTHY"
    client.messages.create(to=[person], message=text_part("Welcome back"))


def test_a_blocked_person_is_neither_read_nor_texted(
    client: LinqAPIV3, sandbox: RunningSandbox, line: str, person: str
) -> None:
    """Their texts have no effect, and texts to them are 403, until they are unblocked."""
    client.blocked_handles.block(handle=person, reason="spam")
    assert [each.handle for each in client.blocked_handles.list().blocked_handles] == [person]
    assert sandbox.text(person, line, "Hi") == {"message": None, "events": []}
    with pytest.raises(linq.PermissionDeniedError) as refused:
        client.messages.create(to=[person], message=text_part("Hi"))
    assert code_of(refused.value) == 2026
    client.blocked_handles.unblock(handle=person)
    assert sandbox.text(person, line, "Hi")["message"]


def test_a_shared_account_waits_for_the_person(
    client: LinqAPIV3, sandbox: RunningSandbox, line: str, person: str
) -> None:
    """Where people must write first, a text to a stranger is 403 until they do."""
    sandbox.switch(inbound_first=True)
    with pytest.raises(linq.PermissionDeniedError) as refused:
        client.messages.create(to=[person], message=text_part("Hi"))
    assert code_of(refused.value) == 2008
    sandbox.text(person, line, "Activate")
    assert client.messages.create(to=[person], message=text_part("Hi")).from_ == line


def test_a_pair_is_rate_limited(client: LinqAPIV3, person: str) -> None:
    """The 31st message to one person from one line within a minute is 429 with a wait."""
    for number in range(30):
        client.messages.create(to=[person], message=text_part(f"{number}"))
    with pytest.raises(linq.RateLimitError) as refused:
        client.messages.create(to=[person], message=text_part("31"))
    assert code_of(refused.value) == 1007
    assert 1 <= int(refused.value.response.headers["retry-after"]) <= 60


def test_a_repeated_send_is_sent_once(client: LinqAPIV3, person: str) -> None:
    """The same idempotency key gets the same answer, in header or body. Once its message is gone it is 404."""
    first = client.messages.create(to=[person], message=text_part("Hi"), idempotency_key="k-1")
    again = client.messages.create(to=[person], message=text_part("Hi") | {"idempotency_key": "k-1"})
    assert again.message.id == first.message.id
    client.messages.delete(first.message.id)
    with pytest.raises(linq.NotFoundError) as gone:
        client.messages.create(to=[person], message=text_part("Hi"), idempotency_key="k-1")
    assert code_of(gone.value) == 2002


def test_a_group_and_an_address_are_people_too(client: LinqAPIV3, person: str) -> None:
    """Several recipients make one group in any order. An e-mail address is a handle."""
    address = "Friend@Acme.example"
    made = client.messages.create(to=[person, address], message=text_part("Hi both"))
    assert made.is_group
    again = client.messages.create(to=[address.lower(), person], message=text_part("Hi both"))
    assert again.chat_id == made.chat_id


def test_a_reaction_is_accepted(client: LinqAPIV3, sandbox: RunningSandbox, line: str, person: str) -> None:
    """Our tapback is shown on the person's message."""
    message_id = sandbox.text(person, line, "Hi")["message"]["id"]
    assert client.messages.add_reaction(message_id, operation="add", type="like").status == "accepted"
    shown = client.messages.retrieve(message_id)
    assert shown.parts is not None
    assert [reaction.type for reaction in shown.parts[0].reactions or []] == ["like"]


def test_a_card_is_shared_once_in_five_minutes(
    client: LinqAPIV3, sandbox: RunningSandbox, line: str, person: str
) -> None:
    """Sharing needs a card. A second time in a row is 429."""
    sandbox.text(person, line, "Hi")
    chat_id = client.messages.create(to=[person], message=text_part("Hello")).chat_id
    with pytest.raises(linq.NotFoundError) as missing:
        client.chats.share_contact_card(chat_id)
    assert code_of(missing.value) == 2012
    client.contact_card.create(phone_number=line, first_name="Acme")
    client.chats.share_contact_card(chat_id)
    with pytest.raises(linq.RateLimitError):
        client.chats.share_contact_card(chat_id)


# Audits, and unknown things


def test_an_audit_reports_a_flag(tmp_path: Path) -> None:
    """An audit is pending, then complete. It names the flag, and the next audit has to wait."""
    with (
        start_sandbox(tmp_path, "--speed", "10", "--lines", "1") as sandbox,
        LinqAPIV3(base_url=sandbox.base_url, api_key="any", max_retries=0, _strict_response_validation=True) as client,
    ):
        (number,) = sandbox.lines
        sandbox.set_line(number, status="FLAGGED", reputation="CRITICAL")
        started = client.phone_numbers.start_reputation_audit(number)
        assert started.status == "pending"
        assert client.phone_numbers.start_reputation_audit(number).audit_id == started.audit_id

        def audit() -> Any:
            return client.phone_numbers.get_reputation_audit(started.audit_id, phone_number=number)

        assert audit().status == "pending"
        eventually("a complete audit", lambda: audit().status == "complete")
        report = audit().report
        assert (report.severity, report.primary_driver) == ("CRITICAL", "flagged")
        with pytest.raises(linq.RateLimitError) as early:
            client.phone_numbers.start_reputation_audit(number)
        assert int(early.value.response.headers["retry-after"]) <= 60
        with pytest.raises(linq.NotFoundError):
            client.phone_numbers.get_reputation_audit(str(uuid4()), phone_number=number)


def test_the_client_waits_out_a_fault(sandbox: RunningSandbox) -> None:
    """The SDK's own retries turn a 503 into an answer."""
    sandbox.control("POST", "/faults", {"path": "/v3/phone_numbers", "status": 503, "code": 4004, "times": 1})
    with LinqAPIV3(base_url=sandbox.base_url, api_key="any", max_retries=1) as client:
        assert client.phone_numbers.list().phone_numbers


@pytest.mark.parametrize(
    ("method", "path", "content", "status"),
    [
        ("GET", "/payments/x", None, 404),
        ("POST", "/phone_numbers", None, 405),
        ("POST", "/messages", b"{not json", 400),
        ("POST", "/messages", b"\xff\xfe", 400),
        ("POST", "/messages", b"[" * 5000, 400),
        ("GET", "/chats/nobody", None, 404),
        ("GET", "/messages/nobody", None, 404),
        ("GET", "/chats?limit=0", None, 400),
    ],
)
def test_every_error_has_the_envelope(
    sandbox: RunningSandbox, method: str, path: str, content: bytes | None, status: int
) -> None:
    """Every error is in Linq's error envelope."""
    answer = sandbox.api(method, path, content=content)
    assert answer.status_code == status
    envelope = answer.json()
    assert envelope.keys() == {"success", "error", "trace_id"}
    assert envelope["error"].keys() == {"status", "code", "message", "doc_url"}
