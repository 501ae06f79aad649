"""Whether a request may be answered with what was made before, from its headers."""

from typing import Final

from starlette.datastructures import Headers
from starlette.types import Scope

from voxhelm.domain.errors import ParameterInvalid
from voxhelm.serving.narrator import OFF

CACHE: Final = "x-voxhelm-cache"


def may_be_cached(scope: Scope) -> bool:
    """False when the caller wants it made anew, and nothing of it kept. Raises ParameterInvalid."""
    headers = Headers(scope=scope)
    wish = headers.get(CACHE, "").strip().lower()
    if wish not in ("", "on", OFF):
        raise ParameterInvalid(f"X-Voxhelm-Cache is '{wish}'; in a request it may be on or off.", param=CACHE)
    directives = {one.strip().lower() for one in headers.get("cache-control", "").split(",")}
    return wish != OFF and "no-store" not in directives
