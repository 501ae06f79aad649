"""What listeners say without wanting to speak: "mm-hm", "yeah", "okay". Pure."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Final

MOST_PHRASES: Final = 3
"""Who says more than "yeah, okay, right" in one breath is saying something."""

LONGEST_CHARACTERS: Final = 80
"""Longer than any three of them, drawn out or not."""

_QUESTION: Final = re.compile(r"[?？؟]")
_NO_LETTER: Final = re.compile(r"[\W_]+")
# In "don't" and "d'accord" it joins; everywhere else it is a quotation mark.
_APOSTROPHE: Final = re.compile(r"(?<=\w)['’](?=\w)")
_DRAWN_OUT: Final = re.compile(r"(.)\1{2,}")
# Signs that only lengthen what stands before them, and the dot that casefolding leaves of a Turkish capital.
_LENGTH: Final = re.compile("[ー〜~\N{COMBINING DOT ABOVE}]")

_JOINED: Final = frozenset({"ja", "zh"})
"""Languages that put no spaces between words."""

_ANYWHERE: Final = """m, mm, hm, hmm, mhm, mhmm, mmhm, mmhmm, mm hm, mm hmm, m hm, uh huh, uhhuh, ah, aha, oh, ok, okay,
    м, мм, хм, хмм, мхм, мгм, угу, ага, аха, ъхъ, ъхъм"""
"""Sounds that are words of no language here, but for "okay", which means one thing everywhere."""

# What is an answer as well ("yes", "right") is here: while somebody else speaks, it is agreement. What takes the floor ("no", "wait"),
# opens a turn ("so", "well") or closes the talk ("thank you") is not. Polish "no" agrees, and is left out: were the language
# mistaken, a refusal would go unheard.
_PHRASES: Final[Mapping[str, str]] = {
    "en": """yeah, yea, yep, yup, ya, yes, okey, right, sure, all right, alright, got it, gotcha, i see, i know, i get it,
        i understand, i hear you, of course, cool, nice, great, good, fine, perfect, wow, ooh, exactly, absolutely, definitely,
        totally, indeed, true, correct, interesting, really, makes sense, that makes sense, fair enough, thats right, thats true,
        go on, go ahead""",
    "bg": """да, мда, добре, окей, ок, ясно, ясно ми е, разбирам, разбрах, точно, точно така, именно, вярно, вярно е, така е,
        естествено, разбира се, супер, чудесно, хубаво, интересно, наистина, браво, сигурно, продължавай, продължавайте, ах, оу,
        ъ хъ""",
    "de": """ja, jaja, jo, joa, jep, jawohl, genau, klar, alles klar, na klar, natürlich, gut, sehr gut, schön, super, toll,
        richtig, stimmt, das stimmt, verstehe, ich verstehe, verstanden, eben, ach, ach so, achso, ach ja, interessant, wirklich,
        tatsächlich, sicher, logisch, weiter, okey""",
    "fr": """oui, ouais, ouaip, daccord, bien, très bien, bien sûr, cest ça, cest vrai, voilà, exactement, tout à fait, je vois,
        je comprends, compris, entendu, super, génial, vrai, effectivement, en effet, ça marche, évidemment, carrément,
        intéressant, vraiment, ah bon, continue, continuez, vas y, allez y""",
    "es": """sí, si, ajá, ya, ya veo, claro, claro que sí, vale, okey, de acuerdo, bien, muy bien, entiendo, entendido, comprendo,
        exacto, exactamente, eso, eso es, así es, cierto, verdad, es verdad, correcto, perfecto, genial, por supuesto,
        desde luego, interesante, sigue, siga, dale""",
    "it": """sì, si, già, eh sì, okey, va bene, bene, certo, certamente, capito, ho capito, capisco, esatto, esattamente, giusto,
        vero, è vero, infatti, appunto, daccordo, perfetto, chiaro, ovvio, ovviamente, interessante, davvero, continua, vai avanti""",
    "nl": """ja, jaja, jawel, jep, oké, oke, goed, prima, precies, klopt, dat klopt, juist, inderdaad, natuurlijk, tuurlijk,
        snap ik, ik snap het, begrijp ik, ik begrijp het, duidelijk, zeker, mooi, leuk, interessant, echt, echt waar, ga door""",
    "pl": """tak, no tak, no właśnie, no jasne, yhy, yhm, jasne, okej, dobra, dobrze, w porządku, rozumiem, zrozumiałem,
        zrozumiałam, właśnie, dokładnie, racja, prawda, to prawda, pewnie, oczywiście, fajnie, super, świetnie, ciekawe, naprawdę,
        serio, wiem, ach""",
    "pt": """sim, é, pois, pois é, uhum, aham, ahã, tá, tá bom, tá bem, está bem, certo, claro, claro que sim, beleza, entendi,
        entendo, percebo, percebi, compreendo, exato, exatamente, isso, isso mesmo, verdade, é verdade, com certeza, perfeito,
        ótimo, legal, muito bem, interessante, continua, continue""",
    "ru": """да, ну да, так так, ладно, хорошо, окей, ок, понятно, понял, поняла, понимаю, ясно, точно, именно, верно, правда,
        это правда, конечно, разумеется, естественно, отлично, здорово, круто, класс, супер, интересно, действительно, продолжай,
        продолжайте, надо же, вот как, ах, ого""",
    "uk": """так, ну так, та так, добре, гаразд, окей, ок, зрозуміло, зрозумів, зрозуміла, розумію, ясно, точно, саме, саме так,
        вірно, правда, це правда, звичайно, звісно, авжеж, чудово, супер, клас, круто, цікаво, справді, продовжуй, продовжуйте,
        он як, ах, ого""",
    "tr": """evet, he, hee, ha, haa, hı hı, hıhı, tamam, peki, olur, tabii, tabi, tabii ki, tabi ki, elbette, anladım, anlıyorum,
        anlaşıldı, doğru, aynen, aynen öyle, öyle, kesinlikle, güzel, çok güzel, iyi, süper, harika, okey, ilginç, gerçekten,
        devam, devam et, devam edin""",
    "ja": """はい, ええ, うん, そう, そうか, そうですね, そうですか, そうだね, そうなんだ, そうなんですね, なるほど, なるほどね,
        へ, へえ, ふん, ふうん, ほう, ああ, あ, おお, たしかに, 確かに, もちろん, わかりました, 分かりました, わかる, 分かる,
        了解, すごい, いいね, いいですね, オケ, オッケ""",
    "zh": """嗯, 嗯哼, 哦, 噢, 喔, 啊, 对, 對, 对啊, 對啊, 是, 是的, 是啊, 好, 好的, 好啊, 行, 明白, 明白了, 知道了, 懂了, 了解,
        没错, 沒錯, 当然, 當然, 这样啊, 這樣啊, 原来如此, 原來如此, 真的, 有道理, 很好, 不错, 不錯""",
}


def is_backchannel(transcript: str, language: str | None) -> bool:
    """Whether `transcript` is nothing but signs of listening, at most three of them: "Mm-hm. Yeah, okay".

    language: ISO 639-1, of what was said. Where it is not known, or has no list, only sounds count that mean the same everywhere: a word
    of one language is another's "no", "what" or "and", and to talk on over somebody who has said something is worse than to stop once
    too often for somebody who has not.

    A question never counts: "Right?" and "Okay?" want an answer.
    """
    said = _plain(transcript)
    return bool(said) and _may_count(transcript) and _is_made_of(said, _code(language), whole=True)


def may_become_backchannel(partial: str, language: str | None) -> bool:
    """Whether `partial`, the first words of what is still being said, may yet turn out to be one: "that's", "I", or nothing so far.

    language: as `is_backchannel`; where it is not known, those of all lists count, because the whole of it is judged soon.
    """
    known = _code(language)
    codes = (known,) if known else tuple(_PHRASES)
    return _may_count(partial) and any(_is_made_of(_plain(partial), code, whole=False) for code in codes)


def _code(language: str | None) -> str:
    """Of a language that has a list; else nothing."""
    code = (language or "").lower().partition("-")[0]
    return code if code in _PHRASES else ""


def _may_count(text: str) -> bool:
    return len(text) <= LONGEST_CHARACTERS and not _QUESTION.search(text)


def _plain(text: str) -> tuple[str, ...]:
    """The words of `text` as they are compared: in lower case, without marks, and none drawn out ("yeaaah")."""
    lower = _LENGTH.sub("", unicodedata.normalize("NFKC", text).casefold())
    return tuple(_DRAWN_OUT.sub(r"\1", word) for word in _NO_LETTER.sub(" ", _APOSTROPHE.sub("", lower)).split())


@cache
def _phrases(language: str) -> frozenset[tuple[str, ...]]:
    """Every phrase as its words."""
    listed = f"{_ANYWHERE}, {_PHRASES.get(language, '')}"
    return frozenset(words for words in map(_plain, listed.split(",")) if words)


def _is_made_of(said: tuple[str, ...], code: str, *, whole: bool) -> bool:
    phrases = _phrases(code)
    if code in _JOINED:
        letters = frozenset(tuple("".join(phrase)) for phrase in phrases)
        return _is_line_of(tuple("".join(said)), letters, MOST_PHRASES, whole=whole)
    return _is_line_of(said, phrases, MOST_PHRASES, whole=whole)


def _is_line_of(said: tuple[str, ...], phrases: frozenset[tuple[str, ...]], most: int, *, whole: bool) -> bool:
    """Whether `said` is at most so many of `phrases`, one behind the other. whole: else the last may be only begun."""
    if not said:
        return True
    if most == 0:
        return False
    if not whole and any(phrase[: len(said)] == said for phrase in phrases):
        return True
    return any(
        said[:length] in phrases and _is_line_of(said[length:], phrases, most - 1, whole=whole)
        for length in range(1, len(said) + 1)
    )
