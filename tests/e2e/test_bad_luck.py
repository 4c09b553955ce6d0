"""Bad luck as people see it: every line flagged, their own line flagged, unwanted requests, a store that hangs.

Against a running gateway. There is always a next step, and it comes soon.
"""

import json
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from tests.kit.gateways import start_gateway
from tests.kit.outages import hung_store
from tests.kit.sample_pools import SamplePool, open_pool
from tests.kit.servers import eventually
from tests.kit.sms_link_readers import read_as_ios
from tests.kit.user_agents import CHROME, IPHONE, PEOPLE, SAFARI
from tests.kit.visitors import FORM, NAVIGATION, Reply

MAC_SAFARI = PEOPLE["Safari on a Mac or on an iPad"][0]
ASKING = {"Accept": "text/html"}
SOON_S = 1.0
FOREIGN_HOSTS = [
    *("evil.example", "evil.example:80", "127.0.0.1.evil.example", "127.0.0.1:80@evil.example"),
    *("127.0.0.1:x", ""),
]
ODD_FORMS = [b"", b"\xff\xfe\x00", b"nonce", b"&&&==", b"nonce=a&nonce=b", b"%" * 4000, b'{"a":1}']


def ask_api(pool: SamplePool, user: str) -> Reply:
    """Sign up a person as a back end does, and return any answer."""
    headers = {"Authorization": f"Bearer {pool.gateway.admin_key}", "Content-Type": "application/json"}
    body = json.dumps({"user": user}).encode()
    return pool.visitor("backend/1.0").ask("POST", f"/api/v1/pools/{pool.id}/signups", body, headers)


def digits_shown(page: str, number: str) -> bool:
    """Return whether a page shows a number, with any spacing."""
    return number[-10:] in "".join(filter(str.isdigit, page))


@pytest.mark.parametrize("entry", ["page", "redirect"])
def test_when_every_line_is_flagged_people_are_asked_to_come_back(
    new_pool: Callable[..., SamplePool], entry: str
) -> None:
    """The form, the script and a redirect pool's tap get 202, Retry-After, and a page with a next step."""
    pool = new_pool(entry=entry)
    pool.flag(*pool.numbers)
    replies = [pool.visitor().press(pool.path), pool.visitor().press(pool.path, {"Accept": "application/json"})]
    if entry == "redirect":
        replies.append(pool.visitor().open(pool.path))
    for reply in replies:
        assert (reply.status, int(reply.headers["Retry-After"]) > 0) == (202, True)
        assert "Try again" in reply.text
        assert not any(digits_shown(reply.text, number) for number in pool.numbers)
        assert "Set-Cookie" not in reply.headers
    assert pool.people_so_far() == 0


def test_when_every_line_is_flagged_the_api_says_why(pool: SamplePool) -> None:
    """The API answers 202 with Retry-After, the same wait in its body, and the reason for each line."""
    pool.flag(*pool.numbers)
    reply = ask_api(pool, "u-1")
    answer = json.loads(reply.body)
    assert (reply.status, answer["retry_after_s"]) == (202, int(reply.headers["Retry-After"]))
    assert answer["held_back"] == {"flagged": len(pool.numbers)}


def test_the_waitlist_ends_by_itself(pool: SamplePool) -> None:
    """As soon as a line works again, the same form gets it."""
    pool.flag(*pool.numbers)
    person = pool.visitor()
    nonce = person.read_nonce(pool.path)
    assert person.post(pool.path, {"nonce": nonce}).status == 202
    pool.unflag(pool.numbers[1])
    page = person.post(pool.path, {"nonce": nonce}).location
    assert digits_shown(person.get(page).text, pool.numbers[1])


@pytest.mark.parametrize("is_confirmed", [False, True])
def test_when_a_line_is_flagged_its_people_see_a_backup_at_once(pool: SamplePool, is_confirmed: bool) -> None:
    """Page, card, deeplink and API show a number that was on their card. The QR code stays as it was printed."""
    answer = pool.sign_up("u-1")
    person, page = pool.visitor(), answer["page_url"].removeprefix(pool.gateway.base_url)
    printed = person.get(f"{page}/qr.svg").body
    if is_confirmed:
        pool.confirm(answer["code"])
    pool.flag(answer["line"])
    moved_to = read_as_ios(person.open(f"{page}/go").location).recipients[0]
    assert moved_to in answer["backups"]
    shown = person.get(page)
    assert "Our number has changed" in shown.text
    assert f"sms:{moved_to}" in shown.text
    assert f"sms:{answer['line']}" not in shown.text
    card = person.get(f"{page}/acme.vcf").text
    assert card.index(moved_to) < card.index(answer["line"]), "the old number stays on the card, behind the new one"
    assert person.get(f"{page}/qr.svg").body == printed
    assert pool.sign_up("u-1")["line"] == moved_to


def test_when_a_line_is_flagged_a_redirect_pool_s_people_text_a_backup(redirect_pool: SamplePool) -> None:
    """Their next tap on the signup link opens another line with the same code, and uses no further place."""
    person = redirect_pool.visitor()
    before = read_as_ios(person.open(redirect_pool.path).location)
    redirect_pool.flag(*before.recipients)
    after = read_as_ios(person.open(redirect_pool.path).location)
    assert after.body == before.body
    assert after.recipients != before.recipients
    assert redirect_pool.people_now() == 1


def test_when_the_last_line_is_flagged_a_person_s_page_does_not_end(pool: SamplePool) -> None:
    """With no line left, page, card and deeplink lead to the waitlist. The QR code still leads to the page."""
    page = pool.visitor().press(pool.path).location
    pool.flag(*pool.numbers)
    for user_agent in (SAFARI, CHROME, MAC_SAFARI):
        shown = pool.visitor(user_agent).open(page)
        assert (shown.status, "Try again" in shown.text) == (202, True)
        assert not any(digits_shown(shown.text, number) for number in pool.numbers)
    assert pool.visitor().get(f"{page}/qr.png").status == 200
    pool.unflag(pool.numbers[2])
    assert digits_shown(pool.visitor().get(page).text, pool.numbers[2])


@pytest.mark.parametrize("host", FOREIGN_HOSTS)
@pytest.mark.parametrize("path", ["", "/", "/t/x", "/api/v1/pools"])
def test_a_foreign_host_is_refused(pool: SamplePool, host: str, path: str) -> None:
    """No foreign name gets into a page, a link or a cache: the answer is 4xx, and does not repeat the name."""
    reply = pool.visitor().get(path or pool.path, {"Host": host})
    assert reply.status in {400, 421}
    assert b"evil" not in reply.body
    assert "Set-Cookie" not in reply.headers


def test_an_orchestrator_may_probe_by_address(pool: SamplePool) -> None:
    """The health check answers under any name: a probe comes by address."""
    for path in ("/healthz", "/readyz"):
        assert pool.visitor().get(path, {"Host": "10.0.0.7:8000"}).status == 200


def test_a_huge_user_agent_is_an_ordinary_one(pool: SamplePool, redirect_pool: SamplePool) -> None:
    """A name of 10 KB changes neither the answer nor its time, on page, form and redirect."""
    for user_agent in (SAFARI.ljust(10_000, "x"), "x" * 10_000, IPHONE + " Mobile" * 1400, "(" * 10_000):
        person = redirect_pool.visitor(user_agent)
        for reply in (person.open(pool.path), person.post(pool.path, {}), person.open(redirect_pool.path)):
            assert reply.status in {200, 302, 303}
            assert reply.took_s < SOON_S


def test_an_oversize_form_is_refused(pool: SamplePool) -> None:
    """A form of more than 4 KB gets 413 and no place, whether it states its length or comes in chunks."""
    person = pool.visitor()
    fields = {"nonce": person.read_nonce(pool.path), "x": "x" * 100_000}
    assert person.post(pool.path, fields).status == 413
    connection = HTTPConnection(urlsplit(pool.gateway.base_url).netloc, timeout=10)
    with suppress(BrokenPipeError):  # the answer may come before the body's end
        connection.request("POST", pool.path, iter([b"x" * 1000] * 100), FORM, encode_chunked=True)
    with connection.getresponse() as response:
        assert response.status == 413
    connection.close()
    assert pool.people_so_far() == 0


@pytest.mark.parametrize("body", ODD_FORMS)
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "x", ""])
def test_an_odd_form_gets_the_page_again(pool: SamplePool, body: bytes, kind: str) -> None:
    """Whatever a form holds, it gets the answer for a form without a nonce."""
    reply = pool.visitor().ask("POST", pool.path, body, {"Content-Type": kind})
    assert (reply.status, reply.location) == (303, pool.path)


@pytest.fixture(scope="module")
def frail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SamplePool]:
    """Open a pool in a separate gateway, whose store can be made to hang."""
    with start_gateway(tmp_path_factory.mktemp("frail")) as gateway:
        yield open_pool(gateway, "frail")


def test_while_the_store_hangs_no_one_waits(frail: SamplePool) -> None:
    """Pages and API answer 503 with Retry-After within a second, each in its own form. The signup page still works."""
    person = frail.visitor()
    page, nonce = person.press(frail.path).location, person.read_nonce(frail.path)
    with hung_store(frail.gateway):
        refused = [
            frail.visitor().post(frail.path, {"nonce": nonce}, ASKING),
            *(person.open(page + what) for what in ("", "/go", "/acme.vcf", "/qr.svg", "/events")),
            ask_api(frail, "u-503"),
            person.get("/readyz"),
        ]
        for reply in refused:
            assert (reply.status, int(reply.headers["Retry-After"]) > 0) == (503, True)
            assert reply.took_s < SOON_S
            assert reply.headers["Cache-Control"] == "no-store"
        assert "One moment, please" in refused[0].text
        assert json.loads(refused[-2].body)["code"] == "store_unavailable"
        for path in (frail.path, "/healthz"):
            still = person.get(path)
            assert (still.status, still.took_s < SOON_S) == (200, True)
    eventually("the page again", lambda: person.open(page).status == 200)


def test_a_crowd_at_a_hung_store_does_not_queue_up(frail: SamplePool) -> None:
    """Forty people at once each get an answer within a second, and so does the next person."""
    replies: list[Reply] = []
    nonces = [frail.visitor().read_nonce(frail.path) for _ in range(40)]
    with hung_store(frail.gateway):
        crowd = [
            threading.Thread(target=lambda n=nonce: replies.append(frail.visitor().post(frail.path, {"nonce": n})))
            for nonce in nonces
        ]
        for one in crowd:
            one.start()
        for one in crowd:
            one.join()
        replies.append(frail.visitor().press(frail.path))
    assert [reply.status for reply in replies] == [503] * 41
    assert max(reply.took_s for reply in replies) < SOON_S
    eventually("a signup again", lambda: frail.visitor().press(frail.path).status == 303)


def test_a_person_who_was_put_off_is_signed_up_once(frail: SamplePool) -> None:
    """The submissions of one form during the hang and after are one person. Those the store still had count once."""
    person = frail.visitor()
    nonce = person.read_nonce(frail.path)
    before = frail.people_so_far()
    with hung_store(frail.gateway):
        for _ in range(3):
            assert person.post(frail.path, {"nonce": nonce}).status == 503
    eventually("the page", lambda: person.post(frail.path, {"nonce": nonce}).status == 303)
    assert person.post(frail.path, {"nonce": nonce}, NAVIGATION).status == 303
    assert frail.people_so_far() == before + 1


def test_a_killed_store_comes_back_with_everyone(frail: SamplePool) -> None:
    """After kill -9 of the store the gateway starts it again, and each page shows the same line."""
    person = frail.visitor()
    page = person.press(frail.path).location
    shown = read_as_ios(person.open(f"{page}/go").location)
    os.kill(frail.gateway.store_pid, signal.SIGKILL)

    def is_back() -> bool:
        with suppress(AssertionError):
            return person.open(page).status == 200
        return False

    eventually("the page again", is_back)
    assert read_as_ios(person.open(f"{page}/go").location) == shown
