"""TLS in front of a server, as a proxy has it, for clients that speak nothing else."""

import asyncio
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HERE = "127.0.0.1"


@contextmanager
def tls_front(url: str, directory: Path) -> Iterator[tuple[str, Path]]:
    """Where the server at `url` is reached by TLS, and the certificate to trust."""
    certificate, key = _certified(directory)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    behind = urlsplit(url)
    listening: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event, int]] = Future()
    passing: set[asyncio.Task[None]] = set()

    async def passed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        passing.add(asyncio.current_task())
        there_reader, there_writer = await asyncio.open_connection(behind.hostname, behind.port)
        await asyncio.gather(_pumped(reader, there_writer), _pumped(there_reader, writer))

    async def serve() -> None:
        ending = asyncio.Event()
        async with await asyncio.start_server(passed, HERE, 0, ssl=context) as server:
            listening.set_result((asyncio.get_running_loop(), ending, server.sockets[0].getsockname()[1]))
            await ending.wait()
            await asyncio.gather(*passing)

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    loop, ending, port = listening.result(10)
    try:
        yield f"https://{HERE}:{port}", certificate
    finally:
        loop.call_soon_threadsafe(ending.set)
        thread.join()


async def _pumped(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass  # either side may go as it likes
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


def _certified(directory: Path) -> tuple[Path, Path]:
    """A certificate that vouches for itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HERE)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HERE))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = directory / "front.pem", directory / "front.key"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    paths[1].write_bytes(secret)
    return paths
