"""Debian's Chromium, driven by Playwright: what a page asks for, complains of and looks like, and what axe-core finds in it."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commands import environment, program

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

ROOT = Path(__file__).parent.parent
SAMPLE = ("posts", "upstreams", "settings.yaml")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-sync")  # as root, without a screen or a network
PHONE, DESK = 390, 1280  # CSS pixels
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")

# What a policy refuses is told to the page, not always to the console.
_TELL = (
    "addEventListener('securitypolicyviolation', e => console.error('policy: ' + e.violatedDirective, e.blockedURI))"
)
# Axe would fetch stylesheets once more (preload), which the pages forbid; target-size is off unless asked for.
_AXE = """rules => axe.run(document, {
    runOnly: rules, preload: false, resultTypes: ['violations'], rules: {'target-size': {enabled: true}},
}).then(found => found.violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.target} ${n.failureSummary}`)))"""


def missing() -> str:
    """What must be installed before pages can be looked at; '' if nothing."""
    return "" if _program() else "no browser: install Debian's packages chromium and fonts-noto-cjk"


def _program() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser")


@contextmanager
def chromium() -> Iterator[Browser]:
    """One browser, with an empty profile of its own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_program(), args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Visit:
    """A window of its own on one page, and what happened in it."""

    context: BrowserContext
    page: Page
    requests: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def strays(self, origin: str) -> list[str]:
        """Requests that left the site."""
        return [url for url in self.requests if not url.startswith((origin, "data:", "about:"))]

    def axe(self) -> list[str]:
        """What axe-core finds: rule, element, why."""
        self.page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text("utf-8"))
        return self.page.evaluate(_AXE, list(RULES))

    def overflow(self) -> int:
        """By how many pixels the page is wider than its window."""
        return self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")

    def focused(self, what: str) -> Any:
        """A property of the focused element, as an expression over ``e``."""
        return self.page.evaluate(f"(e => {what})(document.activeElement)")

    def _asked(self, request: Request) -> None:
        self.requests.append(request.url)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(f"{message.type}: {message.text} ({message.location.get('url')})")


@contextmanager
def visit(browser: Browser, url: str, *, width: int = DESK, scheme: str = "light", **options: Any) -> Iterator[Visit]:
    """Open ``url`` in a window of its own; ``options`` are those of Playwright's ``new_context``."""
    height = 844 if width == PHONE else 900
    size = {"width": width, "height": height}
    context = browser.new_context(viewport=size, color_scheme=scheme, is_mobile=width == PHONE, **options)
    try:
        context.set_default_timeout(10_000)
        context.add_init_script(_TELL)
        seen = Visit(context, context.new_page())
        context.on("request", seen._asked)
        context.on("console", seen._said)
        seen.page.on("pageerror", lambda error: seen.faults.append(f"page: {error}"))
        if url:
            seen.page.goto(url)
        yield seen
    finally:
        context.close()


# -- what is looked at


def sample(folder: Path, **more: str) -> Path:
    """A copy of the shipped sample site in ``folder``, built; ``more``: further posts, name to text."""
    for name in SAMPLE:
        place = ROOT / name
        (shutil.copytree if place.is_dir() else shutil.copy)(place, folder / name)
    for name, text in more.items():
        (folder / "posts" / f"2022-06-01-{name}.md").write_text(text, encoding="utf-8")
    return build(folder)


ENGLISH = """site: {title: Harbour News, url: "https://harbour.example/", tag: "harbour.example,2022", language: en}
posts: [{path: posts}]
categories: {harbour: {title: Harbour, description: What moves in the harbour}}
"""
POST = """---
title: The new pier opens
date: 2022-06-01 09:00:00 +0000
categories: harbour
---
The first ferry leaves the north bank at seven.
"""


def english(folder: Path) -> Path:
    """A small site in English in ``folder``, built."""
    (folder / "posts").mkdir()
    (folder / "posts" / "2022-06-01-pier.md").write_text(POST, encoding="utf-8")
    (folder / "settings.yaml").write_text(ENGLISH, encoding="utf-8")
    return build(folder)


def build(folder: Path, *options: str, **env: str) -> Path:
    """Build the site in ``folder``, as a process of its own; the folder."""
    subprocess.run(
        program("build", *options), cwd=folder, env=environment(**env), check=True, capture_output=True, timeout=600
    )
    return folder


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """``coranto serve`` for the site in ``folder``; its address."""
    command = program("serve", "--port", "0", "--json")
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
    with subprocess.Popen(command, cwd=folder, env=environment(), **options) as process:
        try:
            said = ""
            while line := process.stdout.readline():
                said += line
                if line.startswith("}") or said.rstrip().endswith("}"):
                    break
            yield json.loads(said)["address"]
        finally:
            process.terminate()
