"""pydantic's findings, said to a person: which key, where it stands, and what to write instead."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import Any

from pydantic_core import ErrorDetails

from coranto.settings.positions import Tree
from coranto.settings.problems import KeyPath, quoted
from coranto.settings.reference import ITEM, NAME, Pattern, keys


def report(tree: Tree, errors: list[ErrorDetails]) -> None:
    """Put a sentence and a place to each of ``errors`` into the tree's problems."""
    for error in errors:
        path, kind = tuple(error["loc"]), error["type"]
        if kind == "extra_forbidden":
            tree.report(path, _unknown(path), tree.keys.get(path))
        elif kind == "missing":
            tree.report(path, _missing(path, written=path in tree.keys), tree.keys.get(path) or _parent(tree, path))
        else:
            tree.report(_written(tree, path), _sentence(error))


def _parent(tree: Tree, path: KeyPath) -> tuple[int, int]:
    return tree.keys.get(path[:-1]) or tree.place(path[:-1])


def _written(tree: Tree, path: KeyPath) -> KeyPath:
    """The longest part of ``path`` that stands in the file: pydantic adds steps of its own."""
    while path and path not in tree.values:
        path = path[:-1]
    return path


def pattern_of(path: KeyPath) -> Pattern:
    """``path`` without the numbers and names that a person chose."""
    pattern: Pattern = ()
    for part in path:
        chosen = any(key[: len(pattern) + 1] == (*pattern, NAME) for key in keys())
        pattern += (ITEM if isinstance(part, int) else NAME if chosen else part,)
    return pattern


def _unknown(path: KeyPath) -> str:
    name, parent = str(path[-1]), pattern_of(path[:-1])
    siblings = [key[-1] for key in keys() if key[:-1] == parent]
    if len(path) == 1 and (sections := [key[0] for key in keys() if len(key) == 2 and key[1] == name]):
        return f"unknown key {quoted(name)} here; it belongs under {quoted(sections[0])}"
    near = difflib.get_close_matches(name.casefold(), siblings, n=1)
    if near:
        return f"unknown key {quoted(name)}; did you mean {quoted(near[0])}?"
    return f"unknown key {quoted(name)}; known here: {', '.join(siblings)}"


def _missing(path: KeyPath, *, written: bool) -> str:
    examples = keys()[pattern_of(path)].examples
    example = f"{path[-1]}: {examples[0]}" if examples else f"a section `{path[-1]}:`"
    return f"{'is empty' if written else 'is missing'}; write {example}"


def _sentence(error: ErrorDetails) -> str:
    say = _SENTENCES.get(error["type"])
    return say(error["input"], error.get("ctx", {})) if say else error["msg"]


def _shown(value: object) -> str:
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, dict):
        return "a mapping"
    return "a list" if isinstance(value, list) else "nothing"


def _not_text(value: object, _: dict[str, Any]) -> str:
    if value is None:
        return "is empty; write a text, or remove the line"
    return f"must be a text, not {_shown(value)}"


def _not_number(value: object, _: dict[str, Any]) -> str:
    return f"{_shown(value)} is no whole number; write digits only, such as 50"


def _not_boolean(value: object, _: dict[str, Any]) -> str:
    return f"{_shown(value)} is neither yes nor no; write true or false"


def _not_mapping(value: object, _: dict[str, Any]) -> str:
    return f"must hold keys and values (`key: value` in indented lines), not {_shown(value)}"


def _not_list(value: object, _: dict[str, Any]) -> str:
    return f'must be a list (indented lines that begin with "- "), not {_shown(value)}'


def _not_known(value: object, context: dict[str, Any]) -> str:
    return f"{_shown(value)} is not known here; write {context['expected']}"


_SENTENCES: dict[str, Callable[[object, dict[str, Any]], str]] = {
    "value_error": lambda _, context: str(context["error"]),
    "string_type": _not_text,
    "int_type": _not_number,
    "int_parsing": _not_number,
    "int_parsing_size": _not_number,
    "int_from_float": _not_number,
    "bool_type": _not_boolean,
    "bool_parsing": _not_boolean,
    "model_type": _not_mapping,
    "dict_type": _not_mapping,
    "list_type": _not_list,
    "literal_error": _not_known,
    "too_short": lambda _, context: f"needs at least {context['min_length']}; without the key, all are written",
    "greater_than_equal": lambda value, context: f"{_shown(value)} is too small; write at least {context['ge']}",
    "less_than_equal": lambda value, context: f"{_shown(value)} is too much; write at most {context['le']}",
}
