"""Thirty days of the daemon against five hundred upstreams, scored rule by rule (``make behaviour``).

Real requests over loopback to the behaviour server, a real store, a clock of our own; twenty restarts, half of them
like kill -9 in the middle of visits whose answers are then lost.  Ends with ``0 violations``, or says what was wrong.
"""

from __future__ import annotations

import argparse
import re
import statistics
import sys
import tempfile
import time
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from behaviour_documents import guid
from behaviour_score import score, table
from behaviour_server import Server, serving
from behaviour_world import World, world
from simulation import Simulation

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MOST = 500  # entries of a feed
EDITION = 3 * HOUR  # this simulation publishes no oftener, to save time; the daemon does within seconds
_PAPER = re.compile(r"morning")


def settings(played: World, server: Server) -> str:
    """The site that subscribes to everything there is."""
    private = ", ".join(f'"{host}"' for host in played.private)
    return (
        'site: {title: 样站, url: "https://news.example/", tag: "news.example,2021", timezone: Asia/Shanghai}\n'
        f"{played.settings()}"
        f'fetch: {{private: [{private}], proxy: "http://127.0.0.1:{server.port}", contact: "editor@news.example"}}\n'
        f"feeds: {{formats: [json], entries: 150, max_entries: {MOST}, max_age: 2d}}\n"
        "posts: []\n"
    )


class Clock:
    """The time of a simulation that is yet to be set up."""

    def __init__(self, start: datetime) -> None:
        self.start = start
        self.simulation: Simulation | None = None

    def __call__(self) -> datetime:
        return self.simulation.clock.now() if self.simulation else self.start


def moments(played: World, count: int) -> list[datetime]:
    """When the daemon is restarted; two of the restarts within the same ten minutes."""
    chance = Random(7)
    span = (played.end - played.start).total_seconds()
    times = sorted(played.start + timedelta(seconds=chance.uniform(0.01, 0.97) * span) for _ in range(count - 1))
    return sorted([*times, times[len(times) // 2] + timedelta(minutes=9)])


def lived(simulation: Simulation, played: World, restarts: int) -> None:
    """All the days."""
    started = time.monotonic()

    def told() -> None:
        day = (simulation.clock.now() - played.start) // DAY
        print(f"\rday {day:2}  {time.monotonic() - started:4.0f} s", end="", file=sys.stderr, flush=True)

    for number, moment in enumerate(moments(played, restarts)):
        simulation.run(moment, told)
        simulation.begin_work(visits=number % 5)
        simulation.worker._poller.begin()  # so that something is under way
        simulation.restart(crash=number % 2 == 0)
    simulation.run(played.end, told)
    simulation.worker.publish(at_once=True)
    print(file=sys.stderr)


def published(simulation: Simulation) -> set[str]:
    """The own ids of all entries whose story went out."""
    rows = simulation.store.database.rows(
        "SELECT own_id FROM entry WHERE story IN (SELECT story FROM entry JOIN public ON public.entry = entry.uid)"
    )
    return {row[0] for row in rows}


def entries(simulation: Simulation) -> set[str]:
    """The own ids of all entries of all stories: those that were listed long before the start fit into no window."""
    return {row[0] for row in simulation.store.database.rows("SELECT own_id FROM entry WHERE story IS NOT NULL")}


def posts(played: World) -> Iterator[tuple[str, datetime]]:
    """Every entry that any source ever posts, and when."""
    for source in played.sources.values():
        yield from ((guid(source.name, number), moment) for number, moment in enumerate(source.plan))


def too_late(simulation: Simulation) -> set[str]:
    """The own ids of entries that were older than ``feeds.max_age`` at the first edition after their source was back."""
    sql = "SELECT own_id FROM entry WHERE story IS NOT NULL AND first_seen - published > :most"
    most = int((2 * DAY - EDITION).total_seconds())
    return {row[0] for row in simulation.store.database.rows(sql, most=most)}


def crowded_out(simulation: Simulation, played: World, entries: set[str]) -> set[str]:
    """Those of the entries that were new when over 500 newer ones already stood in their category's feed."""
    seen = dict(simulation.store.database.rows("SELECT own_id, first_seen FROM entry WHERE story IS NOT NULL"))
    plans = defaultdict[str, list[datetime]](list)
    for line in played.lines:
        plans[line.category] += played.sources[line.asked].plan
    for plan in plans.values():
        plan.sort()
    found = set()
    for line in played.lines:
        source, plan = played.sources[line.asked], plans[line.category]
        for number, moment in enumerate(source.plan):
            if (one := guid(source.name, number)) in entries and one in seen:
                newer = bisect_right(plan, datetime.fromtimestamp(seen[one], UTC)) - bisect_right(plan, moment)
                found |= {one} if newer > MOST else set()
    return found


def ages(simulation: Simulation, missing: list[str]) -> Iterator[str]:
    """How old each of these entries was when it was first seen."""
    rows = simulation.store.database.rows("SELECT own_id, first_seen - published FROM entry WHERE story IS NOT NULL")
    known = dict(rows)
    for one in missing:
        age = f"{timedelta(seconds=known[one])} old when it was first seen" if one in known else "never seen"
        yield f"not published: {one}, {age}"


def not_losing(simulation: Simulation) -> list[str]:
    """Which of the feeds that list 10 entries and post 40 an hour are not shown as losing entries."""
    rows = simulation.store.database.rows(
        "SELECT key, health, health_why FROM source JOIN subscription ON source = id WHERE key LIKE '%torrent%'"
    )
    assert rows
    return [f"{key} is {health}: {why}" for key, health, why in rows if health != "losing"]


def first_listed(server: Server, played: World) -> Iterator[tuple[float, float]]:
    """Of each post of a morning paper after two weeks: its delay in minutes here, and with a poll every hour."""
    for line in played.lines:
        source = played.sources[line.asked]
        if not _PAPER.search(source.kind):
            continue
        polls = [asked.at for asked in server.log if asked.url == source.url]
        for moment in source.plan:
            if moment < played.start + 14 * DAY or moment > played.end - DAY:
                continue
            here = polls[bisect_right(polls, moment)]
            phase = (moment - polls[0]).total_seconds() % 3600
            yield (here - moment).total_seconds() / 60, (3600 - phase) / 60


def morning(server: Server, played: World) -> list[str]:
    """What the morning papers cost, and how late their posts were (FEATURES E9)."""
    papers = {line.asked for line in played.lines if _PAPER.search(played.sources[line.asked].kind)}
    later = played.start + 14 * DAY
    polls = {True: 0, False: 0}
    for asked in server.log:
        if asked.url in papers:
            polls[asked.at >= later] += 1
    hourly = len(papers) * 24 * 30
    here, usual = (statistics.median(column) for column in zip(*first_listed(server, played), strict=True))
    saved = 1 - (polls[True] + polls[False]) / hourly
    after = 1 - polls[True] / (len(papers) * 24 * 16)
    print(
        f"morning papers: {len(papers)}; {saved:.0%} fewer requests than hourly polling ({after:.0%} after two weeks); "
        f"median delay {here:.1f} min, hourly {usual:.1f} min"
    )
    wrong = [] if saved >= 0.6 else [f"morning papers: only {saved:.0%} fewer requests"]
    return wrong + ([] if here <= 1.1 * usual else [f"morning papers: posts came {here:.1f} min late"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--upstreams", type=int, default=500)
    parser.add_argument("--hosts", type=int, default=60)
    parser.add_argument("--restarts", type=int, default=20)
    parser.add_argument("--examples", type=int, default=5, help="violations to write out for each rule")
    said = parser.parse_args()
    played = world(upstreams=said.upstreams, hosts=said.hosts, days=said.days)
    clock = Clock(played.start)
    with tempfile.TemporaryDirectory() as folder, serving(played, clock) as server:
        simulation = Simulation(Path(folder), settings(played, server), played.start, edition=EDITION)
        clock.simulation = simulation
        lived(simulation, played, said.restarts)
        known, out = entries(simulation), published(simulation)
        wanted = played.expected(played.end)
        posted = dict(posts(played))
        late = too_late(simulation) & wanted - out
        late |= crowded_out(simulation, played, wanted - out)
        shown = {one for one in wanted if posted[one] >= played.start} - late
        missing = sorted((shown - out) | (wanted - known))
        states = Counter(
            row[0] for row in simulation.store.database.rows("SELECT health FROM subscription ORDER BY health")
        )
        wrong = list(ages(simulation, missing[:20]))
        unseen = not_losing(simulation)
        simulation.close()
    rules = score(server.log, played, simulation.restarts)
    wrong += server.faults + unseen
    wrong += [f"{rule.name} was never put to the test" for rule in rules if not rule.seen]
    naive = said.days * 24 * len(played.lines)
    print(f"{len(played.lines)} upstreams, {said.days} days, {len(simulation.restarts)} restarts")
    print(f"{len(server.log):,} requests; a naive hourly poller: {naive:,} ({len(server.log) / naive:.0%})")
    print(
        f"{len(wanted):,} entries to be known, {len(shown):,} of them new and to be published; {len(missing)} missing"
    )
    print(f"{len(late)} more were older than what their feed then showed when their source came back: known, not shown")
    print("sources: " + ", ".join(f"{count} {state}" for state, count in states.items()))
    if said.days == 30:
        wrong += morning(server, played)
    for line in wrong:
        print(f"wrong: {line}")
    print(table(rules, said.examples))
    return bool(wrong) or any(rule.violations for rule in rules)


if __name__ == "__main__":
    sys.exit(main())
