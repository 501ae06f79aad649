"""Where the first sentence of a text may be divided."""

import re
from typing import Final

from voxhelm.text.passage import Passage

# The first piece: long enough to be a phrase and short enough to be made at once. Two seconds of speech hide the making of the next.
SHORTEST_FIRST_CHARACTERS: Final = 12
LONGEST_FIRST_CHARACTERS: Final = 90
# A sentence of this length is made as fast as a part of it.
SHORT_SENTENCE_CHARACTERS: Final = 50

_CLAUSE_END: Final = re.compile(r"[;:,—–][\"'”’»)\]]*(?=\s)|\s[—–](?=\s)|[、，；：،؛]")


def first_clause(passage: Passage) -> int:
    """Where to divide the first sentence of a text, so that its beginning can be heard soon; 0 for not at all.

    Behind the first clause of a reasonable length: never in a word, a number or what is said in place of one.
    """
    said = passage.said
    if len(said) <= SHORT_SENTENCE_CHARACTERS:
        return 0
    for match in _CLAUSE_END.finditer(said, SHORTEST_FIRST_CHARACTERS, LONGEST_FIRST_CHARACTERS):
        end = match.end()
        if passage.may_cut(end) and any(one.isalnum() for one in said[end:]):
            return end
    return 0
