"""Who may change what is installed: where keys are asked for, whoever has the scope; else it is decided by where a request comes from."""

from collections.abc import Collection
from typing import Final
from urllib.parse import SplitResult, urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

from voxhelm.api.guard import shown_client_secret, shown_key
from voxhelm.domain.errors import ModelChangesForbidden, ScopeMissing
from voxhelm.kit.loopback import is_loopback

# What proxies add: behind one, everybody seems to be on this machine.
FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


def require_model_changes(scope: Scope, *, anybody: bool) -> None:
    """Return if this caller may install and remove models, else raise ModelChangesForbidden saying what would allow it.

    anybody: whether the operator lets other machines do so.
    """
    if shown_key(scope) is not None:
        return  # it was let in by the scope, and no page of another site has the key
    headers = Headers(scope=scope)
    origin, host = headers.get("origin"), headers.get("host", "")
    if origin is not None and _parts(origin).netloc != host:
        raise ModelChangesForbidden("Pages of other sites may not install or remove models.")
    if anybody:
        return
    client = scope.get("client")
    near = client is not None and is_loopback(str(client[0])) and not any(name in headers for name in FORWARDED)
    # A page whose name was made to lead here would ask from this machine, under that name.
    if not near or not is_loopback(_parts(f"//{host}").hostname or ""):
        raise ModelChangesForbidden(
            "Models are installed and removed from the machine that the server runs on. "
            "A key with the scope models allows it from elsewhere (voxhelm keys create); server.allow_model_changes: true allows everybody."
        )


def require_own_page(scope: Scope, allow_origins: Collection[str] = ()) -> None:
    """Return unless a page of another site asks, through the browser of somebody who may. Raises ScopeMissing.

    A form or a socket needs no leave of the browser to be sent anywhere. With a key or a client secret there is nothing to fear: such a
    page does not have it. allow_origins: sites that may; `*` for all.
    """
    headers = Headers(scope=scope)
    origin = headers.get("origin")
    if origin is None or origin in allow_origins or "*" in allow_origins:
        return
    if shown_key(scope) is None and shown_client_secret(scope) is None and _parts(origin).netloc != headers.get("host", ""):
        raise ScopeMissing("Pages of other sites may not do this without a key.")


def _parts(address: str) -> SplitResult:
    """The parts of an address; none of one that cannot be, which then is nobody's."""
    try:
        return urlsplit(address)
    except ValueError:
        return SplitResult("", "", "", "", "")
