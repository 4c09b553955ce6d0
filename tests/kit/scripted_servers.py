"""Servers that answer what no real store says on request, and a certificate for them to present."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.kit.servers import free_port

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def scripted_server(talk: Talk, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Listen on a free port as a server would, and run `talk` for each caller until it leaves."""
    talks: list[asyncio.Event] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.append(ended := asyncio.Event())
        with suppress(ConnectionError):
            await talk(reader, writer)
        writer.close()
        with suppress(ConnectionError, ssl.SSLError):
            await writer.wait_closed()
        ended.set()

    port = free_port()
    async with await asyncio.start_server(serve, "127.0.0.1", port, ssl=tls):
        yield port
    for ended in talks:
        await ended.wait()


async def never_answer(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    """Read and never answer."""
    while await reader.read(4096):
        pass


def always_answer(reply: bytes) -> Talk:
    """Answer every request with the same bytes."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(4096):
            writer.write(reply)
            await writer.drain()

    return talk


def as_info(*lines: str) -> bytes:
    """Format an INFO reply."""
    text = "\r\n".join(lines).encode()
    return b"$%d\r\n%s\r\n" % (len(text), text)


def self_signed(directory: Path) -> tuple[Path, ssl.SSLContext]:
    """Make a certificate for localhost, and the context of a server that presents it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    shown, private = directory / "certificate.pem", directory / "key.pem"
    shown.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(shown, private)
    return shown, context
