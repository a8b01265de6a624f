"""``porism bench search --part bfcl``: how many of BFCL's tasks each algorithm solves with the same number of samples.

The proposer is simulated (:mod:`porism.search.environments.simulated`), so the figures say how well a search uses a
proposer of that kind, and nothing about any model. Settings of the algorithms were chosen on one half of the tasks and
are reported on the other.

A *cell* is one combination of the proposer's skill, budget and seed. The mean over all cells is compared, task by
task, with a bootstrap interval over the tasks.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import product
from typing import Any, Literal

from porism.errors import InputError
from porism.pipelines.bench.search_players import DEFAULT, ONCE, PLAYERS, Played, Player, Spots, played
from porism.search.environments.bfcl import Task, tasks
from porism.search.environments.simulated import Simulated, Skill
from porism.search.memory import Memory
from porism.search.packed import Packed
from porism.search.tools.calls import Call
from porism.seeds import number, stream

HALF = 100
REMEMBERED = 100  # plans in memory at most
DRAWS = 2_000  # of the bootstrap

Report = Callable[[str], None]
Key = tuple[str, float | None, int, bool]  # algorithm, share of wrong guesses, blur, oracle


@dataclass(frozen=True)
class Settings:
    """What to compare.

    Attributes:
        seeds: how many, >= 1; each is another proposer and another order of the tasks.
        tasks: how many of the half, 1 to 100.
        half: ``"report"``, or ``"tune"`` to choose settings on.
        skills: shares of right samples.
        traps: shares of places that are traps.
        budgets: in samples.
        guesses: shares of wrong guesses with their blur; None for no guesses at all.
        oracles: whether the search is told of the goal.
        players: the algorithms.
    """

    seeds: int = 3
    tasks: int = HALF
    half: Literal["report", "tune"] = "report"
    skills: tuple[float, ...] = (0.4, 0.5, 0.7)
    traps: tuple[float, ...] = (0.1, 0.2, 0.4)
    budgets: tuple[int, ...] = (60, 200)
    guesses: tuple[tuple[float | None, int], ...] = ((0.3, 0), (0.6, 0), (None, 0), (0.3, 2))
    oracles: tuple[bool, ...] = (True, False)
    players: tuple[Player, ...] = field(default=PLAYERS, repr=False)

    def __post_init__(self) -> None:
        """Check the ranges."""
        if self.seeds < 1:
            raise InputError(f"seeds is {self.seeds}; it must be at least 1")
        if not 1 <= self.tasks <= HALF:
            raise InputError(f"tasks is {self.tasks}; it must be 1 to {HALF}")


@dataclass(frozen=True)
class Cell:
    """One algorithm under one condition."""

    algorithm: str
    p: float
    trap: float
    budget: int
    seed: int
    guesses_wrong: float | None
    blur: int
    oracle: bool

    @property
    def key(self) -> Key:
        """What is left when skill, budget and seed are averaged over."""
        return self.algorithm, self.guesses_wrong, self.blur, self.oracle


def bfcl(settings: Settings | None = None, report: Report = lambda _: None) -> dict[str, Any]:
    """Run all algorithms on the tasks.

    Args:
        settings: what to compare.
        report: told what is under way.

    Returns:
        ``rows``, one for each cell: success rate, and means of samples, requests and tool runs. ``table``: the means
        over the cells, with a 95 % interval. ``ahead``: what the default is ahead of each other algorithm by, with an
        interval. ``totals``: for each sort of guesses the least of these leads, and the low end of its interval; the
        names end in ``_alone`` where the search is not told of the goal. ``settings``.

    Raises:
        InputError: a setting is out of range, or ``bfcl-eval`` is not installed.
    """
    settings = settings or Settings()
    found: dict[Cell, dict[str, Played]] = defaultdict(dict)
    for seed in range(settings.seeds):
        remembered = Remembered(seed, settings)
        for i, task in enumerate(_shuffled(settings, seed), 1):
            report(f"seed {seed} of {settings.seeds}: {task.id}, {i} of {settings.tasks}")
            for cell, outcome in _task(task, seed, settings, remembered):
                found[cell][task.id] = outcome
    rows = [asdict(cell) | _means(outcomes.values()) for cell, outcomes in found.items()]
    kept = asdict(replace(settings, players=())) | {"players": [player.name for player in settings.players]}
    cells: dict[Key, list[Mapping[str, Played]]] = defaultdict(list)
    for cell, outcomes in found.items():
        cells[cell.key].append(outcomes)
    ahead = list(_ahead({key: _scores(each) for key, each in cells.items()}))
    return {"totals": _totals(rows, ahead), "table": _table(cells), "ahead": ahead, "rows": rows, "settings": kept}


def halves() -> dict[str, tuple[Task, ...]]:
    """The tasks to choose settings on, and those to report."""
    mixed = list(tasks())
    stream(0, "split").shuffle(mixed)
    return {"tune": tuple(mixed[:HALF]), "report": tuple(mixed[HALF:])}


def _shuffled(settings: Settings, seed: int) -> list[Task]:
    chosen = halves()[settings.half][: settings.tasks]
    return stream(seed, "order").sample(chosen, len(chosen))


class Remembered:
    """The memory of each algorithm under each condition: none learns from what happened under another."""

    def __init__(self, seed: int, settings: Settings) -> None:
        """Fill those that are frozen with the solutions of the other half."""
        self._seed = seed
        other = "tune" if settings.half == "report" else "report"
        self._frozen = Packed(tuple(tuple(map(str, task.solution)) for task in halves()[other]))
        self._growing: dict[Cell, Memory] = {}
        self._packed: dict[Cell, Packed] = {}

    def plans(self, player: Player, cell: Cell) -> Packed:
        """What the algorithm knows at this time."""
        if player.memory == "frozen":
            return self._frozen
        return self._packed.get(cell, Packed())

    def learn(self, player: Player, cell: Cell, plan: Sequence[Call]) -> None:
        """Keep a plan that the algorithm thinks good."""
        if player.memory == "growing" and plan:
            memory = self._growing.setdefault(cell, Memory(limit=REMEMBERED))
            memory.remember(plan)
            self._packed[cell] = memory.frozen()


def _task(task: Task, seed: int, settings: Settings, remembered: Remembered) -> Iterator[tuple[Cell, Played]]:
    """One task under all conditions; they share what was found out about its world and its proposer."""
    spots, mind = Spots(task), _mind(task, seed)
    for player, p, trap, budget, oracle in product(
        settings.players, settings.skills, settings.traps, settings.budgets, settings.oracles
    ):
        for error, blur in settings.guesses if player.imagines else ((None, 0),):
            cell = Cell(player.name, p, trap, budget, seed, error, blur, oracle)
            skill = Skill(p, trap, error=error, blur=blur)
            outcome = played(player, spots, mind, skill, budget, oracle, remembered.plans(player, cell))
            remembered.learn(player, cell, outcome.plan)
            yield cell, outcome


def _mind(task: Task, seed: int) -> Simulated:
    """The proposer of a task, which mistakes the calls of all other tasks for its own."""
    names = task.names()
    others = [call for other in tasks() if other.id != task.id for call in other.solution if call.name in names]
    return Simulated(task, others, seed)


def _means(outcomes: Iterable[Played]) -> dict[str, float]:
    listed = list(outcomes)
    names = ("success", "samples", "requests", "tool_runs")
    return {name: round(sum(getattr(each, name) for each in listed) / len(listed), 4) for name in names}


# Totals: a task's score is its mean over the cells; what is resampled is the tasks.


def _table(cells: Mapping[Key, Sequence[Mapping[str, Played]]]) -> list[dict[str, Any]]:
    table = []
    for (algorithm, error, blur, oracle), each in cells.items():
        low, high = _interval(list(_scores(each).values()))
        means = _means(outcome for outcomes in each for outcome in outcomes.values())
        key: dict[str, Any] = {
            "algorithm": algorithm,
            "guesses": _guesses(error, blur),
            "goal": "told" if oracle else "not told",
        }
        table.append(key | {"success": means.pop("success"), "low": low, "high": high, "cells": len(each)} | means)
    return table


def _totals(rows: Sequence[Mapping[str, Any]], ahead: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    ours = [row["success"] for row in rows if row["algorithm"] == DEFAULT]
    totals = {"cells": len(rows), "success": round(sum(ours) / max(1, len(ours)), 4)}
    least: dict[str, Mapping[str, Any]] = {}
    for row in ahead:
        name = f"ahead_{row['guesses']}".translate({ord(" "): "_", ord("%"): None, ord(","): None})
        name += "" if row["goal"] == "told" else "_alone"
        if row["of"] != ONCE and (name not in least or row["by"] < least[name]["by"]):
            least[name] = row
    for name, row in least.items():
        totals |= {name: row["by"], f"{name}_low": row["low"]}
    return totals


def _guesses(error: float | None, blur: int) -> str:
    """The sort of guesses in words."""
    if error is None:
        return "none"
    return f"{error:.0%} wrong, blurred" if blur else f"{error:.0%} wrong"


def _ahead(scores: Mapping[Key, Mapping[str, float]]) -> Iterator[dict[str, Any]]:
    """The default minus each other algorithm, under the same guesses or, where it makes none, under any."""
    for (name, error, blur, oracle), ours in scores.items():
        if name != DEFAULT:
            continue
        for (other, their_error, their_blur, their_oracle), theirs in scores.items():
            blind = not any(key[0] == other and key[1] is not None for key in scores)
            if other == DEFAULT or their_oracle != oracle or not (blind or (their_error, their_blur) == (error, blur)):
                continue
            differences = [ours[task] - theirs[task] for task in ours]
            low, high = _interval(differences)
            yield {
                "of": other, "guesses": _guesses(error, blur), "goal": "told" if oracle else "not told",
                "by": round(sum(differences) / len(differences), 4), "low": low, "high": high,
            }  # fmt: skip


def _scores(cells: Sequence[Mapping[str, Played]]) -> dict[str, float]:
    return {task: sum(cell[task].success for cell in cells) / len(cells) for task in cells[0]}


def _interval(values: Sequence[float]) -> tuple[float, float]:
    """The middle 95 % of the means of tasks drawn with replacement [Efron1993, chapter 13]."""
    import numpy as np

    rng = np.random.default_rng(number(0, "bootstrap"))
    drawn = rng.integers(len(values), size=(DRAWS, len(values)))
    low, high = np.quantile(np.asarray(values)[drawn].mean(axis=1), [0.025, 0.975])
    return round(float(low), 4), round(float(high), 4)
