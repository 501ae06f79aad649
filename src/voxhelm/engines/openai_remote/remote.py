"""What a file says of a server."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Literal

import msgspec
import yaml

from voxhelm.domain.errors import ConfigurationInvalid
from voxhelm.domain.voice import Voice
from voxhelm.engines.openai_remote.address import host_of, is_local_host

FOLDER: Final = "openai_remote"


class RemoteVoice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A voice of the server. languages: BCP 47, the best first; without any, the server's."""

    id: str
    name: str | None = None
    languages: tuple[str, ...] = ()
    gender: Literal["male", "female"] | None = None


class Remote(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A server and one of its models.

    base_url: with `/v1` where the server has it. model, voices: as the server calls them.
    languages: of voices that name none.
    network: where the server is, when its name does not tell; `lan` is checked when the connection stands.
    api_key_file: holds the key and nothing else. ca_file: certificates to trust in place of the usual ones. headers: sent along.
    response_format: what to ask for; a server that cannot do `pcm` is asked for `wav` by itself.
    pcm_rate_hz: of its `pcm`, unless its answer says another. speed: whether it follows the speed; else its sound is stretched here.
    """

    base_url: str
    model: str
    voices: tuple[str | RemoteVoice, ...]
    languages: tuple[str, ...] = ("en",)
    network: Literal["lan", "cloud"] | None = None
    api_key_file: Path | None = None
    ca_file: Path | None = None
    headers: Mapping[str, str] = {}
    response_format: Literal["pcm", "wav", "mp3", "opus", "aac", "flac"] = "pcm"
    pcm_rate_hz: int = 24_000
    speed: bool = True
    connect_timeout_seconds: float = 3.0
    read_timeout_seconds: float = 60.0

    @property
    def host(self) -> str:
        """The server, without its port."""
        return host_of(self.base_url)

    @property
    def is_local(self) -> bool:
        """Whether the server is in the local network, as far as its name and its file tell."""
        return self.network == "lan" if self.network is not None else is_local_host(self.host)

    def listed_voices(self) -> Sequence[Voice]:
        """The voices in the order of the file."""
        listed = [one if isinstance(one, RemoteVoice) else RemoteVoice(one) for one in self.voices]
        return [
            Voice(one.id, one.name or one.id, tuple(tag.lower() for tag in one.languages or self.languages), one.gender)
            for one in listed
        ]


def read_remote(path: Path) -> Remote:
    """What `path` says. Raises ConfigurationInvalid naming what is wrong."""
    try:
        remote = msgspec.convert(yaml.safe_load(path.read_text(encoding="utf-8")), Remote, dec_hook=_path)
        problem = _problem(remote)
    except (OSError, yaml.YAMLError, ValueError) as error:  # those of msgspec and of text that is no UTF-8 are ValueErrors
        raise ConfigurationInvalid(f"{path} cannot be used: {error}") from error
    if problem is not None:
        raise ConfigurationInvalid(f"{path} cannot be used: {problem}")
    return remote


def find_files(models: Path) -> Sequence[Path]:
    """The files of all servers, in order of their names."""
    return sorted((*(models / FOLDER).glob("*.yaml"), *(models / FOLDER).glob("*.yml")))


def _path(kind: type, value: object) -> object:
    if kind is Path and isinstance(value, str):
        return Path(value).expanduser()
    raise NotImplementedError


def _problem(remote: Remote) -> str | None:
    ids = [voice.id.lower() for voice in remote.listed_voices()]
    if not ids or not all(ids):
        return "voices: name at least one voice of the server"
    if len(set(ids)) < len(ids):
        return "voices: a voice is named twice"
    if not all(voice.languages and all(voice.languages) for voice in remote.listed_voices()):
        return "languages: name at least one"
    if min(remote.connect_timeout_seconds, remote.read_timeout_seconds, remote.pcm_rate_hz) <= 0:
        return "timeouts and rates are above 0"
    is_number = remote.host.replace(".", "").isdigit() or ":" in remote.host
    if remote.network == "lan" and is_number and not is_local_host(remote.host):
        return f"network: {remote.host} is not in a local network"
    return None
