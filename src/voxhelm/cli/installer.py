"""What installs and removes models for the commands, wherever they are kept."""

from collections.abc import AsyncGenerator
from contextlib import ExitStack, aclosing
from dataclasses import replace
from typing import Protocol

from voxhelm.catalog.disk import off_the_loop
from voxhelm.catalog.engines import find_engines, remedy_for
from voxhelm.catalog.removal import removing
from voxhelm.catalog.shelf import Shelf
from voxhelm.compose import compose_puller, named_in_settings
from voxhelm.config import Settings
from voxhelm.domain.pull import PullDone, PullEvent
from voxhelm.kit.clock import SystemClock


class Installer(Protocol):
    """Installs and removes; in this process or behind a URL. Every method raises what `domain.errors` has for it."""

    def pull(self, name: str, *, update: bool) -> AsyncGenerator[PullEvent]:
        """Install what `name` stands for; the last event is PullDone. Closing it stops the work and keeps what has come."""
        ...

    async def remove(self, name: str) -> str:
        """Remove a model by its id or the name it was pulled by; the value is its id."""
        ...


class LocalInstaller:
    """An `Installer` on the models directory itself, for when no server runs."""

    def __init__(self, settings: Settings) -> None:
        """settings: which directory and which hub."""
        self._settings = settings
        self._shelf = Shelf(settings.models.directory)

    async def pull(self, name: str, *, update: bool) -> AsyncGenerator[PullEvent]:
        """As `Installer`."""
        puller = compose_puller(self._settings, SystemClock())
        async with aclosing(puller.pull(name, update=update)) as events:
            async for event in events:
                yield await off_the_loop(with_remedy, event, self._settings) if isinstance(event, PullDone) else event

    async def remove(self, name: str) -> str:
        """As `Installer`."""
        with ExitStack() as stack:
            shelved = await off_the_loop(stack.enter_context, removing(self._shelf, name, named_in_settings(self._settings)))
            await off_the_loop(self._shelf.remove, shelved.manifest.engine, shelved.manifest.model_id)
            return shelved.manifest.model_id


def with_remedy(done: PullDone, settings: Settings) -> PullDone:
    """The event with what is still to be done before the model can be loaded. Looks at the disk."""
    engines = find_engines(settings.models.extra_engines, settings.models.interpreters).working
    found = engines.get(done.engine)
    models = found.engine.discover(settings.models.directory) if found is not None and found.is_ready() else ()
    return done if any(spec.id == done.model_id for spec in models) else replace(done, remedy=remedy_for(engines, done.engine))
