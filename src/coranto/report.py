"""What a build did, for a script and for a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from coranto.model import Failure


@dataclass(slots=True)
class PostsReport:
    """What happened to the posts."""

    read: int = 0
    unchanged: int = 0
    held: bool = False  # a whole folder could not be trusted: nothing left because of it
    suspect: dict[str, tuple[str, str]] = field(default_factory=dict)  # of each such folder: its state, and why
    failed: list[Failure] = field(default_factory=list)


@dataclass(slots=True)
class UpstreamsReport:
    """What happened to the subscriptions."""

    polled: int = 0
    changed: int = 0
    not_modified: int = 0
    not_due: int = 0
    due: list[str] = field(default_factory=list)  # of a dry run: what would be polled
    failed: list[Failure] = field(default_factory=list)


@dataclass(slots=True)
class StoriesReport:
    """What became of the stories."""

    total: int = 0
    added: int = 0
    updated: int = 0
    merged: int = 0
    conflicts: int = 0
    doubtful: int = 0  # merged from entries whose titles, figures or dates are far apart (E5)


@dataclass(slots=True)
class FeedsReport:
    """What happened to the files."""

    written: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    unchanged: int = 0
    failed: list[Failure] = field(default_factory=list)


@dataclass(slots=True)
class HubReport:
    """What the hub was told."""

    told: int = 0  # documents
    waiting: int = 0  # documents that a later build tells it of
    failed: list[Failure] = field(default_factory=list)  # no failure of the build: what is out is out


@dataclass(slots=True)
class Report:
    """What one build did."""

    posts: PostsReport = field(default_factory=PostsReport)
    subscriptions: UpstreamsReport = field(default_factory=UpstreamsReport)
    stories: StoriesReport = field(default_factory=StoriesReport)
    feeds: FeedsReport = field(default_factory=FeedsReport)
    hub: HubReport = field(default_factory=HubReport)
    aside: str = ""  # where the store lies that was damaged, so that it was made again from what is published (R9)

    @property
    def failures(self) -> list[Failure]:
        """Everything that went wrong, in the order of the river; but for the hub, which is not part of it."""
        return [*self.posts.failed, *self.subscriptions.failed, *self.feeds.failed]

    def to_json(self) -> dict[str, dict[str, object]]:
        """The report as DESIGN 4 fixes it for scripts."""
        return {
            "posts": {
                "read": self.posts.read,
                "unchanged": self.posts.unchanged,
                "failed": _placed(self.posts.failed, "path"),
            },
            "subscriptions": {
                "polled": self.subscriptions.polled,
                "changed": self.subscriptions.changed,
                "not_modified": self.subscriptions.not_modified,
                "not_due": self.subscriptions.not_due,
                "due": self.subscriptions.due,
                "failed": _placed(self.subscriptions.failed, "url"),
            },
            "stories": {
                "total": self.stories.total,
                "added": self.stories.added,
                "updated": self.stories.updated,
                "merged": self.stories.merged,
                "conflicts": self.stories.conflicts,
                "doubtful": self.stories.doubtful,
            },
            "feeds": {
                "written": sorted(self.feeds.written),
                "removed": sorted(self.feeds.removed),
                "unchanged": self.feeds.unchanged,
                "failed": _placed(self.feeds.failed, "path"),
            },
            "hub": {"told": self.hub.told, "waiting": self.hub.waiting, "failed": _placed(self.hub.failed, "url")},
            "store": {"set_aside": self.aside or None},
        }


def _placed(failures: Sequence[Failure], place: str) -> list[dict[str, object]]:
    """Failures as objects; a post's names its line."""
    return [
        {place: one.where, **({"line": one.line or None} if place == "path" else {}), "error": one.error}
        for one in failures
    ]
