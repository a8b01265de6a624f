"""A search that is killed and run again asks for nothing twice, and ends as if it had never been killed."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from porism.search import Budget, Fault, Node, Proposal, Proposed, Search, Spent, astar, drive
from porism.search.cassette import Cassette

BUDGET = Budget(expansions=40)


class Ladder:
    """Climb to 9 by steps that may cost more or less."""

    def initial(self) -> int:
        return 0

    def step(self, state: int, action: str) -> tuple[int, float]:
        return state + len(action), 1 / len(action)

    def solved(self, state: int) -> bool:
        return state == 9


def proposer(nodes: Sequence[Node[int, str]]) -> list[Proposed[str]]:
    return [
        Proposed((Proposal("a", 0.5, 3.0, "why not"), Proposal("aa" if node.state % 2 else "aaaa", 0.5)),
                 Spent(requests=1, samples=2, tokens=node.state), (Fault("malformed", "{"),))
        for node in nodes
    ]  # fmt: skip


def found(cassette: Cassette[int, str], batch: int = 1) -> list[tuple[object, ...]]:
    outcome = drive(Search(Ladder(), astar(), budget=BUDGET), cassette, batch=batch)
    assert outcome.spent.requests == len(outcome.expanded) == len(outcome.faults)
    tree = [(node.state, node.action, node.cost, node.weight) for node in outcome.nodes]
    return [*tree, (outcome.reason, tuple(outcome.best.actions()), outcome.spent.tokens)]


def test_what_was_recorded_is_not_asked_for_again(tmp_path: Path) -> None:
    first = found(Cassette(proposer, tmp_path / "said.sqlite", "ladder"))
    assert found(Cassette(None, tmp_path / "said.sqlite", "ladder")) == first
    assert found(Cassette(None, tmp_path / "said.sqlite", "ladder"), batch=1) == first
    with pytest.raises(LookupError, match="nothing was recorded at Node"):
        found(Cassette(None, tmp_path / "said.sqlite", "another task"))


def test_a_batch_asks_only_for_what_is_missing(tmp_path: Path) -> None:
    asked: list[int] = []

    def counting(nodes: Sequence[Node[int, str]]) -> list[Proposed[str]]:
        asked.extend(node.state for node in nodes)
        return proposer(nodes)

    root: Node[int, str] = Node(0)
    one, two = Node(1, root, "a", 1.0, 1), Node(4, root, "aaaa", 0.25, 1)
    cassette: Cassette[int, str] = Cassette(counting, tmp_path / "said.sqlite", "ladder")
    assert cassette([one]) == proposer([one])
    assert cassette([two, one]) == proposer([two, one])
    assert asked == [1, 4]


SLOW = """
import sys, time
from pathlib import Path
from test_cassette import found, proposer
from porism.search.cassette import Cassette

def slow(nodes):
    with open(sys.argv[2], "a") as log:
        log.write("".join(f"{node.actions()} {node.attempt}\\n" for node in nodes))
    time.sleep(0.02)
    return proposer(nodes)

found(Cassette(slow, Path(sys.argv[1]), "ladder"))
"""


def test_kill_9_at_any_moment_pays_for_at_most_what_was_under_way(tmp_path: Path) -> None:
    store, log = tmp_path / "said.sqlite", tmp_path / "asked.txt"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    for life in range(6):
        process = subprocess.Popen([sys.executable, "-c", SLOW, str(store), str(log)], env=environment)
        until = time.monotonic() + 60
        seen = log.read_text().count("\n") if log.exists() else 0
        while process.poll() is None and time.monotonic() < until:
            if log.exists() and log.read_text().count("\n") > seen + life:
                process.send_signal(signal.SIGKILL)
                break
            time.sleep(0.005)
        process.wait()
    found(Cassette(proposer, store, "ladder"))  # whatever is left
    asked = Counter(log.read_text().splitlines())
    assert sum(asked.values()) - len(asked) <= 6  # one question a life may have been under way
    assert found(Cassette(None, store, "ladder")) == found(Cassette(proposer, tmp_path / "calm.sqlite", "ladder"))
