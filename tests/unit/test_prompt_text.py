"""Prompt texts: what is refused and where, how an SMS is counted, and that our own texts pass."""

from dataclasses import replace

import pytest

from router.core.campaigns.cause import Cause
from router.core.campaigns.prompt_defaults import DEFAULT_TEXTS, PromptTextKey
from router.core.campaigns.prompt_text import (
    ROOMY,
    PromptFields,
    cause_in_words,
    check_template,
    check_texts,
    fields_for,
    render,
    roomy_fields,
    write_prompt,
)
from router.core.channel import ChannelName
from router.core.errors import InvalidField, InvalidText
from router.core.gsm7 import count_septets, fault_of
from router.core.links.token import PAGE, Tokens
from router.core.phone import E164
from router.core.pool import Pool, PoolId

LINK = "https://go.example.com/t/1" + "x" * 36
FIELDS = PromptFields(name="Acme", number="+1 202-555-0102", old_number="+1 202-555-0101", link=LINK)
GOOD = "{name}: text us at {number} {link}"
ACME = Pool(id=PoolId("main"), name="Acme", website="https://acme.example")
OLD, NEW = E164("+12025550101"), E164("+12025550102")
MOVES = [cause for cause in Cause if cause is not Cause.WAITLIST]


@pytest.mark.parametrize("reason", Cause)
def test_our_own_words_pass_our_own_rules(reason: Cause) -> None:
    """Our words leave room for a long number, link and name, on every channel."""
    for slot, template in DEFAULT_TEXTS[reason].items():
        check_template(slot, template)


@pytest.mark.parametrize("reason", Cause)
@pytest.mark.parametrize("channel", ChannelName)
def test_our_own_words_are_fit_for_people(reason: Cause, channel: ChannelName) -> None:
    """Our words name the sender and the number to text, and lead to the person's page; they use no operator's word."""
    words = write_prompt(channel, reason, FIELDS)
    assert "Acme" in words.text
    assert "+1 202-555-0102" in words.text
    assert words.text.count(LINK) == 1
    assert bool(words.subject) is (channel is ChannelName.EMAIL)
    assert not any(word in words.text.lower() for word in ("flag", "drain", "waitlist", "spam", "campaign", "{"))


def filled(pool: Pool = ACME, *, is_old_ours: bool = True) -> PromptFields:
    """Return the fields of a person who moves from OLD to NEW."""
    return fields_for(pool, old=OLD, new=NEW, link=LINK, stop=f"{LINK}/quiet", is_old_ours=is_old_ours)


@pytest.mark.parametrize("cause", [Cause.FLAGGED, Cause.DRAIN])
@pytest.mark.parametrize("channel", ChannelName)
def test_our_words_say_who_writes_and_why(cause: Cause, channel: ChannelName) -> None:
    """People recognise the brand and the number they have texted, and learn what became of it."""
    words = write_prompt(channel, cause, filled())
    assert "Acme" in words.text
    assert "+1 202-555-0101" in words.text
    assert "+1 202-555-0102" in words.text
    assert ("stopped working" if cause is Cause.FLAGGED else "mov") in words.text


@pytest.mark.parametrize("cause", Cause)
def test_our_letters_read_like_letters(cause: Cause) -> None:
    """Each paragraph begins with a capital or a link; the letter names the website and a way to stop."""
    words = write_prompt(ChannelName.EMAIL, cause, filled(is_old_ours=cause is not Cause.RELEASED))
    paragraphs = words.text.strip().split("\n\n")
    assert paragraphs[0] == "Hello,"
    assert all(paragraph[0].isupper() or paragraph == LINK for paragraph in paragraphs)
    assert "Acme" in words.subject
    assert "https://acme.example" in words.text
    assert f"{LINK}/quiet" in words.text
    if cause is not Cause.WAITLIST:
        assert "+1 202-555-0102" in words.subject


def test_without_a_website_the_letter_names_the_site_of_the_page() -> None:
    """Every letter names a site that people can check."""
    words = write_prompt(ChannelName.EMAIL, Cause.FLAGGED, filled(replace(ACME, website="")))
    assert "\nAcme\nhttps://go.example.com\n" in words.text


@pytest.mark.parametrize("cause", MOVES)
@pytest.mark.parametrize("channel", ChannelName)
def test_a_number_that_is_not_ours_is_shown_to_nobody(cause: Cause, channel: ChannelName) -> None:
    """A released number may be a stranger's by now: our words and a pool's own show only how it ends."""
    fields = filled(is_old_ours=False)
    told = cause_in_words(cause, is_old_ours=False)
    assert told is Cause.RELEASED
    own: dict[str, str] = {channel: "Not {old_number} but {number} {link}"}
    for words in (write_prompt(channel, told, fields), write_prompt(channel, told, fields, own)):
        assert "202-555-0101" not in words.text + words.subject
        assert "+1 202-555-0102" in words.text
    assert "Not ...01 but" in words.text


def test_the_cause_in_words_is_the_campaigns_while_the_line_is_ours() -> None:
    """An invitation stays one: those people have no old number."""
    assert [cause_in_words(cause, is_old_ours=True) for cause in Cause] == list(Cause)
    assert cause_in_words(Cause.WAITLIST, is_old_ours=False) is Cause.WAITLIST


def test_more_fields_are_for_letters() -> None:
    """A brand fits everywhere. Website and way to stop are links, and a text has one."""
    more = "{brand}, {website}: {number} instead of {old_number}\n{link}\nStop: {stop}"
    check_template(PromptTextKey.EMAIL, more)
    assert "Acme, https://acme.example: +1 202-555-0102 instead of +1 202-555-0101\n" in render(
        ChannelName.EMAIL, more, filled()
    )
    for key in (PromptTextKey.SMS, PromptTextKey.SMS_INVITATION, PromptTextKey.APP, PromptTextKey.EMAIL_SUBJECT):
        check_template(key, "{brand} at {number}" + ("" if key.is_subject else " {link}"))
        for field in ("{website}", "{stop}"):
            with pytest.raises(InvalidText, match="is none of"):
                check_template(key, f"{field} {{number}} {{link}}")


@pytest.mark.parametrize("cause", Cause)
def test_our_texts_fit_the_longest_numbers(cause: Cause) -> None:
    """Formatted numbers have at most 20 characters: the name is cut for them, and nothing else is."""
    longest = "+000 0 0000 0000 0000"[:20]
    fields = replace(ROOMY, number=longest, old_number=longest, name="The Very Long Name of a Company")
    text = write_prompt(ChannelName.SMS, cause, fields).text
    assert count_septets(text) <= 160
    assert text.startswith("The Ver")
    assert longest in text
    assert fields.link in text
    assert text.endswith("\nSTOP to end")


def test_an_invitation_names_no_old_number() -> None:
    """An invitation has no old number, so no slot for an invitation has that field."""
    with pytest.raises(InvalidText, match=r"\{old_number\} is none of \{name\} \{number\} \{link\}"):
        check_template(PromptTextKey.SMS_INVITATION, "Text {number} instead of {old_number} {link}")
    check_template(PromptTextKey.SMS, "Text {number} instead of {old_number} {link}")


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
        ("Text {number}", None, "{link} must appear once"),
        ("{link} or {link} {number}", None, "appears 2 times"),
        ("Text {number}, {link}.", 15, "Put a space after"),
        ("Text {number}:{link}", 14, "Put a space before"),
        ("Text {number} {link}?utm_source=sms", 14, "Put a space after"),
        ("See acme.example or {link}", 4, "would be a second link"),
        ("See https://acme.example/x {link}", 4, "would be a second link"),
        ("See bit.ly/3xYz {link}", 4, "link shortener"),
        ("See HTTPS://TinyURL.com/x {link}", 4, "link shortener"),
        ("See www.bit.ly/3xYz {link}", 4, "link shortener"),
        ("See acme.example/?utm_source=a {link}", 4, "tracks people"),
        ("Done.Text {number} {link}", 0, "space after the full stop"),
        ("{link}", None, "It says nothing"),
        ("{number} !!! {link}", None, "It says nothing"),
        ("STOP {link}", None, "never write to me again"),
        ("Please unsubscribe {link}", None, "never write to me again"),
    ],
)
def test_what_cannot_be_sent_is_refused_with_its_place(template: str, position: int | None, why: str) -> None:
    """The operator learns which character is wrong, and what to do about it."""
    with pytest.raises(InvalidText) as caught:
        check_template(PromptTextKey.SMS, template)
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
    """Line breaks, the extension table, an e-mail address and numbers with points pass."""
    check_template(PromptTextKey.SMS, template)


def test_an_sms_is_counted_in_septets() -> None:
    """There are 160; a character of the extension table takes two, and the longest number and link must fit."""
    filled = count_septets(f"{ROOMY.number} {ROOMY.link} ")
    exact = "a" * (160 - filled) + "{number} {link} "
    check_template(PromptTextKey.SMS, exact)
    with pytest.raises(InvalidText, match=r"takes 161 characters, and an SMS has 160\. Leave out 1"):
        check_template(PromptTextKey.SMS, f"a{exact}")
    with pytest.raises(InvalidText, match="takes 161"):
        check_template(PromptTextKey.SMS, f"€{exact[1:]}")


def test_a_longer_letter_may_be_mailed() -> None:
    """A mail may use any character that people read; its subject is one line without a link."""
    check_template(PromptTextKey.EMAIL, "Grüße \N{WAVING HAND SIGN}\n\n" + "a" * 3000 + " {link}")
    check_template(PromptTextKey.EMAIL_SUBJECT, "{name} \N{EM DASH} new number")
    for bad in ("New\nnumber", "See {link}", "See acme.example", "n" * 121, "N\u202eew"):
        with pytest.raises(InvalidText):
            check_template(PromptTextKey.EMAIL_SUBJECT, bad)
    with pytest.raises(InvalidText, match="4000 are allowed"):
        check_template(PromptTextKey.EMAIL, "a" * 4000 + " {link}")


def test_the_room_that_is_kept_is_that_of_real_links() -> None:
    """The reserved room is that of real links: the token's length depends on the pool's id."""
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
    """A name's contents are never read as a field."""
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
def test_a_name_is_formatted_for_sms(name: str, shown: str) -> None:
    """The name is written in the alphabet of SMS; if nothing is left of it, the link's host names the sender."""
    text = render(ChannelName.SMS, GOOD, replace(FIELDS, name=name))
    assert text == f"{shown}: text us at {FIELDS.number} {LINK}"
    assert [character for character in text if fault_of(character)] == []


def test_a_long_name_is_cut_for_sms_and_nothing_else() -> None:
    """A long name is cut so that the text is one segment; number and link stay whole."""
    long = replace(FIELDS, name="The Very Long Name of a Company That Has Far Too Many Words in It")
    for reason in Cause:
        text = write_prompt(ChannelName.SMS, reason, long).text
        assert count_septets(text) <= 160
        assert text.startswith("The Very Long")
        assert LINK in text
        assert FIELDS.number in text
    assert long.name in write_prompt(ChannelName.APP, Cause.DRAIN, long).text


def test_what_never_fits_an_sms_is_refused() -> None:
    """A link as long as the whole text leaves no room, even with the name removed."""
    with pytest.raises(InvalidText, match="an SMS has 160"):
        render(ChannelName.SMS, GOOD, replace(FIELDS, link=f"https://{'long-' * 30}.example/t/x"))


def test_a_pools_own_words_come_before_ours() -> None:
    """The pool's words replace ours in the slots that they define, whatever the reason; invitations have their own."""
    own = {"sms": "Hello from {name}. {number} {link}", "email_subject": "Hello", "sms_invitation": "Come in {link}"}
    moved = write_prompt(ChannelName.SMS, Cause.FLAGGED, FIELDS, own)
    assert moved.text == f"Hello from Acme. {FIELDS.number} {LINK}"
    assert write_prompt(ChannelName.SMS, Cause.WAITLIST, FIELDS, own).text == f"Come in {LINK}"
    mailed = write_prompt(ChannelName.EMAIL, Cause.DRAIN, FIELDS, own)
    assert mailed.subject == "Hello"
    assert mailed.text == write_prompt(ChannelName.EMAIL, Cause.DRAIN, FIELDS).text
