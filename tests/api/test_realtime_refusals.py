"""GET /v1/realtime: what pages ask whose socket was refused, since browsers do not tell them why."""

import httpx
import pytest

from tests.api.realtime_client import talking
from tests.conftest import running_server


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    """A server with one place."""
    with running_server(tmp_path_factory.mktemp("one"), VOXHELM_REALTIME__MAX_SESSIONS="1") as server:
        yield server.url


def asked(url, query=""):
    answer = httpx.get(f"{url}/v1/realtime{query}")
    return answer.status_code, answer.json()["error"]["code"], answer.headers.get("retry-after")


def test_a_page_is_told_what_its_socket_was_refused_with(url):
    assert asked(url)[:2] == (426, "upgrade_required")
    assert asked(url, "?resume=never-given")[:2] == (404, "session_not_found")
    with talking(url) as talk:
        token = talk.next()["session"]["voxhelm"]["resume_token"]
        status, code, retry_after = asked(url)
        assert (status, code) == (429, "sessions_full")
        assert int(retry_after) >= 1
        assert asked(url, f"?resume={token}")[:2] == (426, "upgrade_required")  # there is nothing to refuse
