import msgspec
import pytest

from voxhelm.domain.errors import EgressForbidden, ModelLoadFailed
from voxhelm.engines.openai_remote import client as client_module
from voxhelm.engines.openai_remote.client import open_client


def asked(remote, **changed):
    with open_client(msgspec.structs.replace(remote, **changed)) as client, client.speak("Hi.", "emily", 1.5, "pcm") as answer:
        return b"".join(answer.chunks)


def test_the_request_is_openais(server, remote, tmp_path):
    key = tmp_path / "key"
    key.write_text("s3cret\n")
    assert asked(remote, api_key_file=key, headers={"x-project": "home"})
    (request,) = server.requests
    assert request.path == "/v1/audio/speech"
    assert request.body == {"model": "their-model", "input": "Hi.", "voice": "emily", "response_format": "pcm", "speed": 1.5}
    assert (request.headers["authorization"], request.headers["x-project"]) == ("Bearer s3cret", "home")


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_slash_at_the_end_of_the_address_makes_no_difference(server, remote, slash):
    asked(remote, base_url=server.url + slash)
    assert server.requests[0].path == "/v1/audio/speech"


@pytest.mark.parametrize("setting", ["api_key_file", "ca_file"])
def test_a_key_or_certificate_that_cannot_be_read_fails_the_loading(remote, tmp_path, setting):
    with pytest.raises(ModelLoadFailed, match="gone"):
        asked(remote, **{setting: tmp_path / "gone"})


def test_the_proxy_of_the_environment_is_not_a_way_out(server, remote, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert asked(remote)


def test_a_redirection_is_not_followed(server, remote):
    server.script = lambda request: request.answer(307, b"", location="http://127.0.0.1:1/elsewhere")
    with open_client(remote) as client, client.speak("Hi.", "emily", 1.0, "pcm") as answer:
        assert (answer.status, answer.headers["location"]) == (307, "http://127.0.0.1:1/elsewhere")


def test_a_local_name_with_an_address_elsewhere_is_sent_nothing(server, remote, monkeypatch):
    monkeypatch.setattr(client_module, "is_local_address", lambda _address: False)
    with pytest.raises(EgressForbidden, match="nothing was sent"):
        asked(remote)
    assert server.requests == []
    assert asked(remote, network="cloud")


def test_a_complaint_without_end_is_cut_off(server, remote):
    server.script = lambda request: request.answer(500, b"x" * 1_000_000)
    with open_client(remote) as client, client.speak("Hi.", "emily", 1.0, "pcm") as answer:
        assert len(answer.complaint()) == client_module.LONGEST_COMPLAINT_BYTES
