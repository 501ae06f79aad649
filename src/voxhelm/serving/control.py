"""Load and unload models by hand."""

from collections.abc import Awaitable, Callable

from voxhelm.catalog.models import Catalog
from voxhelm.domain.errors import ModelInUse
from voxhelm.hosting.host import Host
from voxhelm.residency.manager import Residency


class ModelControl:
    """The use case: what an operator does before a rush and after it."""

    def __init__(self, catalog: Catalog, residency: Residency, warm_up: Callable[[Host], Awaitable[None]]) -> None:
        """warm_up: makes a loaded model work once."""
        self._catalog = catalog
        self._residency = residency
        self._warm_up = warm_up

    async def load(self, model_id: str) -> None:
        """Load and warm a model; returns when it is warm. Its time to live begins then. Raises ModelNotFound and what loading raises."""
        async with await self._residency.lease(self._catalog.installed(model_id).id) as lease:
            await self._warm_up(lease.host)

    async def unload(self, model_id: str) -> None:
        """Unload a model; returns when its memory is free. Raises ModelNotFound, ModelInUse."""
        if not await self._residency.unload(self._catalog.installed(model_id).id):
            raise ModelInUse(f"Model '{model_id}' is in use or being loaded. Try again when its requests are done.", param="model")
