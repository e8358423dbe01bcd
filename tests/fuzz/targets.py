"""What is fuzzed: parse, dates, URLs, front matter, charsets, markup, OPML and settings.

As a program: one target in libFuzzer's own way, ``python -m fuzz.targets NAME [options] CORPUS``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

DATA = Path(__file__).parents[1] / "data"
CHINA = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Target:
    """One function that takes any bytes; ``seeds``: what to start from."""

    run: Callable[[bytes], None]
    seeds: Callable[[], Iterable[bytes]]


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _parse(data: bytes) -> None:
    from fuzzing import faults

    assert faults(data) == []


def _charset(data: bytes) -> None:
    from coranto.readers import charset

    label, _, body = data.partition(b"\n")
    text, _ = charset.decode(body, f"text/xml; charset={label[:40].decode('latin-1')}")
    text.encode("utf-8", "surrogatepass")


def _dates(data: bytes) -> None:
    from coranto.text import dates

    instant = dates.parse(_text(data), CHINA)
    assert instant is None or dates.parse(instant.isoformat(), CHINA) == instant


def _urls(data: bytes) -> None:
    from coranto.text import markup, urls

    once = urls.canonical(_text(data))
    assert urls.canonical(once) == once
    found = markup.absolute(_text(data), "https://paper.example/a/")
    assert not found or found.lower().startswith(("http://", "https://", "mailto:"))


def _markup(data: bytes) -> None:
    from coranto.text import markup
    from inactive import active

    cleaned = markup.clean(_text(data), "https://paper.example/a/")
    assert active(cleaned) == []
    assert markup.clean(cleaned, "https://paper.example/a/") == cleaned
    assert "\n" not in markup.plain(_text(data))


def _matter(data: bytes) -> None:
    from coranto.readers import posts_matter

    try:
        matter = posts_matter.read(data)
    except posts_matter.PostError:
        return
    assert isinstance(matter.fields, dict)


def _opml(data: bytes) -> None:
    from coranto.writers import opml

    try:
        opml.read(data)
    except opml.OpmlError:
        return


def _settings(data: bytes) -> None:
    from coranto.settings import positions
    from coranto.settings.problems import SettingsError

    try:
        positions.parse(data, Path("settings.yaml"))
    except SettingsError:
        return


def _files(folder: str, *suffixes: str) -> Callable[[], Iterable[bytes]]:
    def read() -> Iterable[bytes]:
        return (file.read_bytes() for file in sorted((DATA / folder).rglob("*")) if file.suffix in suffixes)

    return read


TARGETS = {
    "parse": Target(_parse, _files("upstream", ".xml", ".json")),
    "charset": Target(_charset, lambda: ["gbk\n广州".encode("gbk"), "big5\n臺灣".encode("big5"), b"\n<?xml encoding='x'?>"]),
    "dates": Target(_dates, lambda: [b"Fri, 07 Jan 2022 01:00:00 +0800", "2021年12月24日 下午4:02".encode(), b"20211224T040250Z"]),
    "urls": Target(_urls, lambda: [b"https://www.a.example:443/x/?b=2&a=%e5&utm_source=x#!y", b"//[::1]/", b"?infoCode=NW1"]),
    "markup": Target(_markup, lambda: [b"<p>a<b>c</p><a href='java&#115;cript:1'>x</a><img src=x onerror=y>", b"<svg><style>"]),
    "matter": Target(_matter, _files("posts", ".md", ".markdown", ".html")),
    "opml": Target(_opml, lambda: [b"<opml><body><outline text='x' xmlUrl='https://a.example/'/></body></opml>"]),
    "settings": Target(_settings, _files("settings", ".yaml")),
}  # fmt: skip


def main() -> None:
    """Fuzz one target; libFuzzer takes the other arguments."""
    import atheris

    name = sys.argv.pop(1)
    with atheris.instrument_imports(include=["coranto"], enable_loader_override=False):
        TARGETS[name].run(b"")  # imports all that it needs
    atheris.Setup(sys.argv, TARGETS[name].run)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
