"""A command's options as one frozen type: a field is a flag, a field that is such a type itself is its flags."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any, TypeVar, get_type_hints

T = TypeVar("T")


def takes_flags(options: type[T], run: Callable[[T], None]) -> Callable[..., None]:
    """The function that typer calls: it takes one argument per flag of `options` and gives `run` the whole.

    options: a dataclass whose fields are annotated as typer wants its parameters.
    """

    def call(**values: Any) -> None:
        run(_build(options, values))

    parameters = [
        inspect.Parameter(
            field.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=inspect.Parameter.empty if field.default is MISSING else field.default,
            annotation=annotation,
        )
        for field, annotation in _flags(options)
    ]
    call.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    call.__annotations__ = {}
    call.__name__ = run.__name__
    call.__doc__ = run.__doc__
    return call


def _flags(options: type) -> Iterator[tuple["Field[Any]", Any]]:
    annotations = get_type_hints(options, include_extras=True)
    for field in fields(options):
        annotation = annotations[field.name]
        if is_dataclass(annotation):
            yield from _flags(annotation)  # type: ignore[arg-type]
        else:
            yield field, annotation


def _build(options: type[T], values: Mapping[str, Any]) -> T:
    annotations = get_type_hints(options)
    given = {
        field.name: _build(annotations[field.name], values) if is_dataclass(annotations[field.name]) else values[field.name]
        for field in fields(options)  # type: ignore[arg-type]
    }
    return options(**given)
