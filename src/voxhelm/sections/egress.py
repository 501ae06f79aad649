"""The section `egress`."""

from typing import Annotated

from pydantic import BaseModel, Field

from voxhelm.sections.section import SECTION


class EgressSettings(BaseModel):
    """What may leave the local network."""

    model_config = SECTION

    allow_cloud: Annotated[
        bool,
        Field(
            description="Whether models that send texts or recordings outside the local network may be used. Off: nothing leaves it."
        ),
    ] = False
