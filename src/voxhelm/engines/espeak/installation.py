"""Where the wheel has put the library and its data."""

import importlib.util
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Installation:
    """library: the shared object. data: the folder `espeak-ng-data`."""

    library: Path
    data: Path


def find_installation() -> Installation | None:
    """What is installed, None when the wheel is missing or incomplete. Loads nothing."""
    if importlib.util.find_spec("espeakng_loader") is None:
        return None
    import espeakng_loader

    library = Path(espeakng_loader.get_library_path())
    # Not asked of the loader: it raises a plain RuntimeError where the data is missing.
    data = library.parent / "espeak-ng-data"
    if not library.is_file() or not (data / "phontab").is_file():
        return None
    return Installation(library, data)
