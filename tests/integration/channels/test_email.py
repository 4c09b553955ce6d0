"""E-mail as a channel, against a mail server with planned answers."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from router.channels.email import Email
from router.core.campaigns.prompt import Recipient, SendOutcome
from router.core.channel import ChannelName
from router.sandbox.sinks.answers import Kind, PlannedAnswer, Stage
from router.sandbox.sinks.smtp import SmtpSink
from router.sandbox.sinks.smtp_session import Manners
from router.settings.mail_server import Encryption, MailSender, MailServer, read_mail_server
from tests.kit.servers import free_port
from tests.kit.sinks import LOOPBACK, PAGE_URL, PROMPT, make_tls, prompt, smtp_sink

SENDER = MailSender("Acme & Söhne", "hello@acme.example")
NOW_S = 1_800_000_000.0


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    """Play a mail server without encryption."""
    with smtp_sink() as running:
        yield running


def opened(port: int) -> Email:
    """Open the channel to a server on loopback."""
    return Email(
        read_mail_server(SecretStr(f"smtp://{LOOPBACK}:{port}")),
        SENDER,
        wall_s=lambda: NOW_S,
        patience=timedelta(seconds=5),
    )


async def test_a_mail_arrives_with_text_and_html(sink: SmtpSink) -> None:
    """Both hold the same words, from the brand, with the date. The id is the attempt's."""
    result = await opened(sink.port).send(PROMPT)
    assert result.outcome is SendOutcome.SENT
    (mail,) = sink.box.arrivals
    headers = mail.message
    assert (mail.sender, mail.recipients) == ("hello@acme.example", ("ada@example.com",))
    assert headers["From"] == "Acme & Söhne <hello@acme.example>"
    assert (headers["To"], headers["Subject"]) == ("ada@example.com", "Acme has a new number")
    assert headers["Date"] == "Fri, 15 Jan 2027 08:00:00 +0000"
    assert headers["Message-ID"] == "<sy_0123456789abcdef@acme.example>" == result.reference
    assert headers["Auto-Submitted"] == "auto-generated"
    assert mail.part("plain") == PROMPT.text
    assert f'<a class="button" href="{PAGE_URL}">' in mail.part("html")
    assert "Text us at +1 202-555-0102." in mail.part("html")


async def test_a_mail_can_be_declined_with_one_click(sink: SmtpSink) -> None:
    """Mail programs show a button for it: RFC 8058, which requires https."""
    long = f"https://{'very-' * 20}long.example/t/x/quiet"
    await opened(sink.port).send(prompt(unsubscribe_url=long))
    await opened(sink.port).send(prompt(unsubscribe_url="http://192.168.1.4:8000/t/x/quiet"))
    first, second = (mail.message for mail in sink.box.arrivals)
    assert first["List-Unsubscribe"] == f"<{long}>"
    assert first["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert second["List-Unsubscribe"] == "<http://192.168.1.4:8000/t/x/quiet>"
    assert second["List-Unsubscribe-Post"] is None


@pytest.mark.parametrize("stage", [Stage.CONNECT, Stage.RECIPIENT, Stage.DATA])
async def test_a_mail_that_is_put_off_is_tried_again(sink: SmtpSink, stage: Stage) -> None:
    """A reply of 4xx, at any stage, means that the mail was not accepted."""
    sink.box.plans.add(PlannedAnswer(status=451, stage=stage))
    result = await opened(sink.port).send(PROMPT)
    assert result.outcome is SendOutcome.RETRY
    assert "451" in result.reason


@pytest.mark.parametrize("stage", [Stage.RECIPIENT, Stage.DATA])
async def test_a_mail_that_is_refused_is_final(sink: SmtpSink, stage: Stage) -> None:
    """There is no such mailbox, or the server rejects the content."""
    sink.box.plans.add(PlannedAnswer(status=550, stage=stage))
    result = await opened(sink.port).send(PROMPT)
    assert (result.outcome, result.reason) == (SendOutcome.FAILED, "the mail server answered 550")


async def test_a_connection_lost_before_the_mail_is_tried_again(sink: SmtpSink) -> None:
    """None of the mail was sent yet."""
    sink.box.plans.add(PlannedAnswer(kind=Kind.RESET, stage=Stage.RECIPIENT))
    assert (await opened(sink.port).send(PROMPT)).outcome is SendOutcome.RETRY
    assert sink.box.arrivals == []


async def test_a_connection_lost_after_the_mail_is_unknown(sink: SmtpSink) -> None:
    """The server has it, and never answered. A second try could be a second mail."""
    sink.box.plans.add(PlannedAnswer(kind=Kind.RESET))
    email = opened(sink.port)
    assert (await email.send(PROMPT)).outcome is SendOutcome.UNKNOWN
    assert len(sink.box.arrivals) == 1
    assert not email.resend_is_safe


async def test_silence_after_the_mail_is_unknown(sink: SmtpSink) -> None:
    """The silence lasts longer than a server may take to check a mail."""
    sink.box.plans.add(PlannedAnswer(kind=Kind.SILENCE))
    server = read_mail_server(SecretStr(f"smtp://{LOOPBACK}:{sink.port}"))
    email = Email(server, SENDER, wall_s=lambda: NOW_S, patience=timedelta(milliseconds=300))
    assert (await email.send(PROMPT)).outcome is SendOutcome.UNKNOWN


async def test_a_server_that_is_away_is_tried_again() -> None:
    """The mail was not accepted."""
    result = await opened(free_port()).send(PROMPT)
    assert result.outcome is SendOutcome.RETRY
    assert result.reason.startswith("no connection to the mail server")


async def test_nothing_gets_into_the_headers(sink: SmtpSink) -> None:
    """Line breaks in a text or an address add no header."""
    evil = "x\r\nBcc: victim@example.org\r\n\r\nanother body"
    await opened(sink.port).send(prompt(subject=evil, attempt=evil, unsubscribe_url=f"{PAGE_URL}?{evil}"))
    (mail,) = sink.box.arrivals
    assert mail.message["Bcc"] is None
    assert mail.recipients == ("ada@example.com",)
    assert mail.part("plain") == PROMPT.text
    refused = await opened(sink.port).send(prompt(recipient=Recipient(email=f"ada@example.com{evil}")))
    assert (refused.outcome, refused.reason) == (SendOutcome.FAILED, "not an e-mail address")


async def test_a_line_of_one_full_stop_survives(sink: SmtpSink) -> None:
    """SMTP ends a mail with such a line, so a text with one must be escaped."""
    text = f"one\n.\n..two {PAGE_URL}\n"
    await opened(sink.port).send(prompt(text=text))
    assert sink.box.arrivals[0].part("plain") == text


@pytest.mark.parametrize(
    ("encryption", "from_start"),
    [(Encryption.REQUIRED, False), (Encryption.AT_ONCE, True), (Encryption.OFFERED, False)],
)
async def test_mail_and_login_go_over_tls(tmp_path: Path, encryption: Encryption, *, from_start: bool) -> None:
    """TLS begins with STARTTLS or at once. The certificate is checked."""
    server_tls, client_tls = make_tls(tmp_path)
    manners = Manners(tls=server_tls, is_tls_from_start=from_start, logins={"u@acme": "p/w:d"})
    with smtp_sink(manners) as sink:
        server = MailServer(
            host=LOOPBACK, port=sink.port, encryption=encryption, user="u@acme", password=SecretStr("p/w:d")
        )
        assert (
            await Email(server, SENDER, wall_s=lambda: NOW_S, tls=client_tls).send(PROMPT)
        ).outcome is SendOutcome.SENT
        (mail,) = sink.box.arrivals
        assert (mail.is_encrypted, mail.user) == (True, "u@acme")
        strangers = await Email(server, SENDER, wall_s=lambda: NOW_S).send(PROMPT)
        assert strangers.outcome is SendOutcome.RETRY
        assert len(sink.box.arrivals) == 1


async def test_a_password_is_never_sent_in_the_clear(sink: SmtpSink) -> None:
    """Without encryption there is no login, unless a setting allows it."""
    server = MailServer(
        host=LOOPBACK, port=sink.port, encryption=Encryption.REQUIRED, user="u", password=SecretStr("p")
    )
    assert (await Email(server, SENDER, wall_s=lambda: NOW_S).send(PROMPT)).outcome is SendOutcome.RETRY
    assert sink.box.arrivals == []


async def test_a_wrong_login_is_no_fault_of_the_mail(tmp_path: Path) -> None:
    """It goes out once the settings are fixed."""
    with smtp_sink(Manners(logins={"u": "right"})) as sink:
        server = MailServer(
            host=LOOPBACK, port=sink.port, encryption=Encryption.NONE, user="u", password=SecretStr("wrong")
        )
        result = await Email(server, SENDER, wall_s=lambda: NOW_S).send(PROMPT)
    assert (result.outcome, result.reason) == (SendOutcome.RETRY, "the mail server refuses our login with 535")


async def test_the_people_a_mail_can_reach(sink: SmtpSink) -> None:
    """Every person with an address that all servers accept, also with an internationalised domain."""
    email = opened(sink.port)
    assert email.name is ChannelName.EMAIL
    assert email.can_reach(Recipient(email="ada@example.com"))
    assert not email.can_reach(Recipient(email="ädä@example.com"))
    assert not email.can_reach(Recipient(phone="+12025550199"))
    await email.send(prompt(recipient=Recipient(email="ada@bücher.example")))
    assert sink.box.arrivals[0].recipients == ("ada@xn--bcher-kva.example",)
