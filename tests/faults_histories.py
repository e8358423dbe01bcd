"""Small sites with a past: what happened to each, step by step, and what its builds gave that nobody disturbed.

A step is an edit and one `coranto build`; between them the site is kept, so that a build can be tried again and again.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from river import HOUR, LONG, Site, item

Files = dict[str, bytes]


@dataclass
class History:
    """One site in ``folder``/site; ``said`` is where its builds print to."""

    folder: Path
    steps: list[Callable[[Site], None]]
    site: Site = field(init=False)
    published: list[Files] = field(default_factory=list)  # [0]: before the first build

    def __post_init__(self) -> None:
        self.site = Site(self.folder / "site")
        self.said = self.folder / "said"

    def live(self) -> None:
        """Let everything happen once, undisturbed."""
        self.published.append({})
        for number, step in enumerate(self.steps):
            step(self.site)
            self.site.settings()
            self._keep(number)
            code = in_child(lambda number=number: self.build(number))
            if code:
                raise SystemExit(f"step {number} ended with {code}: {self.said.read_text(encoding='utf-8')}")
            self.published.append(self.site.files())

    def go_back(self, number: int) -> None:
        """Put the site back to where the build of a step begins."""
        shutil.rmtree(self.site.folder)
        shutil.copytree(self.folder / f"before-{number}", self.site.folder)

    def build(self, number: int) -> int:
        """The build of a step, as a person runs it; in a child, for it changes this process."""
        now = self.site.now + number * HOUR
        os.environ["SOURCE_DATE_EPOCH"] = str(int(now.timestamp()))
        os.chdir(self.site.folder)
        printed = os.open(self.said, os.O_CREAT | os.O_TRUNC | os.O_WRONLY)
        os.dup2(printed, 1)
        os.dup2(printed, 2)
        return command("build")

    def _keep(self, number: int) -> None:
        shutil.copytree(self.site.folder, self.folder / f"before-{number}")


def command(*args: str) -> int:
    """A command of the program in this process; what it ended with."""
    from coranto.cli import main

    sys.argv = ["coranto", *args]
    try:
        main()
    except SystemExit as ended:
        sys.stdout.flush()
        sys.stderr.flush()
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return 0


def in_child(work: Callable[[], int]) -> int:
    """Do work in a child; what it ended with."""
    child = os.fork()
    if child == 0:
        code = 70
        try:
            code = work()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def of_posts(folder: Path) -> History:
    """Posts alone: a first build, an edit, a merge of two that were out, a deletion that ends a category."""
    return History(folder, [_first, _edited, _merged, _deleted])


def of_upstreams(folder: Path) -> History:
    """Upstream files besides: one that joins a post that is out, an edit and a withdrawal, one that leaves settings."""
    return History(folder, [_first_of_both, _joined, _withdrawn, _unsubscribed])


def _first(site: Site) -> None:
    for number in range(3):
        site.post(
            f"posts/2022-01-0{number + 1}-a.md",
            title=f"第{number}条",
            date=f"2022-01-0{number + 1} 08:00:00 +0800",
            text=LONG,
        )
    site.post("posts/2022-01-04-one.md", title="渡轮加班", category="harbour", link="https://x.example/1")
    site.post("posts/2022-01-05-two.md", title="渡轮今天加班", category="emnews", link="https://x.example/2")
    site.post("posts/2022-01-06-last.md", title="最后一条", category="closing")


def _edited(site: Site) -> None:
    site.post("posts/2022-01-02-a.md", title="第1条", date="2022-01-02 08:00:00 +0800", text=LONG + "改了。")
    site.post("posts/2022-01-07-new.md", title="新的一条", category="harbour")


def _merged(site: Site) -> None:
    site.post("posts/2022-01-05-two.md", title="渡轮今天加班", category="emnews", link="https://x.example/1")


def _deleted(site: Site) -> None:
    (site.folder / "posts/2022-01-06-last.md").unlink()
    (site.folder / "posts/2022-01-01-a.md").unlink()


def _first_of_both(site: Site) -> None:
    _first(site)
    site.feed("paper", *(item(f"https://p.example/{one}", title=f"报纸{one}") for one in range(4)))
    site.feed("port", item("https://q.example/1", title="港口", link="https://q.example/1"))


def _joined(site: Site) -> None:
    items = [item(f"https://p.example/{one}", title=f"报纸{one}") for one in range(1, 5)]
    site.feed("paper", *items, item("https://p.example/9", title="渡轮加班", link="https://x.example/1"))


def _withdrawn(site: Site) -> None:
    items = [item(f"https://p.example/{one}", title=f"报纸{one}", text="改了。") for one in range(2, 5)]
    site.feed("paper", *items, withdrawn=("https://p.example/1",))
    site.post(
        "posts/2022-01-04-one.md", title="渡轮加班", category="harbour", link="https://x.example/1", text="新的。"
    )


def _unsubscribed(site: Site) -> None:
    site.upstreams.remove("port")
    (site.folder / "posts/2022-01-06-last.md").unlink()
