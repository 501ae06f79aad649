"""Abbreviations that end in a full stop and are no end of a sentence, beside those that the sentence splitter knows by itself."""

# ruff: noqa: SIM905 - a table of words reads better as words

from collections.abc import Mapping
from typing import Final

# Lower case, without the last full stop. What stands before a name, a number or the rest of a phrase. A pause too few between two
# sentences is heard less than one too many inside a sentence; but no word stands here that often ends a sentence as itself.
NEVER_LAST: Final[Mapping[str, frozenset[str]]] = {
    "bg": frozenset(
        """
        т.нар т.е т.к напр вж срв ок
        ул бул пл ж.к кв бл вх ет ап гр с обл местн
        чл ал стр т гл фиг табл прил изд прев бр № тел моб вътр
        проф доц преп акад инж арх д-р г-н г-жа г-ца ген полк подп ефр серж св
        сл пр пр.хр сл.хр хр ив дж
        """.split()
    ),
    "en": frozenset("ms approx incl excl resp vol vols ch ed eds trans eq tel ext orig cf ca viz".split()),
}

# These may be a sentence's last word: they end it where the next word is written with a capital.
MAY_BE_LAST: Final[Mapping[str, frozenset[str]]] = {
    "bg": frozenset(
        """
        т.н др под год г гг в вв н.е р.м т.г м.г с.г б.р
        лв ст евр млн млрд хил кг гр км м см мм л мл ч мин сек дн
        ян февр март апр авг септ окт ноем дек
        """.split()
    ),
    "en": frozenset("km kg hrs mins secs est max min temp misc mon tue wed thu fri sat sun".split()),
}
