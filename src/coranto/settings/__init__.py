"""settings.yaml -> frozen `Settings`; every problem at once, each with file, line, column and key.

Light to import: YAML and pydantic are loaded only when settings.yaml changed.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from coranto.settings import cache as _cache
from coranto.settings.cache import default_cache
from coranto.settings.problems import Problem, SettingsError
from coranto.settings.values import Settings

__all__ = ["Problem", "Settings", "SettingsError", "default_cache", "describe", "json_schema", "load"]


def load(file: Path, *, cache: Path | None = None) -> Settings:
    """The settings in ``file``.

    Args:
        file: settings.yaml; relative paths in it start at its folder.
        cache: a file for the compiled settings (see `default_cache`); it is used while settings.yaml, its place and
            the version of the program stay the same, and written otherwise.  None: no cache.

    Raises:
        SettingsError: the file is missing or wrong; it holds every problem.
    """
    content = _read(file)
    place = Path(os.path.abspath(file))  # noqa: PTH100 - resolve() would follow links to another folder
    kept = _cache.read(cache, place, content) if cache else None
    if kept:
        return kept
    from coranto.settings.compile import compile_settings

    settings = compile_settings(content, place, file)
    if cache:
        _cache.write(cache, settings, content)
    return settings


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError as error:
        message = 'no such file; run "coranto init" to start a site here, or name the settings with --config'
        raise SettingsError((Problem(file=file, message=message),)) from error
    except OSError as error:
        message = f"cannot be read: {error.strerror or error}"
        raise SettingsError((Problem(file=file, message=message),)) from error


def json_schema() -> dict[str, Any]:
    """The JSON Schema of settings.yaml, as shipped in ``settings.schema.json``."""
    from coranto.settings.reference import json_schema as make

    return make()


def describe() -> tuple[tuple[str, str, str, str], ...]:
    """Every key of settings.yaml: path, type, default, description; for the docs."""
    from coranto.settings.reference import describe as make

    return make()
