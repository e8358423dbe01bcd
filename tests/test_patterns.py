"""ReDoS: every regular expression of the program, timed on its worst case (RELIABILITY 2, promise 7)."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import coranto
from coranto.text import dates
from coranto.text.urls import absolute_iri, public_iri
from patterns import LONG, Pattern, slow

SOURCE = Path(coranto.__file__).parent
BOUNDED = {  # characters that a pattern gets at most, since its caller counts them
    "coranto.text.dates": 200,
    "coranto.text.urls._NETLOC": 2048,
    "coranto.settings.positions._NEEDS_QUOTES": 200,
}
MADE = {  # of what an owner sets, or of escaped words
    "coranto.cli.lines._behind_comments",
    "coranto.identity._compiled",
    "coranto.readers.folder._pattern",
    "coranto.readers.folder._unwanted",
    "coranto.settings.shapes.groups",
    "coranto.text.urls._part",
}
METHODS = {"match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer"}


@cache
def modules() -> dict[str, ModuleType]:
    names = [one.name for one in pkgutil.walk_packages(coranto.__path__, "coranto.")]
    return {name: importlib.import_module(name) for name in names if not name.endswith("__main__")}


def held(thing: object, depth: int = 3) -> Iterator[Pattern]:
    """Patterns that a value holds: itself, its items, the attributes of its class."""
    if isinstance(thing, re.Pattern):
        yield thing
    elif depth and isinstance(thing, (tuple, list, set, frozenset)):
        for one in thing:
            yield from held(one, depth - 1)
    elif depth and isinstance(thing, dict):
        yield from held(list(thing.values()), depth - 1)
    elif depth and isinstance(thing, type) and thing.__module__.startswith("coranto"):
        yield from held(list(vars(thing).values()), depth - 1)


def tree_of(module: ModuleType) -> ast.AST:
    return ast.parse(Path(str(module.__file__)).read_text("utf-8"))


def uses(module: ModuleType, tree: ast.AST) -> Iterator[tuple[Pattern, str]]:
    """Which method of which pattern the module calls, or hands on."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute) or node.attr not in METHODS:
            continue
        owner: Any = None
        match node.value:
            case ast.Name(name):
                owner = vars(module).get(name)
            case ast.Attribute(ast.Name(name), inner):
                owner = getattr(vars(module).get(name), inner, None)
        if isinstance(owner, re.Pattern):
            yield owner, node.attr


def written(tree: ast.AST) -> Iterator[tuple[ast.Call, str, str | bytes | None]]:
    """Calls of functions of `re`: the function, and the pattern if it is written out there."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(ast.Attribute(ast.Name("re"), function), [first, *_]) if function in {*METHODS, "compile"}:
                literal = first.value if isinstance(first, ast.Constant) else None
                yield node, function, literal if isinstance(literal, (str, bytes)) else None


@cache
def patterns() -> dict[Pattern, tuple[str, set[str]]]:
    """All patterns of the program: where the first stands, and how it is used."""
    found: dict[Pattern, tuple[str, set[str]]] = {}
    used = defaultdict[Pattern, set[str]](set)
    for name, module in modules().items():
        tree = tree_of(module)
        for key, value in vars(module).items():
            if not isinstance(value, ModuleType):
                found.update({one: (f"{name}.{key}", set()) for one in held(value) if one not in found})
        for pattern, method in uses(module, tree):
            used[pattern].add(method)
        for node, function, literal in written(tree):
            if literal is not None and function != "compile":
                one = re.compile(literal, eval_flags(node))
                found.setdefault(one, (f"{name}:{node.lineno}", set()))[1].add(function)
    return {one: (where, (methods | used[one]) or {"finditer"}) for one, (where, methods) in found.items()}


def eval_flags(node: ast.Call) -> re.RegexFlag:
    """The flags of an inline call: its words that are flags of `re`."""
    flags = re.NOFLAG
    for inner in ast.walk(node):
        if isinstance(inner, ast.Attribute) and isinstance(getattr(re, inner.attr, None), re.RegexFlag):
            flags |= getattr(re, inner.attr)
    return flags


def place(where: str) -> int | None:
    return next((most for known, most in BOUNDED.items() if where.startswith(known)), None)


@pytest.mark.parametrize(
    "part", sorted(one.name for one in pkgutil.iter_modules(coranto.__path__) if one.name != "__main__")
)
def test_no_pattern_takes_more_than_time_that_grows_with_the_text(part: str) -> None:
    """Or its text is bounded by its caller, and it is fast on the longest of these."""
    own = {one: said for one, said in patterns().items() if said[0].startswith(f"coranto.{part}")}
    bad = {where: slow(one, methods, place(where) or LONG) for one, (where, methods) in own.items()}
    assert [f"{where}: {found}" for where, found in bad.items() if found] == []


@pytest.mark.parametrize("known", BOUNDED)
def test_only_what_needs_a_bound_is_excused(known: str) -> None:
    assert any(slow(one, methods) for one, (where, methods) in patterns().items() if where.startswith(known))


def test_what_is_bounded_is() -> None:
    long = "1" * 4000
    assert dates.parse(f"2026-03-02 {' ' * 4000}10:00", UTC) is None
    assert not absolute_iri(f"a:{long}")
    assert public_iri(f"http://a.example/{long[:2000]}")
    assert not public_iri(f"http://a.example/{long}")


def test_all_patterns_are_found() -> None:
    """Of those that are made while the program runs, each is known: what goes in is escaped, or an owner's own setting."""
    made = set()
    for name, module in modules().items():
        for function in ast.walk(tree_of(module)):
            if isinstance(function, ast.FunctionDef):
                made |= {f"{name}.{function.name}" for *_, literal in written(function) if literal is None}
    assert made == MADE
    assert len(patterns()) > 150
    assert {"coranto.text.urls._PATH", "coranto.readers.posts_matter._PostHandler"} <= {
        where for where, _ in patterns().values()
    }


@pytest.mark.parametrize(
    ("evil", "method"),
    [
        (r"(a+)+$", "match"), (r"(?:a|a)*b", "match"), (r"(?:a|ab|b)*c", "fullmatch"), (r"\s+$", "search"),
        (r"<[^>]*>", "sub"), (r"\s*=\s*[\"']?\s*x", "match"), (r"[\w.]+@", "search"), (r".*?,.*?,.*?;", "match"),
        (r"(\d+)-?(\d+)!", "fullmatch"), (r"<!--.*?-->", "finditer"), (rb"(\xff+)*x", "match"),
    ],
)  # fmt: skip
def test_a_pattern_that_goes_back_is_found(evil: str | bytes, method: str) -> None:
    assert slow(re.compile(evil, re.DOTALL), [method])


@pytest.mark.parametrize(
    ("good", "method"),
    [
        (r"(?:a|b)*c", "match"), (r"\s++$", "match"), (r"<[^<>]*>", "sub"), (r"[a-z]{1,60}@", "search"),
        (r"(?:[^<]++|<(?!!--))*+", "finditer"),
    ],
)  # fmt: skip
def test_a_pattern_that_does_not_is_left_in_peace(good: str, method: str) -> None:
    assert slow(re.compile(good), [method]) == ""
