"""The engine for Microsoft's voices, talking to a service on loopback whose address the model's settings have.

The engine itself has no such setting; only the address in the package is changed, in the process that loads the model.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from unittest import mock

from voxhelm.domain.engine import Synthesizer
from voxhelm.domain.model import ModelSpec, Placement
from voxhelm.engines.edge_tts.engine import ENGINE as EDGE

REFERENCE = "tests.contracts.edge_loopback:ENGINE"
URL = "url"


@contextmanager
def load(spec: ModelSpec, placement: Placement) -> Iterator[Synthesizer]:
    with mock.patch("edge_tts.communicate.WSS_URL", spec.settings[URL]), EDGE.load(spec, placement) as model:
        yield model


ENGINE = replace(EDGE, load=load)
