"""A person's own page and what hangs off it: deeplink, contact card, QR code; and how bad tokens are answered.

Against a running gateway.
"""

import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from email.message import Message
from io import BytesIO

import pytest
from PIL import Image

from router.core.code import Code
from router.core.pool import PoolId
from router.core.token import PAGE, Tokens
from tests.qr_readers import drawn, seen_by_opencv, seen_by_zxing
from tests.sample_pools import NAME, SamplePool, draw_logo
from tests.sms_link_readers import read_as_android, read_as_ios
from tests.user_agents import BOTS, CHROME, IPHONE, PEOPLE, SAFARI
from tests.visitors import NAVIGATION, Visitor

INSTAGRAM = f"{IPHONE} Mobile/22G86 Instagram 397.0.0.24.81 (iPhone16,1; iOS 18_6)"
WINDOWS_CHROME = PEOPLE["Chrome on Windows"][0]
NO_PHONE = [WINDOWS_CHROME, INSTAGRAM, BOTS["iMessage preview"], BOTS["Googlebot as a phone"], ""]
PRIVATE_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, noarchive",
}


@pytest.fixture
def person(pool: SamplePool) -> Visitor:
    """Somebody with an iPhone."""
    return pool.visitor()


@pytest.fixture
def page(pool: SamplePool, person: Visitor) -> str:
    """Press the button and go to the personal page, `/t/{token}`."""
    return person.press(pool.path).location


def link_in(text: str, scheme: str) -> str:
    """The first link of a scheme on a page."""
    found = re.search(rf'href="({scheme}:[^"]+)"', text)
    assert found, f"no {scheme}: link on the page"
    return found[1].replace("&amp;", "&")


def test_go_opens_messages_on_a_phone(pool: SamplePool, person: Visitor, page: str) -> None:
    """`/go` answers a person's navigation with 302 into Messages, in the form of their phone."""
    opened = person.open(f"{page}/go")
    assert (opened.status, read_as_ios(opened.location).recipients[0] in pool.numbers) == (302, True)
    opened = pool.visitor(CHROME).open(f"{page}/go")
    assert read_as_android(opened.location) == read_as_ios(person.open(f"{page}/go").location)


@pytest.mark.parametrize("user_agent", NO_PHONE)
def test_go_shows_the_page_elsewhere(pool: SamplePool, page: str, user_agent: str) -> None:
    """A bare redirect to sms: leaves a desktop or an app's browser on an empty page, so they are sent to the page."""
    opened = pool.visitor(user_agent).open(f"{page}/go")
    assert (opened.status, opened.location) == (303, page)


def test_go_fetched_ahead_shows_the_page(person: Visitor, page: str) -> None:
    """A prefetch never opens an app."""
    assert person.get(f"{page}/go", NAVIGATION | {"Sec-Purpose": "prefetch"}).status == 303


def test_the_page_has_the_link_of_its_reader(pool: SamplePool, page: str) -> None:
    """The same page shown on an iPhone and on an Android phone links the same text in each one's form."""
    on_iphone = read_as_ios(link_in(pool.visitor(SAFARI).get(page).text, "sms"))
    on_android = read_as_android(link_in(pool.visitor(CHROME).get(page).text, "sms"))
    assert on_iphone == on_android
    assert on_iphone.recipients[0] in pool.numbers


def test_a_mac_gets_imessage_beside_sms(pool: SamplePool, page: str) -> None:
    """`imessage:` stands on a Mac's page only, and there as a second link."""
    on_mac = pool.visitor(PEOPLE["Safari on a Mac or on an iPad"][0]).get(page).text
    assert link_in(on_mac, "sms").partition("&")[0][4:] in link_in(on_mac, "imessage")
    for user_agent in (SAFARI, CHROME, WINDOWS_CHROME, INSTAGRAM):
        assert "imessage:" not in pool.visitor(user_agent).get(page).text


def test_an_app_s_browser_gets_number_text_and_the_way_out(pool: SamplePool, page: str) -> None:
    """Inside an app the page shows number and message to copy, and how to leave for the browser."""
    shown = pool.visitor(INSTAGRAM).get(page).text
    assert "Open this page in Safari" in shown
    assert [number for number in pool.numbers if f'data-copy="{number}"' in shown]
    assert re.search(r'data-copy="Hi Acme! \w{6}"', shown)
    assert f'data-copy="{pool.gateway.base_url}{page}"' in shown


def test_the_page_tells_previews_the_brand_alone(person: Visitor, page: str) -> None:
    """Its og tags carry the name, and no meta tag a number."""
    shown = person.get(page).text
    assert f'<meta property="og:title" content="{NAME}">' in shown
    assert not [tag for tag in re.findall(r"<meta[^>]*>", shown) if re.search(r"\d{7}", tag)]


def test_the_card_comes_as_a_contact(pool: SamplePool, person: Visitor, page: str) -> None:
    """It is linked under a path ending in .vcf and served inline, as UTF-8 vCard, with an ASCII file name."""
    pool.upload_photo(draw_logo())
    (path,) = re.findall(rf'href="({page}/[a-z0-9-]+\.vcf)"', person.get(page).text)
    card = person.get(path)
    assert card.headers["Content-Type"] == "text/vcard; charset=utf-8"
    disposition = Message()
    disposition["Content-Disposition"] = card.headers["Content-Disposition"]
    assert disposition.get_content_disposition() == "inline"
    assert disposition.get_filename() == path.rpartition("/")[2] == "acme.vcf"
    numbers = re.findall(r"TEL[^:]*:(\+\d+)", card.text)
    assert numbers[0] == read_as_ios(link_in(person.get(page).text, "sms")).recipients[0]
    assert sorted(numbers) == sorted(pool.numbers)
    assert card.body.startswith(b"BEGIN:VCARD\r\nVERSION:3.0\r\n")
    assert card.body.endswith(b"END:VCARD\r\n")
    assert "PHOTO;" in card.text


def test_the_card_needs_no_session(pool: SamplePool, page: str) -> None:
    """The phone's own fetch, without cookie and with another name, gets the same bytes."""
    assert pool.visitor(BOTS["an iPhone app's own fetch"]).get(f"{page}/acme.vcf").body == (
        pool.visitor().get(f"{page}/acme.vcf").body
    )


@pytest.mark.parametrize("what", ["", "/go", "/acme.vcf", "/qr.svg", "/qr.png"])
def test_head_gets_the_headers_of_get(person: Visitor, page: str, what: str) -> None:
    """Length, kind and name are the same; the body is left out."""
    got, asked = person.get(page + what), person.head(page + what)
    assert (asked.status, asked.lasting_headers) == (got.status, got.lasting_headers)
    assert asked.body == b""


def test_both_qr_codes_lead_to_the_page(pool: SamplePool, person: Visitor, page: str) -> None:
    """Two decoders read the page's address, and no number, from the PNG and from the SVG."""
    png, svg = person.get(f"{page}/qr.png"), person.get(f"{page}/qr.svg")
    assert (png.headers["Content-Type"], svg.headers["Content-Type"][:13]) == ("image/png", "image/svg+xml")
    with Image.open(BytesIO(png.body)) as picture:
        for code in (picture, drawn(svg.body)):
            assert seen_by_zxing(code) == seen_by_opencv(code) == pool.gateway.base_url + page


def test_nothing_that_names_a_line_may_be_kept(pool: SamplePool, person: Visitor, page: str) -> None:
    """Page, card, codes, redirects and the API's answers are no-store, send no referrer and stay out of indexes."""
    for what in ("", "/go", "/acme.vcf", "/qr.svg", "/qr.png"):
        reply = person.open(page + what)
        assert {name: reply.headers[name] for name in PRIVATE_HEADERS} == PRIVATE_HEADERS, what
    for accept in ("text/html", "application/json"):
        assert person.press(pool.path, {"Accept": accept}).headers["Cache-Control"] == "no-store"
    bearer = {"Authorization": f"Bearer {pool.gateway.admin_key}", "Content-Type": "application/json"}
    signups = f"/api/v1/pools/{pool.id}/signups"
    code = pool.sign_up("u-kept")["code"]
    for method, path, body in [
        ("POST", signups, b'{"user": "u-kept"}'),
        ("GET", f"{signups}/{code}", None),
        ("GET", f"/api/v1/pools/{pool.id}/lines", None),
        ("GET", f"/api/v1/pools/{pool.id}/explain", None),
    ]:
        reply = person.ask(method, path, body, bearer)
        assert (reply.status, reply.headers["Cache-Control"]) == (200, "no-store"), path


def test_the_page_of_a_back_end_s_signup_is_the_same_page(pool: SamplePool) -> None:
    """The API's links work as they stand: page, card, code and deeplinks, all of one line."""
    answer = pool.sign_up("u-1")
    person = pool.visitor()
    page = person.get(answer["page_url"].removeprefix(pool.gateway.base_url)).text
    assert link_in(page, "sms") == answer["deeplinks"]["ios"]
    for url in (answer["vcard_url"], answer["qr_url"]):
        assert person.get(url.removeprefix(pool.gateway.base_url)).status == 200


def bad_tokens(pool: SamplePool, person: Visitor, page: str) -> dict[str, str]:
    """Tokens that open nothing, by what is wrong with them."""
    token = page.removeprefix("/t/")
    sealed = bytearray(urlsafe_b64decode(token[1:] + "==="))
    sealed[-1] ^= 1
    (cookie,) = person.cookies.values()
    stranger = Tokens({"1": secrets.token_bytes(64)})
    return {
        "forged": "1" + urlsafe_b64encode(bytes(sealed)).decode().rstrip("="),
        "foreign": stranger.mint(PAGE, PoolId(pool.id), Code("ABCDEF")),
        "of another purpose": cookie,
        "of an unknown key": "9" + token[1:],
        "cut": token[:-1],
        "lengthened": token + "A",
        "padded": token + "=",
        "spelled otherwise": token.lower(),
        "short": "x",
        "empty": "",
        "long": "1" + "A" * 6000,
        "no ASCII": "%E2%98%83",
        "no UTF-8": "%ff%fe",
        "with a NUL": token + "%00",
        "a path": "..%2f..%2fetc%2fpasswd",
    }


@pytest.mark.parametrize("what", ["", "/go", "/acme.vcf", "/qr.png", "/events"])
@pytest.mark.parametrize("accept", ["text/html", "*/*"])
def test_every_bad_token_gets_one_answer(pool: SamplePool, person: Visitor, page: str, what: str, accept: str) -> None:
    """404 with the same headers and body, whether forged, foreign, torn or of another purpose."""
    replies = {
        why: person.get(f"/t/{token}{what}", {"Accept": accept})
        for why, token in bad_tokens(pool, person, page).items()
    }
    assert {why: reply.status for why, reply in replies.items()} == dict.fromkeys(replies, 404)
    assert len({(reply.body, *reply.lasting_headers.items()) for reply in replies.values()}) == 1


def test_a_bad_token_s_fault_can_not_be_timed(pool: SamplePool, person: Visitor, page: str) -> None:
    """The quickest of many answers takes as long for a forged token as for a foreign, torn or borrowed one."""
    tokens = bad_tokens(pool, person, page)
    tokens = {why: tokens[why] for why in ("forged", "foreign", "of another purpose", "short")}
    quickest_s = dict.fromkeys(tokens, 1.0)
    for _ in range(60):
        for why, token in tokens.items():
            quickest_s[why] = min(quickest_s[why], person.get(f"/t/{token}").took_s)
    assert max(quickest_s.values()) - min(quickest_s.values()) < 0.001, quickest_s


def test_a_good_token_opens_nothing_else(person: Visitor, page: str) -> None:
    """What is not there below a personal page is 404, and nothing there can be changed or deleted."""
    assert person.get(f"{page}/nothing").status == 404
    for method in ("PUT", "DELETE"):
        reply = person.ask(method, page)
        assert (reply.status, reply.headers["Allow"]) == (405, "GET, HEAD, POST")
    reply = person.ask("POST", f"{page}/go")
    assert (reply.status, reply.headers["Allow"]) == (405, "GET, HEAD")
