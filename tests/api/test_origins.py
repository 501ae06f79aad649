"""Pages of other sites: browsers let them read what the server says they may."""

import httpx
import pytest

from tests.conftest import running_server

SITE = "https://chat.example"
PREFLIGHT = {
    "Origin": SITE,
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type",
}


def test_no_page_of_another_site_may_call_unless_it_is_named(server_url):
    answer = httpx.options(f"{server_url}/v1/audio/speech", headers=PREFLIGHT)
    assert "access-control-allow-origin" not in answer.headers
    answer = httpx.get(f"{server_url}/v1/models", headers={"Origin": SITE})
    assert "access-control-allow-origin" not in answer.headers


def test_a_page_of_a_named_site_may_call_and_read(tmp_path):
    (tmp_path / "keys").write_text("page: a-secret-of-the-page\n")
    settings = {"VOXHELM_SERVER__ALLOW_ORIGINS": f'["{SITE}"]', "VOXHELM_IDENTITY__KEY_FILES": f'["{tmp_path / "keys"}"]'}
    with running_server(tmp_path, **settings) as server:
        # A browser shows no key when it asks whether it may ask.
        asked = httpx.options(f"{server.url}/v1/audio/speech", headers=PREFLIGHT)
        assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (200, SITE)
        assert "authorization" in asked.headers["access-control-allow-headers"]
        headers = {"Origin": SITE, "Authorization": "Bearer a-secret-of-the-page"}
        said = httpx.post(f"{server.url}/v1/audio/speech", json={"input": "Hi."}, headers=headers, timeout=60)
        assert (said.status_code, said.headers["access-control-allow-origin"]) == (200, SITE)
        assert "x-voxhelm-model" in said.headers["access-control-expose-headers"]
        # What is refused can be read as well, else a page could not say why.
        refused = httpx.post(f"{server.url}/v1/audio/speech", json={"input": "Hi."}, headers={"Origin": SITE})
        assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (401, SITE)
        other = httpx.options(f"{server.url}/v1/audio/speech", headers=PREFLIGHT | {"Origin": "https://other.example"})
        assert (other.status_code, "access-control-allow-origin" in other.headers) == (400, False)


@pytest.mark.parametrize("path", ["/v1/models", "/v1/realtime/ice_servers", "/metrics"])
def test_a_page_whose_name_was_made_to_lead_here_is_served_nothing(server_url, path):
    answer = httpx.get(f"{server_url}{path}", headers={"Host": "evil.example:8000"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "host_not_allowed")
    assert "server.allow_hosts" in answer.json()["error"]["message"]
    assert httpx.get(f"{server_url}/health", headers={"Host": "evil.example"}).status_code == 200


def test_nor_does_it_get_a_socket(server_url):
    handshake = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "0" * 22 + "==",
    }
    answer = httpx.get(f"{server_url}/v1/realtime?model=echo", headers=handshake | {"Host": "evil.example"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "host_not_allowed")


def test_a_name_of_ones_own_is_served_when_it_is_said(tmp_path):
    with running_server(tmp_path, VOXHELM_SERVER__ALLOW_HOSTS='["voice.example.org"]') as server:
        assert httpx.get(f"{server.url}/v1/models", headers={"Host": "voice.example.org"}).status_code == 200
        assert httpx.get(f"{server.url}/v1/models", headers={"Host": "evil.example"}).status_code == 403


def test_where_keys_are_asked_for_the_name_is_nobodys_business(tmp_path):
    (tmp_path / "keys").write_text("page: a-secret-of-the-page\n")
    with running_server(tmp_path, VOXHELM_IDENTITY__KEY_FILES=f'["{tmp_path / "keys"}"]') as server:
        headers = {"Host": "voice.example.org", "Authorization": "Bearer a-secret-of-the-page"}
        assert httpx.get(f"{server.url}/v1/models", headers=headers).status_code == 200
