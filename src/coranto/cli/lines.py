"""New subscriptions as lines of settings.yaml, and how they get in: every other byte of the file stays as it is."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from coranto.cli.failures import Refused
from coranto.settings.problems import SettingsError

# A text that YAML, read as settings are, takes for itself; everything else is put in quotes.
_PLAIN = re.compile(r"[^\W\d_](?:[\w./:?=&%~+@!;()-]*[\w/=&%~+!;()-])?")
_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """A subscription to add."""

    url: str
    categories: tuple[str, ...] = ()


def block(wanted: Sequence[Wanted], *, head: bool = True, indent: str = "  ") -> str:
    """The lines for ``wanted``, each with a line feed.

    Args:
        wanted: at least one; a single one without category comes with a hint.
        head: with the line ``upstreams:`` above.
        indent: what stands before the dashes.
    """
    items = "".join(_item(one, indent) for one in wanted)
    if len(wanted) == 1 and not wanted[0].categories:
        items += f"{indent}  # category: NAME    # without it, its stories stand only in the feed of all\n"
    return f"upstreams:\n{items}" if head else items


def _item(one: Wanted, indent: str) -> str:
    names = [_scalar(name) for name in one.categories]
    category = names[0] if len(names) == 1 else f"[{', '.join(names)}]"
    filed = f"{indent}  category: {category}\n" if names else ""
    return f"{indent}- url: {_scalar(one.url)}\n{filed}"


def _scalar(text: str) -> str:
    plain = _PLAIN.fullmatch(text) and text.lower() not in _WORDS
    return text if plain else json.dumps(text, ensure_ascii=False)


def append(file: Path, wanted: Sequence[Wanted]) -> None:
    """Write ``wanted`` into the settings ``file``, after the upstreams that stand there.

    The new text is judged before it is written, and then put in place in one step.

    Raises:
        Refused: `upstreams` is written in a form that cannot be added to by lines; nothing was written.
    """
    before = file.read_bytes()
    after = _with(before.decode("utf-8"), wanted).encode("utf-8")
    _judge(after, file, wanted)
    _replace(file, after)


def _with(text: str, wanted: Sequence[Wanted]) -> str:
    """``text`` with the new lines in it."""
    place = _place(text)
    if place is None:
        start = text if not text or text.endswith("\n") else text + "\n"
        added = ("\n" if start.strip() else "") + block(wanted)
        return start + _ends(added, text)
    at, indent = place
    gap = "" if text[:at].endswith("\n") else "\n"
    return text[:at] + _ends(gap + block(wanted, head=False, indent=indent), text) + text[at:]


def _place(text: str) -> tuple[int, str] | None:
    """Where the next upstream goes, and how far it is indented; None when there is no key `upstreams`.

    Raises:
        Refused: its value is no list of lines.
    """
    import yaml

    root = yaml.compose(text, Loader=yaml.BaseLoader)
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    if isinstance(root, yaml.MappingNode) and root.flow_style:
        raise Refused("the settings are written in braces")
    found = next(((key, value) for key, value in pairs if key.value == "upstreams"), None)
    if found is None:
        return None
    key, value = found
    if isinstance(value, yaml.SequenceNode) and not value.flow_style:
        column = value.start_mark.column
        return _behind_comments(text, _line_end(text, _last(value)), column), " " * column
    if isinstance(value, yaml.ScalarNode) and value.value == "" and value.style is None:
        return _line_end(text, key.end_mark.index), "  "
    raise Refused("`upstreams` is not written as a list of lines that begin with a dash")


def _last(node: object) -> int:
    """Where the content of a node ends: its own end mark lies behind the blanks and comments that follow."""
    import yaml

    while isinstance(node, (yaml.SequenceNode, yaml.MappingNode)) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    end: int = node.end_mark.index  # type: ignore[attr-defined]  # every node has one
    return end


def _line_end(text: str, at: int) -> int:
    """The start of the line after the one that ``at`` lies in, or is the end of."""
    if at and text[at - 1] == "\n":
        return at  # a block of text ends with its line
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1


def _behind_comments(text: str, at: int, column: int) -> int:
    """``at``, or behind the comments that follow and are indented as parts of the last item."""
    while comment := re.compile(rf"[ ]{{{column + 1},}}#[^\n]*(?:\n|\Z)").match(text, at):
        at = comment.end()
    return at


def _ends(lines: str, text: str) -> str:
    """``lines`` with the line ends of ``text``."""
    return lines.replace("\n", "\r\n") if "\r\n" in text else lines


def _judge(content: bytes, file: Path, wanted: Sequence[Wanted]) -> None:
    """Refuse a text that would not load, or would not add exactly what is wanted."""
    from coranto.settings.compile import compile_settings

    try:
        settings = compile_settings(content, file.absolute(), file)
    except SettingsError as error:
        raise Refused(f"with these lines the settings would not load: {error.problems[0]}") from error
    if [one.url for one in settings.upstreams[-len(wanted) :]] != [one.url for one in wanted]:
        raise Refused("the lines would not land under `upstreams`")


def _replace(file: Path, content: bytes) -> None:
    """Put ``content`` in the place of ``file``, whole or not at all, with the rights that it has."""
    place = Path(os.path.realpath(file))
    handle, draft = tempfile.mkstemp(prefix=f".{place.name}", suffix=".new", dir=place.parent)
    try:
        with open(handle, "wb") as out:  # noqa: PTH123 - a descriptor
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        shutil.copymode(place, draft)
        Path(draft).replace(place)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
