"""Whether cleaned HTML is so plain that cleaning it again could change nothing.  Pure.

The sanitiser reads HTML as a browser does, so what it writes may be read otherwise once more (a `p` in a `p`, a link in a
link), and `markup.clean` goes on until nothing changes.  For most entries that is a second run for nothing: flat text in
paragraphs, headings, lists and quotes is written as it is read (tests/test_markup_calm.py).
"""

from __future__ import annotations

import re

_LONGEST = 32_768  # characters: no bound of `markup_limits` is near
_DEEPEST = 12
_TAG = re.compile(r"<(/?)([a-z0-9]+)")
_ADDRESS = re.compile(r" (?:href|src|poster)=\"([^\"]*)\"")
# A host that every reader of addresses takes for one: the sanitiser drops what its own does not (a number that is no
# IPv4 address, a port beyond the last, letters that no domain may have), but only when it reads what it wrote.
_SURE = re.compile(r"https?://(?:[A-Za-z0-9]++(?:-[A-Za-z0-9]++)*+\.)++[A-Za-z]{2,63}(?:[/?#].*)?")
_ALONE = frozenset({"br", "img"})
_LINES = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6"})
_GROUPS = frozenset({"blockquote", "ul", "ol"})
_ROOMS = frozenset({"", "blockquote", "li"})  # where paragraphs, lists and quotes may stand
_MARKS_HTML = "a abbr b cite code del em i ins kbd mark q s samp small strong sub sup tt u var"
_MARKS = frozenset(_MARKS_HTML.split())


def is_calm(cleaned: str) -> bool:
    """Whether a browser would read ``cleaned`` just as it is written.

    Args:
        cleaned: What the sanitiser wrote: all tags closed and in order, no ``<`` but of tags.
    """
    if len(cleaned) > _LONGEST or "data:" in cleaned:
        return False
    opened = [""]
    for ends, name in _TAG.findall(cleaned):
        if ends:
            opened.pop()
        elif name not in _ALONE:
            if not _may_stand(name, opened):
                return False
            opened.append(name)
    return all(_SURE.fullmatch(address) for address in _ADDRESS.findall(cleaned))


def _may_stand(name: str, opened: list[str]) -> bool:
    if name in _MARKS:
        return name not in opened and opened[-1] not in {"ul", "ol"} and len(opened) < _DEEPEST
    if name == "li":
        return opened[-1] in {"ul", "ol"}
    return (name in _LINES or name in _GROUPS) and opened[-1] in _ROOMS and len(opened) < _DEEPEST
