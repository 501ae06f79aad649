"""Whether models that send what they are given out of the LAN may be used: nothing leaves it unless an operator said so."""

from dataclasses import dataclass, replace
from typing import Final

from voxhelm.domain.engine import Engine
from voxhelm.domain.errors import EgressForbidden
from voxhelm.domain.model import EGRESS_HOST, ModelSpec

SETTING: Final = "egress.allow_cloud"


@dataclass(frozen=True, slots=True)
class EgressPolicy:
    """What the operator said. allow_cloud: models may talk to hosts outside the LAN."""

    allow_cloud: bool = False

    def allows(self, spec: ModelSpec) -> bool:
        """Whether `spec`, as `with_egress_host` gives it, may be listed, chosen and used."""
        return self.allow_cloud or spec.egress_host is None


NOTHING_LEAVES: Final = EgressPolicy()


def with_egress_host(spec: ModelSpec, engine: Engine) -> ModelSpec:
    """`spec`, saying itself where it sends what it is given, when its engine says so for all of its models."""
    if spec.egress_host is not None or engine.capabilities.egress is None:
        return spec
    return replace(spec, settings={**spec.settings, EGRESS_HOST: engine.capabilities.egress})


def refusal(spec: ModelSpec) -> EgressForbidden:
    """What a caller is told who names a model that may not be used."""
    return EgressForbidden(
        f"Model '{spec.id}' would send the text to {spec.egress_host}, and this server lets nothing leave the local network. "
        f"An operator may allow it: {SETTING}: true.",
        param="model",
    )
