"""The sandbox's webhooks, received by a real server and checked with the libraries customers use."""

import hmac
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from linq import LinqAPIV3
from standardwebhooks import Webhook

from tests.kit.sandboxes import Delivery, RunningSandbox, WebhookSink, start_sandbox, webhook_sink

FAST = "2000"
PINNED = "?version=2026-02-03"
_people = count(1000)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    """Run one sandbox for the tests of this module, 2000 times faster than Linq."""
    with start_sandbox(tmp_path_factory.mktemp("sandbox"), "--speed", FAST, "--seed", "7", "--lines", "80") as running:
        yield running


@pytest.fixture(autouse=True)
def tidy(sandbox: RunningSandbox) -> Iterator[None]:
    """Reset the sandbox: every switch turned back, and no subscriptions."""
    as_before = sandbox.control("GET", "/settings")
    yield
    for subscription in sandbox.control("GET", "/world")["subscriptions"]:
        sandbox.api("DELETE", f"/webhook-subscriptions/{subscription['id']}")
    sandbox.switch(**as_before)
    sandbox.settle()


@pytest.fixture
def sink(tidy: None) -> Iterator[WebhookSink]:
    """Receive webhooks."""
    with webhook_sink() as listening:
        yield listening


@pytest.fixture
def line(sandbox: RunningSandbox) -> str:
    """Give the account a line no other test uses."""
    return str(sandbox.control("POST", "/lines")["line"]["number"])


@pytest.fixture
def person() -> str:
    """Return the number of a new person."""
    return f"+1303555{next(_people)}"


def types_of(answer: dict[str, Any]) -> list[str]:
    """Return the events that a control call caused."""
    return [event["type"] for event in answer["events"]]


def test_a_text_is_reported(sandbox: RunningSandbox, sink: WebhookSink, line: str, person: str) -> None:
    """A person's first text makes a chat and a message. A webhook reports line, sender and words."""
    sandbox.subscribe(sink.url + PINNED, "message.received", "chat.created")
    answer = sandbox.text(person, line, "Hi Acme! K7M2Q9")
    assert types_of(answer) == ["chat.created", "message.received"]
    event = sink.wait_for("message.received")[0].event
    assert event["webhook_version"] == "2026-02-03"
    assert event["event_id"] == answer["events"][1]["id"]
    assert len(event["created_at"].partition(".")[2]) == len("793119775Z")
    assert event["data"]["chat"]["owner_handle"]["handle"] == line
    assert event["data"]["sender_handle"]["handle"] == person
    assert event["data"]["parts"][0]["value"] == "Hi Acme! K7M2Q9"
    chat = sink.wait_for("chat.created")[0].event["data"]
    assert [handle["handle"] for handle in chat["handles"] if handle["is_me"]] == [line]
    assert types_of(sandbox.text(person, line, "And again")) == ["message.received"]


def test_both_signatures_are_good(sandbox: RunningSandbox, sink: WebhookSink, line: str, person: str) -> None:
    """Library and SDK accept the newer signature of a delivery. The older one uses the secret's own text as its key."""
    secret = sandbox.subscribe(sink.url + PINNED, "message.received")
    sandbox.text(person, line, "Grüße")
    delivery = sink.wait_for("message.received")[0]
    headers, body = delivery.headers, delivery.body.decode()
    assert Webhook(secret).verify(body, headers) == delivery.event
    client = LinqAPIV3(base_url=sandbox.base_url, api_key="any")
    # The SDK parses every message event as a MessageSentWebhookEvent; only its event_type tells them apart.
    assert client.webhooks.unwrap(body, headers=headers, key=secret).event_type == "message.received"
    assert headers["webhook-id"] == delivery.event["event_id"]
    signed = f"{headers['x-webhook-timestamp']}.{body}".encode()
    assert headers["x-webhook-signature"] == hmac.new(secret.encode(), signed, sha256).hexdigest()
    (subscription,) = sandbox.api("GET", "/webhook-subscriptions").json()["subscriptions"]
    assert headers["x-webhook-subscription-id"] == subscription["id"]
    assert "signing_secret" not in subscription


@pytest.mark.parametrize(
    ("signatures", "header"), [("standard", "webhook-signature"), ("legacy", "x-webhook-signature")]
)
def test_one_signature_can_be_left_out(
    sandbox: RunningSandbox, sink: WebhookSink, line: str, signatures: str, header: str
) -> None:
    """A receiver can be tried with either kind alone, because Linq's own relay sends only the older one."""
    sandbox.subscribe(sink.url, "phone_number.status_updated")
    sandbox.switch(signatures=signatures)
    sandbox.set_line(line, reputation="AT_RISK")
    sandbox.settle()
    (delivery,) = sink.received
    assert {name for name in delivery.headers if name.endswith("webhook-signature")} == {header}


@pytest.mark.parametrize(
    ("generation", "names"),
    [
        ("A", set()),
        ("B", {"previous_health_status", "new_health_status"}),
        ("C", {"previous_health_status", "new_health_status", "previous_reputation", "new_reputation"}),
        ("D", {"previous_reputation", "new_reputation"}),
    ],
)
def test_a_flag_is_reported_in_each_generation(
    sandbox: RunningSandbox, sink: WebhookSink, line: str, generation: str, names: set[str]
) -> None:
    """`phone_number.status_updated` has the keys of the requested generation, and both axes where it has them."""
    sandbox.subscribe(sink.url, "phone_number.status_updated")
    sandbox.switch(status_body=generation)
    sandbox.set_line(line, status="FLAGGED", reputation="CRITICAL")
    data = sink.wait_for("phone_number.status_updated")[0].event["data"]
    assert data.keys() == {"phone_number", "previous_status", "new_status", "changed_at"} | names
    assert (data["phone_number"], data["previous_status"], data["new_status"]) == (line, "ACTIVE", "FLAGGED")
    assert {data[name] for name in names if name.startswith("new")} <= {"CRITICAL"}


def test_the_address_decides_the_version(sandbox: RunningSandbox, sink: WebhookSink, line: str, person: str) -> None:
    """A subscription's own `?version=` decides the body of its messages. The event is the same."""
    sandbox.subscribe(sink.url + "?version=2025-01-01", "message.received")
    sandbox.subscribe(sink.url + PINNED, "message.received")
    sandbox.text(person, line, "Hi")
    events = {each.event["webhook_version"]: each.event for each in sink.wait_for("message.received", 2)}
    old, new = events["2025-01-01"], events["2026-02-03"]
    assert old["event_id"] == new["event_id"]
    assert (old["data"]["recipient_phone"], old["data"]["from"]) == (line, person)
    assert old["data"]["message"]["parts"][0]["value"] == "Hi"
    assert old["data"]["chat_id"] == new["data"]["chat"]["id"]


def test_a_busy_receiver_is_tried_again(sandbox: RunningSandbox, sink: WebhookSink, line: str) -> None:
    """503 and 429 lead to another try with the same event, id and a fresh signature. 2xx ends it."""
    statuses = iter([503, 429])
    sink.answer = lambda _: next(statuses, 200)
    secret = sandbox.subscribe(sink.url, "phone_number.status_updated")
    (event,) = sandbox.set_line(line, status="FLAGGED")["events"]
    sandbox.settle()
    assert [(each["status"], each["outcome"]) for each in sandbox.tries(event["id"])] == [
        (503, "retrying"),
        (429, "retrying"),
        (200, "delivered"),
    ]
    assert len({each.body for each in sink.received}) == 1
    assert {each.headers["webhook-id"] for each in sink.received} == {event["id"]}
    for each in sink.received:
        assert Webhook(secret).verify(each.body.decode(), each.headers)


@pytest.mark.parametrize("status", [400, 401, 404, 422])
def test_a_refusal_is_final(sandbox: RunningSandbox, sink: WebhookSink, line: str, status: int) -> None:
    """Any other 4xx loses the event: it is never tried again."""
    sink.answer = lambda _: status
    sandbox.subscribe(sink.url, "phone_number.status_updated")
    (event,) = sandbox.set_line(line, status="FLAGGED")["events"]
    sandbox.settle()
    assert [(each["status"], each["outcome"]) for each in sandbox.tries(event["id"])] == [(status, "refused")]


def test_a_dead_receiver_is_given_up(sandbox: RunningSandbox, line: str) -> None:
    """A refused connection is tried ten times, each pause about twice the one before. Then the event is gone."""
    with webhook_sink() as dead:
        sandbox.subscribe(dead.url, "phone_number.status_updated")
    (event,) = sandbox.set_line(line, status="FLAGGED")["events"]
    sandbox.settle()
    tries = sandbox.tries(event["id"])
    assert [each["outcome"] for each in tries] == ["retrying"] * 9 + ["given_up"]
    pauses = [each["next_try_in_s"] for each in tries[:-1]]
    assert pauses == sorted(pauses)
    assert timedelta(minutes=20) < timedelta(seconds=sum(pauses)) * int(FAST) < timedelta(minutes=30)


def test_a_name_that_does_not_resolve_is_final(sandbox: RunningSandbox, sink: WebhookSink, line: str) -> None:
    """An unknown host is never tried again."""
    sandbox.subscribe("http://nobody-lives-here.internal/hook", "phone_number.status_updated")
    (event,) = sandbox.set_line(line, status="FLAGGED")["events"]
    sandbox.settle()
    assert [each["outcome"] for each in sandbox.tries(event["id"])] == ["refused"]


def test_duplicates_on_request(sandbox: RunningSandbox, sink: WebhookSink, line: str) -> None:
    """On request every delivery comes twice, with the same id and body."""
    sandbox.subscribe(sink.url, "phone_number.status_updated")
    sandbox.switch(duplicates=1)
    sandbox.set_line(line, status="FLAGGED")
    first, second = sink.wait_for("phone_number.status_updated", 2)
    assert (first.body, first.headers["webhook-id"]) == (second.body, second.headers["webhook-id"])


def test_losses_on_request(sandbox: RunningSandbox, sink: WebhookSink, line: str) -> None:
    """A dropped delivery reaches no subscriber, and is in the log. The event can be replayed."""
    sandbox.subscribe(sink.url, "phone_number.status_updated")
    sandbox.switch(drops=1)
    (event,) = sandbox.set_line(line, status="FLAGGED")["events"]
    assert [each["outcome"] for each in sandbox.tries(event["id"])] == ["dropped"]
    sandbox.switch(drops=0)
    sandbox.control("POST", f"/events/{event['id']}/replay")
    assert sink.wait_for("phone_number.status_updated")[0].event["event_id"] == event["id"]


def test_held_events_come_in_the_order_asked_for(sandbox: RunningSandbox, sink: WebhookSink, line: str) -> None:
    """Deliveries are held back and then sent one after the other, the last first."""
    sandbox.subscribe(sink.url, "phone_number.status_updated")
    sandbox.switch(hold=True)
    made = [sandbox.set_line(line, status=status)["events"][0]["id"] for status in ("FLAGGED", "ACTIVE", "FLAGGED")]
    assert sandbox.control("GET", "/deliveries")["pending"] == 3
    assert sandbox.control("POST", "/deliveries/release", {"order": "reversed"}) == {"released": 3}
    came = [each.event["event_id"] for each in sink.wait_for("phone_number.status_updated", 3)]
    assert came == made[::-1]


def test_a_filter_lets_only_its_lines_pass(sandbox: RunningSandbox, sink: WebhookSink, line: str) -> None:
    """A subscription for some numbers gets no event of the others."""
    body = {
        "target_url": sink.url,
        "subscribed_events": ["phone_number.status_updated"],
        "phone_numbers": [line],
    }
    assert sandbox.api("POST", "/webhook-subscriptions", json=body).status_code == 201
    sandbox.set_line(sandbox.lines[0], reputation="HEALTHY")
    sandbox.set_line(line, reputation="AT_RISK")
    sandbox.settle()
    assert [each.event["data"]["phone_number"] for each in sink.received] == [line]


def test_a_line_comes_and_goes(sandbox: RunningSandbox, sink: WebhookSink) -> None:
    """Adding, moving and releasing a line are reported, and the list follows."""
    sandbox.subscribe(sink.url, "phone_number.assigned", "phone_number.released", "environment.line_moved")
    number = sandbox.control("POST", "/lines", {"number": "+442079460123"})["line"]["number"]

    def is_listed() -> bool:
        listed = sandbox.api("GET", "/phone_numbers").json()["phone_numbers"]
        return number in [each["phone_number"] for each in listed]

    assert is_listed()
    sandbox.control("POST", f"/lines/{number}/move", {"environment": "Staging"})
    assert not is_listed()
    sandbox.control("POST", f"/lines/{number}/move", {"environment": "Production"})
    assert is_listed()
    sandbox.control("DELETE", f"/lines/{number}")
    assert not is_listed()
    sandbox.settle()
    assert sink.of_type("phone_number.assigned")[0].event["data"].keys() == {"phone_number", "changed_at"}
    moves = sorted(
        (each.event["data"]["change"]["from"]["name"], each.event["data"]["change"]["to"]["name"])
        for each in sink.of_type("environment.line_moved")
    )
    assert moves == [("Production", "Staging"), ("Staging", "Production")]
    assert len(sink.of_type("phone_number.released")) == 1


def test_a_reply_is_followed_to_its_end(sandbox: RunningSandbox, sink: WebhookSink, line: str, person: str) -> None:
    """A message of the customer's app is sent, delivered and read. Each is reported with the times so far."""
    sandbox.subscribe(sink.url + PINNED)
    sandbox.text(person, line, "Hi")
    answer = sandbox.control("POST", "/replies", {"from": line, "to": person, "text": "Hello!"})
    assert types_of(answer) == ["message.sent", "message.delivered", "message.read"]
    sent = sink.wait_for("message.sent")[0].event["data"]
    read = sink.wait_for("message.read")[0].event["data"]
    assert (sent["direction"], sent["sender_handle"]["handle"], sent["delivered_at"]) == ("outbound", line, None)
    assert read["delivered_at"]
    assert read["read_at"]
    tapback = sandbox.control("POST", "/reactions", {"from": person, "to": line, "type": "love"})
    assert types_of(tapback) == ["reaction.added"]
    data = sink.wait_for("reaction.added")[0].event["data"]
    assert (data["from"], data["is_from_me"], data["reaction_type"]) == (person, False, "love")


def test_a_failure_names_no_line(sandbox: RunningSandbox, sink: WebhookSink, line: str, person: str) -> None:
    """`message.failed` states code, chat and message, but not the line."""
    sandbox.subscribe(sink.url, "message.failed")
    sandbox.text(person, line, "Hi")
    reply = sandbox.control("POST", "/replies", {"from": line, "to": person, "text": "Hello!", "until": "sent"})
    sandbox.control("POST", "/failures", {"message": reply["message"]["id"], "code": 4001})
    delivery = sink.wait_for("message.failed")[0]
    assert delivery.event["data"]["code"] == 4001
    assert line.encode() not in delivery.body


def test_the_sandbox_can_play_the_app(sandbox: RunningSandbox, sink: WebhookSink, line: str, person: str) -> None:
    """With an automatic reply, a text is answered after a moment."""
    sandbox.subscribe(sink.url, "message.sent")
    sandbox.switch(auto_reply="We are on it.")
    sandbox.text(person, line, "Hi")
    sent = sink.wait_for("message.sent")[0].event["data"]
    assert (sent["chat"]["owner_handle"]["handle"], sent["parts"][0]["value"]) == (line, "We are on it.")


def test_a_late_message_says_so(sandbox: RunningSandbox, sink: WebhookSink, line: str, person: str) -> None:
    """A message that the provider recovers later carries `reconciled_at`. Other messages do not have the key."""
    sandbox.subscribe(sink.url + PINNED, "message.received")
    sandbox.text(person, line, "In time")
    sandbox.text(person, line, "Late", reconciled=True)
    texts = {
        each.event["data"]["parts"][0]["value"]: each.event["data"] for each in sink.wait_for("message.received", 2)
    }
    assert "reconciled_at" not in texts["In time"]
    assert texts["Late"]["reconciled_at"]


def test_a_flagged_line_receives_no_texts(sandbox: RunningSandbox, line: str, person: str) -> None:
    """A text to a flagged line or to a foreign number does not arrive, and the answer says why."""
    sandbox.set_line(line, status="FLAGGED")
    refused = sandbox.ask("POST", "/texts", {"from": person, "to": line, "text": "Hi"})
    assert (refused.status_code, "flagged" in refused.json()["error"]) == (409, True)
    assert sandbox.ask("POST", "/texts", {"from": person, "to": "+15005550100", "text": "Hi"}).status_code == 409
    assert types_of(sandbox.text(person, line, "Hi", anyway=True)) == ["chat.created", "message.received"]


def test_events_can_be_made_by_hand(sandbox: RunningSandbox, sink: WebhookSink) -> None:
    """An event of any type, or any bytes, reaches every subscription with a correct signature."""
    secret = sandbox.subscribe(sink.url, "message.received")
    sandbox.control("POST", "/events", {"type": "line.teleported", "data": {"to": "Mars"}})
    sandbox.control("POST", "/events", {"type": "line.garbled", "raw": "{not json"})
    garbled = sink.wait_for("line.garbled")[0]
    assert sink.wait_for("line.teleported")[0].event["data"] == {"to": "Mars"}
    assert garbled.body == b"{not json"
    assert _is_signed(secret, garbled)


def test_the_start_can_subscribe(tmp_path: Path) -> None:
    """`--webhook` subscribes to every event with the secret it is given."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw7Jxx2Oll+OE="
    with webhook_sink() as sink:
        options = ("--webhook", sink.url + PINNED, "--webhook-secret", secret, "--lines", "2", "--speed", FAST)
        with start_sandbox(tmp_path, *options) as sandbox:
            assert sandbox.webhook_secret == secret
            sandbox.set_line(sandbox.lines[0], status="FLAGGED")
            delivery = sink.wait_for("phone_number.status_updated")[0]
    assert Webhook(secret).verify(delivery.body.decode(), delivery.headers)
    assert sandbox.process.returncode == 0
    assert "Traceback" not in sandbox.log


def _is_signed(secret: str, delivery: Delivery) -> bool:
    """Return whether the newer signature is good. The library would also read the body."""
    Webhook(secret).verify(delivery.body.decode(), delivery.headers, json_parse=False)
    return True
