"""How long a recording is, by what its container says."""

from pathlib import Path

import av

from voxhelm.audio.container import open_audio
from voxhelm.audio.upload import Upload
from voxhelm.domain.errors import AudioUnreadable


def told_duration_seconds(path: Path) -> float | None:
    """What the container tells, or None: many streams do not, and what is no recording cannot. Raises OSError."""
    with path.open("rb") as file:
        try:
            with open_audio(Upload(file)) as (container, _track):
                return container.duration / av.time_base if container.duration is not None else None
        except AudioUnreadable:
            return None
