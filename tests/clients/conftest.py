import io
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest
from openai import OpenAI

from voxhelm.audio.decode import decode

DATA = Path(__file__).parent.parent / "data"


@pytest.fixture(scope="session")
def client(server_url: str) -> Iterator[OpenAI]:
    """The official client, with the retries that it does by itself."""
    with OpenAI(base_url=f"{server_url}/v1", api_key="not-needed") as one:
        yield one


@pytest.fixture(scope="session")
def web(server_url: str) -> Iterator[httpx.Client]:
    """For calls that are replayed as other programs make them."""
    with httpx.Client(base_url=server_url, timeout=60) as one:
        yield one


@pytest.fixture(scope="session")
def clip() -> Path:
    """A short recording of Flite's voice slt."""
    return DATA / "flite-station-slt.wav"


@pytest.fixture(scope="session")
def said(clip: Path) -> str:
    """What is said in the clip."""
    return clip.with_suffix(".txt").read_text(encoding="utf-8").strip()


@pytest.fixture(scope="session")
def measured() -> Callable[[bytes | str], tuple[float, int]]:
    """How long sound in a container plays, in seconds, and how loud its loudest sample is. Takes bytes, or the path of a file."""

    def measure(sound: bytes | str) -> tuple[float, int]:
        pieces = list(decode(io.BytesIO(sound if isinstance(sound, bytes) else Path(sound).read_bytes())))
        loudest = max((int(np.abs(piece.samples.astype(np.int32)).max(initial=0)) for piece in pieces), default=0)
        return sum(piece.duration_seconds for piece in pieces), loudest

    return measure
