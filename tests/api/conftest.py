from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from openai import OpenAI

from tests.conftest import running_server
from voxhelm.testing.models.whisper import write_tiny_whisper

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
def polyglot_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with the built-in engines and a small made Whisper of several languages, called polyglot. It has no diariser."""
    models = tmp_path_factory.mktemp("models")
    write_tiny_whisper(models / "polyglot", multilingual=True, spoken="bg")
    with running_server(tmp_path_factory.mktemp("polyglot"), VOXHELM_MODELS__DIRECTORY=str(models)) as one:
        yield one.url


@pytest.fixture(scope="session")
def polyglot(polyglot_url: str) -> Iterator[OpenAI]:
    """The official client of that server."""
    with OpenAI(base_url=f"{polyglot_url}/v1", api_key="not-needed", max_retries=0) as one:
        yield one


@pytest.fixture(scope="session")
def polyglot_http(polyglot_url: str) -> Iterator[httpx.Client]:
    """For what the official client would not send there."""
    with httpx.Client(base_url=polyglot_url, timeout=60) as one:
        yield one


@pytest.fixture(scope="session")
def clip() -> Path:
    """A short recording of Flite's voice slt."""
    return sorted(DATA.glob("flite-*.wav"))[0]
