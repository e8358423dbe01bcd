"""What can be written in settings.yaml, for editors (JSON Schema) and for the docs (a table)."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from coranto.settings.kinds import Kind
from coranto.settings.problems import dotted
from coranto.settings.schema import SettingsFile

ITEM = "[]"
NAME = "<name>"
_WORDS = {str: "text", int: "number", bool: "true or false"}

Pattern = tuple[str, ...]  # ("upstreams", "[]", "every")


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of settings.yaml, as shipped in ``settings.schema.json``."""
    schema: dict[str, Any] = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    schema |= _without_titles(SettingsFile.model_json_schema(by_alias=True))
    return schema | {"title": "Coranto settings"}


def schema_text() -> str:
    """The bytes of ``settings.schema.json``, as text."""
    return json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n"


def describe() -> tuple[tuple[str, str, str, str], ...]:
    """Every key: its path (``upstreams[].every``), its type, its default, its description.

    A key that must be written has the default ``required``; a section has none.
    """
    return tuple(
        (pattern_text(pattern), _kind(info), _default(info), info.description or "") for pattern, info in keys().items()
    )


@functools.cache
def keys() -> dict[Pattern, FieldInfo]:
    """Every key of the settings, in the order of the sections."""
    return dict(_walk(SettingsFile, ()))


def pattern_text(pattern: Pattern) -> str:
    """``pattern`` as a person writes it: ``upstreams[].every``."""
    return dotted(pattern).replace("." + ITEM, ITEM)


def _walk(model: type[BaseModel], prefix: Pattern) -> Iterator[tuple[Pattern, FieldInfo]]:
    for name, info in model.model_fields.items():
        path = (*prefix, info.alias or name)
        yield path, info
        inner, step = _nested(info.annotation)
        if inner:
            yield from _walk(inner, path + step)


def _nested(annotation: object) -> tuple[type[BaseModel] | None, Pattern]:
    """The model inside an annotation, and the step to it."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Annotated, UnionType):
        return _nested(arguments[0])
    if origin is list:
        return _nested(arguments[0])[0], (ITEM,)
    if origin is dict:
        return _nested(arguments[1])[0], (NAME,)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, ()
    return None, ()


def _kind(info: FieldInfo) -> str:
    named = [mark.text for mark in info.metadata if isinstance(mark, Kind)]
    return named[-1] if named else _word(info.annotation)


def _word(annotation: object) -> str:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        named = [mark.text for mark in arguments if isinstance(mark, Kind)]
        return named[-1] if named else _word(arguments[0])
    if origin is Literal:
        return ", ".join(arguments)
    if origin is list:
        return f"list of {_word(arguments[0])}"
    if origin is dict:
        return f"{_word(arguments[0])}: {_word(arguments[1])}"
    return _WORDS.get(annotation, "section") if isinstance(annotation, type) else "section"


def _default(info: FieldInfo) -> str:
    if info.is_required():
        return "" if _nested(info.annotation)[0] else "required"
    value = info.get_default(call_default_factory=True)
    if isinstance(value, BaseModel):
        return ""
    if isinstance(value, list):
        return json.dumps([_plain(item) for item in value], ensure_ascii=False) if value else ""
    return json.dumps(value) if isinstance(value, bool) else str(value or "")


def _plain(item: object) -> object:
    return item.model_dump(by_alias=True, exclude_unset=True) if isinstance(item, BaseModel) else item


def _without_titles(node: Any) -> Any:  # noqa: ANN401 - JSON
    """``node`` without the titles that pydantic makes from names: they tell an editor nothing."""
    if isinstance(node, list):
        return [_without_titles(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {key: _without_titles(item) for key, item in node.items() if key != "title" or isinstance(item, dict)}
