"""Where the PocketSphinx wheel has put its library and its English model."""

import importlib.util
from dataclasses import dataclass
from importlib.machinery import PathFinder
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Installation:
    """The files that make a decoder.

    library: the extension module of the wheel, which also exports PocketSphinx's C interface.
    acoustic_model: a folder.
    language_model, dictionary: files.
    """

    library: Path
    acoustic_model: Path
    language_model: Path
    dictionary: Path

    @property
    def missing(self) -> tuple[Path, ...]:
        """The files that should be there and are not."""
        return tuple(
            path for path in (self.library, self.acoustic_model, self.language_model, self.dictionary) if not path.exists()
        )

    @staticmethod
    def find() -> "Installation | None":
        """Look for the package without importing it. None when it is not installed."""
        package = importlib.util.find_spec("pocketsphinx")
        if package is None or not package.submodule_search_locations:
            return None
        folder = Path(next(iter(package.submodule_search_locations)))
        extension = PathFinder.find_spec("_pocketsphinx", [str(folder)])
        if extension is None or extension.origin is None:
            return None
        english = folder / "model" / "en-us"
        return Installation(
            library=Path(extension.origin),
            acoustic_model=english / "en-us",
            language_model=english / "en-us.lm.bin",
            dictionary=english / "cmudict-en-us.dict",
        )
