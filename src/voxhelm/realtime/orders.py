"""`response.create`: what is answered, and how."""

from collections.abc import Callable
from typing import Any, Final

from voxhelm.realtime.conversation import Conversation
from voxhelm.realtime.item import Item
from voxhelm.realtime.item_form import item_of
from voxhelm.realtime.refusal import EventRefused
from voxhelm.realtime.reply import Order
from voxhelm.realtime.session_changes import changed
from voxhelm.realtime.session_config import SessionConfig

# As in all of OpenAI's API.
MOST_METADATA: Final = 16
LONGEST_METADATA_CHARACTERS: Final = 512
# What of a session's settings a reply may have otherwise.
OF_REPLIES: Final = (
    "instructions",
    "tools",
    "tool_choice",
    "output_modalities",
    "max_output_tokens",
    "parallel_tool_calls",
    "prompt",
    "reasoning",
)


def order_of(wanted: dict[str, Any], config: SessionConfig, conversation: Conversation, ids: Callable[[str], str]) -> Order:
    """What the client orders. Raises EventRefused."""
    changes = {name: wanted[name] for name in OF_REPLIES if wanted.get(name) is not None}
    output = (wanted.get("audio") or {}).get("output") if isinstance(wanted.get("audio") or {}, dict) else None
    if output is not None:
        changes["audio"] = {"output": output}
    kind = wanted.get("conversation") or "auto"
    if kind not in ("auto", "none"):
        raise EventRefused("invalid_value", "response.conversation must be auto or none.", "response.conversation")
    given = wanted.get("input")
    return Order(
        changed(config, changes, "response"),
        conversation if kind == "auto" else None,
        _items(given, conversation, ids) if given is not None else None,
        _metadata(wanted.get("metadata")),
    )


def _items(given: object, conversation: Conversation, ids: Callable[[str], str]) -> tuple[Item, ...]:
    if not isinstance(given, list):
        raise EventRefused("invalid_value", "response.input must be a list of items.", "response.input")
    return tuple(_item(one, conversation, ids, f"response.input[{place}]") for place, one in enumerate(given))


def _item(given: object, conversation: Conversation, ids: Callable[[str], str], root: str) -> Item:
    if not isinstance(given, dict):
        raise EventRefused("invalid_value", f"{root} must be an item.", root)
    if given.get("type") == "item_reference":
        found = conversation.get(str(given.get("id")))
        if found is None:
            raise EventRefused("invalid_value", f"{root}: there is no item '{str(given.get('id'))[:100]}'.", f"{root}.id")
        return found
    item = item_of(given, ids("item"), root)
    if any(part.audio and part.text is None for part in item.content):
        message = f"{root}: sound is heard in the conversation only. Create it as an item there, and refer to it."
        raise EventRefused("invalid_value", message, root)
    return item


def _metadata(given: object) -> dict[str, object] | None:
    if given is None:
        return None
    fits = isinstance(given, dict) and len(given) <= MOST_METADATA
    if isinstance(given, dict) and fits and all(map(_is_metadata, given.values())):
        return dict(given)
    message = f"response.metadata must be at most {MOST_METADATA} strings of at most {LONGEST_METADATA_CHARACTERS} characters."
    raise EventRefused("invalid_value", message, "response.metadata")


def _is_metadata(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_METADATA_CHARACTERS
