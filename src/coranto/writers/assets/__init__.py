"""The files that every page needs, published as they are in the folder ``assets`` beside the categories."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.resources import files

FOLDER = "assets"
_NAMES = ("feed.css", "icon.svg", "page.js", "style.css")


@cache
def assets() -> dict[str, bytes]:
    """Name and bytes of every file."""
    return {name: files(__name__).joinpath(name).read_bytes() for name in _NAMES}


@cache
def versioned(name: str) -> str:
    """The name of a file with a mark of its bytes: kept for long, and never old."""
    return f"{name}?v={sha256(assets()[name]).hexdigest()[:8]}"
