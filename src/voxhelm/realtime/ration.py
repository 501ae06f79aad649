"""How many at once."""


class Ration:
    """So many may have it at once; nobody waits for it, since what it is for is worth nothing later."""

    def __init__(self, size: int) -> None:
        """size: how many."""
        self._left = size

    def take(self) -> bool:
        """Whether one was left."""
        if self._left <= 0:
            return False
        self._left -= 1
        return True

    def give_back(self) -> None:
        """Done with it."""
        self._left += 1
