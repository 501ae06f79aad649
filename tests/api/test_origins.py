"""Pages of other sites: browsers let them read what the server says they may."""

import httpx

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
