"""A chapter of 30,000 characters, spoken end to end by the built-in engine, heard back in part, its words where its captions say."""

import base64
import io
import json
import re
import wave
from dataclasses import dataclass

import jiwer
import numpy as np
import pytest
import soxr
from pocketsphinx import Decoder

from tests.api.chapter import chapter
from voxhelm.text.captions import CaptionFormat

RATE_HZ = 24_000
RECOGNISER_HZ = 16_000
TOLERANCE_SECONDS = 0.1
# Louder than this is no silence: eSpeak's is digital.
LOUD = 400


@dataclass(frozen=True)
class Spoken:
    text: str
    samples: np.ndarray
    words: list[dict]
    cues: list[dict]
    words_in_events: list[dict]

    def sentences(self) -> list[list[dict]]:
        """The words by sentence; no abbreviation of the chapter ends one."""
        found = [[]]
        for word in self.words:
            found[-1].append(word)
            if self.text[word["offset"] + len(word["word"]) :][:1] in ("!", "?") or (
                self.text[word["offset"] + len(word["word"]) :][:1] == "." and word["word"] not in ("Dr", "Mr")
            ):
                found.append([])
        return [sentence for sentence in found if sentence]


@pytest.fixture(scope="module")
def spoken(client):
    text = chapter(30_000)
    audio, words, captions = bytearray(), [], None
    with client.audio.speech.with_streaming_response.create(
        model="espeak-ng",
        voice="en-us",
        input=text,
        response_format="pcm",
        stream_format="sse",
        extra_body={"timestamp_granularities": ["word"], "captions": "json"},
    ) as answer:
        for line in answer.iter_lines():
            event = json.loads(line.removeprefix("data: ")) if line else {"type": None}
            if event["type"] == "speech.audio.delta":
                audio += base64.b64decode(event["audio"])
            elif event["type"] == "speech.audio.word":
                words.append(event)
            elif event["type"] == "speech.audio.captions":
                captions = event["captions"]
    samples = np.frombuffer(bytes(audio), dtype="<i2")
    return Spoken(text, samples, captions["words"], captions["cues"], words)


def test_every_word_of_the_chapter_is_told_as_it_was_written_and_in_its_place(spoken):
    assert [word["word"] for word in spoken.words] == [token.strip(".,;?!") for token in spoken.text.split()]
    assert all(spoken.text.startswith(word["word"], word["offset"]) for word in spoken.words)
    told = [{key: value for key, value in event.items() if key != "type"} for event in spoken.words_in_events]
    assert told == spoken.words


def test_times_go_on_to_the_end_of_the_sound(spoken):
    moments = [moment for word in spoken.words for moment in (word["start"], word["end"])]
    assert moments == sorted(moments)
    assert moments[-1] == pytest.approx(len(spoken.samples) / RATE_HZ, abs=0.2)


def test_captions_hold_the_chapter_and_begin_with_their_words(spoken):
    assert " ".join(cue["text"].replace("\n", " ") for cue in spoken.cues).split() == spoken.text.split()
    starts = {round(word["start"], 3) for word in spoken.words}
    near = [min(abs(cue["start"] - start) for start in starts) <= TOLERANCE_SECONDS for cue in spoken.cues[:100]]
    assert all(near)


def test_every_sentence_begins_and_ends_where_silence_does(spoken):
    """The sound itself says where: not the engine, and not what joined it."""
    loud = np.abs(spoken.samples.astype(np.int32)) > LOUD
    sentences = spoken.sentences()
    assert len(sentences) > 250
    for sentence in sentences:
        start, end = round(sentence[0]["start"] * RATE_HZ), round(sentence[-1]["end"] * RATE_HZ)
        before = max(0, start - round(0.15 * RATE_HZ))
        onset = before + int(np.argmax(loud[before : start + RATE_HZ]))
        assert abs(onset - start) / RATE_HZ <= TOLERANCE_SECONDS, sentence[0]
        after = min(end + round(0.15 * RATE_HZ), len(loud))
        offset = after - 1 - int(np.argmax(loud[end - RATE_HZ // 2 : after][::-1]))
        assert abs(offset - end) / RATE_HZ <= TOLERANCE_SECONDS, sentence[-1]


def test_a_recogniser_finds_the_words_where_they_are_said_to_be(spoken):
    """PocketSphinx is told the words of some sentences and finds out by itself when each of them begins."""
    decoder = Decoder(loglevel="FATAL")
    sentences = [one for one in spoken.sentences() if not any(re.search(r"\d|\bDr\b|\bMr\b", word["word"]) for word in one)]
    differences = []
    for sentence in sentences[:: len(sentences) // 12]:
        begin = max(0.0, sentence[0]["start"] - 0.1)
        part = spoken.samples[round(begin * RATE_HZ) : round((sentence[-1]["end"] + 0.1) * RATE_HZ)]
        decoder.set_align_text(" ".join(word["word"].lower() for word in sentence))
        decoder.start_utt()
        decoder.process_raw(soxr.resample(part, RATE_HZ, RECOGNISER_HZ).tobytes(), full_utt=True)
        decoder.end_utt()
        found = [one for one in decoder.seg() or () if one.word[0].isalpha()]
        if len(found) == len(sentence):  # now and then it loses its way in a long one
            differences += [begin + one.start_frame / 100 - word["start"] for one, word in zip(found, sentence, strict=True)]
    assert len(differences) > 80
    near = np.abs(differences) <= TOLERANCE_SECONDS
    assert near.mean() >= 0.97
    assert abs(np.median(differences)) <= 0.03


@pytest.mark.slow
def test_the_chapter_is_heard_back_in_part(client, spoken):
    """What is heard where a long sentence should be is nearer to it than to most others: this ear is not good at this voice."""
    sentences = [one for one in spoken.sentences() if len(one) > 16 and not any(re.search(r"\d|Dr", word["word"]) for word in one)]
    texts = {" ".join(word["word"].lower() for word in one): one for one in sentences}
    ranks = []
    for text in [*texts][:: len(texts) // 4]:
        begin, end = (round(moment * RATE_HZ) for moment in (texts[text][0]["start"], texts[text][-1]["end"]))
        file = io.BytesIO()
        with wave.open(file, "wb") as wav:
            wav.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
            wav.writeframes(spoken.samples[begin:end].tobytes())
        heard = client.audio.transcriptions.create(model="pocketsphinx-en-us", file=("part.wav", file.getvalue())).text
        nearest = sorted(texts, key=lambda other: jiwer.cer(other, heard))
        ranks.append(nearest.index(text) / len(texts))
    # By chance it would be a half.
    assert np.mean(ranks) < 0.15, ranks


def test_its_subtitles_are_a_file(client):
    text = chapter(400)
    for form in (CaptionFormat.SRT, CaptionFormat.VTT):
        answer = client.audio.speech.with_raw_response.create(
            model="espeak-ng", voice="en-us", input=text, response_format="pcm", extra_body={"captions": form.value}
        )
        found = json.loads(answer.content)
        times = re.findall(r"(\d\d):(\d\d):(\d\d)[.,](\d{3}) -->", found["captions"])
        seconds = [int(h) * 3600 + int(m) * 60 + int(s) + int(ms) / 1000 for h, m, s, ms in times]
        assert seconds == sorted(seconds)
        assert seconds[-1] < len(base64.b64decode(found["audio"])) / 2 / RATE_HZ
