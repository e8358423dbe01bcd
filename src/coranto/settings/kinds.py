"""The kinds of values in settings.yaml: what a person calls one, how it is checked, what an editor is told of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import BeforeValidator, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from coranto.settings import shapes, shapes_fetch


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of text, put beside ``str`` with ``Annotated``."""

    text: str  # for the docs: "duration"
    check: Callable[[str], str] | None = None  # raises ValueError with a sentence
    editor: dict[str, Any] = field(default_factory=dict, hash=False)  # replaces the JSON Schema of str

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        inner = handler(source)
        return core_schema.no_info_after_validator_function(self.check, inner) if self.check else inner

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return dict(self.editor) or handler(schema)


def one_or_more(value: object) -> object:
    """A single text as a list of one."""
    return [value] if isinstance(value, str) else value


def _pattern(expression: str) -> dict[str, Any]:
    return {"type": "string", "pattern": expression}


_DURATION = _pattern("^[0-9]+[smhd]$")
# An editor reads 36 as a number and no as false; here they are the names that were written.
_NAME = {"type": ["string", "number", "boolean"]}
_NAMES = {"anyOf": [_NAME, {"type": "array", "items": _NAME}]}

Filled = Annotated[str, Kind("text", shapes.filled)]
Name = Annotated[str, Kind("name", shapes.name, _NAME)]
Names = Annotated[list[Name], BeforeValidator(one_or_more), Kind("name or list of names", editor=_NAMES)]
Zone = Annotated[str, Kind("time zone", shapes.timezone)]
Path = Annotated[str, Kind("path", shapes.path)]
Duration = Annotated[str, Kind("duration", shapes.duration, _DURATION)]
DurationOrZero = Annotated[str, Kind("duration", shapes.duration_or_zero, _DURATION)]
Pause = Annotated[str, Kind("duration", shapes.pause, _pattern(r"^[0-9]+(\.[0-9]+)?[smhd]$"))]
Parameter = Annotated[str, Kind("query parameter", shapes.parameter)]
Regex = Annotated[str, Kind("regular expression", shapes.regex, {"type": "string", "maxLength": 200})]
Host = Annotated[str, Kind("host or host:port", shapes.private_host)]
HeaderName = Annotated[str, Kind("name of a header field", shapes_fetch.header_name)]
Secret = Annotated[str, Kind("text or $NAME", shapes_fetch.secret)]
IgnoredKey = Annotated[str, Kind("key", shapes.ignored_key, _pattern("^(code|url|id):."))]
