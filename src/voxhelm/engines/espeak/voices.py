"""The voice files of eSpeak NG, read without its library."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from voxhelm.domain.errors import VoiceNotFound
from voxhelm.domain.voice import Voice

# A `language` line without a number, says the format.
DEFAULT_PRIORITY: Final = 5


@dataclass(frozen=True, slots=True)
class LanguageFile:
    """A file below `lang/`.

    id: the first language tag, or the file's name where another file has the same tag.
    path: below `lang/`; what the library takes as a name.
    tags: language tag and priority, lower is better, as in the file.
    """

    id: str
    path: str
    name: str
    tags: tuple[tuple[str, int], ...]

    @property
    def languages(self) -> tuple[str, ...]:
        """The tags, the best first."""
        return tuple(tag for tag, _ in sorted(self.tags, key=lambda tag: tag[1]))


@dataclass(frozen=True, slots=True)
class VariantFile:
    """A file in `voices/!v`: a way to colour any language."""

    id: str
    name: str
    gender: str | None


class VoiceFiles:
    """Every language and every variant of one data folder."""

    def __init__(self, data: Path) -> None:
        """data: the folder `espeak-ng-data`."""
        self.languages = tuple(_read_languages(data))
        self.variants = tuple(_read_variants(data / "voices" / "!v"))
        # Later entries win: an exact id over a file's name, a better priority over a worse one.
        self._languages = {Path(language.path).name.lower(): language for language in self.languages}
        tags = [(priority, tag, language) for language in self.languages for tag, priority in language.tags]
        for _, tag, language in sorted(tags, key=lambda entry: -entry[0]):
            self._languages[tag] = language
        self._languages |= {language.id: language for language in self.languages}
        self._variants = {variant.id.lower(): variant for variant in self.variants}

    def voices(self) -> Iterator[Voice]:
        """The languages, then every language with every variant."""
        for language in self.languages:
            yield Voice(language.id, language.name, language.languages)
        for language in self.languages:
            languages = language.languages
            for variant in self.variants:
                name = f"{language.name}, {variant.name}"
                yield Voice(f"{language.id}+{variant.id}", name, languages, variant.gender, variant_of=language.id)

    def library_name(self, voice: str) -> str:
        """What the library calls `voice`, an id of `voices`; another tag of the language will do, in any case.

        The library itself takes no notice of an unknown variant, so this is the only check. Raises VoiceNotFound.
        """
        language_id, plus, variant_id = voice.partition("+")
        language = self._languages.get(language_id.lower())
        variant = self._variants.get(variant_id.lower())
        if language is None:
            raise VoiceNotFound(f"eSpeak NG has no voice '{voice}': it does not know the language '{language_id}'.", param="voice")
        if not plus:
            return language.path
        if variant is None:
            raise VoiceNotFound(f"eSpeak NG has no voice '{voice}': there is no variant '{variant_id}'.", param="voice")
        return f"{language.path}+{variant.id}"


def _read_languages(data: Path) -> Iterator[LanguageFile]:
    taken: set[str] = set()
    files = sorted(path for path in (data / "lang").rglob("*") if path.is_file())
    found = []
    for path in files:
        lines = _read_lines(path)
        tags = tuple((words[1].lower(), _priority(words)) for words in lines if words[0] == "language" and len(words) > 1)
        # Some languages are described and have no dictionary: the library cannot speak them.
        if not tags or not (data / f"{_dictionary(lines, tags[0][0])}_dict").is_file():
            continue
        identifier = tags[0][0] if tags[0][0] not in taken else path.name.lower()
        taken.add(identifier)
        found.append(LanguageFile(identifier, path.relative_to(data / "lang").as_posix(), _name(lines) or path.name, tags))
    yield from sorted(found, key=_usual_first)


def _read_variants(folder: Path) -> Iterator[VariantFile]:
    for path in sorted(folder.iterdir(), key=lambda path: path.name.lower()):
        lines = _read_lines(path)
        gender = next((words[1].lower() for words in lines if words[0] == "gender" and len(words) > 1), None)
        yield VariantFile(path.name, _name(lines) or path.name, gender if gender in {"male", "female"} else None)


def _read_lines(path: Path) -> list[list[str]]:
    text = path.read_text(encoding="utf-8", errors="replace")
    return [words for line in text.splitlines() if (words := line.split("//")[0].split())]


def _name(lines: list[list[str]]) -> str:
    return next((" ".join(words[1:]) for words in lines if words[0] == "name"), "")


def _priority(words: list[str]) -> int:
    return int(words[2]) if len(words) > 2 and words[2].isdigit() else DEFAULT_PRIORITY


def _dictionary(lines: list[list[str]], tag: str) -> str:
    return next((words[1] for words in lines if words[0] == "dictionary" and len(words) > 1), tag.partition("-")[0])


def _usual_first(language: LanguageFile) -> tuple[str, int, str]:
    """Sorts a language's usual variety before its others, so that the first voice that knows `en` is a fair choice."""
    primary = language.tags[0][0].partition("-")[0]
    return primary, dict(language.tags).get(primary, 99), language.id
