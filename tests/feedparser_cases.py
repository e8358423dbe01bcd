"""feedparser's own test files: fetched, unpacked, and what each expects as plain values.

They are in the source distribution only (BSD-2), so it is fetched from the package registry that pip is configured for,
once, and checked by its hash.  An expectation is Python code in a comment of the file: it is read as a syntax tree and
never run.

`python tests/feedparser_cases.py` prints how far our parse agrees.
"""

from __future__ import annotations

import ast
import codecs
import fcntl
import hashlib
import re
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

VERSION = "6.0.14"
SHA256 = "088679b0c4b543ee211a820dd544698c76a402122eae7473c04a43425f283d06"
FOLDER = Path(__file__).parent.parent / ".pytest_cache" / f"feedparser-{VERSION}"  # shared by all workers of a run
ARCHIVE = FOLDER / f"feedparser-{VERSION}.tar.gz"
_FAILED = FOLDER / "offline"
_AGAIN = 600  # seconds until a registry that did not answer is asked again

_CHARSETS = ("utf-8", "utf-16", "utf-32", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "cp037", "latin-1")
_EXPECT = re.compile(r"Expect:\s*(.*?)\s*-->", re.DOTALL)
_UNLESS = re.compile(r"SkipUnless:\s*__import__\('codecs'\)\.lookup\('([^']+)'\)")
_HEADER = re.compile(r"^Header:\s+([^:]+):(.+)$", re.MULTILINE)
_OLD_NAMES = {
    "description": "summary",
    "tagline": "subtitle",
    "info": "subtitle",
    "guid": "id",
    "copyright": "rights",
    "url": "href",
    "items": "entries",
    "modified": "updated",
    "issued": "published",
}


class OfflineError(Exception):
    """The archive is not there and cannot be fetched."""


@dataclass(frozen=True)
class Expectation:
    """One fact that a file expects: the value at ``path`` stands in ``relation`` to ``value``."""

    path: tuple[str | int, ...]
    relation: str  # ==, !=, is, true, false, has, lacks, len, ord; any: one of several (in value); code: unreadable
    value: object = None

    def __str__(self) -> str:
        return f"{'.'.join(map(str, self.path))} {self.relation} {self.value!r}"


@dataclass(frozen=True)
class Case:
    """One test file."""

    name: str  # its path in the folder of tests
    body: bytes
    headers: dict[str, str]  # names in lower case
    expectations: tuple[Expectation, ...]


@lru_cache(maxsize=1)
def cases() -> tuple[Case, ...]:
    """All test files that are feeds, by name.

    Raises:
        OfflineError: The registry does not answer.
    """
    return tuple(sorted(_unpacked(_fetched()), key=lambda case: case.name))


def date_rows() -> list[tuple[str, tuple[int, ...] | None]]:
    """The dates of feedparser's own tests, as text and as what its parsers answer: a tuple in UTC, or nothing.

    Raises:
        OfflineError: The registry does not answer.
    """
    with tarfile.open(_fetched()) as members:
        source = members.extractfile(f"feedparser-{VERSION}/tests/runtests.py").read()
    tables = [node.value for node in ast.walk(ast.parse(source)) if _is_named(node, "date_tests")]
    return [ast.literal_eval(row) for table in tables for rows in table.values for row in rows.elts]


def _is_named(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == name


def _fetched() -> Path:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ARCHIVE.exists():
            _fetch()
    if hashlib.sha256(ARCHIVE.read_bytes()).hexdigest() != SHA256:
        ARCHIVE.unlink()
        raise AssertionError(f"{ARCHIVE.name} is not the one that was released")
    return ARCHIVE


def _fetch() -> None:
    if _FAILED.exists() and time.time() - _FAILED.stat().st_mtime < _AGAIN:
        raise OfflineError(_FAILED.read_text("utf-8"))
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--retries", "1", "--timeout", "15", "--no-binary", "feedparser", "--dest", str(FOLDER)]
    try:
        subprocess.run([*command, f"feedparser=={VERSION}"], check=True, capture_output=True, timeout=90)
    except (subprocess.SubprocessError, OSError) as error:
        _FAILED.write_text(
            f"feedparser's own test files could not be fetched with pip ({type(error).__name__})", "utf-8"
        )
        raise OfflineError(_FAILED.read_text("utf-8")) from error
    _FAILED.unlink(missing_ok=True)


def _unpacked(archive: Path) -> Iterator[Case]:
    with tarfile.open(archive) as members:
        for member in members:
            name = member.name.partition("/tests/")[2]
            if name.endswith(".xml") and member.isfile():
                yield _case(name, members.extractfile(member).read())


def _case(name: str, body: bytes) -> Case:
    text = next(text for charset in _CHARSETS if (text := _decoded(body, charset)) and "Expect:" in text)
    expected, codec = _EXPECT.search(text), _UNLESS.search(text)
    if codec and not _is_known(codec[1]):
        expected = None
    headers = {key.strip().lower(): value.strip() for key, value in _HEADER.findall(text)}
    return Case(name, body, headers, tuple(expectations(expected[1] if expected else "no_such_codec")))


def _is_known(codec: str) -> bool:
    try:
        codecs.lookup(codec)
    except LookupError:
        return False
    return True


def _decoded(body: bytes, charset: str) -> str:
    try:
        return body.decode(charset)
    except UnicodeDecodeError:
        return ""


def expectations(code: str) -> Iterator[Expectation]:
    """The facts that a line of code states; what is no such fact comes with the relation ``code``."""
    for part in _parts(ast.parse(code, mode="eval").body):
        try:
            yield from [_fact(pair) for pair in _pairs(part)]
        except (TypeError, ValueError):
            yield Expectation((), "code", ast.unparse(part))


def _parts(tree: ast.expr) -> list[ast.expr]:
    return tree.values if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And) else [tree]


def _pairs(tree: ast.expr) -> list[ast.expr]:
    """`a == b == "x"` as two comparisons with what stands last."""
    if not isinstance(tree, ast.Compare) or len(tree.ops) == 1:
        return [tree]
    lefts = [tree.left, *tree.comparators[:-1]]
    return [
        ast.Compare(left, [operator], tree.comparators[-1:]) for left, operator in zip(lefts, tree.ops, strict=True)
    ]


def _literal(tree: ast.expr) -> object:
    if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Add):
        return f"{_literal(tree.left)}{_literal(tree.right)}"
    return ast.literal_eval(tree)


def _fact(tree: ast.expr) -> Expectation:
    match tree:
        case ast.BoolOp(op=ast.Or()):
            choices = [_fact(part) for choice in tree.values for part in _parts(choice)]
            return Expectation((), "any", tuple(one for one in choices if one.path != ("bozo",)))
        case ast.UnaryOp(op=ast.Not(), operand=inside):
            fact = _fact(inside)
            return Expectation(fact.path, {"true": "false", "has": "lacks"}[fact.relation])
        case ast.Call(func=ast.Attribute(value=owner, attr="has_key"), args=[ast.Constant(value=str(key))]):
            return Expectation((*_path(owner), _OLD_NAMES.get(key, key)), "has")
        case ast.Compare(left=ast.Call(func=ast.Name(id="len" | "ord" as name), args=[inside]), ops=[ast.Eq()]):
            return Expectation(_path(inside), name, _literal(tree.comparators[0]))
        case ast.Compare(ops=[operator]):
            relation = {ast.Eq: "==", ast.NotEq: "!=", ast.Is: "is"}.get(type(operator))
            if relation is None:
                raise ValueError(operator)
            return Expectation(_path(tree.left), relation, _literal(tree.comparators[0]))
    return Expectation(_path(tree), "true")


def _path(tree: ast.expr) -> tuple[str | int, ...]:
    match tree:
        case ast.Name(id=name):
            return (name,)
        case ast.Attribute(value=owner, attr=name):
            step = name
        case ast.Subscript(value=owner, slice=ast.Constant(value=str() | int() as step)):
            pass
        case ast.Call(func=ast.Attribute(value=owner, attr="get"), args=[ast.Constant(value=str(step))]):
            pass
        case _:
            raise ValueError(ast.unparse(tree))
    return (*_path(owner), _OLD_NAMES.get(step, step))


if __name__ == "__main__":
    from feedparser_cases_judge import show

    show(cases())
