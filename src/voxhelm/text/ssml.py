"""The part of SSML that Voxhelm follows."""

import re
from collections.abc import Callable, Mapping
from typing import Final, TypeVar
from xml.parsers import expat

from voxhelm.domain.errors import MarkupInvalid
from voxhelm.text.part import Part, Pause, Say, Style
from voxhelm.text.passage import Passage, Piece
from voxhelm.text.pauses import Pauses
from voxhelm.text.ssml_values import gain_of, is_ipa, language_of, rate_of, seconds_of

# Attributes of each element; what else may stand there changes nothing that is heard.
ELEMENTS: Final[Mapping[str, frozenset[str]]] = {
    "speak": frozenset({"version", "xml:lang", "xmlns", "xmlns:xsi", "xmlns:mstts", "xsi:schemaLocation"}),
    "p": frozenset({"xml:lang"}),
    "s": frozenset({"xml:lang"}),
    "break": frozenset({"time", "strength"}),
    "lang": frozenset({"xml:lang"}),
    "phoneme": frozenset({"alphabet", "ph"}),
    "prosody": frozenset({"rate", "volume"}),
    "say-as": frozenset({"interpret-as", "format", "detail"}),
    "sub": frozenset({"alias"}),
    "voice": frozenset({"name", "xml:lang"}),
}
REQUIRED: Final[Mapping[str, str]] = {
    "lang": "xml:lang",
    "phoneme": "ph",
    "say-as": "interpret-as",
    "sub": "alias",
}
KINDS: Final = frozenset(
    "characters spell-out cardinal number ordinal digits telephone date time currency unit fraction".split()  # noqa: SIM905
)
_Value = TypeVar("_Value")

DEEPEST: Final = 32
BEGINNING: Final = re.compile(r"\s*(?:<\?xml\b[^>]{0,200}\?>\s*)?<speak(?=[\s/>])")
_ENTITY: Final = re.compile(r"&[^;\s]{1,40};")
_SPACE: Final = re.compile(r"\s")


def looks_like_ssml(text: str) -> bool:
    """Whether the text begins with `<speak`; any other `<` is a character like others."""
    return BEGINNING.match(text) is not None


def parse_ssml(text: str) -> list[Part]:
    """What `text` says. Raises MarkupInvalid naming the element, the attribute and the place."""
    try:
        return _Parser(text).parts()
    except expat.ExpatError as error:
        where = _place(error.lineno, error.offset)
        raise MarkupInvalid(f"The SSML is not well-formed at {where}: {expat.ErrorString(error.code)}.", param="input") from error
    except UnicodeEncodeError as error:
        raise MarkupInvalid(f"Character {error.start + 1} of the SSML is no character.", param="input") from error


class _Open:
    """An element that has begun. inner: how what is in it is said, which is marked as one piece where the element decides."""

    def __init__(self, name: str, style: Style, begin: int) -> None:
        self.name = name
        self.style = style
        self.begin = begin
        self.alias: str | None = None
        self.ipa: str | None = None
        self.say_as: str | None = None
        self.pieces: list[Piece] | None = None


class _Parser:
    """No document type, so no entity but the five that XML has: nothing can grow, and nothing is fetched."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._data = text.encode()
        self._ascii = len(self._data) == len(text)
        self._bytes_seen, self._characters_seen = 0, 0
        self._parts: list[Part] = []
        self._pieces: list[Piece] = []
        self._style = Style()
        self._open: list[_Open] = []
        self._pauses = Pauses()
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = False  # one call for each entity, so that its place is known
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        parser.ProcessingInstructionHandler = self._refuse_instruction
        self._parser = parser

    def parts(self) -> list[Part]:
        self._parser.Parse(self._data, True)
        return self._parts

    def _refuse_doctype(self, *_: object) -> None:
        raise self._wrong("a document type is not supported")

    def _refuse_instruction(self, target: str, _data: str) -> None:
        raise self._wrong(f"the processing instruction '{target}' is not supported")

    def _begin(self, name: str, attributes: Mapping[str, str]) -> None:
        self._check(name, attributes)
        inner = self._open[-1] if self._open else None
        if inner is not None and inner.pieces is not None:
            raise self._wrong(f"<{name}> cannot stand in <{inner.name}>, which holds text only")
        one = _Open(name, self._style, self._offset())
        self._open.append(one)
        if len(self._open) > DEEPEST:
            raise self._wrong(f"elements stand in each other more than {DEEPEST} deep")
        changed = self._styled(name, attributes)
        if name in ("phoneme", "sub", "say-as"):
            one.pieces = []
            one.alias = self._alias(attributes) if name == "sub" else None
            one.ipa = self._sounds(attributes) if name == "phoneme" else None
            one.say_as = self._kind(attributes) if name == "say-as" else None
        elif name == "break":
            self._flush()
            self._parts.append(Pause(self._pauses.add(self._break(attributes), f"<break> at {self._here()}")))
        elif name in ("p", "s"):
            self._end_sentence()
        if changed != self._style:
            self._flush()
            self._style = changed

    def _end(self, name: str) -> None:
        one = self._open.pop()
        if name in ("p", "s"):
            self._end_sentence()
        if one.pieces is not None:
            self._pieces += self._joined(one)
        if self._style != one.style:
            self._flush()
            self._style = one.style
        if not self._open:
            self._flush()

    def _characters(self, data: str) -> None:
        begin = self._offset()
        entity = _ENTITY.match(self._text, begin) if len(data) == 1 else None
        # Ends of lines are white space like any other here: paragraphs and sentences have elements.
        plain = _SPACE.sub(" ", data)
        end = begin + len(data) if entity is None else entity.end()
        piece = Piece(plain, plain, begin, end, exact=entity is None)
        held = self._open[-1].pieces if self._open else None
        (self._pieces if held is None else held).append(piece)

    def _joined(self, one: _Open) -> list[Piece]:
        """What an element of text says, as a single piece."""
        inside = one.pieces or []
        written = "".join(piece.written for piece in inside)
        if not written.strip() and one.alias is None:
            if one.ipa is None:
                return []
            raise self._wrong("<phoneme> needs text between its tags, for voices that cannot be told sounds")
        begin = inside[0].begin if inside else one.begin
        end = inside[-1].end if inside else one.begin
        said = written if one.alias is None else one.alias
        return [Piece(said, written, begin, end, exact=False, fixed=True, ipa=one.ipa, say_as=one.say_as)]

    def _end_sentence(self) -> None:
        at = self._offset()
        self._pieces.append(Piece("\n", "\n", at, at, exact=False))

    def _flush(self) -> None:
        if any(character.isalnum() for piece in self._pieces for character in piece.said):
            self._parts.append(Say(Passage(tuple(self._pieces)), self._style))
        self._pieces = []

    def _check(self, name: str, attributes: Mapping[str, str]) -> None:
        if not self._open and name != "speak":
            raise self._wrong(f"SSML begins with <speak>, not with <{name}>")
        if name not in ELEMENTS or (name == "speak" and self._open):
            known = ", ".join(sorted(ELEMENTS.keys() - {"speak"}))
            raise self._wrong(f"<{name}> is not supported here; what is: {known}")
        for attribute in attributes:
            if attribute not in ELEMENTS[name] and not attribute.startswith("xmlns:"):
                allowed = ", ".join(sorted(ELEMENTS[name]))
                raise self._wrong(f"<{name}> has the attribute '{attribute}', which is not supported; what is: {allowed}")
        required = REQUIRED.get(name)
        if required is not None and required not in attributes:
            raise self._wrong(f"<{name}> needs the attribute '{required}'")

    def _styled(self, name: str, attributes: Mapping[str, str]) -> Style:
        style = self._style
        voice, language = style.voice, style.language
        rate, gain = style.rate, style.gain
        if "xml:lang" in attributes:
            language = self._value(name, "xml:lang", attributes["xml:lang"], language_of)
        if name == "voice":
            if "name" not in attributes and "xml:lang" not in attributes:
                raise self._wrong("<voice> needs the attribute 'name' or 'xml:lang'")
            voice = attributes.get("name", "auto")
        if "rate" in attributes:
            rate *= self._value(name, "rate", attributes["rate"], rate_of)
        if "volume" in attributes:
            gain = self._value(name, "volume", attributes["volume"], lambda value: gain_of(value, style.gain))
        return Style(voice, language, min(max(rate, 0.25), 4.0), gain)

    def _break(self, attributes: Mapping[str, str]) -> float:
        if "time" in attributes:
            return self._value("break", "time", attributes["time"], seconds_of)
        return self._value("break", "strength", attributes.get("strength", "medium"), seconds_of)

    def _sounds(self, attributes: Mapping[str, str]) -> str:
        alphabet = attributes.get("alphabet", "ipa")
        if alphabet != "ipa":
            raise self._wrong(f"<phoneme> has the alphabet '{alphabet}'; 'ipa' is supported")
        ipa = attributes["ph"].strip()
        if not is_ipa(ipa):
            raise self._wrong(f"<phoneme> has ph='{ipa}', which is not written in IPA")
        return ipa

    def _alias(self, attributes: Mapping[str, str]) -> str:
        if not attributes["alias"].strip():
            raise self._wrong("<sub> has an empty alias")
        return _SPACE.sub(" ", attributes["alias"].strip())

    def _kind(self, attributes: Mapping[str, str]) -> str:
        kind = attributes["interpret-as"]
        if kind not in KINDS:
            raise self._wrong(f"<say-as> has interpret-as='{kind}'; supported are {', '.join(sorted(KINDS))}")
        return f"{kind}:{attributes['format']}" if attributes.get("format") else kind

    def _value(self, element: str, attribute: str, value: str, read: Callable[[str], _Value]) -> _Value:
        try:
            return read(value.strip())
        except ValueError as error:
            raise self._wrong(f"<{element}> has {attribute}='{value}', which is not right: {error}") from None

    def _wrong(self, problem: str) -> MarkupInvalid:
        return MarkupInvalid(f"The SSML cannot be followed at {self._here()}: {problem}.", param="input")

    def _here(self) -> str:
        return _place(self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber)

    def _offset(self) -> int:
        """Where the parser is, in characters; it counts bytes, and only ever goes on."""
        at = self._parser.CurrentByteIndex
        if self._ascii:
            return at
        if at > self._bytes_seen:
            self._characters_seen += len(self._data[self._bytes_seen : at].decode())
            self._bytes_seen = at
        return self._characters_seen


def _place(line: int, column: int) -> str:
    return f"line {line}, column {column + 1}"
