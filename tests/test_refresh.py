"""How long an answer may be kept follows from the schedule."""

import pytest

from coranto.settings.refresh import shortest


@pytest.mark.parametrize(
    ("refresh", "seconds"),
    [
        *(("1m", 60), ("2h", 7200), ("@hourly", 3600), ("@daily", 86400), ("*/15 * * * *", 900)),
        *(("0 6,18 * * *", 43200), ("0,10 6 * * *", 600), ("30 23 * * 1-5", 86400), ("55,5 * * * *", 600)),
    ],
)
def test_the_shortest_time_between_two_ticks(refresh, seconds):
    assert shortest(refresh) == seconds
