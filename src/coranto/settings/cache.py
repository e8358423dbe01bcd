"""Compiled settings, kept beside the store: a run whose settings.yaml did not change loads no YAML and no pydantic."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from dataclasses import MISSING, asdict, fields
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any

import coranto
from coranto.model import CodeRule
from coranto.settings import values


def default_cache(file: Path) -> Path:
    """Where the compiled settings of ``file`` are kept: ``.coranto/settings.json`` in its folder."""
    return Path(os.path.abspath(file)).parent / ".coranto" / "settings.json"  # noqa: PTH100 - keeps links as they are


def read(cache: Path, file: Path, content: bytes) -> values.Settings | None:
    """The settings kept in ``cache``; None unless they were made of this content, at this place, by this version.

    Args:
        cache: the file of compiled settings.
        file: the absolute path of settings.yaml.
        content: its bytes.
    """
    try:
        digest, _, body = cache.read_bytes().partition(b"\n")
        kept = json.loads(body)
        if digest == _digest(body) and kept["made_of"] == _made_of(file, content):
            return _revive(kept["settings"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass  # none, or damaged: it is only a copy
    return None


def write(cache: Path, settings: values.Settings, content: bytes) -> None:
    """Keep ``settings`` in ``cache``; where nothing may be written, nothing is kept.

    Written in place: a run that is killed leaves no draft behind, and what it left half-written bears the wrong digest.
    Readable for the owner only: the store's address may hold a password.
    """
    kept = {"made_of": _made_of(settings.file, content), "settings": asdict(settings)}
    body = json.dumps(kept, default=str).encode("ascii")
    with contextlib.suppress(OSError):
        cache.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(cache, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0), 0o600)
        with open(handle, "wb") as out:  # noqa: PTH123 - a descriptor
            out.write(_digest(body) + b"\n" + body)


def _digest(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest().encode("ascii")


def _made_of(file: Path, content: bytes) -> dict[str, str]:
    return {
        "sha256": hashlib.sha256(content).hexdigest(),
        "file": str(file),
        "version": _version(),
        "values": hashlib.sha256(_shape().encode()).hexdigest(),
    }


def _version() -> str:
    try:
        return coranto.__version__
    except PackageNotFoundError:
        return ""  # run from a source tree that is not installed


def _shape() -> str:
    """The fields of every class: a source tree changes them without a new version."""
    classes: tuple[type[Any], ...] = (values.Settings, *_CLASSES.values(), values.IdentityRules, CodeRule)
    # MISSING shows its address, which is another in each run.
    return repr(
        [
            (cls.__name__, [(f.name, f.type, None if f.default is MISSING else f.default) for f in fields(cls)])
            for cls in classes
        ]
    )


_CLASSES: dict[str, type[Any]] = {
    "site": values.Site,
    "posts": values.Posts,
    "upstreams": values.Upstream,
    "categories": values.CategoryRule,
    "feeds": values.Feeds,
    "fetch": values.Fetch,
    "serve": values.Serve,
}


def _revive(kept: dict[str, Any]) -> values.Settings:
    parts = {key: _part(cls, kept[key]) for key, cls in _CLASSES.items()}
    identity = kept["identity"] | {"info_code": [CodeRule(**rule) for rule in kept["identity"]["info_code"]]}
    parts["identity"] = values.IdentityRules(**_fields(identity))
    plain = {"file": Path(kept["file"])} | {key: kept[key] for key in ("keep", "refresh", "store")}
    return values.Settings(**parts, **plain)


def _part(cls: type[Any], kept: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(kept, list):
        return tuple(_part(cls, item) for item in kept)
    path = "path" if cls is values.Upstream else "root"
    if kept.get(path) is not None:
        kept = kept | {path: Path(kept[path])}
    return cls(**_fields(kept))


def _fields(kept: dict[str, Any]) -> dict[str, Any]:
    return {key: _frozen(value) for key, value in kept.items()}


def _frozen(value: Any) -> Any:  # noqa: ANN401 - JSON
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value
