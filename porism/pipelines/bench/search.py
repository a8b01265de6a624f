"""``porism bench search``: what a search costs beside its model and its tools, and what other libraries take.

The search is A* over the tree of :mod:`porism.pipelines.bench.search_trees`. The floor is a loop around ``heapq`` that
can do nothing else, run in turns with ours, because a machine is not equally fast all the time.
"""

import gc
import sys
import time
import tracemalloc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from statistics import median
from typing import Any

from porism.pipelines.bench.search_peers import PEERS, Peer, Run
from porism.pipelines.bench.search_trees import CALLS, Proposer, bare, constant, fresh, ours
from porism.search import Cost
from porism.search.costs import stepwise, toolchain
from porism.search.packed import Packed
from porism.seeds import stream

Report = Callable[[str], None]


@dataclass(frozen=True)
class Settings:
    """What to measure.

    Attributes:
        nodes: to be made by a search, >= ``WIDTH``.
        sizes: numbers of nodes for the row on growth, each >= ``WIDTH``.
        repeat: runs of each kind, in turns; figures are medians.
        plans: in memory.
        seed: of the plans.
    """

    nodes: int = 10_000
    sizes: tuple[int, ...] = (1_000, 10_000, 100_000)
    repeat: int = 15
    plans: int = 100
    seed: int = 0


STANDARD = Settings()
SHORT = Settings(repeat=3)  # some peers take minutes


def memory(plans: int, seed: int) -> Packed:
    """So many plans of 3 to 10 calls."""
    random = stream(seed, "plans")
    return Packed(
        tuple(tuple(call.name for call in random.choices(CALLS, k=random.randint(3, 10))) for _ in range(plans))
    )


def overhead(settings: Settings = STANDARD, report: Report = lambda _: None) -> dict[str, Any]:
    """Microseconds and bytes for each node made.

    Args:
        settings: what to measure.
        report: told what is measured next.

    Returns:
        ``totals``: ``us_per_node``, ``us_per_node_bare`` and their ``ratio`` with the proposer ``fresh``, the ratio
        with ``constant``, ``us_per_node_100_plans`` (the slower of the two costs; the name says 100 whatever
        ``plans`` is), ``bytes_per_node`` without the states, and ``growth``, the time of a node in the largest search
        by that in the smallest, beside ``growth_bare``: Python's own part in it. ``rows``: every measurement.
    """
    plans = memory(settings.plans, settings.seed)
    costs: dict[str, Cost | None] = {"stepwise": stepwise(plans), "toolchain": toolchain(plans)}
    turns({"warm": lambda: ours(400, fresh), "up": lambda: bare(400, fresh)}, 400, 1)
    rows: list[dict[str, Any]] = []
    for proposer in (fresh, constant):
        for nodes in sorted({*settings.sizes, settings.nodes}) if proposer is fresh else [settings.nodes]:
            report(f"{nodes:,} nodes, proposals {proposer.__name__}")
            rows += _beside_bare(nodes, proposer, settings.repeat)
    for name, cost in costs.items():
        report(f"{len(plans.plans)} plans, {name}")
        rows.append(_with_plans(name, cost, settings))
    for name, cost in {"": None, **costs}.items():
        report(f"memory {name}".strip())
        rows.append({"kind": "bytes", "cost": name, "nodes": settings.nodes, **held(settings.nodes, cost)})
    return {"totals": _totals(rows, settings), "rows": rows}


def turns(runs: Mapping[str, Callable[[], object]], nodes: int, repeat: int) -> dict[str, list[float]]:
    """Microseconds of CPU time per node, of runs that take turns."""
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(repeat):
        for name, run in runs.items():
            gc.collect()
            began = time.process_time()
            kept = run()
            times[name].append(1e6 * (time.process_time() - began) / nodes)
            del kept  # outside the measured time
    return times


def _beside_bare(nodes: int, proposer: Proposer, repeat: int) -> list[dict[str, Any]]:
    times = turns({"porism": lambda: ours(nodes, proposer), "bare heap": lambda: bare(nodes, proposer)}, nodes, repeat)
    ratios = [a / b for a, b in zip(times["porism"], times["bare heap"], strict=True)]
    return [
        {
            "kind": "time", "search": name, "proposals": proposer.__name__, "nodes": nodes, **_figures(each),
            "ratio": round(median(ratios), 3) if name == "porism" else 1,
            "ratios": [round(ratio, 3) for ratio in sorted(ratios)] if name == "porism" else [],
        }
        for name, each in times.items()
    ]  # fmt: skip


def _with_plans(name: str, cost: Cost | None, settings: Settings) -> dict[str, Any]:
    times = turns({name: lambda: ours(settings.nodes, fresh, cost)}, settings.nodes, settings.repeat)[name]
    return {
        "kind": "plans", "search": "porism", "cost": name, "plans": settings.plans, "nodes": settings.nodes,
        **_figures(times),
    }  # fmt: skip


def _figures(times: Sequence[float]) -> dict[str, float]:
    return {"us_per_node": round(median(times), 3), "least": round(min(times), 3), "most": round(max(times), 3)}


def held(nodes: int, cost: Cost | None = None) -> dict[str, float]:
    """Bytes per node, without the states: of the tree alone, and with the search and its frontier alive."""
    ours(400, fresh, cost)
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        search = ours(nodes, fresh, cost)
        gc.collect()
        alive = tracemalloc.get_traced_memory()[0] - before
        outcome = search.outcome()
        del search
        gc.collect()
        tree = tracemalloc.get_traced_memory()[0] - before
        states = sum(sys.getsizeof(node.state) for node in outcome.nodes)
        made = len(outcome.nodes)
    finally:
        tracemalloc.stop()
    return {"bytes_per_node": round((alive - states) / made, 1), "tree_only": round((tree - states) / made, 1)}


def _totals(rows: Sequence[Mapping[str, Any]], settings: Settings) -> dict[str, Any]:
    def one(**wanted: Any) -> Mapping[str, Any]:
        return next(row for row in rows if wanted.items() <= row.items())

    def time_of(search: str, nodes: int) -> float:
        return float(one(search=search, proposals="fresh", nodes=nodes)["us_per_node"])

    sizes = {*settings.sizes, settings.nodes}
    growth = {name: time_of(name, max(sizes)) / time_of(name, min(sizes)) for name in ("porism", "bare heap")}
    return {
        "us_per_node": time_of("porism", settings.nodes),
        "us_per_node_bare": time_of("bare heap", settings.nodes),
        "ratio": one(search="porism", proposals="fresh", nodes=settings.nodes)["ratio"],
        "ratio_constant": one(search="porism", proposals="constant")["ratio"],
        "us_per_node_100_plans": max(row["us_per_node"] for row in rows if row["kind"] == "plans"),
        "bytes_per_node": one(kind="bytes", cost="")["bytes_per_node"],
        "growth": round(growth["porism"], 3),
        "growth_bare": round(growth["bare heap"], 3),
    }


def peers(settings: Settings = SHORT, report: Report = lambda _: None, *, limit: float = 20) -> dict[str, Any]:
    """The same tree for every peer that is installed here.

    Args:
        settings: ``nodes`` and ``repeat`` are used.
        report: told what is measured next.
        limit: seconds after which a peer is not run again, and a search that goes step by step is stopped; what it
            did until then counts, which favours searches that grow slower.

    Returns:
        ``rows``, the fastest first: ``search``, ``version``, ``nodes`` made, ``us_per_node`` (median), ``runs``, and
        ``bytes_per_node``, here with the states, of a tree of at most 1,000 nodes; or ``status`` "not installed".
        ``totals``: our ``us_per_node`` and ``us_per_node_bare``.
    """
    rows = []
    for peer in PEERS:
        name = f"{peer.package or 'porism'} {peer.search}"
        report(name)
        if peer.module and find_spec(peer.module) is None:
            rows.append({"peer": peer.package, "search": peer.search, "status": "not installed"})
            continue
        try:
            run = peer.begin()
        except ImportError as error:  # something that it needs is missing
            rows.append({"peer": peer.package, "search": peer.search, "status": f"cannot be imported: {error}"})
        else:
            rows.append(_row(peer, run, settings, limit))
    rows.sort(key=lambda row: row.get("us_per_node", float("inf")))
    times = {(row["peer"], row["search"]): row.get("us_per_node") for row in rows}
    totals = {"us_per_node": times["porism", "A*"], "us_per_node_bare": times["porism", "bare heap"]}
    return {"totals": totals, "rows": rows}


def _row(peer: Peer, run: Run, settings: Settings, limit: float) -> dict[str, Any]:
    began, times, made = time.monotonic(), list[float](), 0
    while not times or (len(times) < settings.repeat and time.monotonic() - began < limit):
        gc.collect()
        start = time.process_time()
        kept = run(settings.nodes, limit)
        spent = time.process_time() - start
        made = peer.made(kept)
        times.append(1e6 * spent / made)
        del kept
    return {
        "peer": peer.package or "porism", "search": peer.search, "status": "run", "version": _version(peer.package),
        "nodes": made, "us_per_node": round(median(times), 3), "runs": len(times),
        "bytes_per_node": _bytes(peer, run, min(1_000, settings.nodes), limit),
    }  # fmt: skip


def _bytes(peer: Peer, run: Run, nodes: int, limit: float) -> float:
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        kept = run(nodes, limit)
        gc.collect()
        alive = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    return round(alive / peer.made(kept), 1)


def _version(package: str) -> str:
    try:
        return version(package or "porism")
    except PackageNotFoundError:
        return ""
