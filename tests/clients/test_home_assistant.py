"""The calls of Home Assistant: its own OpenAI integration, and the probes of the bridge to its Wyoming protocol."""

import io
import wave

import jiwer
import numpy as np
import openai
import pytest
import soxr

PROMPT = "The following conversation is a smart home user talking to Home Assistant."


@pytest.fixture
async def assistant(server_url):
    """The client as the integration makes it."""
    async with openai.AsyncOpenAI(base_url=f"{server_url}/v1", api_key="not-needed") as one:
        yield one


@pytest.fixture
def recording(clip):
    with wave.open(str(clip)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), dtype="<i2"), file.getframerate()


def as_wav(samples, rate_hz, wanted_rate_hz, sample_bytes, channels):
    """As the integration wraps what a satellite sends: any width, rate and number of channels that it allows."""
    floats = soxr.resample(samples.astype(np.float64) / 32_768, rate_hz, wanted_rate_hz)
    if sample_bytes == 1:
        frames = np.clip(np.round(floats * 127) + 128, 0, 255).astype(np.uint8).reshape(-1, 1)
    else:
        whole = np.clip(
            np.round(floats * 2 ** (8 * sample_bytes - 1)), -(2 ** (8 * sample_bytes - 1)), 2 ** (8 * sample_bytes - 1) - 1
        )
        frames = whole.astype("<i4").view(np.uint8).reshape(-1, 4)[:, :sample_bytes]
    data = io.BytesIO()
    with wave.open(data, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(sample_bytes)
        file.setframerate(wanted_rate_hz)
        file.writeframes(np.tile(frames, (1, channels)).tobytes())
    return data.getvalue()


@pytest.mark.parametrize(
    ("rate_hz", "sample_bytes", "channels"), [(16_000, 2, 1), (11_000, 2, 2), (18_900, 3, 1), (37_800, 4, 2), (48_000, 1, 1)]
)
async def test_what_satellites_send_is_heard(assistant, recording, said, rate_hz, sample_bytes, channels):
    heard = await assistant.audio.transcriptions.create(
        model="gpt-4o-mini-transcribe",
        file=("a.wav", as_wav(*recording, rate_hz, sample_bytes, channels)),
        response_format="json",
        language="en",
        prompt=PROMPT,
    )
    # The built-in recogniser mishears a word where half of what it listens to was never recorded.
    assert jiwer.wer(said.lower().strip("."), heard.text.lower()) < 0.35


async def test_opus_in_ogg_is_heard(assistant, client):
    spoken = client.audio.speech.create(
        model="flite", voice="slt", input="The next train to the city leaves at nine.", response_format="opus"
    )
    heard = await assistant.audio.transcriptions.create(
        model="gpt-4o-mini-transcribe", file=("a.ogg", spoken.content), response_format="json", language="en", prompt=PROMPT
    )
    # A small recogniser mishears a word of a voice that was made for it by a machine.
    assert "city" in heard.text


@pytest.mark.parametrize(
    ("wanted", "begins"),
    [
        ("mp3", (b"ID3", b"\xff")),
        ("opus", (b"OggS",)),
        ("aac", (b"\xff",)),
        ("flac", (b"fLaC",)),
        ("wav", (b"RIFF",)),
        ("pcm", (b"",)),
    ],
)
async def test_it_is_answered_in_every_format_that_it_may_ask_for(assistant, wanted, begins):
    async with assistant.audio.speech.with_streaming_response.create(
        model="gpt-4o-mini-tts", voice="marin", input="The light is on.", instructions=str(None), speed=1.0, response_format=wanted
    ) as answer:
        data = b"".join([piece async for piece in answer.iter_bytes()])
    assert data.startswith(begins)
    assert len(data) > 1_000


async def test_a_failure_is_the_clients_own_error(assistant):
    with pytest.raises(openai.OpenAIError):
        await assistant.audio.transcriptions.create(model="gpt-4o-mini-transcribe", file=("a.wav", b"RIFF"), response_format="json")


def test_the_bridge_takes_it_for_openai(web):
    """wyoming_openai asks for LocalAI's, Speaches' and Kokoro-FastAPI's marks in turn; what has none of them is called as OpenAI is."""
    assert web.get("/v1/readyz").status_code == 404
    health = web.get("/health")
    assert (health.status_code, health.text != "OK") == (200, True)
    kokoro = web.get("/v1/test")
    assert kokoro.status_code == 404
    assert "error" in kokoro.json()


@pytest.mark.parametrize("voice", ["alloy", "ash", "coral", "echo", "fable", "onyx", "nova", "sage", "shimmer"])
def test_the_voices_that_the_bridge_then_offers_speak(client, voice):
    assert client.audio.speech.create(model="tts-1", voice=voice, input="Yes.", response_format="wav").content.startswith(b"RIFF")


def test_a_bridge_that_was_told_which_server_it_talks_to_finds_voices(web):
    """Configured as Kokoro-FastAPI it reads the list of voices."""
    listed = web.get("/v1/audio/voices").json()
    assert all(voice["id"] and voice["name"] for voice in listed["voices"])
