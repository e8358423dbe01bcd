"""The kinds of misbehaviour: every module here has ``PATHS``."""

from __future__ import annotations

import importlib
import pkgutil

from hostile.catalogue import Path


def all_paths() -> list[Path]:
    """The whole catalogue, kind by kind, each path once."""
    modules = sorted(module.name for module in pkgutil.iter_modules(__path__))
    paths = [path for name in modules for path in importlib.import_module(f"hostile.kinds.{name}").PATHS]
    places = [(path.kind, path.name) for path in paths]
    assert len(places) == len(set(places)), "two paths of one name"
    return sorted(paths, key=lambda path: path.kind)
