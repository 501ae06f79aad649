"""A chapter: sentences of every length made from a few words, the same ones each time, with numbers and names among them."""

import random
from collections.abc import Iterator

WHO = (
    "the old captain",
    "a young teacher",
    "Dr. Hill",
    "the whole village",
    "my sister",
    "nobody",
    "the last train",
    "a small dog",
)
DID = ("walked along", "looked at", "remembered", "painted", "waited for", "carried", "followed", "was afraid of", "talked about")
WHAT = ("the river", "a red house", "3 empty boats", "the station", "an open window", "$12.50 in coins", "a letter from 1984")
WHEN = (
    "in the morning",
    "at 7:30",
    "on 5 June",
    "after the rain",
    "for 20 minutes",
    "before anybody spoke",
    "in the middle of the night",
)
JOIN = (", and", ", but", ", because", "; then")


def sentences(seed: int = 4) -> Iterator[str]:
    """Without end."""
    chance = random.Random(seed)
    while True:
        text = ""
        for number in range(chance.choice((1, 1, 1, 2, 2, 3))):
            text += (chance.choice(JOIN) + " ") * (number > 0) + " ".join(map(chance.choice, (WHO, DID, WHAT, WHEN)))
        yield text[0].upper() + text[1:] + chance.choice("...?!")


def chapter(characters: int) -> str:
    """At least so many characters, in paragraphs of a few sentences."""
    text = ""
    for number, sentence in enumerate(sentences(), start=1):
        text += sentence + ("\n\n" if number % 5 == 0 else " ")
        if len(text) >= characters:
            return text.strip()
    raise AssertionError("sentences have no end")
