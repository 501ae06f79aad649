"""Taking a model away again."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from voxhelm.catalog.names import model_id_of
from voxhelm.catalog.near import did_you_mean
from voxhelm.catalog.shelf import Shelf, Shelved
from voxhelm.domain.errors import ModelInUse, ModelNotFound


@contextmanager
def removing(shelf: Shelf, name: str, named_in_settings: Mapping[str, str]) -> Iterator[Shelved]:
    """What is to be removed for `name`, an id or the name it was pulled by; nobody else changes it while inside. Looks at the disk.

    named_in_settings: the ids that settings need, each with the setting. Raises ModelNotFound, ModelInUse.
    """
    shelved = shelf.find(name) or shelf.find(model_id_of(name) or "")
    if shelved is None:
        near = did_you_mean(name, [one.manifest.model_id for one in shelf.shelved()])
        raise ModelNotFound(
            f"No model '{name}' was installed by pulling.{near} What came with an engine, or was put into the models directory by hand, "
            "is removed by hand.",
            param="model",
        )
    model_id, engine = shelved.manifest.model_id, shelved.manifest.engine
    setting = named_in_settings.get(model_id)
    if setting is not None:
        raise ModelInUse(
            f"'{model_id}' is named in the settings ({setting}), and the next start would fail without it.", param="model"
        )
    lock = shelf.lock(engine, model_id)
    if not lock.try_take():
        raise ModelInUse(f"'{model_id}' is being installed or removed by somebody else.", param="model")
    try:
        yield shelved
    finally:
        lock.give_back()
