"""One bad input: the bytes that are written, and how the client behaves afterwards."""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

BOUNDARY: Final = "voxhelm-bad-inputs"
JSON: Final = "application/json"
FORM: Final = f"multipart/form-data; boundary={BOUNDARY}"

Headers = Iterable[tuple[str, str | bytes]]


class Ending(StrEnum):
    """What the client does when it has written everything."""

    WAIT = "wait"  # reads the whole answer
    HALF_CLOSE = "half-close"  # says that it sends no more, and reads what comes
    LEAVE = "leave"  # closes
    RESET = "reset"  # goes without a word
    LEAVE_AT_FIRST_BYTE = "leave at first byte"  # closes when the answer begins


@dataclass(frozen=True, slots=True)
class Case:
    """One bad input.

    family: what is wrong with it, for the table.
    sent: written one after another, each on its own.
    is_http: whether the bytes are HTTP, so that the answer must be one of the application; otherwise the HTTP parser may answer.
    is_page: whether a file of the console was asked for, whose errors are for browsers.
    is_socket: whether it becomes a WebSocket, on which the answer is events until the server closes it.
    method: a HEAD has no body in its answer.
    """

    family: str
    sent: tuple[bytes, ...]
    ending: Ending = Ending.WAIT
    is_http: bool = True
    is_page: bool = False
    is_socket: bool = False
    method: str = "POST"


def chance_of(seed: int, index: int) -> random.Random:
    """The chance that makes the case of an index: every case can be made again without those before it."""
    return random.Random(f"{seed}/{index}")  # noqa: S311 - it must be repeatable, not secret


def message(method: str, path: str, body: bytes = b"", headers: Headers = (), content_type: str | None = None) -> bytes:
    """A request. `headers` may replace Host and Content-Length by giving their own."""
    given = [(name, value if isinstance(value, bytes) else value.encode("utf-8")) for name, value in headers]
    names = {name.lower() for name, _ in given}
    lines = [f"{method} {path} HTTP/1.1".encode("utf-8", errors="surrogatepass")]
    if "host" not in names:
        lines.append(b"Host: 127.0.0.1")
    if content_type is not None and "content-type" not in names:
        lines.append(b"Content-Type: " + content_type.encode("utf-8"))
    if not names & {"content-length", "transfer-encoding"}:
        lines.append(b"Content-Length: %d" % len(body))
    lines += [name.encode("utf-8") + b": " + value for name, value in given]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def part(name: str, value: bytes, filename: str | None = None, content_type: str | None = None) -> bytes:
    """One field of a form, with the line that begins it."""
    disposition = f'form-data; name="{name}"' + (f'; filename="{filename}"' if filename is not None else "")
    kind = f"Content-Type: {content_type}\r\n" if content_type else ""
    head = f"--{BOUNDARY}\r\nContent-Disposition: {disposition}\r\n{kind}\r\n"
    return head.encode("utf-8", errors="surrogatepass") + value + b"\r\n"


def form(parts: Iterable[bytes]) -> bytes:
    """A whole form."""
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def in_pieces(chance: random.Random, data: bytes) -> tuple[bytes, ...]:
    """The same bytes, sometimes in several writes that cut anywhere."""
    if len(data) < 2 or chance.random() < 0.8:
        return (data,)
    cuts = sorted(chance.randrange(1, len(data)) for _ in range(chance.randint(1, 4)))
    return tuple(data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True) if start < end)


def damaged(chance: random.Random, data: bytes) -> bytes:
    """The same bytes, wrong in one to four places."""
    for _ in range(chance.randint(1, 4)):
        data = _wounded(chance, data)
    return data


def _wounded(chance: random.Random, data: bytes) -> bytes:
    if not data:
        return chance.randbytes(chance.randint(0, 32))
    # Headers decide most, so half of the wounds are near the beginning.
    start = chance.randrange(len(data)) if chance.random() < 0.5 else chance.randrange(min(len(data), 128))
    length = min(len(data) - start, 1 << chance.randint(0, 12))
    end = start + length
    match chance.randrange(8):
        case 0:
            return data[:start]
        case 1:
            return data[:start] + bytes([data[start] ^ 1 << chance.randrange(8)]) + data[start + 1 :]
        case 2:
            return data[:start] + chance.randbytes(length) + data[end:]
        case 3:
            return data[:start] + bytes([chance.choice((0, 255))]) * length + data[end:]
        case 4:
            return data[:start] + data[end:]
        case 5:
            return data[:end] + data[start:]
        case 6:
            return data[:start] + chance.randbytes(length) + data[start:]
        case _:
            extreme = chance.choice((0, 1, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF)).to_bytes(4, chance.choice(("little", "big")))
            return data[:start] + extreme + data[start + 4 :]
