"""settings.yaml -> plain values that know where they stand.

Every scalar stays the text that was written: YAML 1.1 would read ``no`` as false, ``2021`` as a number, ``12:30:00``
as 45000 and ``1_000`` as 1000, and all of these are names of categories.  The settings' own types are read from the
text later.  The file is read event by event, not composed: so an alias has a place of its own, no anchor can multiply
the document, and a thousand brackets cannot exhaust the stack.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from coranto.settings.problems import KeyPath, Problem, SettingsError, dotted, quoted
from coranto.text import xml_safe

# PyYAML is also shipped without libyaml; both readers give the same events and marks.
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_NOT_YAML = yaml.reader.Reader.NON_PRINTABLE
_DEEPEST = 12  # the settings need six levels
_LINE = 200  # characters of it that are looked at
_GAVE_UP = "maximum nesting depth"  # libyaml's words
_NOTHING = frozenset({"", "~", "null"})
_NEEDS_QUOTES = re.compile(r"(?:^|[:,\[{-])\s+(?P<char>[*&!%@`|>]|[\[{][^#]*[\]}]\s*[^\s,\]}#])")

Place = tuple[int, int]  # line and column, 1-based


@dataclass(slots=True)
class Tree:
    """A document: its data (dict, list, str, None), and where each key and value stands."""

    file: Path
    data: object = None
    values: dict[KeyPath, Place] = field(default_factory=dict)
    keys: dict[KeyPath, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def place(self, path: KeyPath) -> Place:
        """Where the value at ``path`` stands; for one that is not there, its key, or else what it should stand in."""
        while path and path not in self.values and path not in self.keys:
            path = path[:-1]
        return self.values.get(path) or self.keys.get(path) or (1, 1)

    def report(self, path: KeyPath, message: str, place: Place | None = None) -> None:
        """Note what is wrong with the value at ``path``."""
        line, column = place or self.place(path)
        self.problems.append(
            Problem(file=self.file, line=line, column=column, key=dotted(path), message=message),
        )


def parse(content: bytes, file: Path) -> Tree:
    """The tree of ``content``.

    Args:
        content: the bytes of the settings file.
        file: its name, for messages.

    Raises:
        SettingsError: it is not UTF-8, not YAML, or not one mapping.
    """
    text = _decode(content, file)
    try:
        tree = _tree(text, file)
    except yaml.MarkedYAMLError as error:
        raise SettingsError((_syntax(error, text, file),)) from error
    if not isinstance(tree.data, dict):
        raise SettingsError((*tree.problems, Problem(file=file, line=1, column=1, message=_not_a_mapping(tree.data))))
    return tree


def _tree(text: str, file: Path) -> Tree:
    try:
        return _built(yaml.parse(text, Loader=_LOADER), file)
    except yaml.MarkedYAMLError as error:
        if _GAVE_UP not in str(error.problem):
            raise
    # libyaml 0.2.6 reads a line ahead, and gives up in it before any event; PyYAML's own reader lets us name the place.
    return _built(yaml.parse(text, Loader=yaml.BaseLoader), file)


def _built(events: Iterable[yaml.Event], file: Path) -> Tree:
    tree = Tree(file)
    _Builder(tree, events).document()
    return tree


def _not_a_mapping(data: object) -> str:
    if data is None:
        return 'is empty; "coranto init" writes settings to start from'
    return "must hold keys and values, such as a line `site:` with `title: …` indented below it"


def _decode(content: bytes, file: Path) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, column = _place_of(content[: error.start].decode("utf-8", "replace"))
        message = "is not UTF-8; save the file as UTF-8"
        raise SettingsError((Problem(file=file, line=line, column=column, message=message),)) from error
    if bad := _NOT_YAML.search(text):
        line, column = _place_of(text[: bad.start()])
        message = f"a control character (U+{ord(bad.group()):04X}) stands here; remove it"
        raise SettingsError((Problem(file=file, line=line, column=column, message=message),))
    return text


def _place_of(before: str) -> Place:
    lines = before.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return len(lines), len(lines[-1]) + 1


def _syntax(error: yaml.MarkedYAMLError, text: str, file: Path) -> Problem:
    mark = error.problem_mark or error.context_mark
    row, column = (mark.line, mark.column) if mark else (0, 0)
    lines = text.splitlines()
    line = lines[row] if row < len(lines) else ""
    message = _explain(error, line, column)
    return Problem(file=file, line=row + 1, column=column + 1, message=message)


def _explain(error: yaml.MarkedYAMLError, line: str, column: int) -> str:
    if "\t" in line[: column + 1] and not line[:column].strip():
        return "a tab stands at the beginning of this line; indent with blanks"
    if found := _NEEDS_QUOTES.search(line[:_LINE]):
        return f'a value that starts with "{found["char"][0]}" must stand in quotes'
    if "mapping values are not allowed" in (error.problem or ""):
        return "a second colon in one line: put a value with a colon in quotes, or check the indentation"
    said = ", ".join(part for part in (error.context, error.problem) if part)
    return f"is not YAML: {said}; check the indentation, quotes and brackets here and just above"


class _Builder:
    """Takes the events of one document; what is wrong but leaves the rest readable is reported in the tree."""

    def __init__(self, tree: Tree, events: Iterable[yaml.Event]) -> None:
        self.tree = tree
        self.events: Iterator[yaml.Event] = iter(events)

    def document(self) -> None:
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if self.tree.data is not None:
                    self.tree.report((), "a second document (---) starts here; settings are one", _start(event))
                    return
                self.tree.data = self.node(next(self.events), ())

    def node(self, event: yaml.Event, path: KeyPath) -> object:
        self.tree.values[path] = _start(event)
        if len(path) > _DEEPEST:
            self.tree.report(path[:2], "is nested too deeply", _start(event))
            raise SettingsError(tuple(self.tree.problems))
        if isinstance(event, yaml.AliasEvent):
            self.tree.report(path, 'a value that starts with "*" must stand in quotes; references are not used here')
            return None
        self.refuse_marks(event, path)
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(path)
        return self.scalar(event, path) if isinstance(event, yaml.ScalarEvent) else None

    def refuse_marks(self, event: yaml.Event, path: KeyPath) -> None:
        for mark, sign in (("anchor", "&"), ("tag", "!")):
            if getattr(event, mark, None) is not None:
                message = f'a value that starts with "{sign}" must stand in quotes; YAML\'s own marks are not used here'
                self.tree.report(path, message)

    def scalar(self, event: yaml.ScalarEvent, path: KeyPath) -> str | None:
        value = str(event.value)
        self.refuse_controls(value, path)
        # A name may well be "null": in a list, only nothing at all is nothing.
        nothing = value == "" if path and isinstance(path[-1], int) else value in _NOTHING
        return None if nothing and event.style in (None, "") else value

    def refuse_controls(self, value: str, path: KeyPath, place: Place | None = None) -> None:
        if xml_safe(value) != value.replace("\r\n", "\n").replace("\r", "\n"):
            message = f"{quoted(value)} has a control character, which no feed may carry; remove it"
            self.tree.report(path, message, place)

    def sequence(self, path: KeyPath) -> list[object]:
        items: list[object] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.node(event, (*path, len(items))))
        return items

    def mapping(self, path: KeyPath) -> dict[str, object]:
        found: dict[str, object] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            name = self.key(event, path)
            inner = (*path, name)
            if name in found:
                first = self.tree.keys[inner][0]
                self.tree.report(inner, f"is written twice; the first is in line {first}", _start(event))
                self.node(next(self.events), (*path, f"{name} (again)"))  # the first one is judged, at its own place
                continue
            self.tree.keys[inner] = _start(event)
            found[name] = self.node(next(self.events), inner)
        return found

    def key(self, event: yaml.Event, path: KeyPath) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            self.node(event, (*path, "?"))
            self.tree.report(path, "a list, a mapping or a reference cannot be a key; write a name", _start(event))
            return "?"
        self.refuse_marks(event, path)
        self.refuse_controls(str(event.value), path, _start(event))
        return str(event.value)


def _start(event: yaml.Event) -> Place:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)
