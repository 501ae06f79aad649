"""Where a model comes from."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Source:
    """A place on a hub, and what is wanted of it.

    repository: `owner/name`. revision: a branch, a tag or a commit. folder: inside the repository, empty for its top.
    engine, model_id: None are found out from the files that are there.
    files: the names that are wanted, those with a `?` only if they are there; empty leaves it to the engine's own kind of files.
    sha256_by_file: what is known of them beforehand, whatever the hub says.
    """

    repository: str
    revision: str = "main"
    folder: str = ""
    engine: str | None = None
    model_id: str | None = None
    files: tuple[str, ...] = ()
    sha256_by_file: Mapping[str, str] = field(default_factory=dict)
