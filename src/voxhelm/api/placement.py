"""Headers that say where the model of an answer runs."""

from typing import Final

DEVICE: Final = "x-voxhelm-device"
FALLBACK: Final = "x-voxhelm-fallback"


def placement_headers(device: str, fallback: str | None) -> dict[str, str]:
    """device: `cpu`, `cuda:0` and so on. fallback: why it is no card, for a model that belongs on one."""
    return {DEVICE: device} if fallback is None else {DEVICE: device, FALLBACK: fallback}
