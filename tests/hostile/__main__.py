"""``make hostile``: the whole catalogue, judged, with a script of ten lines beside it.

Ends with ``N paths, N judged, N good, 0 bad``.  Arguments: kinds, or kind/name; ``--only-ours``; ``-v`` tells every path.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence

from hostile import judge, naive
from hostile.catalogue import Path
from hostile.kinds import all_paths
from hostile.runner import Run, Visit, ours, run_all
from hostile.server import serving

_SLEEPING = frozenset({"time", "http", "redirect", "status"})  # kinds that wait more than they work
_SHOWN = 5  # faults of one path
Faults = dict[str, list[str]]


def main() -> int:
    """1 if anything is bad."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wanted", nargs="*", help="kinds, or kind/name")
    parser.add_argument("--only-ours", action="store_true")
    parser.add_argument("-v", "--verbose", action="store_true")
    said = parser.parse_args()
    paths = [
        path for path in all_paths() if not said.wanted or {path.kind, f"{path.kind}/{path.name}"} & {*said.wanted}
    ]
    here = judged("coranto", paths, ours, judge.faults, verbose=said.verbose)
    there = {} if said.only_ours else judged("script", paths, naive.visit, naive.faults, verbose=False)
    for place, wrong in here.items():
        for one in wrong[:_SHOWN]:
            print(f"bad: {place}: {one[:500]}")
    print(table(paths, here, there))
    bad = sum(map(bool, here.values()))
    print(f"{len(paths)} paths, {len(here)} judged, {len(here) - bad} good, {bad} bad")
    return bool(bad) or len(here) < len(paths)


def judged(
    who: str, paths: Sequence[Path], visit: Visit, faults: Callable[[Path, Run], list[str]], *, verbose: bool
) -> Faults:
    """The faults of each path, by its place."""
    found: Faults = {}
    largest, longest = 0, 0.0
    with serving(paths) as server:
        asleep = [path for path in paths if path.kind in _SLEEPING and not path.heavy]
        busy = [path for path in paths if path not in asleep]
        for part, at_once in ((asleep, 8), (busy, os.cpu_count() or 1)):
            for path, run in run_all(part, server, visit, at_once):
                place = f"{path.kind}/{path.name}"
                found[place] = faults(path, run)
                largest, longest = max(largest, *run.mib), max(longest, run.seconds)
                if verbose:
                    print(
                        f"{'bad ' if found[place] else 'good'} {run.seconds:5.1f} s {run.mib} MiB {place}", flush=True
                    )
                elif sys.stderr.isatty():
                    print(f"\r{who}: {len(found)} of {len(paths)}", end="", file=sys.stderr, flush=True)
    print(f"{who}: the longest poll {longest:.1f} s, the largest process {largest} MiB", flush=True)
    return found


def table(paths: Sequence[Path], here: Faults, there: Faults) -> str:
    """Kind by kind: paths, judged, good, bad, and what a script makes of the same."""
    kinds = defaultdict[str, list[str]](list)
    for path in paths:
        kinds[path.kind].append(f"{path.kind}/{path.name}")
    lines = [
        f"{'kind':14}{'paths':>7}{'judged':>8}{'good':>7}{'bad':>6}" + f"{'script: good':>16}{'bad':>6}" * bool(there)
    ]
    for kind, places in [*kinds.items(), ("all", [place for one in kinds.values() for place in one])]:
        line = f"{kind:14}{len(places):7}"
        for faults, width in ((here, 8), (there, 0)):
            if faults:
                known = [place for place in places if place in faults]
                bad = sum(bool(faults[place]) for place in known)
                line += f"{len(known):8}{len(known) - bad:7}{bad:6}" if width else f"{len(known) - bad:16}{bad:6}"
        lines.append(line)
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
