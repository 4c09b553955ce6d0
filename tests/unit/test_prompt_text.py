"""The words of prompts: what is refused and where, how an SMS is counted, and that ours pass our own rules."""

from dataclasses import replace

import pytest

from router.core.errors import InvalidField, InvalidText
from router.core.gsm7 import count_septets, fault_of
from router.core.pool import PoolId
from router.core.prompt import ChannelName
from router.core.prompt_defaults import DEFAULT_TEXTS, PromptReason, Slot
from router.core.prompt_text import (
    ROOMY,
    PromptFields,
    check_template,
    check_texts,
    render,
    roomy_fields,
    write_prompt,
)
from router.core.token import PAGE, Tokens

LINK = "https://go.example.com/t/1" + "x" * 36
FIELDS = PromptFields(name="Acme", number="+1 202-555-0102", old_number="+1 202-555-0101", link=LINK)
GOOD = "{name}: text us at {number} {link}"


@pytest.mark.parametrize("reason", PromptReason)
def test_our_own_words_pass_our_own_rules(reason: PromptReason) -> None:
    """With room for a long number, link and name, on every channel."""
    for slot, template in DEFAULT_TEXTS[reason].items():
        check_template(slot, template)


@pytest.mark.parametrize("reason", PromptReason)
@pytest.mark.parametrize("channel", ChannelName)
def test_our_own_words_are_fit_for_people(reason: PromptReason, channel: ChannelName) -> None:
    """They say who writes, which number to text, and lead to the person's page; never why in an operator's word."""
    words = write_prompt(channel, reason, FIELDS)
    assert "Acme" in words.text
    assert "+1 202-555-0102" in words.text
    assert words.text.count(LINK) == 1
    assert bool(words.subject) is (channel is ChannelName.EMAIL)
    assert not any(word in words.text.lower() for word in ("flag", "drain", "waitlist", "spam", "campaign", "{"))


def test_an_invitation_names_no_old_number() -> None:
    """There is none, so no slot for it takes the field."""
    with pytest.raises(InvalidText, match=r"\{old_number\} is none of \{name\} \{number\} \{link\}"):
        check_template(Slot.SMS_INVITATION, "Text {number} instead of {old_number} {link}")
    check_template(Slot.SMS, "Text {number} instead of {old_number} {link}")


@pytest.mark.parametrize(
    ("template", "position", "why"),
    [
        ("Hi {user}: {number} {link}", 3, "{user} is none of"),
        ("Hi {}: {number} {link}", 3, "{} is none of"),
        ("Hi {name: {number} {link}", 3, "{ alone"),
        ("Hi name}: {number} {link}", 7, "} alone"),
        ("Hi {{name}}: {number} {link}", 3, "{ alone"),
        ("Hi {name!r}: {link}", 3, "is none of"),
        ("Hi {name.__class__}: {link}", 3, "is none of"),
        ("Text {number} \N{WAVING HAND SIGN} {link}", 14, "WAVING HAND SIGN"),
        ("Text {number} \N{EM DASH} {link}", 14, "write - instead"),
        ("It\N{RIGHT SINGLE QUOTATION MARK}s {number} {link}", 2, "write ' instead"),
        ("Text\t{number} {link}", 4, "line break is the only control character"),
        ("Text {number}\r\n{link}", 13, "line break is the only control character"),
        ("Text {number}\x00 {link}", 13, "line break is the only control character"),
        ("Text {number}", None, "{link} must stand in it once"),
        ("{link} or {link} {number}", None, "stands 2 times"),
        ("Text {number}, {link}.", 15, "Put a space after"),
        ("Text {number}:{link}", 14, "Put a space before"),
        ("Text {number} {link}?utm_source=sms", 14, "Put a space after"),
        ("See acme.example or {link}", 4, "would be a second link"),
        ("See https://acme.example/x {link}", 4, "would be a second link"),
        ("See bit.ly/3xYz {link}", 4, "link shortener"),
        ("See HTTPS://TinyURL.com/x {link}", 4, "link shortener"),
        ("See acme.example/?utm_source=a {link}", 4, "tracks people"),
        ("Done.Text {number} {link}", 0, "space after the full stop"),
        ("{link}", None, "It says nothing"),
        ("{number} !!! {link}", None, "It says nothing"),
        ("STOP {link}", None, "never write to me again"),
        ("Please unsubscribe {link}", None, "never write to me again"),
    ],
)
def test_what_can_not_be_sent_is_refused_with_its_place(template: str, position: int | None, why: str) -> None:
    """The operator sees which character, and what to do about it."""
    with pytest.raises(InvalidText) as caught:
        check_template(Slot.SMS, template)
    assert why in str(caught.value)
    assert caught.value.position == position


@pytest.mark.parametrize(
    "template",
    [
        "{link} text {number}",
        "Text {number}\n{link}\n",
        "Text {number} {link}\nReply STOP to end, help@acme.example for help",
        "{name}: e.g. tomorrow, at 9.30, in St. Gallen: {number} {link}",
        "Grüße, {name}: {number} kostet 0€ [gratis] {link}",
    ],
)
def test_what_can_be_sent_passes(template: str) -> None:
    """Line breaks, the extension table, an address of e-mail and numbers with points in them."""
    check_template(Slot.SMS, template)


def test_an_sms_is_counted_in_septets() -> None:
    """160 of them; each of the extension table takes two, and the longest number and link must fit."""
    filled = count_septets(f"{ROOMY.number} {ROOMY.link} ")
    exact = "a" * (160 - filled) + "{number} {link} "
    check_template(Slot.SMS, exact)
    with pytest.raises(InvalidText, match=r"takes 161 characters, and an SMS has 160\. Leave out 1"):
        check_template(Slot.SMS, f"a{exact}")
    with pytest.raises(InvalidText, match="takes 161"):
        check_template(Slot.SMS, f"€{exact[1:]}")


def test_a_longer_letter_may_be_mailed() -> None:
    """With any character that people read; its subject is one line without a link."""
    check_template(Slot.EMAIL, "Grüße \N{WAVING HAND SIGN}\n\n" + "a" * 3000 + " {link}")
    check_template(Slot.EMAIL_SUBJECT, "{name} \N{EM DASH} new number")
    for bad in ("New\nnumber", "See {link}", "See acme.example", "n" * 121, "N\u202eew"):
        with pytest.raises(InvalidText):
            check_template(Slot.EMAIL_SUBJECT, bad)
    with pytest.raises(InvalidText, match="4000 are allowed"):
        check_template(Slot.EMAIL, "a" * 4000 + " {link}")


def test_the_room_that_is_kept_is_that_of_real_links() -> None:
    """A page's token is as long as the pool's id makes it."""
    tokens = Tokens({"1": bytes(64)})
    for pool in ("a", "ab", "abc", "main", "x" * 32):
        token = tokens.mint(PAGE, PoolId(pool), "K7M4QX")  # type: ignore[arg-type]
        assert len(roomy_fields("", PoolId(pool)).link.rpartition("/")[2]) == len(token)


def test_a_pools_words_are_checked_by_their_slot() -> None:
    """The fault names the field as the caller wrote it."""
    check_texts({"sms": GOOD, "email_subject": "New number"})
    with pytest.raises(InvalidField) as unknown:
        check_texts({"fax": GOOD})
    assert unknown.value.field == "prompt_texts"
    with pytest.raises(InvalidField) as wrong:
        check_texts({"sms": GOOD, "email": "no link"})
    assert wrong.value.field == "prompt_texts.email"


def test_a_template_is_filled_once() -> None:
    """What a name holds is never read as a field."""
    text = render(ChannelName.APP, GOOD, replace(FIELDS, name="{link}"))
    assert text == f"{{link}}: text us at {FIELDS.number} {LINK}"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ünï & Söhne \N{WAVING HAND SIGN}", "Üni & Söhne"),
        ("L\N{RIGHT SINGLE QUOTATION MARK}Œuvre", "L'uvre"),
        ("Café\nNoir", "Café Noir"),
        ("株式会社", "go.example.com"),
        ("", "go.example.com"),
    ],
)
def test_a_name_is_spelled_for_sms(name: str, shown: str) -> None:
    """In the alphabet of SMS; where nothing is left of it, the link's host says who writes."""
    text = render(ChannelName.SMS, GOOD, replace(FIELDS, name=name))
    assert text == f"{shown}: text us at {FIELDS.number} {LINK}"
    assert [character for character in text if fault_of(character)] == []


def test_a_long_name_is_cut_for_sms_and_nothing_else() -> None:
    """The number and the link are whole, and the text is one segment."""
    long = replace(FIELDS, name="The Very Long Name of a Company That Has Far Too Many Words in It")
    for reason in PromptReason:
        text = write_prompt(ChannelName.SMS, reason, long).text
        assert count_septets(text) <= 160
        assert text.startswith("The Very Long")
        assert LINK in text
        assert FIELDS.number in text
    assert long.name in write_prompt(ChannelName.APP, PromptReason.DRAIN, long).text


def test_what_never_fits_an_sms_is_refused() -> None:
    """A link as long as the whole text leaves no room for a name to give up."""
    with pytest.raises(InvalidText, match="an SMS has 160"):
        render(ChannelName.SMS, GOOD, replace(FIELDS, link=f"https://{'long-' * 30}.example/t/x"))


def test_a_pools_own_words_come_before_ours() -> None:
    """For the slots it has, whatever the reason; invitations have their own."""
    own = {"sms": "Hello from {name}. {number} {link}", "email_subject": "Hello", "sms_invitation": "Come in {link}"}
    moved = write_prompt(ChannelName.SMS, PromptReason.FLAGGED, FIELDS, own)
    assert moved.text == f"Hello from Acme. {FIELDS.number} {LINK}"
    assert write_prompt(ChannelName.SMS, PromptReason.WAITLIST, FIELDS, own).text == f"Come in {LINK}"
    mailed = write_prompt(ChannelName.EMAIL, PromptReason.DRAIN, FIELDS, own)
    assert mailed.subject == "Hello"
    assert mailed.text == write_prompt(ChannelName.EMAIL, PromptReason.DRAIN, FIELDS).text
