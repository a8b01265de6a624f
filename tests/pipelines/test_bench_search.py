"""The benchmark of the search: both searches grow one tree, figures add up, and absent peers are said to be absent."""

import gc
import importlib
import importlib.util
import json
import sys
from collections.abc import Iterator
from math import isfinite
from typing import Any

import pytest

from porism.pipelines.bench import search as bench_search
from porism.pipelines.bench.search import Settings, held, memory, overhead, peers, turns
from porism.pipelines.bench.search_peers import PEERS, Peer, Run, stand_ins
from porism.pipelines.bench.search_trees import CALLS, NUMBERS, WIDTH, Numbers, bare, constant, fresh, ours, rest
from porism.search import Price
from porism.search.costs import stepwise

SMALL = Settings(nodes=400, sizes=(200, 400), repeat=3, plans=10)


@pytest.fixture(autouse=True, scope="module")
def _little_garbage() -> Iterator[None]:
    """The benchmark collects before each run: here its own garbage, not all that a process full of tests holds."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def test_the_bare_loop_grows_the_same_tree_as_ours() -> None:
    search = ours(2_000, fresh)
    outcome = search.outcome()
    made, heap = bare(2_000, fresh)
    closed = set(outcome.expanded)
    open_ = {(node.state, node.cost, node.depth) for node in outcome.nodes if node not in closed}
    assert {(node.state, node.cost, node.depth) for _, _, node in heap} == open_
    assert len(outcome.nodes) == made == 2_001
    assert outcome.spent.samples == WIDTH * outcome.spent.requests == WIDTH * outcome.spent.expansions == 2_000
    assert max(node.depth for node in outcome.nodes) < 20


def test_the_tree_is_a_tree_and_h_is_consistent() -> None:
    """No state comes twice, so that both searches expand what they ask for; and h never falls faster than g grows."""
    outcome = ours(20_000, fresh).outcome()
    assert len({node.state for node in outcome.nodes}) == len(outcome.nodes)
    for node in outcome.nodes[1:]:
        assert node.parent
        assert rest(node.parent.state) <= node.cost - node.parent.cost + rest(node.state)
        assert 1 <= node.cost - node.parent.cost < 2
    assert not any(Numbers().solved(node.state) for node in outcome.nodes)


def test_proposals_are_four_different_calls_with_a_guess() -> None:
    for told in fresh(ours(400, fresh).outcome().expanded):
        assert len({proposal.action for proposal in told.proposals}) == WIDTH
        assert all(proposal.remaining and proposal.remaining >= 1 for proposal in told.proposals)
    assert {NUMBERS[call.name] for call in CALLS} == set(range(40))
    one, two = constant(ours(400, constant).outcome().expanded[:2])
    assert one is two


def test_plans_are_those_of_the_seed() -> None:
    assert memory(50, 1) == memory(50, 1) != memory(50, 2)
    plans = memory(50, 1).plans
    assert {3 <= len(plan) <= 10 for plan in plans} == {True}
    assert len(plans) == 50


def test_runs_take_turns_and_times_are_those_of_one_node() -> None:
    said = list[str]()
    times = turns({name: lambda name=name: said.append(name) for name in "ab"}, 10, 3)  # type: ignore[misc]
    assert said == ["a", "b"] * 3
    assert set(times) == {"a", "b"}
    assert all(len(each) == 3 and min(each) >= 0 for each in times.values())


def test_memory_prices_what_the_search_expands() -> None:
    plain, priced = ours(400, fresh).outcome(), ours(400, fresh, stepwise(memory(100, 0))).outcome()
    assert any(node.note for node in priced.nodes)
    assert not any(node.note for node in plain.nodes)
    assert all(node.cost > (node.parent.cost + 1 if node.parent else -1) for node in priced.nodes)


def test_bytes_are_those_of_nodes_without_their_states() -> None:
    class Padded:
        """Prices with a kilobyte for each node, which must be seen."""

        def __call__(self, node: Any, proposals: Any, /) -> list[Price]:
            return [Price(0, 0, bytes(1_000)) for _ in proposals]

        def again(self, node: Any, proposals: Any, /) -> None:
            return None

    plain, padded = held(1_000), held(1_000, Padded())
    assert 900 < padded["tree_only"] - plain["tree_only"] < 1_200
    node = sys.getsizeof(ours(WIDTH, fresh).outcome().nodes[1])
    assert node < plain["tree_only"] < plain["bytes_per_node"] < 10 * node


def test_overhead_has_a_row_for_every_measurement() -> None:
    said = list[str]()
    found = overhead(SMALL, said.append)
    assert json.loads(json.dumps(found)) == found
    totals, rows = found["totals"], found["rows"]
    assert set(totals) == {
        "us_per_node", "us_per_node_bare", "ratio", "ratio_constant", "us_per_node_100_plans", "bytes_per_node",
        "growth", "growth_bare",
    }  # fmt: skip
    assert all(isfinite(value) and value > 0 for value in totals.values())
    timed = [(row["search"], row["proposals"], row["nodes"]) for row in rows if row["kind"] == "time"]
    assert timed == [
        (name, proposals, nodes)
        for proposals, sizes in (("fresh", (200, 400)), ("constant", (400,)))
        for nodes in sizes
        for name in ("porism", "bare heap")
    ]
    assert [row["cost"] for row in rows if row["kind"] == "plans"] == ["stepwise", "toolchain"]
    assert [row["cost"] for row in rows if row["kind"] == "bytes"] == ["", "stepwise", "toolchain"]
    mine = next(row for row in rows if row["kind"] == "time" and row["search"] == "porism" and row["nodes"] == 400)
    assert (totals["us_per_node"], totals["ratio"]) == (mine["us_per_node"], mine["ratio"])
    assert mine["ratios"][1] == mine["ratio"]
    assert mine["least"] <= mine["us_per_node"] <= mine["most"]
    assert len(said) == 3 + 2 + 3


def test_totals_are_for_the_size_asked_for_even_if_growth_does_not_measure_it() -> None:
    found = overhead(Settings(nodes=300, sizes=(100,), repeat=1, plans=3))
    sizes = [row["nodes"] for row in found["rows"] if row["kind"] == "time" and row["proposals"] == "fresh"]
    assert sizes == [100, 100, 300, 300]


def fake(found: str, made: int = 50) -> Peer:
    def begin() -> Run:
        if found == "broken":
            raise ImportError("it needs fairscale")
        return lambda nodes, limit: [object() for _ in range(made)]

    return Peer("fake", found, "json" if found != "absent" else "no_such_module_at_all", begin, len)


def test_a_row_for_every_peer_whether_it_is_there_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_search, "PEERS", (*PEERS[:2], fake("absent"), fake("broken"), fake("here")))
    found = peers(SMALL)
    rows = {row["search"]: row for row in found["rows"]}
    assert len(rows) == 5
    assert rows["absent"] == {"peer": "fake", "search": "absent", "status": "not installed"}
    assert rows["broken"]["status"] == "cannot be imported: it needs fairscale"
    assert (rows["here"]["status"], rows["here"]["nodes"], rows["here"]["runs"]) == ("run", 50, 3)
    assert 8 <= rows["here"]["bytes_per_node"] < 100
    assert (rows["A*"]["peer"], rows["A*"]["nodes"], rows["bare heap"]["nodes"]) == ("porism", 401, 401)
    assert found["totals"]["us_per_node"] == rows["A*"]["us_per_node"]
    assert [row["search"] for row in found["rows"]][-2:] == ["absent", "broken"]


def test_a_slow_peer_is_not_run_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_search, "PEERS", (*PEERS[:2], fake("here")))
    rows = peers(SMALL, limit=0)["rows"]
    assert [row["runs"] for row in rows] == [1, 1, 1]


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: f"{peer.package} {peer.search}".strip())
def test_each_installed_peer_makes_the_nodes_asked_for(peer: Peer) -> None:
    """Those that are not installed are left to the row that says so."""
    if peer.module and importlib.util.find_spec(peer.module) is None:
        with pytest.raises(ImportError):
            peer.begin()
        return
    assert 200 <= peer.made(peer.begin()(400, 30)) <= 2 * 400


def test_stand_ins_are_gone_afterwards() -> None:
    before = {name: sys.modules.get(name) for name in ("torch", "transformers")}
    with stand_ins():
        assert importlib.import_module("transformers").StoppingCriteriaList
        assert importlib.import_module("torch")
    absent = [name for name in before if importlib.util.find_spec(name) is None]
    assert all(sys.modules.get(name) is before[name] for name in absent)
