"""What is told of an error that ends a part of a conversation, and not the conversation."""

from voxhelm.domain.errors import VoxhelmError
from voxhelm.telemetry.log import Log


def mishap(log: Log, of: str, error: Exception) -> tuple[str, str]:
    """Code and message for the client. What nobody foresaw is a bug: the log gets the traceback, the client does not. of: what failed."""
    if isinstance(error, VoxhelmError):
        log.info("a part of a conversation failed", of=of, code=error.code)
        return error.code, error.message
    log.error("a part of a conversation failed", of=of, exc_info=error)
    return VoxhelmError.code, f"Voxhelm failed ({type(error).__name__}). The server's log has the details."
