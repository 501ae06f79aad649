"""How long recognisers take, and what is worth asking them. Pure."""

from typing import Final

# A look that takes longer shows nobody what is being said.
LOOK_SECONDS: Final = 1.5
# A recogniser that needs more of a second for a second of sound is busy enough with what has really been said: its work cannot be
# broken off in the middle, so what is heard in vain holds up what is not.
SPECULATES_BELOW: Final = 0.5
# How much the last time counts: less when it took longer than usual, since a model that had to be loaded does once.
SLOWER: Final = 0.4
FASTER: Final = 0.8


class HearingCost:
    """Seconds of work for a second of sound, by the name of the model; learnt from what was heard, by all sessions."""

    def __init__(self) -> None:
        self._by_model: dict[str, float] = {}
        self._seen: set[str] = set()

    def note(self, model: str, sound_seconds: float, took_seconds: float, *, whole: bool) -> None:
        """Something was heard. whole: to its end; else it would have taken longer. The first time is that of loading the model."""
        if sound_seconds <= 0:
            return
        if model not in self._seen:
            self._seen.add(model)
            return
        cost = took_seconds / sound_seconds
        known = self._by_model.get(model)
        if not whole and cost <= (known or 0.0):
            return
        share = 1.0 if known is None else SLOWER if cost > known else FASTER
        self._by_model[model] = (known or 0.0) + share * (cost - (known or 0.0))

    def look_pays(self, model: str, sound_seconds: float) -> bool:
        """Whether to hear what is still being said."""
        return self._by_model.get(model, 0.0) * sound_seconds <= LOOK_SECONDS

    def speculation_pays(self, model: str) -> bool:
        """Whether to hear what may be all of it."""
        return self._by_model.get(model, 0.0) <= SPECULATES_BELOW
