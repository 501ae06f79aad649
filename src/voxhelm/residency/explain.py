"""Why a model cannot be had, in words: who needs how much, who holds it, who is left alone."""

from collections.abc import Collection, Iterable, Mapping

from voxhelm.domain.errors import Unavailable
from voxhelm.residency.card_room import CardRoom
from voxhelm.residency.place import Place
from voxhelm.residency.state import ModelState, Phase


def resting(model: ModelState, now_seconds: float) -> Unavailable | None:
    """What to tell who asks for a model that is left alone, since it keeps dying; None for any other."""
    pause_seconds = model.retry_at_seconds - now_seconds
    if model.phase is not Phase.UNLOADED or not model.failures or pause_seconds <= 0:
        return None
    error = Unavailable(
        f"Model '{model.model_id}' failed {model.failures} times in a row and is left alone for {pause_seconds:.0f} s; "
        "the server's log says why.",
        retry_after_seconds=pause_seconds,
    )
    error.model_id = model.model_id
    return error


def too_large(models: Iterable[ModelState], all_models: Iterable[ModelState], cards: CardRoom) -> str:
    """Why models that are wanted fit nowhere."""
    wanted = list(models)
    needs = ", ".join(f"'{model.model_id}' needs {_needs(model, cards)}" for model in wanted)
    held = holders(all_models, {model.model_id for model in wanted})
    return f"Model {needs}, which can never fit into the budget (models.memory_budget_bytes). {held}"


def holders(models: Iterable[ModelState], but: Collection[str]) -> str:
    """Who holds the memory."""
    held = [
        f"{model.model_id} ({_total(model.bytes_by_device)}{', pinned' if model.pinned else ''})"
        for model in models
        if model.holds_memory and model.model_id not in but
    ]
    return f"Memory is held by: {', '.join(held)}." if held else "No other model is loaded."


def _needs(model: ModelState, cards: CardRoom) -> str:
    return ", or ".join(_needs_at(model, place, cards) for place in model.places) or "a device that is not there"


def _needs_at(model: ModelState, place: Place, cards: CardRoom) -> str:
    sizes = " and ".join(f"{size:,} bytes on {device}" for device, size in place.bytes_by_device.items())
    bar = model.bars.get(place.device)
    reason = cards.shut.get(place.device) or (bar.reason if bar is not None else None)
    return f"{sizes} ({reason.value})" if reason is not None else sizes


def _total(bytes_by_device: Mapping[str, int]) -> str:
    if set(bytes_by_device) <= {"cpu"}:
        return f"{sum(bytes_by_device.values()):,} bytes"
    return " and ".join(f"{size:,} bytes on {device}" for device, size in bytes_by_device.items())
