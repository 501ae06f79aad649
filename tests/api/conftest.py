from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from openai import OpenAI

DATA = Path(__file__).parent.parent / "data"


@pytest.fixture(scope="session")
def client(server_url: str) -> Iterator[OpenAI]:
    """The official client. It retries nothing, so that tests see what the server says."""
    with OpenAI(base_url=f"{server_url}/v1", api_key="not-needed", max_retries=0) as one:
        yield one


@pytest.fixture(scope="session")
def http(server_url: str) -> Iterator[httpx.Client]:
    """For what the official client would not send."""
    with httpx.Client(base_url=server_url, timeout=60) as one:
        yield one


@pytest.fixture(scope="session")
def clip() -> Path:
    """A short recording of Flite's voice slt."""
    return sorted(DATA.glob("flite-*.wav"))[0]
