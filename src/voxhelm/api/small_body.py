"""Bodies that are read whole, because they are small."""

from typing import Final

from starlette.requests import Request

from voxhelm.domain.errors import BodyTooLarge

LONGEST_BYTES: Final = 1024**2


async def small_body(request: Request, longest_bytes: int = LONGEST_BYTES) -> bytes:
    """All of it. Raises BodyTooLarge."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > longest_bytes:
            raise BodyTooLarge(f"The body may have {longest_bytes:,} bytes here, and has more.")
    return bytes(body)
