"""What a model took of a card that does not list its process, as from within a container."""

from dataclasses import dataclass

from voxhelm.gpu.card import Card
from voxhelm.gpu.ledger import difference_bytes


@dataclass(frozen=True, slots=True)
class _Trial:
    """One load. before: the last two looks at the card. after: the looks since it ended; None while it goes on."""

    device: str
    before: tuple[Card, Card]
    after: tuple[Card, ...] | None = None


class Attribution:
    """Tells it by the difference that a load made, where that is certain."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._trials: dict[str, _Trial] = {}
        self._bytes_by_model: dict[str, int] = {}

    def bytes_of(self, model_id: str) -> int | None:
        """What the model took, None when that is not known."""
        return self._bytes_by_model.get(model_id)

    def began(self, model_id: str, device: str, before: tuple[Card, Card] | None) -> None:
        """A model is being loaded on a card. before: None when the card has not been looked at twice."""
        self.disturbed(device)
        if before is not None:
            self._trials[model_id] = _Trial(device, before)

    def loaded(self, model_id: str) -> None:
        """It has been loaded: from now on looks count."""
        trial = self._trials.get(model_id)
        if trial is not None:
            self._trials[model_id] = _Trial(trial.device, trial.before, ())

    def gone(self, model_id: str, device: str) -> None:
        """It is there no more."""
        self._trials.pop(model_id, None)
        self._bytes_by_model.pop(model_id, None)
        self.disturbed(device)

    def disturbed(self, device: str) -> None:
        """Something of ours happens on a card: what is under way there tells nothing any more."""
        self._trials = {model_id: trial for model_id, trial in self._trials.items() if trial.device != device}

    def looked(self, card: Card) -> None:
        """Take a look at a card into account."""
        for model_id, trial in list(self._trials.items()):
            if trial.device != card.device or trial.after is None:
                continue
            after = (*trial.after, card)
            self._trials[model_id] = _Trial(trial.device, trial.before, after)
            if len(after) == 2:
                del self._trials[model_id]
                taken_bytes = difference_bytes(trial.before, (after[0], after[1]))
                if taken_bytes is not None:
                    self._bytes_by_model[model_id] = taken_bytes
