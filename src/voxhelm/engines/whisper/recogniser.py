"""The network: windows of sound into transcripts, several at a time."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from voxhelm.engines.whisper.job import FRAMES, FRAMES_PER_SECOND, Heard, Job
from voxhelm.engines.whisper.judgement import Transcript, best, compression_of, ladder
from voxhelm.engines.whisper.languages import among, own_code, settled, usual_code
from voxhelm.engines.whisper.runtime import Runtime
from voxhelm.engines.whisper.timestamps import Writing, read_timestamps
from voxhelm.engines.whisper.wording import LONGEST_SEGMENT_SECONDS, TimedWord

_FULL_SCALE: Final = 32_768.0
_BEFORE_WORDS: Final = "\"'“¿([{-"
_BEHIND_WORDS: Final = "\"'.。,，!！?？:：”)]}、"
_SAMPLES: Final = 5
"""With chance in it, a transcript is the likeliest of so many."""
_LATEST_BEGINNING: Final = 50  # moments: the first word is looked for in the first second
_PREFIX_TOKENS: Final = 223  # half of what the network can write in one go


class Recogniser:
    """Hears windows. Any number of threads may call; how many work at once is decided when the model is loaded."""

    def __init__(self, runtime: Runtime, *, beam_size: int) -> None:
        """beam_size: how many transcripts are followed side by side."""
        self._runtime = runtime
        self._model = runtime.model
        self._network = runtime.model.model
        self._beam_size = beam_size
        self._tokenizers: dict[tuple[str, bool], Any] = {}

    @property
    def multilingual(self) -> bool:
        """Whether it hears more than English."""
        return bool(self._network.is_multilingual)

    def features(self, samples: NDArray[np.int16]) -> NDArray[np.float32]:
        """What the network looks at, of sound at 16 kHz: shape (mels, FRAMES), behind the sound what silence looks like.

        The library leaves zeros there, which look like a murmur: the network then ends a window before its last sentence.
        """
        seen = self._model.feature_extractor(samples.astype(np.float32) / _FULL_SCALE)[:, :FRAMES]
        # Each window's range is cut 80 dB below its loudest point, which is two units here; -1.5 is the least there is.
        silence = max(-1.5, float(seen.max()) - 2.0)
        features = np.full((len(seen), FRAMES), silence, dtype=np.float32)
        features[:, : seen.shape[1]] = seen
        return features

    def prefix(self, prompt: str | None, keywords: Sequence[str]) -> tuple[int, ...]:
        """The tokens that make the network go on from `prompt`, and expect `keywords`; the end of a long prompt counts."""
        tokenizer = self._tokenizer("en", translated=False)
        words = tokenizer.encode(" " + ", ".join(keywords))[: _PREFIX_TOKENS // 2] if keywords else []
        before = tokenizer.encode(" " + prompt.strip()) if prompt and prompt.strip() else []
        tokens = [*words, *before[-(_PREFIX_TOKENS - len(words)) :]]
        return (tokenizer.sot_prev, *tokens) if tokens else ()

    def text(self, tokens: Sequence[int]) -> str:
        """What tokens say."""
        return str(self._tokenizer("en", translated=False).decode(list(tokens)))

    def hear(self, jobs: Sequence[Job]) -> list[Heard]:
        """One answer for each of `jobs`, which have equal keys. Nothing that one job is answered depends on another."""
        encoded = self._encode(jobs)
        languages = self._languages(jobs, encoded)
        tokenizers = [
            self._tokenizer(language, translated=job.translated) for job, (language, _) in zip(jobs, languages, strict=True)
        ]
        transcripts = self._transcripts(jobs, encoded, tokenizers)
        writings = [
            Writing((), None)
            if transcript.silent
            else read_timestamps(
                [token for token in transcript.tokens if token < tokenizer.eot or token >= tokenizer.timestamp_begin],
                first_timestamp=tokenizer.timestamp_begin,
                duration_seconds=job.frames / FRAMES_PER_SECOND,
            )
            for job, transcript, tokenizer in zip(jobs, transcripts, tokenizers, strict=True)
        ]
        words = self._aligned(jobs, encoded, tokenizers, writings)
        return [
            Heard(transcript, writing, found, language, probability)
            for transcript, writing, found, (language, probability) in zip(transcripts, writings, words, languages, strict=True)
        ]

    def _encode(self, jobs: Sequence[Job]) -> Any:
        return self._model.encode(np.stack([job.features for job in jobs]))

    def detect_languages(self, jobs: Sequence[Job]) -> list[tuple[tuple[str, float], ...]]:
        """The languages that each window may be in, ISO 639-1 with their probabilities, the likeliest first."""
        return self._ranked(jobs, self._encode(jobs))

    def _languages(self, jobs: Sequence[Job], encoded: Any) -> list[tuple[str, float]]:
        if all(job.language is not None for job in jobs):
            return [(job.language or "", 1.0) for job in jobs]
        return [
            (job.language, 1.0) if job.language is not None else settled(ranked, job.expected)
            for job, ranked in zip(jobs, self._ranked(jobs, encoded), strict=True)
        ]

    def _ranked(self, jobs: Sequence[Job], encoded: Any) -> list[tuple[tuple[str, float], ...]]:
        found = self._network.detect_language(encoded)
        return [
            among([(usual_code(token[2:-2]), float(probability)) for token, probability in ranked], job.languages)
            for job, ranked in zip(jobs, found, strict=True)
        ]

    def _tokenizer(self, language: str, *, translated: bool) -> Any:
        known = self._tokenizers.get((language, translated))
        if known is None:
            task = "translate" if translated else "transcribe"
            known = self._runtime.make_tokenizer(
                self._model.hf_tokenizer, self.multilingual, task=task, language=own_code(language)
            )
            self._tokenizers[language, translated] = known
        return known

    def _transcripts(self, jobs: Sequence[Job], encoded: Any, tokenizers: Sequence[Any]) -> list[Transcript]:
        """Try warmer and warmer what could not be believed; what could is left alone."""
        tries: list[list[Transcript]] = [[] for _ in jobs]
        pending = list(range(len(jobs)))
        for temperature in ladder(jobs[0].temperature):
            prompts = [[*jobs[index].prefix, *tokenizers[index].sot_sequence] for index in pending]
            results = self._generate(encoded, prompts, tokenizers[0], temperature)
            for index, result in zip(pending, results, strict=True):
                tries[index].append(_transcript(result, tokenizers[index], temperature))
            doubtful = [index for index in pending if not tries[index][-1].believable]
            if not doubtful:
                break
            if doubtful != pending:
                encoded = self._encode([jobs[index] for index in doubtful])
            pending = doubtful
        return [best(tried) for tried in tries]

    def _generate(self, encoded: Any, prompts: list[list[int]], tokenizer: Any, temperature: float) -> Any:
        if temperature > 0:
            search = {"beam_size": 1, "num_hypotheses": _SAMPLES, "sampling_topk": 0, "sampling_temperature": temperature}
        else:
            search = {"beam_size": self._beam_size}
        return self._network.generate(
            encoded,
            prompts,
            return_scores=True,
            return_no_speech_prob=True,
            suppress_tokens=self._runtime.get_suppressed_tokens(tokenizer, [-1]),
            max_initial_timestamp_index=_LATEST_BEGINNING,
            **search,
        )

    def _aligned(
        self, jobs: Sequence[Job], encoded: Any, tokenizers: Sequence[Any], writings: Sequence[Writing]
    ) -> list[tuple[tuple[TimedWord, ...], ...]]:
        """The words of every span; none for a window that needs none."""
        words: list[tuple[tuple[TimedWord, ...], ...]] = [tuple(() for _ in writing.spans) for writing in writings]
        needing = [index for index in range(len(jobs)) if _needs_words(jobs[index], writings[index])]
        for tokenizer in dict.fromkeys(tokenizers[index] for index in needing):
            alike = [index for index in needing if tokenizers[index] is tokenizer]
            sound = encoded if len(alike) == len(jobs) else self._encode([jobs[index] for index in alike])
            texts = [[token for span in writings[index].spans for token in span.tokens] for index in alike]
            found = self._model.find_alignment(tokenizer, texts, sound, [jobs[index].frames for index in alike])
            for index, alignment in zip(alike, found, strict=True):
                self._runtime.merge_punctuations(alignment, _BEFORE_WORDS, _BEHIND_WORDS)
                words[index] = tuple(_by_span(alignment, writings[index]))
        return words


def _transcript(result: Any, tokenizer: Any, temperature: float) -> Transcript:
    tokens = tuple(result.sequences_ids[0])
    # The score is averaged over the tokens; the end, which is none of them, was as much of a choice.
    average = float(result.scores[0]) * len(tokens) / (len(tokens) + 1)
    compression = compression_of(tokenizer.decode(list(tokens)).strip())
    return Transcript(tokens, compression, average, float(result.no_speech_prob), temperature)


def _needs_words(job: Job, writing: Writing) -> bool:
    if not writing.spans:
        return False
    return job.word_times or any(span.end_seconds - span.start_seconds > LONGEST_SEGMENT_SECONDS for span in writing.spans)


def _by_span(alignment: Sequence[Any], writing: Writing) -> list[tuple[TimedWord, ...]]:
    """The words of each span: an alignment goes through the text of all of them, token by token."""
    found: list[tuple[TimedWord, ...]] = []
    remaining = iter(alignment)
    for span in writing.spans:
        words: list[TimedWord] = []
        left = len(span.tokens)
        while left > 0 and (entry := next(remaining, None)) is not None:
            left -= len(entry["tokens"])
            if entry["word"].strip():
                confidence = min(1.0, max(0.0, float(entry["probability"])))
                words.append(
                    TimedWord(entry["word"], float(entry["start"]), float(entry["end"]), confidence, tuple(entry["tokens"]))
                )
        found.append(tuple(words))
    return found
