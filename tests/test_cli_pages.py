"""docs/cli.md and docs/settings.md say what the program says; ACCEPT=1 writes them anew."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from coranto.cli.app import COMMANDS
from coranto.cli.pages import cli_page, settings_page
from coranto.settings import describe

DOCS = Path(__file__).parent.parent / "docs"


@pytest.mark.parametrize(("name", "page"), [("cli.md", cli_page), ("settings.md", settings_page)])
def test_the_page_is_fresh(name, page):
    if os.environ.get("ACCEPT") == "1":
        (DOCS / name).write_text(page(), encoding="utf-8")
    assert (DOCS / name).read_text("utf-8") == page(), f"docs/{name} is stale: ACCEPT=1 writes it anew"


def test_every_command_and_every_key_has_its_place():
    assert all(f"## `coranto {name}" in cli_page() for name in COMMANDS)
    page = settings_page()
    for path, *_ in describe():
        assert f"`{path}`" in page or f"| `{path.split('.', 1)[-1]}` |" in page
