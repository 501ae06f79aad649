"""Tell when somebody speaks, in sound that is still coming."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from voxhelm.catalog.models import Catalog
from voxhelm.catalog.recognisers import Recognisers
from voxhelm.domain.activity import Activity
from voxhelm.domain.pcm import Pcm
from voxhelm.residency.manager import Residency


class Watcher:
    """The use case: from live sound to speech probabilities.

    It does not stand in the line for the detector. A stream lasts as long as a conversation, and would keep its place there for an hour;
    how many there may be at once is how many sessions there may be.
    """

    def __init__(self, catalog: Catalog, residency: Residency) -> None:
        """Take what it needs."""
        self._recognisers = Recognisers(catalog)
        self._residency = residency

    def input_rate_hz(self) -> int:
        """What the sound must be at. Raises ModelNotFound where nothing can tell."""
        return self._recognisers.capabilities_of(self._recognisers.finding_speech()).input_rate_hz or 16_000

    def model_id(self) -> str:
        """Which model tells. Raises ModelNotFound."""
        return self._recognisers.finding_speech().id

    async def watch(self, sound: AsyncGenerator[Pcm]) -> AsyncGenerator[Activity]:
        """How likely somebody speaks, as soon as it is known. Closes `sound`. Raises what loading a model raises, and EngineCrashed."""
        async with aclosing(sound):
            spec = self._recognisers.finding_speech()
            async with (
                await self._residency.lease(spec.id) as lease,
                aclosing(lease.host.detect(sound)) as activities,
            ):
                async for activity in activities:
                    yield activity
