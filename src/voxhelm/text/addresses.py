"""Addresses of the Internet, read sign by sign as people do."""

import re
from collections.abc import Callable, Mapping
from typing import Final

ADDRESS: Final = re.compile(
    r"(?:https?://|www\.)[^\s<>\"”»)\]]+"
    r"|[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+"
    r"|(?<![\w@.])(?:[A-Za-z\d-]+\.)+(?:com|org|net|info|edu|gov|io|ai|dev|app|bg|eu|uk|de|fr)(?![\w.]*\w)(?:/[^\s<>\"”»)\]]*)?"
)
_SCHEME: Final = re.compile(r"https?://")
_TOKEN: Final = re.compile(r"\d+|[^\W\d_]+|\S")
_CLOSING: Final = ".,;:!?'"


def read_address(match: re.Match[str], signs: Mapping[str, str], number: Callable[[str], str]) -> str:
    """How an address is read aloud. signs: what to call what is neither letter nor digit. number: says digits."""
    address = _SCHEME.sub("", match[0])
    bare = address.rstrip(_CLOSING + "/")
    words = [number(one) if one.isdecimal() else signs.get(one, one if one.isalpha() else "") for one in _TOKEN.findall(bare)]
    tail = address[len(bare) :].lstrip("/")
    return " ".join(filter(None, words)) + tail
