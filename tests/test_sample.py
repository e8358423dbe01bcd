"""The sample that ships: its feeds are committed as built, so that a build on a fresh clone changes nothing."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from coranto.build import build
from coranto.settings import load

HERE = Path(__file__).parents[1]
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def sample(tmp_path):
    for name in ("posts", "upstreams", "feeds"):
        shutil.copytree(HERE / name, tmp_path / name)
    shutil.copy(HERE / "settings.yaml", tmp_path)
    return tmp_path


def committed():
    root = HERE / "feeds"
    return {file.relative_to(root).as_posix(): file.read_bytes() for file in root.rglob("*") if file.is_file()}


def built(folder):
    report = build(load(folder / "settings.yaml"), now=NOW)
    root = folder / "feeds"
    return report, {file.relative_to(root).as_posix(): file.read_bytes() for file in root.rglob("*") if file.is_file()}


def test_a_build_on_a_fresh_clone_writes_nothing(sample):
    report, files = built(sample)
    assert (report.failures, report.feeds.written, report.feeds.removed) == ([], [], [])
    assert files == committed()


def test_a_build_without_the_committed_feeds_gives_the_same_bytes(sample):
    shutil.rmtree(sample / "feeds")
    report, files = built(sample)
    assert (report.failures, files) == ([], committed())
