"""Shared by the tests of settings: settings from a text, and the problems of a text."""

from __future__ import annotations

from pathlib import Path

import pytest

from coranto.settings import Problem, Settings, SettingsError
from coranto.settings.compile import compile_settings

DATA = Path(__file__).parent / "data" / "settings"
FULL = (DATA / "full.yaml").read_bytes()
SITE = 'site: {title: 江城新闻, url: "https://news.example/", tag: "news.example,2021"}\n'


def compiled(text: str | bytes, *, site: str = SITE) -> Settings:
    content = text if isinstance(text, bytes) else (site + text).encode()
    return compile_settings(content, Path("/site/settings.yaml"), Path("settings.yaml"))


def judged(content: bytes) -> tuple[Problem, ...]:
    try:
        compiled(content)
    except SettingsError as error:
        return error.problems
    return ()


def problems(text: str | bytes, *, site: str = SITE) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        compiled(text, site=site)
    assert str(caught.value).splitlines() == [str(problem) for problem in caught.value.problems]
    return [str(problem) for problem in caught.value.problems]


def problem(text: str | bytes, *, site: str = SITE) -> str:
    (only,) = problems(text, site=site)
    return only.removeprefix("settings.yaml:")
