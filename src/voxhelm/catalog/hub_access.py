"""How a hub is reached: its address, a token, or not at all. Settings first, then the variables that tools of the hub share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from voxhelm.domain.errors import ConfigurationInvalid

PUBLIC_HUB: Final = "https://huggingface.co"
_YES: Final = frozenset({"1", "true", "yes", "on"})


@dataclass(frozen=True, slots=True)
class HubAccess:
    """url: without a slash at its end. token: sent to that address only, and never shown. offline: whether nothing may be asked of it."""

    url: str = PUBLIC_HUB
    token: str | None = field(default=None, repr=False)
    offline: bool = False


def hub_access(url: str, token_file: Path | None, environment: Mapping[str, str], *, offline: bool) -> HubAccess:
    """Put together what the settings say and what `HF_ENDPOINT`, `HF_HUB_OFFLINE`, `HF_TOKEN` and `HF_TOKEN_PATH` say.

    url, offline: the settings; the public hub's address gives way to `HF_ENDPOINT`. token_file: a file that holds nothing else.
    Raises ConfigurationInvalid for a file that cannot be read, or an address that is none.
    """
    if url == PUBLIC_HUB:
        url = environment.get("HF_ENDPOINT") or url
    if not url.startswith(("https://", "http://")):
        raise ConfigurationInvalid(f"'{url}' is no address of a hub: models.hub_url begins with https:// or http://.")
    offline = offline or environment.get("HF_HUB_OFFLINE", "").lower() in _YES
    return HubAccess(url.rstrip("/"), _token(token_file, environment), offline)


def _token(file: Path | None, environment: Mapping[str, str]) -> str | None:
    if file is None and environment.get("HF_TOKEN"):
        return environment["HF_TOKEN"].strip()
    if file is None and environment.get("HF_TOKEN_PATH"):
        file = Path(environment["HF_TOKEN_PATH"])
    if file is None:
        return None
    try:
        return file.read_text(encoding="utf-8").strip() or None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationInvalid(f"The token of the hub cannot be read from {file}: {error}.") from error
