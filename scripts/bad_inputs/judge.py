"""Whether a server did right by a case: a pure rule."""

import json
from typing import Final

from scripts.bad_inputs.case import Case, Ending
from scripts.bad_inputs.client import Outcome
from scripts.bad_inputs.frames import Frames

# A server may say that it cannot now, that it was too late, or that its disk is full; anything else of this kind is its own fault.
HONEST: Final = (503, 504, 507)
# What it may not excuse itself with: the input has broken something.
DISHONEST: Final = ("engine_crashed", "model_load_failed", "internal_error")
ENVELOPE: Final = {"message", "type", "param", "code"}
# With what a server may close a WebSocket whose client misbehaves: it ends, it broke the protocol, it sent no text, no event it may send,
# or too much. An error of the server's own is no excuse, nor is going without a word.
FAREWELLS: Final = (1000, 1001, 1002, 1003, 1005, 1007, 1008, 1009)


def fault_of(case: Case, outcome: Outcome) -> str | None:
    """What is wrong with an outcome, in a few words; None when nothing is."""
    if outcome.timed_out:
        return "no answer in time"
    if outcome.failure is not None:
        return outcome.failure
    if outcome.frames is not None:
        return _fault_of_socket(case, outcome.frames)
    if case.ending in (Ending.LEAVE, Ending.RESET):
        return None
    if outcome.status is None:
        # A client that said that it was done, or never spoke HTTP, may be shown the door.
        may_close = not case.is_http or case.ending is not Ending.WAIT
        return None if may_close and outcome.closed else "closed without an answer"
    if not outcome.complete and case.ending is Ending.WAIT:
        return f"broken off after {outcome.status}"
    return _fault_of_answer(case, outcome, outcome.status)


def _fault_of_socket(case: Case, frames: Frames) -> str | None:
    for error in frames.errors:
        if set(error) != {*ENVELOPE, "event_id"} or not error["message"]:
            return "an error event without OpenAI's fields"
        if error["code"] in DISHONEST:
            return f"an error event with {error['code']}"
    if case.ending is Ending.WAIT and frames.closed_with is None:
        return "closed without a closing frame"
    if frames.closed_with is not None and frames.closed_with not in FAREWELLS:
        return f"closed with {frames.closed_with}"
    return None


def _fault_of_answer(case: Case, outcome: Outcome, status: int) -> str | None:
    if status >= 500 and status not in HONEST:
        return f"status {status}"
    if "x-request-id" not in outcome.headers:
        parser_spoke = not case.is_http and status in (400, 431)
        return None if parser_spoke else f"status {status} without x-request-id"
    if status < 400 or case.is_page or case.method == "HEAD" or not outcome.complete:
        return None
    return _fault_of_error(outcome, status)


def _fault_of_error(outcome: Outcome, status: int) -> str | None:
    try:
        error = json.loads(outcome.body)["error"]
        complete = set(error) == ENVELOPE and isinstance(error["message"], str) and error["message"].strip()
    except (ValueError, KeyError, TypeError):
        complete = False
    if not complete:
        return f"status {status} without OpenAI's envelope"
    return f"status {status}, {error['code']}" if error["code"] in DISHONEST else None
