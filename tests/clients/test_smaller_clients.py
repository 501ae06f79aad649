"""One convention each of programs that are known to break on it."""


def test_obsidian_aloud_gets_mp3_without_asking(web):
    answer = web.post("/v1/audio/speech", json={"model": "tts-1", "voice": "shimmer", "input": "Hi.", "speed": 1.0})
    assert answer.headers["content-type"] == "audio/mpeg"
    assert answer.content.startswith((b"ID3", b"\xff"))


def test_home_generative_agent_validates_with_the_list_of_models(web):
    answer = web.get("/v1/models", headers={"Authorization": "Bearer anything"})
    assert answer.status_code == 200
    assert all(model["object"] == "model" and model["id"] for model in answer.json()["data"])


def test_moltis_and_hermes_get_opus_in_ogg(web):
    answer = web.post("/v1/audio/speech", json={"model": "tts-1", "voice": "nova", "input": "Hi.", "response_format": "opus"})
    assert answer.headers["content-type"].startswith("audio/ogg")
    assert answer.content.startswith(b"OggS")
    assert b"OpusHead" in answer.content[:64]
