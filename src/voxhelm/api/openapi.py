"""The parts of the OpenAPI document that routes with hand-read bodies describe themselves."""

from typing import Any, Final

from pydantic import BaseModel

_ERROR_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["message", "type", "param", "code"],
            "properties": {
                "message": {"type": "string"},
                "type": {"type": "string"},
                "param": {"type": ["string", "null"]},
                "code": {"type": ["string", "null"]},
            },
        }
    },
}


def _error(description: str) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": _ERROR_SCHEMA}}}


# What any route may answer; the bodies are OpenAI's error envelope.
ERRORS: Final[dict[int | str, dict[str, Any]]] = {
    400: _error("The request is wrong; `param` names the field."),
    401: _error("The server asks for a key, and this is none."),
    403: _error("This caller, or this server, may not do that."),
    404: _error("There is no such model."),
    409: _error("The model is in use, or another one has its name."),
    410: _error("OpenAI had this once; the message says what is used instead."),
    413: _error("The text or the body is over the limit."),
    426: _error("What is there is spoken by WebSocket."),
    429: _error("Too many requests wait for the model; try again after `Retry-After`."),
    499: _error("Somebody cancelled the request."),
    504: _error("The deadline passed before the request's turn came."),
    500: _error("Voxhelm or an engine failed."),
    502: _error("The hub does not answer, or not as it should."),
    507: _error("There is no room for the model."),
    503: _error("A model cannot serve now; try again after `Retry-After`."),
}


def json_body(model: type[BaseModel]) -> dict[str, Any]:
    """An operation's `requestBody` for a JSON body that `model` describes."""
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": inlined(model)}}}}


def inlined(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON Schema of a model with its definitions put where they are referred to: a fragment cannot refer to its own root."""
    schema = model.model_json_schema(by_alias=True)
    definitions = schema.pop("$defs", {})

    def resolve(node: Any) -> Any:
        if isinstance(node, dict):
            if "$ref" in node:
                return resolve(definitions[node["$ref"].rpartition("/")[2]])
            return {key: resolve(value) for key, value in node.items()}
        if isinstance(node, list):
            return [resolve(item) for item in node]
        return node

    resolved: dict[str, Any] = resolve(schema)
    return resolved
