"""Telling, once, what was taken over from another speech server."""

from voxhelm.config import Loaded
from voxhelm.telemetry.log import Log


def tell_what_was_taken_over(loaded: Loaded, log: Log) -> None:
    """A line for each configuration that was found, and one for each part of it that has no counterpart. Names only, no secret's value."""
    for carried in loaded.carried:
        log.info("taken over", server=carried.server, source=carried.source, settings=list(carried.settings))
        for one in carried.left_behind:
            instead = {} if one.instead is None else {"instead": one.instead}
            log.warning("not taken over", server=carried.server, what=one.what, why=one.why, **instead)
