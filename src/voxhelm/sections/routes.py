"""The section `routes`."""

from typing import Annotated

from pydantic import BaseModel, Field

from voxhelm.sections.section import SECTION

Language = Annotated[str, Field(pattern=r"^([a-z]{2,3}|\*)$")]
Steps = Annotated[tuple[str, ...], Field(min_length=1)]


class RouteSettings(BaseModel):
    """Which models are tried, in which order, and when the next one is."""

    model_config = SECTION

    speech: Annotated[
        dict[Language, Steps],
        Field(
            description="By language (ISO 639-1, or * for all others) the models that speak it, the first choice first; no others."
        ),
    ] = {}
    transcription: Annotated[
        dict[Language, Steps],
        Field(description="The same for models that hear; * is also for recordings whose language nobody told."),
    ] = {}
    on_named: Annotated[
        bool,
        Field(description="Whether a model or a voice that the client names may be replaced. Off: who names one wants that one."),
    ] = False
    when_queue_full: Annotated[
        bool,
        Field(description="Whether the next model is taken when a line is full. Off: 429 tells the client when to come back."),
    ] = False
    attempts: Annotated[
        int, Field(gt=0, description="How many models are tried for one request. More would keep the caller waiting.")
    ] = 3
    tolerated_failures: Annotated[
        int, Field(gt=0, description="After so many failures in a row a model is left alone; fewer may be the text's fault.")
    ] = 3
    window_seconds: Annotated[
        float, Field(gt=0, description="Failures that are further apart than this are not counted together.")
    ] = 300.0
    pause_seconds: Annotated[
        float,
        Field(gt=0, description="How long it is left alone. Then one request tries it, and each failure doubles the pause."),
    ] = 15.0
    longest_pause_seconds: Annotated[float, Field(gt=0, description="Where doubling stops.")] = 300.0
    first_segment_seconds: Annotated[
        float,
        Field(
            ge=0,
            description="How long the first words of a transcript are waited for, while another model could still hear it instead.",
        ),
    ] = 10.0
