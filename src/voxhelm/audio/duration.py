"""How long a recording is, by what its container says."""

from contextlib import nullcontext
from pathlib import Path
from typing import BinaryIO

import av

from voxhelm.audio.container import open_audio
from voxhelm.audio.upload import Upload
from voxhelm.domain.errors import AudioUnreadable


def told_duration_seconds(source: BinaryIO | Path) -> float | None:
    """What the container tells, or None: many streams do not, what cannot be read twice is not asked, and what is no recording cannot.

    A file object is left where it stood. Raises OSError.
    """
    if not isinstance(source, Path) and not source.seekable():
        return None
    with source.open("rb") if isinstance(source, Path) else nullcontext(source) as file:
        start = file.tell()
        try:
            with open_audio(Upload(file)) as (container, _track):
                return container.duration / av.time_base if container.duration is not None else None
        except AudioUnreadable:
            return None
        finally:
            file.seek(start)
