"""What the voice and the words say together of whether a turn is over. Pure."""

import math
from typing import Final

# Neither is so sure that the other could not change it: a full stop was written before the last word was heard, a voice falls in a list.
SUREST_BY_VOICE: Final = 0.98
SUREST_BY_WORDS: Final = 0.95
# A voice falls at the end in most languages, so a model says something of one that it has not learnt, too.
WEIGHT_OF_A_STRANGER: Final = 0.5


def turn_probability(by_words: float, by_voice: float | None, *, knows_language: bool = True) -> float:
    """The probability that a speaker is done, 0 to 1.

    by_words, by_voice: what each alone says, 0 to 1; `by_voice` is None where nobody has heard it. knows_language: whether that one was
    trained on the language that is spoken.

    They are taken for two witnesses who do not know of each other, so their odds are multiplied: 0.5 of one leaves the other's word as
    it is, two who agree are surer than each alone, and of two who disagree the surer one has its way, less surely.
    """
    if by_voice is None:
        return by_words
    weight = 1.0 if knows_language else WEIGHT_OF_A_STRANGER
    odds = _log_odds(by_words, SUREST_BY_WORDS) + weight * _log_odds(by_voice, SUREST_BY_VOICE)
    return 1.0 / (1.0 + math.exp(-odds))


def _log_odds(probability: float, surest: float) -> float:
    within = min(max(probability, 1.0 - surest), surest)
    return math.log(within / (1.0 - within))
