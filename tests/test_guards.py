"""The table of guards follows the code; `make guards` takes each one out and sees a test fail."""

import ast

import pytest

from guards.guard import ROOT, SOURCE
from guards.tables import GUARDS


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: f"{guard.file}: {guard.what}")
def test_a_guard_stands_where_the_table_says_and_can_be_taken_out(guard):
    assert ast.parse(guard.taken_out(ROOT / SOURCE))
    assert all((ROOT / "tests" / name).is_file() for name in guard.tests)
