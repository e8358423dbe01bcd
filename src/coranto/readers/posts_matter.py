"""A post's file taken apart: bytes to text, front matter to plain strings, each with its line.

YAML guesses types, and guesses wrong for posts: the date ``2021-12-24 04:02:50 +0800`` comes as a string but
``2021-12-24 04:02:50`` as a datetime without a zone, ``categories: no`` as False, ``title: 0123`` as 83 (SEED 5).
So every scalar stays the string that was written; what it means is decided by who reads it.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import NamedTuple

import frontmatter
import yaml
from frontmatter.default_handlers import SafeLoader, YAMLHandler

from coranto.text import one_line, xml_safe

MAX_MATTER = 64 * 1024  # characters; RELIABILITY 4
_MAX_DEPTH = 32
_TOO_DEEP = f"the front matter is nested too deeply, in more than {_MAX_DEPTH} levels: simplify it"
_EASY_MARKS = 500  # so few brackets and dashes nest nothing deeply enough to hurt


class PostError(Exception):
    """A post that cannot be published as it stands.  Its message tells a person what to do.

    Attributes:
        line: where in the file, 1-based; 0 if no line is to blame.
    """

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


class Matter(NamedTuple):
    """A post's file, taken apart."""

    fields: dict[str, object]  # keys in lower case; values are str, or lists and dicts of them
    lines: dict[str, int]  # key -> line in the file
    body: str


def read(data: bytes) -> Matter:
    """The front matter and the body of a post's file.

    A BOM, any line ends, blank lines before the front matter, GBK and Big5 are fine.

    Raises:
        PostError: the file is empty, cut, in no known encoding, or its front matter is missing, unclosed, too long,
            doubled in a key, or not YAML.
    """
    text = xml_safe(_decoded(data))
    if not text.strip():
        raise PostError("the file is empty: write it again")
    handler = _PostHandler(blank_lines=_newlines(text[: len(text) - len(text.lstrip())]))
    fields, body = frontmatter.parse(text, handler=handler)
    return Matter({str(key).lower(): value for key, value in fields.items()}, handler.lines, body)


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
    # A damaged UTF-8 file also decodes as GB18030, into nonsense: most of its characters must not be UTF-8's.
    loose = data.decode("utf-8", "replace")
    broken = loose.count("\ufffd")
    if sum(char > "\u07ff" for char in loose) - broken <= broken:
        from coranto.readers import charset  # for the few

        _, likely = charset.decode(data, "")
        try:
            return data.decode("big5hkscs" if likely == "big5hkscs" else "gb18030")
        except UnicodeDecodeError:
            pass
    raise PostError("the text is neither UTF-8 nor GBK or Big5, or was cut: save it as UTF-8", line)


class _PostHandler(YAMLHandler):
    """What python-frontmatter asks for: where front matter stands, and what it says."""

    FM_BOUNDARY = re.compile(r"^(?:-{3,}|\.{3})[ \t]*$", re.MULTILINE)

    def __init__(self, blank_lines: int) -> None:
        super().__init__()
        self._above = blank_lines
        self.lines: dict[str, int] = {}

    def split(self, text: str) -> tuple[str, str]:
        """The text between the first two boundary lines, starting with a newline, and what follows."""
        if not re.match(r"-{3,}[ \t]*(?:\n|$)", text):
            raise PostError("there is no front matter: the file must begin with a line ---", self._line(0))
        matter, closed, body = self._parts(text)
        if not closed:
            raise PostError(
                "the front matter does not end: a line --- is missing, or the file was cut", self._above + 1
            )
        if len(matter) > MAX_MATTER:
            raise PostError(f"the front matter is longer than {MAX_MATTER // 1024} KB: shorten it", self._line(0))
        return matter, body

    def _parts(self, text: str) -> tuple[str, bool, str]:
        pieces = self.FM_BOUNDARY.split(text, 2)
        return pieces[1], len(pieces) == 3, pieces[-1]

    def load(self, fm: str, **_kwargs: object) -> dict[str, object]:
        """The fields of front matter; also notes the line of each."""
        loader = _Loader(fm)
        try:
            self._refuse_depths(fm)
            fields = loader.get_single_data()
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            raise PostError(_advice(error), self._line(mark.line if mark else 0)) from None
        except (yaml.YAMLError, ValueError, TypeError, OverflowError, RecursionError) as error:
            raise PostError(f"the front matter is not YAML: {one_line(str(error))[:200]}", self._line(0)) from None
        finally:
            loader.dispose()
        if not isinstance(fields, dict):
            raise PostError("the front matter holds no `key: value` lines", self._line(0))
        self.lines = {str(key).lower(): self._line(line) for key, line in loader.lines.items()}
        return fields

    def _refuse_depths(self, fm: str) -> None:
        """The C loader builds nodes recursively: 60,000 ``[`` end the whole process, not just one post."""
        if sum(map(fm.count, "[{-?")) <= _EASY_MARKS:
            return
        depth = 0
        for event in yaml.parse(fm, Loader=SafeLoader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _MAX_DEPTH:
                line = event.start_mark.line if event.start_mark else 0
                raise PostError(_TOO_DEEP, self._line(line))

    def _line(self, line: int) -> int:
        """The line of the file for one of the front matter, which counts from its first ``---``."""
        return self._above + line + 1


class _Loader(SafeLoader):  # type: ignore[misc, valid-type]  # the C loader where there is one
    """YAML without guesses: every plain scalar is a string, a key stands once."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012  PyYAML's own way

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self.lines: dict[str, int] = {}

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, object]:  # noqa: FBT001, FBT002  PyYAML's signature
        top = not self.lines
        seen: dict[str, int] = {}
        for key, _ in node.value:
            name = str(key.value)
            if name in seen:
                raise yaml.MarkedYAMLError(problem=f"`{name}` stands twice", problem_mark=key.start_mark)
            seen[name] = key.start_mark.line
        if top:  # the outermost mapping is built first
            self.lines = seen
        built: dict[Hashable, object] = super().construct_mapping(node, deep=deep)
        return built


# A type that somebody writes out (`!!timestamp`) is no reason to guess either.
for _type in ("bool", "float", "int", "null", "timestamp"):
    _Loader.add_constructor(f"tag:yaml.org,2002:{_type}", SafeLoader.construct_yaml_str)


def _advice(error: yaml.MarkedYAMLError) -> str:
    problem = one_line(str(error.problem or error.context or error))[:200]
    if "twice" in problem:
        return f"the front matter is ambiguous: {problem}; keep one"
    if "maximum nesting depth" in problem:  # libyaml 0.2.6 reads a line ahead, and gives up there by itself
        return _TOO_DEEP
    return f"the front matter is not YAML: {problem}; put the value between 'single quotes'"


def _newlines(text: str) -> int:
    return text.count("\n")
