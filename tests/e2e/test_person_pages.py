"""A person's own page and its files: deeplink, contact card, QR code; and the answer to bad tokens.

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
from router.core.links.token import PAGE, Tokens
from router.core.pool import PoolId
from tests.kit.qr_readers import draw, read_with_opencv, read_with_zxing
from tests.kit.sample_pools import NAME, SamplePool, draw_logo
from tests.kit.sms_link_readers import read_as_android, read_as_ios
from tests.kit.user_agents import BOTS, CHROME, IPHONE, LINUX, MAC, PEOPLE, PROGRAMS, SAFARI, WINDOWS
from tests.kit.visitors import NAVIGATION, Visitor

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
    """A person with an iPhone."""
    return pool.visitor()


@pytest.fixture
def page(pool: SamplePool, person: Visitor) -> str:
    """Press the button and go to the personal page, `/t/{token}`."""
    return person.press(pool.path).location


def link_in(text: str, scheme: str) -> str:
    """Return the first link of a scheme on a page."""
    found = re.search(rf'href="({scheme}:[^"]+)"', text)
    assert found, f"no {scheme}: link on the page"
    return found[1].replace("&amp;", "&")


def test_go_opens_messages_on_a_phone(pool: SamplePool, person: Visitor, page: str) -> None:
    """`/go` answers a person's navigation with 302 into Messages, in the form for their phone."""
    opened = person.open(f"{page}/go")
    assert (opened.status, read_as_ios(opened.location).recipients[0] in pool.numbers) == (302, True)
    opened = pool.visitor(CHROME).open(f"{page}/go")
    assert read_as_android(opened.location) == read_as_ios(person.open(f"{page}/go").location)


@pytest.mark.parametrize("user_agent", NO_PHONE)
def test_go_shows_the_page_elsewhere(pool: SamplePool, page: str, user_agent: str) -> None:
    """A bare redirect to sms: leaves a desktop or an app's browser on an empty page, so they get the page."""
    opened = pool.visitor(user_agent).open(f"{page}/go")
    assert (opened.status, opened.location) == (303, page)


def test_go_fetched_ahead_shows_the_page(person: Visitor, page: str) -> None:
    """A prefetch never opens an app."""
    assert person.get(f"{page}/go", NAVIGATION | {"Sec-Purpose": "prefetch"}).status == 303


def test_the_page_has_the_link_for_its_reader(pool: SamplePool, page: str) -> None:
    """An iPhone and an Android phone get the same text, each with a link in its own form."""
    on_iphone = read_as_ios(link_in(pool.visitor(SAFARI).get(page).text, "sms"))
    on_android = read_as_android(link_in(pool.visitor(CHROME).get(page).text, "sms"))
    assert on_iphone == on_android
    assert on_iphone.recipients[0] in pool.numbers


def test_a_mac_gets_imessage_besides_sms(pool: SamplePool, page: str) -> None:
    """`imessage:` is on a Mac's page only, as a second link."""
    on_mac = pool.visitor(PEOPLE["Safari on a Mac or on an iPad"][0]).get(page).text
    assert link_in(on_mac, "sms").partition("&")[0][4:] in link_in(on_mac, "imessage")
    for user_agent in (SAFARI, CHROME, WINDOWS_CHROME, INSTAGRAM):
        assert "imessage:" not in pool.visitor(user_agent).get(page).text


def test_an_app_s_browser_gets_number_text_and_the_way_out(pool: SamplePool, page: str) -> None:
    """Inside an app, the page shows number and message to copy, and how to open the browser."""
    shown = pool.visitor(INSTAGRAM).get(page).text
    assert "Open this page in Safari" in shown
    assert [number for number in pool.numbers if f'data-copy="{number}"' in shown]
    assert re.search(r'data-copy="Hi Acme! \w{6}"', shown)
    assert f'data-copy="{pool.gateway.base_url}{page}"' in shown


def test_previews_see_only_the_brand(person: Visitor, page: str) -> None:
    """Its og tags have the name, and no meta tag has a number."""
    shown = person.get(page).text
    assert f'<meta property="og:title" content="{NAME}">' in shown
    assert not [tag for tag in re.findall(r"<meta[^>]*>", shown) if re.search(r"\d{7}", tag)]


def test_a_robot_sees_nothing_personal(pool: SamplePool, person: Visitor, page: str) -> None:
    """A preview reads the text of a page and shows it to others: no number, code, QR code, or news of the person."""
    code = re.findall(r"<b[^>]*>(\w{6})</b> in the message", person.get(page).text)
    for user_agent in (*BOTS.values(), *PROGRAMS.values()):
        shown = pool.visitor(user_agent).get(page)
        assert (shown.status, shown.headers["Cache-Control"]) == (200, "no-store"), user_agent
        assert f'<meta property="og:title" content="{NAME}">' in shown.text
        digits = re.sub(r"\D", "", shown.text.replace(page, ""))
        assert not [number for number in pool.numbers if number[-10:] in digits], user_agent
        for personal in (*code, "qr.svg", "sms:", ".vcf", "connected", "events", " hidden"):
            assert personal not in shown.text.replace(page, ""), (user_agent, personal)


def test_a_person_taken_for_a_robot_gets_their_page_by_the_button(pool: SamplePool, page: str) -> None:
    """The button of the neutral page shows the whole page in its answer, without script, and changes nothing."""
    misjudged = pool.visitor(PROGRAMS["an Android app's own fetch"])
    assert f'<form class="stack" method="post" action="{page}">' in misjudged.get(page).text
    before = pool.people_so_far()
    shown = misjudged.post(page, {})
    assert (shown.status, link_in(shown.text, "sms")[:4]) == (200, "sms:")
    assert pool.people_so_far() == before


def test_the_card_comes_as_a_contact(pool: SamplePool, person: Visitor, page: str) -> None:
    """It has a path ending in .vcf, and is served inline, as UTF-8 vCard, with an ASCII file name."""
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
    """The phone's own fetch, without a cookie and with another user agent, gets the same bytes."""
    assert pool.visitor(BOTS["an iPhone app's own fetch"]).get(f"{page}/acme.vcf").body == (
        pool.visitor().get(f"{page}/acme.vcf").body
    )


@pytest.mark.parametrize(
    "user_agent",
    [
        SAFARI,
        f"{MAC} Version/18.6 Safari/605.1.15",
        "AcmeApp/12 CFNetwork/3826.600.41 Darwin/24.6.0",
        "iOS/18.1 (22B83) dataaccessd/1.0",
    ],
)
def test_apple_devices_get_labelled_numbers(pool: SamplePool, page: str, user_agent: str) -> None:
    """Where labels show, each backup has one; browser and system get the same."""
    card = pool.visitor(user_agent).get(f"{page}/acme.vcf").text
    assert re.findall(r"item1\.(?:TEL|X-ABLabel)", card) == ["item1.TEL", "item1.X-ABLabel"]


@pytest.mark.parametrize(
    "user_agent",
    [
        CHROME,
        f"{WINDOWS} Chrome/141.0.0.0 Safari/537.36",
        f"{LINUX} Chrome/141.0.0.0 Safari/537.36",
        "Mozilla/5.0 (Mobile; Nokia_8110_4G; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5",
        "curl/8.11.0",
        "",
    ],
)
def test_everybody_else_gets_plain_numbers(pool: SamplePool, page: str, user_agent: str) -> None:
    """Some readers drop a number in a group, so there is none; each backup has a type of its own."""
    card = pool.visitor(user_agent).get(f"{page}/acme.vcf").text
    assert "item1" not in card
    assert re.findall(r"^TEL;TYPE=([A-Z]+),VOICE", card, re.MULTILINE) == [
        "CELL",
        *["WORK", "HOME"][: len(pool.numbers) - 1],
    ]


@pytest.mark.parametrize("what", ["", "/go", "/acme.vcf", "/qr.svg", "/qr.png"])
def test_head_gets_the_headers_of_get(person: Visitor, page: str, what: str) -> None:
    """Length, type and name are the same. The body is left out."""
    got, asked = person.get(page + what), person.head(page + what)
    assert (asked.status, asked.lasting_headers) == (got.status, got.lasting_headers)
    assert asked.body == b""


def test_both_qr_codes_lead_to_the_page(pool: SamplePool, person: Visitor, page: str) -> None:
    """Two decoders read the page's address, and no number, from the PNG and from the SVG."""
    png, svg = person.get(f"{page}/qr.png"), person.get(f"{page}/qr.svg")
    assert (png.headers["Content-Type"], svg.headers["Content-Type"][:13]) == ("image/png", "image/svg+xml")
    with Image.open(BytesIO(png.body)) as picture:
        for code in (picture, draw(svg.body)):
            assert read_with_zxing(code) == read_with_opencv(code) == pool.gateway.base_url + page


def test_no_answer_that_names_a_line_may_be_cached(pool: SamplePool, person: Visitor, page: str) -> None:
    """Page, card, codes, redirects and the API's answers are no-store, send no referrer and are not indexed."""
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


def test_a_signup_by_the_api_has_the_same_page(pool: SamplePool) -> None:
    """The API's links work unchanged: page, card, code and deeplinks, all for one line."""
    answer = pool.sign_up("u-1")
    person = pool.visitor()
    page = person.get(answer["page_url"].removeprefix(pool.gateway.base_url)).text
    assert link_in(page, "sms") == answer["deeplinks"]["ios"]
    for url in (answer["vcard_url"], answer["qr_url"]):
        assert person.get(url.removeprefix(pool.gateway.base_url)).status == 200


def bad_tokens(pool: SamplePool, person: Visitor, page: str) -> dict[str, str]:
    """Return tokens that open nothing, by their fault."""
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
        "other letter case": token.lower(),
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
    """A forged, foreign or torn token, or one for another purpose, gets 404 with the same headers and body."""
    replies = {
        why: person.get(f"/t/{token}{what}", {"Accept": accept})
        for why, token in bad_tokens(pool, person, page).items()
    }
    assert {why: reply.status for why, reply in replies.items()} == dict.fromkeys(replies, 404)
    assert len({(reply.body, *reply.lasting_headers.items()) for reply in replies.values()}) == 1


def test_a_bad_token_s_fault_cannot_be_timed(pool: SamplePool, person: Visitor, page: str) -> None:
    """The quickest of many answers takes as long for a forged token as for a foreign, torn or borrowed one."""
    tokens = bad_tokens(pool, person, page)
    tokens = {why: tokens[why] for why in ("forged", "foreign", "of another purpose", "short")}
    quickest_s = dict.fromkeys(tokens, 1.0)
    for _ in range(60):
        for why, token in tokens.items():
            quickest_s[why] = min(quickest_s[why], person.get(f"/t/{token}").took_s)
    assert max(quickest_s.values()) - min(quickest_s.values()) < 0.001, quickest_s


def test_a_good_token_opens_nothing_else(person: Visitor, page: str) -> None:
    """An unknown path below a personal page is 404, and nothing there can be changed or deleted."""
    assert person.get(f"{page}/nothing").status == 404
    for method in ("PUT", "DELETE"):
        reply = person.ask(method, page)
        assert (reply.status, reply.headers["Allow"]) == (405, "GET, HEAD, POST")
    reply = person.ask("POST", f"{page}/go")
    assert (reply.status, reply.headers["Allow"]) == (405, "GET, HEAD")
