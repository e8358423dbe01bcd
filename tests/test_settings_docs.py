"""What editors and docs are told of settings.yaml stays what the program takes."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

import coranto.settings
from coranto.settings import describe, json_schema
from coranto.settings.reference import keys, schema_text
from settings_text import FULL, SITE, compiled

SHIPPED = Path(coranto.settings.__file__).with_name("settings.schema.json")


def test_the_shipped_json_schema_is_fresh() -> None:
    command = "python -c 'from coranto.settings.reference import schema_text as t; print(t(), end=\"\")'"
    assert SHIPPED.read_text("utf-8") == schema_text(), f"write it anew: {command} > {SHIPPED.name}"
    assert json.loads(SHIPPED.read_text("utf-8")) == json_schema()


@pytest.mark.parametrize("text", [FULL.decode(), SITE + "upstreams: [{url: a, category: [no, 36]}]\ncategories: {a: }"])
def test_settings_that_load_are_valid_for_an_editor(text) -> None:
    compiled(text.encode())
    jsonschema.Draft202012Validator.check_schema(json_schema())
    jsonschema.Draft202012Validator(json_schema()).validate(yaml.safe_load(text))


@pytest.mark.parametrize("text", ["keep: soon", "kep: 3d", "feeds: {formats: [xml]}", "identity: {info_code: [{}]}"])
def test_an_editor_marks_what_load_refuses(text) -> None:
    data = yaml.safe_load(SITE + text)
    assert not jsonschema.Draft202012Validator(json_schema()).is_valid(data)


def test_every_key_has_a_description_and_the_docs_name_them_all() -> None:
    rows = describe()
    assert len(rows) == len(keys()) == len({path for path, *_ in rows})
    assert all(kind and text for _, kind, _, text in rows)
    table = {path: (kind, default) for path, kind, default, _ in rows}
    assert table["site.title"] == ("text", "required")
    assert table["upstreams[].every"] == ("duration", "1h")
    assert table["categories.<name>.aliases"] == ("list of name", "")
    assert table["feeds.formats"] == ("list of atom, rss, json", '["atom", "rss", "json"]')
    assert table["feeds.compress"] == ("true or false", "false")
    assert table["feeds"] == ("section", "")
    assert table["posts"] == ("list of section", '[{"path": "posts"}]')


def test_the_full_sample_writes_every_key() -> None:
    data = yaml.safe_load(FULL)
    written = {path for path, *_ in describe() if _stands(data, path)}
    assert {path for path, *_ in describe()} - written == set()


def _stands(data: object, path: str) -> bool:
    found = [data]
    for part in path.replace("[]", ".[]").split("."):
        if part in ("[]", "<name>"):
            found = [inner for item in found for inner in (item.values() if isinstance(item, dict) else item)]
        else:
            found = [item[part] for item in found if isinstance(item, dict) and part in item]
    return bool(found)
