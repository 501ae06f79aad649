"""Installing the models that are to be warm, before a server that was told to do so starts."""

import asyncio
from collections.abc import Sequence

from voxhelm.catalog.engines import find_engines, remedy_for
from voxhelm.catalog.names import model_id_of
from voxhelm.cli.installer import LocalInstaller
from voxhelm.config import Settings
from voxhelm.domain.errors import ConfigurationInvalid
from voxhelm.domain.pull import PullDone
from voxhelm.telemetry.log import Log


def pull_missing(settings: Settings, log: Log) -> None:
    """With models.pull_preload, pull what of models.preload is not installed.

    Blocking, for as long as downloads take. Raises what `domain.errors` has for pulling, and ConfigurationInvalid for a model that is
    there now and cannot be loaded.
    """
    if not settings.models.pull_preload:
        return
    engines = find_engines(settings.models.extra_engines, settings.models.interpreters).working
    there = {spec.id: found for found in engines.values() for spec in found.engine.discover(settings.models.directory)}
    missing = []
    for name in dict.fromkeys(settings.models.preload):
        found = there.get(name) or there.get(model_id_of(name) or "")
        if found is None:
            missing.append(name)
        elif not found.is_ready():
            raise _not_loadable(name, remedy_for(engines, found.engine.name))
    if missing:
        asyncio.run(_pull(missing, settings, log))


async def _pull(names: Sequence[str], settings: Settings, log: Log) -> None:
    installer = LocalInstaller(settings)
    for name in names:
        log.info("pulling", model=name)
        async for event in installer.pull(name, update=False):
            if isinstance(event, PullDone):
                log.info("pulled", model=event.model_id, engine=event.engine, size_bytes=event.size_bytes)
                if event.remedy is not None:
                    raise _not_loadable(name, event.remedy)


def _not_loadable(name: str, remedy: str) -> ConfigurationInvalid:
    return ConfigurationInvalid(f"'models.preload' names '{name}', whose files are there and which cannot be loaded yet. {remedy}")
