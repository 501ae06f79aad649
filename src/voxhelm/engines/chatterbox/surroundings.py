"""What Chatterbox finds around it: one card, no hub, and no bars on the log. Set before it is imported, in a process of its own."""

import os
import sys
from collections.abc import MutableMapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from voxhelm.domain.model import CPU, CUDA, Placement

VISIBLE: Final = "CUDA_VISIBLE_DEVICES"
PKUSEG_HOME: Final = "PKUSEG_HOME"
PKUSEG_MODEL: Final = "spacy_ontonotes.zip"


def prepare_environment(placement: Placement, environment: MutableMapping[str, str]) -> str:
    """Set what Chatterbox and PyTorch read from `environment`; the value is the device as they will call it.

    Of several cards only the one that is meant can be seen, because parts of a checkpoint load to the first whatever they are told.
    """
    environment.update({"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "TQDM_DISABLE": "1", "TOKENIZERS_PARALLELISM": "false"})
    if not placement.on_card:
        return CPU
    visible = [card for card in environment.get(VISIBLE, "").split(",") if card]
    nth = visible[placement.index] if placement.index < len(visible) else str(placement.index)
    environment[VISIBLE] = placement.card_id or nth
    return CUDA


def keep_tokenizer_home(folder: Path) -> None:
    """Have the multilingual tokenizer take from `folder`, or do without, what it would fetch from a hub and from elsewhere."""
    module: Any = import_module("chatterbox.models.tokenizers.tokenizer")

    def beside(*, filename: str, **_: object) -> str:
        # Chinese is spelt with it; when it is not there, the tokenizer says so in the log and takes the characters as they are.
        return os.fspath((folder / filename).resolve(strict=True))

    module.hf_hub_download = beside
    home = Path(os.environ.get(PKUSEG_HOME, "~/.pkuseg")).expanduser()
    if not (home / PKUSEG_MODEL).is_file():
        # It would download its model when it is made. Where it cannot be imported, Chinese is read without dividing its words first.
        sys.modules["spacy_pkuseg"] = None  # type: ignore[assignment]
