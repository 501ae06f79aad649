"""What a client event is answered with when it cannot be done."""


class EventRefused(Exception):
    """The event changed nothing, and the session goes on. code: as OpenAI has it. param: the field that is wrong, as a path."""

    def __init__(self, code: str, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.param = param
