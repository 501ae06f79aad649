"""Where a server that uses the hub's own library keeps its models."""

from collections.abc import Mapping
from pathlib import Path


def hub_cache(environment: Mapping[str, str]) -> Path | None:
    """What `HF_HUB_CACHE` and `HF_HOME` say; None when they say nothing."""
    for variable in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"):
        if environment.get(variable):
            return Path(environment[variable]).expanduser()
    home = environment.get("HF_HOME")
    return Path(home).expanduser() / "hub" if home else None


def usual_hub_cache(home: Path) -> Path:
    """Where it is in a user's home directory when nobody has said anything."""
    return home / ".cache" / "huggingface" / "hub"
