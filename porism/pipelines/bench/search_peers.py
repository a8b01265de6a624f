"""Searches of other libraries, to be run in the tree of :mod:`porism.pipelines.bench.search_trees` beside ours.

None of them has A*, so each runs what is nearest, in the way that costs it least: in place, without traces or progress
bars. Their proposals and steps are ours. Measured with what ``pip install treequest==0.3.3 langgraph==1.2.22 tqdm`` and
``pip install --no-deps llm-reasoners==1.0.2`` bring; the latter would bring PyTorch, too, which its searches never use.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from heapq import heappop, heappush
from importlib import import_module
from importlib.util import find_spec
from operator import itemgetter
from types import ModuleType
from typing import Any, TypedDict

from porism.pipelines.bench.search_trees import CALLS, WIDTH, Numbers, bare, fresh, ours, reply, rest
from porism.search.tools.calls import Call

Run = Callable[[int, float], Any]
DEPTH = 8  # at which llm-reasoners' searches end a path: 87,381 nodes in all


@dataclass(frozen=True)
class Peer:
    """A search of another library.

    Attributes:
        package: as pip knows it; empty for what needs none.
        search: which of its searches.
        module: what to import to see whether it is there.
        begin: gives the run: told how many nodes to make and after how many seconds to stop if it can, it gives
            whatever must live for the tree to be looked at.
        made: how many nodes it made, from what the run gave.
    """

    package: str
    search: str
    module: str
    begin: Callable[[], Run]
    made: Callable[[Any], int]


@contextmanager
def stand_ins() -> Iterator[None]:
    """Let llm-reasoners be imported where PyTorch is not: it imports what its searches do not use."""
    absent = [name for name in ("torch", "transformers") if find_spec(name) is None]
    for name in absent:
        sys.modules[name] = ModuleType(name)
        sys.modules[name].StoppingCriteriaList = list  # type: ignore[attr-defined]
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]


class World:
    """What llm-reasoners calls a world model; it asks for no base class."""

    def init_state(self) -> int:
        """The root."""
        return Numbers().initial()

    def step(self, state: int, action: Call) -> tuple[int, dict[str, Any]]:
        """The next state, and nothing beside."""
        return Numbers().step(state, action)[0], {}

    def is_terminal(self, state: int) -> bool:
        """Never."""
        return Numbers().solved(state)


class Config:
    """What llm-reasoners calls a search configuration: the actions in a state, and what they are worth."""

    def get_actions(self, state: int) -> list[Call]:
        """Those of ``reply``."""
        return [proposal.action for proposal in reply(state).proposals]

    def fast_reward(self, state: int, action: Call) -> tuple[float, dict[str, Any]]:
        """A number."""
        return rest(state), {}

    def reward(self, state: int, action: Call, **kwargs: Any) -> tuple[float, dict[str, Any]]:
        """The same."""
        return rest(state), {}


def _reasoners_mcts() -> Run:
    with stand_ins():
        algorithm = import_module("reasoners.algorithm")

    def run(nodes: int, limit: float) -> Any:
        search = algorithm.MCTS(w_exp=20, depth_limit=DEPTH, n_iters=max(1, nodes // 12), output_strategy="follow_max")
        return search(World(), Config())

    return run


def _count(root: Any) -> int:
    waiting, count = [root], 0
    while waiting:
        count += 1
        waiting += waiting.pop().children or ()
    return count


def _reasoners_beam() -> Run:
    with stand_ins():
        algorithm = import_module("reasoners.algorithm")

    def run(nodes: int, limit: float) -> Any:
        return algorithm.BeamSearch(beam_size=max(1, nodes // 14), max_depth=DEPTH)(World(), Config())

    return run


def _treequest(search: str) -> Run:
    mcts = import_module("treequest").StandardMCTS
    best_first = import_module("treequest.algos.best_first_search").BestFirstSearchAlgo

    env = Numbers()

    def generate(number: int) -> Callable[[int | None], tuple[int, float]]:
        def one(parent: int | None) -> tuple[int, float]:
            state = env.initial() if parent is None else parent
            after, _ = env.step(state, reply(state).proposals[number].action)
            return after, rest(after)

        return one

    actions = {CALLS[i].name: generate(i) for i in range(WIDTH)}

    def run(nodes: int, limit: float) -> Any:
        algorithm = best_first(num_samples=1) if search == "best first" else mcts(samples_per_action=1)
        tree, until = algorithm.init_tree(), time.monotonic() + limit
        for made in range(nodes):
            tree = algorithm.step(tree, actions, inplace=True)
            if time.monotonic() > until:
                return made + 1, tree
        return nodes, tree

    return run


class Growing(TypedDict):
    """The state of the LangGraph loop: the heap and how many nodes were made."""

    heap: list[Any]
    made: int


def _langgraph() -> Run:
    library = import_module("langgraph.graph")

    env = Numbers()

    def expand(state: Growing) -> Growing:
        heap, made = state["heap"], state["made"]
        _, _, node, parent, depth, cost = heappop(heap)
        for proposal in reply(node).proposals:
            after, paid = env.step(node, proposal.action)
            made += 1
            heappush(heap, (cost + paid + rest(after), made, after, (node, parent), depth + 1, cost + paid))
        return {"heap": heap, "made": made}

    def run(nodes: int, limit: float) -> Any:
        graph = library.StateGraph(Growing)
        graph.add_node("expand", expand)
        graph.add_edge(library.START, "expand")
        graph.add_conditional_edges("expand", lambda state: library.END if state["made"] >= nodes else "expand")
        start = {"heap": [(0.0, 0, env.initial(), None, 0, 0.0)], "made": 1}
        return graph.compile().invoke(start, {"recursion_limit": nodes})

    return run


PEERS = (
    Peer("", "A*", "", lambda: lambda nodes, limit: ours(nodes, fresh), lambda search: search.spent().nodes),
    Peer("", "bare heap", "", lambda: lambda nodes, limit: bare(nodes, fresh), itemgetter(0)),
    Peer("llm-reasoners", "MCTS", "reasoners", _reasoners_mcts, lambda found: _count(found.tree_state)),
    Peer("llm-reasoners", "beam", "reasoners", _reasoners_beam, lambda found: _count(found.tree)),
    Peer("treequest", "best first", "treequest", lambda: _treequest("best first"), itemgetter(0)),
    Peer("treequest", "MCTS", "treequest", lambda: _treequest("MCTS"), itemgetter(0)),
    Peer("langgraph", "loop", "langgraph", _langgraph, itemgetter("made")),
)
