"""The name of a Piper voice, and where its files are: derived from the name, never listed by hand."""

import re
from dataclasses import dataclass
from typing import Final

# As in `bg_BG-dimitar-medium`, `vi_VN-25hours_single-low`: only the ends are certain, so a name may hold what it likes between them.
_STEM: Final = re.compile(
    r"(?P<language>[a-z]{2,3})_(?P<region>[A-Z]{2}|[0-9]{3})-(?P<name>[A-Za-z0-9][\w.\-]*?)-(?P<quality>x_low|low|medium|high)"
)


@dataclass(frozen=True, slots=True)
class PiperStem:
    """A voice's name in its parts: `zh_CN-huayan-x_low` is `zh`, `zh_CN`, `huayan`, `x_low`."""

    language: str
    locale: str
    name: str
    quality: str

    @staticmethod
    def parse(text: str) -> "PiperStem | None":
        """The parts of `text`, or None when it is not the name of a Piper voice."""
        match = _STEM.fullmatch(text)
        if match is None:
            return None
        return PiperStem(match["language"], f"{match['language']}_{match['region']}", match["name"], match["quality"])

    @property
    def stem(self) -> str:
        """The whole name: that of the files without their suffixes."""
        return f"{self.locale}-{self.name}-{self.quality}"

    @property
    def folder(self) -> str:
        """Where the voice's files are in the collection of voices."""
        return f"{self.language}/{self.locale}/{self.name}/{self.quality}"

    @property
    def files(self) -> tuple[str, ...]:
        """What a voice consists of; the card tells its licence."""
        return (f"{self.stem}.onnx", f"{self.stem}.onnx.json", "MODEL_CARD?")
