"""What a language model writes and nobody should hear: its thoughts, code, and the signs of Markdown."""

import re
from typing import Final, Literal

_THOUGHT: Final = re.compile(r"<(think|thinking|thought)>", re.IGNORECASE)
_THOUGHT_END: Final = re.compile(r"</(think|thinking|thought)>\s*", re.IGNORECASE)
_FENCE: Final = re.compile(r"(?m)^[ \t]*(```|~~~)")
_FENCE_END: Final = re.compile(r"(```|~~~)[^\n]*\n?")
_MARKS: Final = ("<think>", "<thinking>", "<thought>", "```", "~~~")
_LONGEST_END: Final = len("</thinking>")

_IMAGE: Final = re.compile(r"!\[([^\]]*)\]\([^)\s]*\)")
_LINK: Final = re.compile(r"\[([^\]]+)\]\([^)\s]*(?:\s+\"[^\"]*\")?\)")
_TAG: Final = re.compile(r"</?[A-Za-z][^<>]{0,200}>")
_RULE: Final = re.compile(r"(?m)^\s{0,3}(?:[-*_]\s*){3,}$|^\s*\|?(?:\s*:?-{3,}:?\s*\|)+(?:\s*:?-{3,}:?\s*)?$")
_LINE_MARK: Final = re.compile(r"(?m)^\s{0,12}(?:#{1,6}\s+|>\s?|[-*+•]\s+)+")
_CELL: Final = re.compile(r"\s*\|\s*")
_PAIRS: Final = re.compile(r"(\*\*\*|\*\*|__|~~|`+)")
_STAR: Final = re.compile(r"(?<!\w)\*(?=\S)|(?<=\S)\*(?!\w)")
_UNDERLINE: Final = re.compile(r"(?<!\w)_(?=\w)|(?<=[\w.,!?;:])_(?!\w)")
# Pictographs with what colours and joins them; signs that are read, such as the degree or the copyright, are not among them.
_EMOJI: Final = re.compile("[\U0001f000-\U0001faff☀-➿⬀-⯿️⃣\U000e0020-\U000e007f]|‍(?=[\U0001f000-\U0001faff☀-➿])")
_SPACES: Final = re.compile(r"[^\S\n]{2,}")


class Unspoken:
    """Takes a text as it is written, and gives it without thoughts (`<think>…</think>`) and, if wanted, without blocks of code.

    What may be the beginning of such a mark is kept back until it is known.
    """

    def __init__(self, *, code: bool) -> None:
        """code: whether blocks of code stay, as they do for readers."""
        self._code = code
        self._held = ""
        self._in: Literal["text", "thought", "code"] = "text"

    def push(self, delta: str) -> str:
        """The next of the text; what of it is certain to stay."""
        self._held += delta
        return self._taken(last=False)

    def finish(self) -> str:
        """What was kept back. A thought or a block without an end has none in the text either."""
        return self._taken(last=True)

    def _taken(self, *, last: bool) -> str:
        found: list[str] = []
        while True:
            mark = self._next_mark()
            if mark is None:
                break
            if self._in == "text":
                found.append(self._held[: mark.start()])
                self._in = "thought" if mark[0].startswith("<") else "code"
            else:
                self._in = "text"
            self._held = self._held[mark.end() :]
        if self._in != "text":
            self._held = "" if last else self._held[-_LONGEST_END:]
            return "".join(found)
        kept = 0 if last else self._may_be_a_mark()
        found.append(self._held[: len(self._held) - kept])
        self._held = self._held[len(self._held) - kept :]
        return "".join(found)

    def _next_mark(self) -> re.Match[str] | None:
        if self._in == "thought":
            return _THOUGHT_END.search(self._held)
        if self._in == "code":
            return _FENCE_END.search(self._held)
        marks = [_THOUGHT.search(self._held), None if self._code else _FENCE.search(self._held)]
        return min((mark for mark in marks if mark is not None), key=re.Match.start, default=None)

    def _may_be_a_mark(self) -> int:
        """How much of the end may be the beginning of one."""
        lower = self._held[-_LONGEST_END:].lower()
        for length in range(len(lower), 0, -1):
            if any(mark.startswith(lower[-length:]) for mark in _MARKS):
                return length
        return 0


def without_marks(text: str) -> str:
    """A text without the signs of Markdown, HTML's tags and emoji, as somebody would read it to others."""
    text = _LINK.sub(r"\1", _IMAGE.sub(r"\1", text))
    text = _RULE.sub("", _TAG.sub("", text))
    if "|" in text:
        text = "\n".join(_CELL.sub(", ", line.strip().strip("|").strip()) if "|" in line else line for line in text.splitlines())
    text = _PAIRS.sub("", _LINE_MARK.sub("", text))
    text = _UNDERLINE.sub("", _STAR.sub("", text))
    return _SPACES.sub(" ", _EMOJI.sub("", text)).strip()
