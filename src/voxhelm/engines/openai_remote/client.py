"""One server, spoken to."""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import httpx

from voxhelm.domain.errors import EgressForbidden, ModelLoadFailed
from voxhelm.engines.openai_remote.address import is_local_address
from voxhelm.engines.openai_remote.remote import Remote

CONNECTED: Final = "connection.connect_tcp.complete"
LONGEST_COMPLAINT_BYTES: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. headers: names in lower case. chunks: the body as it arrives; reading it raises httpx.TransportError."""

    status: int
    headers: Mapping[str, str]
    chunks: Iterator[bytes]

    def complaint(self) -> bytes:
        """The beginning of the body, for answers that are errors."""
        said = bytearray()
        for chunk in self.chunks:
            said += chunk
            if len(said) > LONGEST_COMPLAINT_BYTES:
                break
        return bytes(said[:LONGEST_COMPLAINT_BYTES])


class SpeechClient:
    """Connections to one server, kept open between calls; from any thread."""

    def __init__(self, remote: Remote, client: httpx.Client) -> None:
        """Use `open_client`."""
        self._remote = remote
        self._client = client
        # A name may be resolved to anything: what is said to be in the LAN is looked at once more when the connection stands.
        self._extensions: dict[str, Any] = {"trace": self._look_at_peer} if remote.is_local else {}

    @contextmanager
    def speak(self, text: str, voice: str, speed: float, response_format: str, instructions: str | None = None) -> Iterator[Answer]:
        """Ask for speech. Leaving the context closes the connection unless the answer has been read to its end.

        Raises httpx.TransportError, EgressForbidden.
        """
        body: dict[str, object] = {
            "model": self._remote.model,
            "input": text,
            "voice": voice,
            "response_format": response_format,
        }
        if speed != 1.0:
            body["speed"] = speed
        if instructions is not None:
            body["instructions"] = instructions
        with self._client.stream("POST", "audio/speech", json=body, extensions=self._extensions) as response:
            headers = {name.lower(): value for name, value in response.headers.items()}
            yield Answer(response.status_code, headers, response.iter_bytes())

    def _look_at_peer(self, event: str, info: Mapping[str, Any]) -> None:
        if event != CONNECTED:
            return
        stream = info["return_value"]
        address = stream.get_extra_info("server_addr")[0]
        if not is_local_address(address):
            stream.close()
            raise EgressForbidden(
                f"{self._remote.host} is said to be in the local network, and its address is {address}: nothing was sent. "
                "If it is meant to be used, say network: cloud in its file.",
                param="model",
            )


@contextmanager
def open_client(remote: Remote) -> Iterator[SpeechClient]:
    """A client; leaving closes its connections. Reads the key. Raises ModelLoadFailed when the key or certificates cannot be read."""
    headers = {"accept-encoding": "identity", **remote.headers}
    try:
        if remote.api_key_file is not None:
            headers["authorization"] = f"Bearer {remote.api_key_file.read_text(encoding='utf-8').strip()}"
        verify = ssl.create_default_context(cafile=remote.ca_file) if remote.ca_file is not None else True
    except (OSError, UnicodeDecodeError, ssl.SSLError) as error:
        files = " or ".join(str(path) for path in (remote.api_key_file, remote.ca_file) if path is not None)
        raise ModelLoadFailed(f"The key or the certificates for {remote.host} cannot be read from {files}: {error}") from error
    timeout = httpx.Timeout(
        connect=remote.connect_timeout_seconds,
        read=remote.read_timeout_seconds,
        write=remote.read_timeout_seconds,
        pool=remote.connect_timeout_seconds,
    )
    # No proxy of the environment: it would be a way out of the LAN that nobody has written down.
    with httpx.Client(
        base_url=remote.base_url.rstrip("/") + "/",
        headers=headers,
        timeout=timeout,
        verify=verify,
        trust_env=False,
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=8),
    ) as client:
        yield SpeechClient(remote, client)
