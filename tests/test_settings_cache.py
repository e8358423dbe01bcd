"""Compiled settings: a run without changes loads neither YAML nor pydantic, and never trusts a stale copy."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import coranto.settings
from coranto.settings import SettingsError, default_cache, load
from coranto.settings import cache as settings_cache
from settings_text import DATA, FULL


@pytest.fixture
def site(tmp_path) -> Path:
    (tmp_path / "settings.yaml").write_bytes(FULL)
    return tmp_path / "settings.yaml"


def test_kept_settings_are_the_settings(site) -> None:
    cache = default_cache(site)
    first = load(site, cache=cache)
    assert cache == site.parent / ".coranto" / "settings.json"
    assert settings_cache.read(cache, site, FULL) == first == load(site, cache=cache)
    assert cache.stat().st_mode & 0o077 == 0, "the store's address may hold a password"
    assert [path.name for path in cache.parent.iterdir()] == ["settings.json"]


@pytest.mark.parametrize("name", ["full.yaml", "names.yaml"])
def test_every_field_survives_the_cache(name, tmp_path) -> None:
    settings = load(DATA / name)
    settings_cache.write(tmp_path / "c.json", settings, b"x")
    assert settings_cache.read(tmp_path / "c.json", settings.file, b"x") == settings


def test_a_warm_load_imports_neither_pydantic_nor_yaml(site) -> None:
    program = (
        "import sys; from pathlib import Path; from coranto.settings import load, default_cache\n"
        "file = Path(sys.argv[1]); settings = load(file, cache=default_cache(file))\n"
        "print(settings.site.title, *sorted({'yaml', 'pydantic', 'pydantic_core', 'w3lib'} & set(sys.modules)))"
    )
    load(site, cache=default_cache(site))
    source = str(Path(coranto.settings.__file__).parents[2])
    environment = os.environ | {"PYTHONPATH": source, "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-c", program, str(site)], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == "江城新闻\n"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda kept: kept["made_of"].update(version="0.0.0"),
        lambda kept: kept["made_of"].update(file="/elsewhere/settings.yaml"),
        lambda kept: kept["made_of"].update(values="other classes"),
        lambda kept: kept["settings"].pop("site"),
        lambda kept: kept["settings"]["site"].pop("title"),
        lambda kept: kept["settings"]["fetch"].update(unknown=1),
        lambda kept: kept.pop("made_of"),
    ],
)
def test_settings_kept_by_another_version_or_damaged_are_read_anew(site, spoil) -> None:
    cache = default_cache(site)
    settings = load(site, cache=cache)
    kept = json.loads(cache.read_bytes().partition(b"\n")[2])
    spoil(kept)
    body = json.dumps(kept).encode()
    cache.write_bytes(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
    assert settings_cache.read(cache, site, FULL) is None
    assert load(site, cache=cache) == settings
    assert settings_cache.read(cache, site, FULL) == settings, "and kept again"


def test_a_cache_that_was_half_written_is_not_believed_r1(site) -> None:
    cache = default_cache(site)
    settings = load(site, cache=cache)
    whole = cache.read_bytes()
    for broken in [*(whole[:size] for size in range(0, len(whole), 97)), whole.replace(b"2", b"3", 1)]:
        cache.write_bytes(broken)
        assert settings_cache.read(cache, site, FULL) is None
    assert load(site, cache=cache) == settings
    assert cache.read_bytes() == whole
    assert [path.name for path in cache.parent.iterdir()] == [cache.name]


@pytest.mark.parametrize("content", [b"", b"[]", b"null", b'{"made_of": ', b"\xff"])
def test_a_cache_that_is_no_cache_is_replaced(site, content) -> None:
    cache = default_cache(site)
    cache.parent.mkdir()
    cache.write_bytes(content)
    assert load(site, cache=cache) == load(site) == settings_cache.read(cache, site, FULL)


def test_a_changed_file_is_read_anew(site) -> None:
    cache = default_cache(site)
    load(site, cache=cache)
    site.write_bytes(FULL.replace("江城新闻".encode(), "山城新闻".encode()))
    assert load(site, cache=cache).site.title == "山城新闻"


def test_a_copied_site_has_its_own_paths(site, tmp_path) -> None:
    cache = default_cache(site)
    load(site, cache=cache)
    copy = tmp_path / "copy" / "settings.yaml"
    copy.parent.mkdir()
    copy.write_bytes(FULL)
    assert load(copy, cache=cache).feeds.root == tmp_path / "copy" / "public"


def test_where_no_cache_can_be_written_settings_load_all_the_same(site, tmp_path) -> None:
    (tmp_path / "file").write_text("")
    assert load(site, cache=tmp_path / "file" / "settings.json") == load(site)
    (tmp_path / "folder").mkdir()
    assert load(site, cache=tmp_path / "folder") == load(site)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder", "settings.yaml"]


def test_broken_settings_are_not_kept(site) -> None:
    site.write_text("site: x\n")
    with pytest.raises(SettingsError):
        load(site, cache=default_cache(site))
    assert not default_cache(site).exists()
