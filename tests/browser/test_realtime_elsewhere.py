"""What the documents tell a page of another site to do, in a real browser: a call, and a socket, with a client secret."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page

from tests.conftest import Server, running_server

GUIDE = Path(__file__).parent.parent.parent / "docs" / "how-to" / "use-realtime-from-a-browser.md"
KEY = "a-secret-of-the-shop"
EXAMPLES = [match[1] for match in re.finditer(r"^```js\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)]
CALL = next(text for text in EXAMPLES if "RTCPeerConnection" in text)
SOCKET = next(text for text in EXAMPLES if "new WebSocket" in text)


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    directory = tmp_path_factory.mktemp("box")
    (directory / "keys").write_text(f"shop: {KEY}\n")
    settings = {"VOXHELM_IDENTITY__KEY_FILES": f'["{directory / "keys"}"]', "VOXHELM_SERVER__ALLOW_ORIGINS": '["*"]'}
    with running_server(directory, **settings) as server:
        yield server


@pytest.fixture
def secret(box: Server) -> str:
    session = {"type": "realtime", "instructions": "You sell tea."}
    headers = {"authorization": f"Bearer {KEY}"}
    made = httpx.post(f"{box.url}/v1/realtime/client_secrets", json={"session": session}, headers=headers)
    return str(made.json()["value"])


@pytest.fixture
def page(browser: Browser, box: Server) -> Iterator[Page]:
    """A page of another origin, though of the same machine."""
    page = browser.new_page()
    page.goto(box.url.replace("127.0.0.1", "localhost") + "/v1")
    page.set_content("<audio autoplay></audio>")
    yield page
    page.close()


def test_a_page_calls_as_the_guide_says(page: Page, box: Server, secret: str) -> None:
    example = CALL.replace("fetch('", f"fetch('{box.url}")
    page.evaluate(
        f"""async (secret) => {{
          window.told = []
          {example.replace("console.log(JSON.parse(data).type)", "window.told.push(JSON.parse(data))")}
          window.events = events
          window.call = call
        }}""",
        secret,
    )
    page.wait_for_function("() => window.told.some(({ type }) => type === 'session.created')")
    assert page.evaluate("() => window.told[0].session.instructions") == "You sell tea."
    text = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Good morning to everybody."}]}
    # The pretended microphone never stops talking, and would interrupt.
    deaf = {"type": "session.update", "session": {"type": "realtime", "audio": {"input": {"turn_detection": None}}}}
    for event in (deaf, {"type": "conversation.item.create", "item": text}, {"type": "response.create"}):
        page.evaluate("(event) => window.events.send(event)", json.dumps(event))
    page.wait_for_function("() => window.told.some(({ type }) => type === 'output_audio_buffer.stopped')")
    heard = """async () => {
      const stats = [...(await window.call.getStats()).values()]
      return stats.find(({ type, kind }) => type === 'inbound-rtp' && kind === 'audio').totalAudioEnergy
    }"""
    assert page.evaluate(heard) > 0
    page.evaluate("() => window.call.close()")


def test_a_page_opens_a_socket_as_the_guide_says(page: Page, box: Server, secret: str) -> None:
    example = SOCKET.replace("wss://voice.example.org", box.url.replace("http", "ws"))
    answered = page.evaluate(
        f"""async (secret) => {{
          {example}
          const {{ data }} = await new Promise((resolve) => {{ socket.onmessage = resolve }})
          socket.close()
          return [socket.protocol, JSON.parse(data).type]
        }}""",
        secret,
    )
    assert answered == ["realtime", "session.created"]
