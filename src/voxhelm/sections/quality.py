"""The section `quality`."""

from typing import Annotated

from pydantic import BaseModel, Field

from voxhelm.sections.section import SECTION

Rate = Annotated[float, Field(ge=0)]


class QualitySettings(BaseModel):
    """How well voices must be understood, and whether the server looks by itself."""

    model_config = SECTION

    canary: Annotated[
        bool,
        Field(
            description="Whether the server checks its logical voices and those of routes now and then. Off: it loads models for it."
        ),
    ] = False
    canary_interval_seconds: Annotated[float, Field(gt=0, description="How old the last check of a voice may be.")] = 21600.0
    word_error_limit: Annotated[
        Rate,
        Field(description="Wrong words for each that was said, from which on a voice is bad: half of them is no speech any more."),
    ] = 0.5
    word_error_limit_by_voice: Annotated[
        dict[str, Rate],
        Field(description="The same for single voices, as model/voice; for those that the recogniser at hand hardly understands."),
    ] = {}
    margin: Annotated[
        Rate, Field(description="How much more than it usually has a voice may have wrong: a word or two of a few sentences.")
    ] = 0.15
    bad_checks: Annotated[
        int,
        Field(
            gt=0, description="After so many bad checks in a row a route takes another voice. One may be the recogniser's fault."
        ),
    ] = 2
    good_checks: Annotated[int, Field(gt=0, description="After so many good checks in a row it takes the voice again.")] = 2
