"""Who asks, from the headers."""

import hashlib
import math
from typing import Final

from starlette.datastructures import Headers
from starlette.types import Scope

from voxhelm.api.guard import shown_key
from voxhelm.domain.caller import Caller, Priority
from voxhelm.domain.errors import ParameterInvalid

PRIORITY: Final = "x-voxhelm-priority"
DEADLINE: Final = "x-voxhelm-deadline"
PRIORITIES: Final = {priority.name.lower(): priority for priority in Priority}


def key_of(scope: Scope) -> str:
    """What stands for the caller: the name of its key where keys are asked for, else a digest of what it sent for one, else its address."""
    key = shown_key(scope)
    if key is not None:
        return f"key {key.name}"
    authorization = Headers(scope=scope).get("authorization")
    if authorization:
        return hashlib.sha256(authorization.encode()).hexdigest()[:16]
    client = scope.get("client")
    return str(client[0]) if client else ""


def caller_of(scope: Scope) -> Caller:
    """Key, class and patience. Raises ParameterInvalid."""
    headers = Headers(scope=scope)
    named = headers.get(PRIORITY, "interactive").lower()
    if named not in PRIORITIES:
        raise ParameterInvalid(f"X-Voxhelm-Priority is '{named}'; it must be one of: {', '.join(PRIORITIES)}.", param=PRIORITY)
    deadline = headers.get(DEADLINE)
    patience_seconds = None
    if deadline is not None:
        try:
            patience_seconds = float(deadline)
        except ValueError:
            patience_seconds = math.nan
        if not 0 < patience_seconds < math.inf:
            raise ParameterInvalid(
                f"X-Voxhelm-Deadline is '{deadline}'; it must be the seconds that the request may wait, such as 2.5.",
                param=DEADLINE,
            )
    return Caller(key_of(scope), PRIORITIES[named], patience_seconds)
