"""Recorded proposals: a search that was interrupted goes on where it stopped, and can be replayed without a model.

A search is a pure function of what it was told. So it is enough to keep what the proposer said, under the place where
it was asked: the actions from the root, and how often that place was asked before. To resume is to run the same search
again with the same file; what is in the file is not asked for again.
"""

import json
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict
from hashlib import blake2b
from pathlib import Path
from typing import Any, Generic, TypeVar

from porism.search.budget import Spent
from porism.search.nodes import Node
from porism.search.proposals import Fault, Proposal, Proposed
from porism.search.tree import Proposer

State = TypeVar("State")
Action = TypeVar("Action")

TABLE = "CREATE TABLE IF NOT EXISTS proposed (place TEXT PRIMARY KEY, told TEXT NOT NULL) WITHOUT ROWID"


class Cassette(Generic[State, Action]):
    """A proposer that remembers: asks another one only where it was never asked, and keeps the reply at once."""

    def __init__(
        self,
        proposer: Proposer[State, Action] | None,
        path: Path,
        task: str,
        *,
        dump: Callable[[Action], Any] = lambda action: action,
        load: Callable[[Any], Action] = lambda value: value,
    ) -> None:
        """Open or begin a recording.

        Args:
            proposer: who is asked where the recording is silent; None to replay only.
            path: an SQLite file, which several searches can share, one after the other or side by side.
            task: what the search is about and how it is run; searches with other names share nothing.
            dump: an action as a JSON value.
            load: an action from its JSON value.
        """
        self._proposer, self._path, self._task, self._dump, self._load = proposer, path, task, dump, load
        with closing(self._open()) as store:
            store.execute(TABLE)

    def __call__(self, nodes: Sequence[Node[State, Action]]) -> list[Proposed[Action]]:
        """What was recorded, and for the rest what the proposer says now.

        Raises:
            LookupError: there is no proposer, and nothing was recorded here.
        """
        places = [self._place(node) for node in nodes]
        with closing(self._open()) as store:
            found = {place: told for place in places if (told := self._find(store, place)) is not None}
            missing = [i for i, place in enumerate(places) if place not in found]
            if missing:
                if self._proposer is None:
                    raise LookupError(f"nothing was recorded at {nodes[missing[0]]}")
                new = self._proposer([nodes[i] for i in missing])
                with store:
                    for i, answer in zip(missing, new, strict=True):
                        found[places[i]] = answer
                        store.execute("INSERT OR REPLACE INTO proposed VALUES (?, ?)", (places[i], self._text(answer)))
        return [found[place] for place in places]

    def _open(self) -> sqlite3.Connection:
        store = sqlite3.connect(self._path, timeout=60)
        store.execute("PRAGMA journal_mode = WAL")
        store.execute("PRAGMA synchronous = NORMAL")
        return store

    def _place(self, node: Node[State, Action]) -> str:
        attempts = [each.attempt for each in node.path()]
        text = json.dumps([self._task, [self._dump(action) for action in node.actions()], attempts], sort_keys=True)
        return blake2b(text.encode(), digest_size=16).hexdigest()

    def _find(self, store: sqlite3.Connection, place: str) -> Proposed[Action] | None:
        row = store.execute("SELECT told FROM proposed WHERE place = ?", (place,)).fetchone()
        if row is None:
            return None
        told = json.loads(row[0])
        return Proposed(
            tuple(Proposal(self._load(action), *rest) for action, *rest in told["proposals"]),
            Spent(**told["spent"]),
            tuple(Fault(**fault) for fault in told["faults"]),
        )

    def _text(self, told: Proposed[Action]) -> str:
        return json.dumps(
            {
                "proposals": [[self._dump(p.action), p.weight, p.remaining, p.why] for p in told.proposals],
                "spent": asdict(told.spent),
                "faults": [asdict(fault) for fault in told.faults],
            }
        )
