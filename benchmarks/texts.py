"""What is said: English sentences of nearly one length, no two alike in a run, so that no cache can answer."""

from itertools import count

OPENINGS = ("Early", "Later", "Today", "Often", "Again", "Still", "Maybe", "First")
PEOPLE = ("a sailor", "a farmer", "a doctor", "a driver", "a singer", "a writer", "a healer", "a keeper")
DEEDS = ("carried", "painted", "noticed", "ordered", "watched", "measured", "repaired", "borrowed")
THINGS = ("lantern", "blanket", "compass", "kitchen", "journal", "machine", "curtain", "pitcher")
PLACES = ("harbour", "station", "library", "orchard", "theatre", "factory", "village", "meadows")

LISTS = (OPENINGS, PEOPLE, DEEDS, THINGS, PLACES)


def sentence(number: int) -> str:
    """About 130 characters, as long as a short paragraph of a reply. The same number gives the same sentence."""
    chosen = []
    for words in LISTS:
        number, index = divmod(number, len(words))
        chosen.append(words[index])
    opening, person, deed, thing, place = chosen
    return (
        f"{opening} in the morning {person} {deed} the old {thing} near the {place}, "
        "and nobody who had been there could say where it came from."
    )


def passage(characters: int, first: int = 0) -> str:
    """Sentences up to about `characters`, for narrations that last."""
    sentences: list[str] = []
    length = 0
    for number in count(first):
        sentences.append(sentence(number))
        length += len(sentences[-1]) + 1
        if length >= characters:
            break
    return " ".join(sentences)
