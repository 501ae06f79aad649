"""Noting which model an error comes of, where that is known, for whoever may find another one."""

from collections.abc import Generator
from contextlib import contextmanager

from voxhelm.domain.errors import VoxhelmError


@contextmanager
def blaming(model_id: str) -> Generator[None]:
    """What goes wrong inside is this model's fault, unless somebody closer to it has said whose it is."""
    try:
        yield
    except VoxhelmError as error:
        if error.model_id is None:
            error.model_id = model_id
        raise
