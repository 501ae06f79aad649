"""Whatever clients and models do, in whatever order: the rules of the contract hold."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.unit.realtime.rig import Rig
from voxhelm.assistant.answer import AnswerUsage
from voxhelm.domain.pcm import Pcm
from voxhelm.realtime import happenings as happening
from voxhelm.realtime.effects import DropHearing, FinishHearing, Hush, JudgeTurn, OpenHearing, Play, StartAnswer, StopAnswer
from voxhelm.realtime.face import Heard
from voxhelm.realtime.limits import SessionLimits
from voxhelm.realtime.session import Session
from voxhelm.realtime.session_config import Input, SemanticVad, SessionConfig, Transcription
from voxhelm.realtime.spans import Span

WORDS = ("one ", "two ", "three ", "yeah ", "stop ")
DETECTIONS = (
    {"type": "server_vad"},
    {"type": "server_vad", "interrupt_response": False, "idle_timeout_ms": 2000},
    {"type": "server_vad", "create_response": False},
    {"type": "semantic_vad", "eagerness": "high"},
    None,
)


class SessionMachine(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        config = SessionConfig("auto", input=Input(transcription=Transcription(), turn_detection=SemanticVad()))
        self.rig = Rig(config, SessionLimits(longest_input_seconds=20.0, stalled_seconds=10.0, longest_session_seconds=10_000))
        self.rig.greet()
        self.seen = 0
        self.added: dict[str, str] = {}
        self.finished_items: set[str] = set()
        self.deleted: set[str] = set()
        self.live: dict[str, str | None] = {}
        self.done: set[str] = set()
        self.told: dict[str, str] = {}
        self.transcribed: dict[str, str] = {}
        self.completed: set[str] = set()

    @rule(milliseconds=st.sampled_from([32, 96, 320, 960]), probability=st.sampled_from([0.0, 0.0, 1.0]))
    def sound(self, milliseconds, probability):
        self.rig.voice(milliseconds, probability)

    @rule(seconds=st.sampled_from([0.1, 1.0, 5.0, 11.0]))
    def time_passes(self, seconds):
        self.rig.now += seconds
        while (wake := self.rig.session.wake_at_seconds) is not None and wake <= self.rig.now:
            before = len(self.rig.events)
            self.rig.happen(happening.Tick())
            assert len(self.rig.events) > before, "a tick that was asked for does something"

    @rule(
        kind=st.sampled_from(
            ["input_audio_buffer.commit", "input_audio_buffer.clear", "response.cancel", "output_audio_buffer.clear"]
        )
    )
    def client_says(self, kind):
        self.rig.say(kind)

    @rule(conversation=st.sampled_from(["auto", "none"]), modality=st.sampled_from(["audio", "text"]))
    def client_wants_a_reply(self, conversation, modality):
        self.rig.say("response.create", response={"conversation": conversation, "output_modalities": [modality]})

    @rule(detection=st.sampled_from(DETECTIONS))
    def client_changes_detection(self, detection):
        self.rig.say("session.update", session={"type": "realtime", "audio": {"input": {"turn_detection": detection}}})

    @rule(text=st.sampled_from(WORDS), front=st.booleans())
    def client_writes(self, text, front):
        item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}
        self.rig.say("conversation.item.create", item=item, **({"previous_item_id": "root"} if front else {}))

    @precondition(lambda self: self.added)
    @rule(data=st.data(), heard_ms=st.integers(0, 3000))
    def client_truncates_or_deletes(self, data, heard_ms):
        item_id = data.draw(st.sampled_from(sorted(self.added)))
        if heard_ms % 5 == 0:
            self.rig.say("conversation.item.delete", item_id=item_id)
        else:
            self.rig.say("conversation.item.truncate", item_id=item_id, content_index=0, audio_end_ms=heard_ms)

    @rule(attached=st.booleans(), plays=st.booleans())
    def client_comes_and_goes(self, attached, plays):
        self.rig.happen(happening.FaceChanged(attached=attached, plays=plays and attached))
        self.rig.heard = None

    @precondition(lambda self: self.rig.wants(OpenHearing))
    @rule(data=st.data(), word=st.sampled_from(WORDS))
    def words_are_heard(self, data, word):
        item_id = data.draw(st.sampled_from([effect.item_id for effect in self.rig.wants(OpenHearing)][-3:]))
        self.rig.happen(happening.HeardPartly(item_id, word))

    @precondition(lambda self: self.rig.wants(FinishHearing))
    @rule(data=st.data(), text=st.sampled_from(["", "mm-hm", "tell me more", "stop"]), fails=st.booleans())
    def an_utterance_is_heard(self, data, text, fails):
        item_id = data.draw(st.sampled_from([effect.item_id for effect in self.rig.wants(FinishHearing)][-3:]))
        if fails and not text:
            self.rig.happen(happening.HearingFailed(item_id, "engine_failed", "It failed."))
        else:
            self.rig.understood(text, item_id)

    @precondition(lambda self: self.rig.wants(JudgeTurn))
    @rule(probability=st.floats(0, 1))
    def a_turn_is_judged(self, probability):
        asked = self.rig.wants(JudgeTurn)[-1]
        self.rig.happen(happening.TurnJudged(asked.item_id, asked.number, probability))

    @precondition(lambda self: self.rig.wants(StartAnswer))
    @rule(data=st.data(), words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=4), timed=st.booleans())
    def the_assistant_speaks(self, data, words, timed):
        asked = data.draw(st.sampled_from(self.rig.wants(StartAnswer)[-3:]))
        if asked.voicing is None:
            self.rig.happen(happening.AnswerText(asked.response_id, "".join(words)))
            return
        start_ms = self._sound_ms(asked.response_id)
        spans = tuple(Span(word, start_ms + i * 200, start_ms + (i + 1) * 200) for i, word in enumerate(words)) if timed else ()
        pcm = Pcm.silence(len(words) * 0.2, 24_000)
        self.rig.happen(happening.AnswerSpeech(asked.response_id, pcm, pcm.to_bytes(), spans, "".join(words)))

    @precondition(lambda self: self.rig.wants(StartAnswer))
    @rule(data=st.data(), fails=st.booleans())
    def an_answer_ends(self, data, fails):
        asked = data.draw(st.sampled_from(self.rig.wants(StartAnswer)[-3:]))
        if fails:
            self.rig.happen(happening.AnswerFailed(asked.response_id, "engine_crashed", "It died."))
        else:
            self.rig.happen(happening.AnswerEnded(asked.response_id, AnswerUsage()))

    @precondition(lambda self: self.rig.wants(StartAnswer))
    @rule(data=st.data())
    def a_tool_is_called(self, data):
        asked = data.draw(st.sampled_from(self.rig.wants(StartAnswer)[-3:]))
        self.rig.happen(happening.AnswerCall(asked.response_id, "call_1", "{}", name="clock", ended=True))

    @precondition(lambda self: self.rig.wants(Play))
    @rule(heard_ms=st.floats(0, 2000), drained=st.booleans())
    def sound_is_played(self, heard_ms, drained):
        item_id = self.rig.wants(Play)[-1].item_id
        self.rig.heard = Heard(item_id, heard_ms)
        if drained:
            self.rig.happen(happening.Drained(item_id))

    def _sound_ms(self, response_id):
        reply = next((one for one in self.rig.session._replies.live if one.id == response_id), None)
        return reply.items[-1].content[0].audio_ms if reply and reply.items and reply.items[-1].content else 0.0

    @invariant()
    def events_keep_the_contract(self):
        fresh, self.seen = self.rig.events[self.seen :], len(self.rig.events)
        for event in fresh:
            self._check(event)

    @invariant()
    def one_reply_of_the_conversation_at_most(self):
        assert sum(conversation is not None for conversation in self.live.values()) <= 1
        assert {one.id for one in self.rig.session._replies.live} == set(self.live)

    @invariant()
    def replies_are_stopped_when_they_are_no_more(self):
        asked = {effect.response_id for effect in self.rig.wants(StartAnswer)}
        stopped = {effect.response_id for effect in self.rig.wants(StopAnswer)}
        assert stopped <= self.done
        assert not stopped & set(self.live)
        assert asked <= self.done | set(self.live)

    @invariant()
    def hearing_is_dropped_or_finished_once_it_is_opened(self):
        opened = {effect.item_id for effect in self.rig.wants(OpenHearing)}
        assert {effect.item_id for effect in self.rig.wants(FinishHearing)} <= opened
        assert {effect.item_id for effect in self.rig.wants(DropHearing)} <= opened

    @invariant()
    def the_assistant_remembers_no_word_that_it_did_not_say(self):
        for item in self.rig.session.conversation:
            if item.role == "assistant" and item.content:
                assert self.told.get(item.id, "").startswith((item.content[0].text or "").rstrip())

    @invariant()
    def a_session_at_a_turn_boundary_can_be_handed_over(self):
        session = self.rig.session
        if session.at_turn_boundary:
            again = Session.restore(session.snapshot(self.rig.now), session._ids, SessionLimits(), self.rig.now)
            assert [item.id for item in again.conversation] == [item.id for item in session.conversation]

    def _check(self, event):
        kind = event["type"]
        if kind == "conversation.item.added":
            item = event["item"]
            assert item["id"] not in self.added
            self.added[item["id"]] = item["type"]
            before = event["previous_item_id"]
            assert before is None or before in self.added
        elif kind == "conversation.item.done":
            assert event["item"]["id"] in self.added
            assert event["item"]["id"] not in self.finished_items
            self.finished_items.add(event["item"]["id"])
        elif kind == "conversation.item.deleted":
            self.deleted.add(event["item_id"])
        elif kind == "response.created":
            self.live[event["response"]["id"]] = event["response"]["conversation_id"]
        elif kind == "response.done":
            reply = event["response"]
            del self.live[reply["id"]]
            self.done.add(reply["id"])
            assert all(item["status"] != "in_progress" for item in reply["output"])
        elif kind.startswith("response."):
            assert event["response_id"] in self.live
            if kind.endswith(("output_audio_transcript.delta", "output_text.delta")):
                self.told[event["item_id"]] = self.told.get(event["item_id"], "") + event["delta"]
            elif kind.endswith(("output_audio_transcript.done", "output_text.done")):
                assert (event.get("transcript", event.get("text"))) == self.told.get(event["item_id"], "")
        elif kind.endswith("input_audio_transcription.completed"):
            assert event["item_id"] not in self.completed
            assert event["item_id"] in self.added
            self.completed.add(event["item_id"])
        elif kind == "output_audio_buffer.cleared":
            assert self.rig.wants(Hush)


TestSession = SessionMachine.TestCase
TestSession.settings = settings(max_examples=60, stateful_step_count=60, deadline=None)
