"""Which cards a host sees: the one that its model is placed on, and no other."""

from collections.abc import Mapping
from typing import Final

from voxhelm.domain.model import CUDA, Placement

VISIBLE: Final = "CUDA_VISIBLE_DEVICES"
ORDER: Final = "CUDA_DEVICE_ORDER"


def environment_for(placement: Placement, inherited: Mapping[str, str]) -> dict[str, str]:
    """The environment of a host. inherited: ours.

    A card is named by its own name, since CUDA counts cards anew in every process, and anew when one has fallen off the bus. On the CPU no
    card is seen, so that no runtime opens one by itself: that alone takes hundreds of megabytes there.
    """
    environment = {**inherited, ORDER: "PCI_BUS_ID"}
    if not placement.on_card:
        environment[VISIBLE] = ""
    elif placement.card_id is not None:
        environment[VISIBLE] = placement.card_id
    return environment


def seen_from_inside(placement: Placement) -> Placement:
    """The same placement as the host counts cards."""
    return placement if placement.card_id is None else Placement(f"{CUDA}:0", placement.card_id)
