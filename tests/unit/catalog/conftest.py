from dataclasses import replace
from pathlib import Path

import pytest

from voxhelm.catalog.engines import FoundEngine
from voxhelm.catalog.models import Catalog
from voxhelm.domain.model import Capability, ModelSpec
from voxhelm.domain.voice import Voice
from voxhelm.testing.engine import ENGINE


def engine(name, preference, voices, capability=Capability.SPEECH, languages=("en", "bg")):
    """An engine with one model of its own name."""
    return FoundEngine(
        replace(
            ENGINE,
            name=name,
            capabilities=replace(ENGINE.capabilities, preference=preference),
            discover=lambda _directory: [ModelSpec(name, name, capability, languages)],
            voices=lambda _spec: voices,
        ),
        f"nowhere:{name}",
    )


@pytest.fixture
def catalog():
    found = [
        engine(
            "wide",
            1,
            [
                Voice("en-gb", "British", ("en-gb", "en")),
                Voice("en-us", "American", ("en-us", "en")),
                Voice("bg", "Bulgarian", ("bg",)),
                Voice("bg+f3", "Bulgarian, female 3", ("bg",), "female", "bg"),
            ],
        ),
        engine("fine", 9, [Voice("Slt", "Slt", ("en-us",), "female")], languages=("en",)),
        engine("ears", 5, [], Capability.TRANSCRIPTION, ("en",)),
        engine("sharp-ears", 7, [], Capability.TRANSCRIPTION, ("de",)),
    ]
    return Catalog({one.engine.name: one for one in found}, Path("nowhere"), {"mine": "fine", "dangling": "gone"})
