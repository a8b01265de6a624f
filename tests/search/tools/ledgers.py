"""Worlds for the tests of branching: three accounts, and every way to come back to them."""

from math import inf

from hypothesis import strategies as st

from porism.search.tools import Call, Moment, Observation, Tool, ToolEnvironment, run_call, tool


class Ledger:
    """Three accounts. A transfer that fails has already taken the money; whatever ran is noted in ``ran``."""

    def __init__(self, ran: list[Call] | None = None) -> None:
        self.held = {"a": 2, "b": 0, "c": 0}
        self.ran = [] if ran is None else ran
        self.tools: list[Tool] = [
            tool(timeout=None)(self.move),
            tool(timeout=None, read_only=True)(self.show),
            tool(timeout=None, idempotent=True, destructive=False)(self.fill),
        ]

    def move(self, source: str, target: str) -> str:
        """Move one."""
        self.held[source] -= 1
        if self.held[source] < 0:
            raise ValueError(f"{source} is empty")
        self.held[target] += 1
        return f"{source} has {self.held[source]}"

    def show(self, name: str) -> int:
        """What an account holds."""
        return self.held[name]

    def fill(self, name: str) -> str:
        """Give an account five."""
        self.held[name] = 5
        return "filled"

    def call(self, call: Call) -> Observation:
        self.ran.append(call)
        return run_call(self.tools, call)

    def solved(self) -> bool:
        return self.held["c"] >= 2


class Kept(Ledger):
    def snapshot(self) -> dict[str, int]:
        return dict(self.held)

    def restore(self, snapshot: dict[str, int]) -> None:
        self.held = dict(snapshot)


class Undone(Ledger):
    def __init__(self, ran: list[Call] | None = None) -> None:
        super().__init__(ran)
        self.past: list[dict[str, int]] = []

    def call(self, call: Call) -> Observation:
        self.past.append(dict(self.held))
        return super().call(call)

    def undo(self) -> None:
        self.held = self.past.pop()


class Digested(Kept, Undone):
    def digest(self) -> str:
        return str(sorted(self.held.items()))


class Both(Kept, Undone):
    pass


def move(source: str, target: str) -> Call:
    return Call.of("move", {"source": source, "target": target})


MOVES = [move(*pair) for pair in ("ab", "ac", "ba", "bc", "cb")]
CALLS = [
    *MOVES, Call.of("show", {"name": "a"}), Call.of("show", {"name": "z"}), Call.of("fill", {"name": "b"}),
    Call.of("move", {"source": "a"}), Call("nothing"),
]  # fmt: skip

programs = st.lists(st.tuples(st.integers(0, 20), st.sampled_from(CALLS)), max_size=25)


def grow(env: ToolEnvironment, program: list[tuple[int, Call]]) -> list[tuple[Moment, float, bool]]:
    """A tree, grown by steps from any of its open moments."""
    rows = [(env.initial(), 0.0, env.solved(env.initial()))]
    for place, call in program:
        open_rows = [row for row in rows if row[1] < inf]
        child, cost = env.step(open_rows[place % len(open_rows)][0], call)
        rows.append((child, cost, env.solved(child)))
    return rows
