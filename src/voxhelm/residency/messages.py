"""What the owner loop is told."""

import asyncio
from dataclasses import dataclass

from voxhelm.domain.errors import VoxhelmError
from voxhelm.domain.model import ModelSpec
from voxhelm.hosting.host import Host
from voxhelm.residency.cards import Sight
from voxhelm.residency.departure import Departure
from voxhelm.residency.lease import Lease
from voxhelm.residency.planner import Wanted
from voxhelm.residency.state import ModelState


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody waits for models."""

    wanted: Wanted
    waiter: "asyncio.Future[list[Lease]]"


@dataclass(frozen=True, slots=True)
class Released:
    """A lease has ended."""

    model_id: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model has been loaded, in so many seconds."""

    model_id: str
    host: Host
    seconds: float


@dataclass(frozen=True, slots=True)
class LoadFailed:
    """A model could not be loaded."""

    model_id: str
    error: VoxhelmError


@dataclass(frozen=True, slots=True)
class Ended:
    """A host is gone, asked to or not."""

    model_id: str
    host: Host
    reason: str


@dataclass(frozen=True, slots=True)
class SeenOff:
    """What a model held of a card has been waited for. returned: whether it is free again, None when nobody can tell."""

    departure: Departure
    returned: bool | None


@dataclass(frozen=True, slots=True)
class Leave:
    """A model is to be unloaded if nobody uses it. for_good: and to be known no more."""

    model_id: str
    answer: "asyncio.Future[bool]"
    for_good: bool = False


@dataclass(frozen=True, slots=True)
class Added:
    """There is one more model, or it is another than it was."""

    spec: ModelSpec
    state: ModelState
    answer: "asyncio.Future[None]"


@dataclass(frozen=True, slots=True)
class Seen:
    """The cards have been looked at; None when they could not be."""

    sight: Sight | None
    known: "asyncio.Future[None]"


Message = Asked | Released | Loaded | LoadFailed | Ended | SeenOff | Leave | Added | Seen
