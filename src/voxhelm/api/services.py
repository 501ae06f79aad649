"""What the routes call."""

from dataclasses import dataclass

from voxhelm.identity.client_secrets import ClientSecrets
from voxhelm.identity.key_ring import KeyRing
from voxhelm.realtime.sessions import Sessions
from voxhelm.serving.cloning import Cloning
from voxhelm.serving.control import ModelControl
from voxhelm.serving.examine import Examiner
from voxhelm.serving.inventory import Inventory
from voxhelm.serving.narrator import Says
from voxhelm.serving.route_board import RouteBoard
from voxhelm.serving.routed_hearing import Hears
from voxhelm.serving.running import RunningRequests
from voxhelm.serving.voice_checker import VoiceChecker
from voxhelm.serving.weights import Weights
from voxhelm.telemetry.metrics import Metrics


@dataclass(frozen=True, slots=True)
class Services:
    """The use cases, made by the composition root."""

    speaker: Says
    listener: Hears
    examiner: Examiner
    cloning: Cloning
    inventory: Inventory
    running: RunningRequests
    control: ModelControl
    weights: Weights
    metrics: Metrics
    keys: KeyRing
    routes: RouteBoard
    voice_checks: VoiceChecker
    client_secrets: ClientSecrets
    sessions: Sessions
