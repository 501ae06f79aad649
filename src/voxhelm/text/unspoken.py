"""What a language model writes and nobody should hear: its thoughts, code, and the signs of Markdown."""

import re
from typing import Final, Literal

_THOUGHT: Final = re.compile(r"<(think|thinking|thought)>", re.IGNORECASE)
_THOUGHT_END: Final = re.compile(r"</(think|thinking|thought)>", re.IGNORECASE)
_FENCE: Final = re.compile(r"(?m)^(?P<indent>)[ \t]*(?P<mark>```|~~~)")
_FENCE_END: Final = re.compile(r"(?m)^[ \t]*(```|~~~)")
_LINE_END: Final = re.compile(r"\n")
_MARKS: Final = ("<think>", "<thinking>", "<thought>", "```", "~~~")
_LONGEST_MARK: Final = 32

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
        self._in: Literal["text", "thought", "code", "last line"] = "text"
        # Whether nothing stands before what is held, on its line.
        self._line_begins = True
        self._after_thought = False

    def push(self, delta: str) -> str:
        """The next of the text; what of it is certain to stay."""
        self._held += delta
        return self._taken(last=False)

    def finish(self) -> str:
        """What was kept back. A thought or a block without an end has none in the text either."""
        return self._taken(last=True)

    def _taken(self, *, last: bool) -> str:
        found: list[str] = []
        while (step := self._passed_over() if self._in != "text" else self._told(last=last)) is not None:
            found.append(step)
        if last and self._in != "text":
            self._held = ""
        return "".join(found)

    def _passed_over(self) -> str | None:
        """Go on to the end of what is not said; None when that has not come."""
        end = {"thought": _THOUGHT_END, "code": _FENCE_END, "last line": _LINE_END}[self._in].search(self._held)
        if end is None:
            # As much as may be the beginning of the end: of code, that is a line with nothing else on it.
            line = self._held[self._held.rfind("\n") + 1 :] if self._in == "code" else self._held[-_LONGEST_MARK:]
            self._held = line if len(line) <= _LONGEST_MARK else "."
            return None
        self._held = self._held[end.end() :]
        self._after_thought = self._in == "thought"
        self._line_begins = self._line_begins or self._in != "thought"
        self._in = "last line" if self._in == "code" else "text"
        return ""

    def _told(self, *, last: bool) -> str | None:
        """What is said up to the next mark; None when there is nothing more that is certain."""
        thought = _THOUGHT.search(self._held)
        fence = None if self._code else self._fence()
        if fence is not None and (thought is None or fence.start("mark") < thought.start()):
            self._in = "code"
            return self._given(fence.start("indent"), fence.end())
        if thought is not None:
            self._in = "thought"
            return self._given(thought.start(), thought.end())
        end = len(self._held) - (0 if last else self._may_be_a_mark())
        return self._given(end, end) if end else None

    def _fence(self) -> re.Match[str] | None:
        found = _FENCE.finditer(self._held)
        return next((one for one in found if one.start("indent") > 0 or self._line_begins), None)

    def _given(self, until: int, behind: int) -> str:
        given = self._held[:until]
        self._held = self._held[behind:]
        if self._after_thought:
            given = given.lstrip()
            self._after_thought = not given
        line = given.rpartition("\n")
        self._line_begins = not line[2].strip() and (bool(line[1]) or self._line_begins)
        return given

    def _may_be_a_mark(self) -> int:
        """How much of the end may be the beginning of one."""
        lower = self._held[-_LONGEST_MARK:].lower()
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
