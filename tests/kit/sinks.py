"""Receivers of prompts for the tests: the sandbox's sinks alone, and a certificate for the mail server's TLS.

    with http_sink() as sink:
        sink.app.plans.add(PlannedAnswer(status=503))

They are real servers on loopback; what they received is in their boxes.
"""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from router.core.campaigns.prompt import Message, Recipient
from router.core.code import Code
from router.core.phone import parse_e164
from router.core.pool import PoolId
from router.sandbox.sinks.http import HttpSink
from router.sandbox.sinks.smtp import SmtpSink
from router.sandbox.sinks.smtp_session import Manners

LOOPBACK = "127.0.0.1"
PAGE_URL = "https://go.example.com/t/1abcdefghijklmnopqrstuvwxyz0123456789"
PROMPT = Message(
    attempt="sy_0123456789abcdef",
    campaign="main-1-flagged-7",
    pool=PoolId("main"),
    signup=Code("K7M4QX"),
    recipient=Recipient(user="u-1", phone="+12025550199", email="ada@example.com"),
    old_number=parse_e164("+12025550101"),
    new_number=parse_e164("+12025550102"),
    page_url=PAGE_URL,
    subject="Acme has a new number",
    text=f"Hello,\n\nOur number has changed. Text us at +1 202-555-0102.\n\n{PAGE_URL}\n\nAcme\n",
    html="",
    unsubscribe_url=f"{PAGE_URL}/quiet",
    reason="flagged",
)


def prompt(**changes: Any) -> Message:
    """Return a prompt with some fields changed."""
    return replace(PROMPT, **changes)


@contextmanager
def http_sink() -> Iterator[HttpSink]:
    """Run the sinks of the customer's app and of Twilio on a free port."""
    sink = HttpSink(LOOPBACK, 0)
    try:
        yield sink
    finally:
        sink.stop()


@contextmanager
def smtp_sink(manners: Manners | None = None) -> Iterator[SmtpSink]:
    """Run a mail server on a free port."""
    sink = SmtpSink(LOOPBACK, 0, manners)
    try:
        yield sink
    finally:
        sink.stop()


def make_tls(directory: Path, *, address: str = LOOPBACK) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return the context of a server with a certificate for `address`, and of a client that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sink")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    (directory / "sink.crt").write_bytes(certificate.public_bytes(Encoding.PEM))
    (directory / "sink.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(directory / "sink.crt", directory / "sink.key")
    return server, ssl.create_default_context(cafile=str(directory / "sink.crt"))
