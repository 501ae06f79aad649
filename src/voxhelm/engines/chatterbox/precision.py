"""How many bits the network of text counts with."""

from collections.abc import Mapping
from typing import Final

from voxhelm.domain.errors import ModelLoadFailed

FLOAT32: Final = "float32"
FLOAT16: Final = "float16"
BFLOAT16: Final = "bfloat16"
AUTO: Final = "auto"
DTYPES: Final = (FLOAT32, FLOAT16, BFLOAT16, AUTO)
# What Chatterbox-TTS-Server is told with, so that its deployments need not change.
VARIABLE: Final = "TTS_BF16"
_OF_VARIABLE: Final[Mapping[str, str]] = {
    "": FLOAT32,
    "off": FLOAT32,
    "0": FLOAT32,
    "false": FLOAT32,
    "no": FLOAT32,
    "on": BFLOAT16,
    "1": BFLOAT16,
    "true": BFLOAT16,
    "yes": BFLOAT16,
    "auto": AUTO,
}
# Ampere. Older cards, Turing among them, have no bfloat16: PyTorch only pretends, and slowly.
FIRST_WITH_BFLOAT16: Final = (8, 0)


def choose_dtype(setting: str | None, environment: Mapping[str, str], card: tuple[int, int] | None) -> str:
    """The number format, as PyTorch calls it: `float32`, `float16` or `bfloat16`.

    setting: of the model; None leaves it to `TTS_BF16`. card: the compute capability of the card, None for the processor.
    Raises ModelLoadFailed when the card cannot do what was asked for by name.
    """
    said = environment.get(VARIABLE, "").strip().lower()
    if setting is None and said not in _OF_VARIABLE:
        raise ModelLoadFailed(f"{VARIABLE} is on, off or auto; it is '{said}'.")
    wanted = setting if setting is not None else _OF_VARIABLE[said]
    native = card is not None and card >= FIRST_WITH_BFLOAT16
    if wanted == AUTO:
        return BFLOAT16 if native else FLOAT32
    if wanted == BFLOAT16 and card is not None and not native:
        raise ModelLoadFailed(
            "This card has no bfloat16 (it is older than Ampere): set dtype to float16 or float32, or TTS_BF16=off."
        )
    # The processor has no half floats worth the name, and a model that had to leave its card must still speak.
    return FLOAT32 if wanted == FLOAT16 and card is None else wanted
