"""The benchmark of searches on BFCL: rows, pairing, intervals, and a fair table."""

from dataclasses import replace
from statistics import mean
from typing import Any

import pytest

from porism.errors import InputError
from porism.pipelines.bench.search_bfcl import HALF, Settings, bfcl, halves
from porism.pipelines.bench.search_players import DEFAULT, PLAYERS, Player, Spots, played
from porism.search import Chain
from porism.search.environments.bfcl import tasks
from porism.search.environments.simulated import FINISH, Simulated, Skill
from porism.search.packed import Packed
from porism.search.tools.calls import Call, Observation

NAMED = {player.name: player for player in PLAYERS}
SMALL = Settings(
    seeds=2,
    tasks=6,
    half="tune",
    skills=(0.5,),
    traps=(0.2,),
    budgets=(60,),
    guesses=((0.3, 0), (None, 0)),
    players=tuple(NAMED[name] for name in ("majority of 4", "ToolChain*", "MCTS", DEFAULT)),
)


def test_halves_are_fixed_and_share_nothing() -> None:
    tune, report = halves()["tune"], halves()["report"]
    assert len(tune) == len(report) == HALF
    assert {*tune, *report} == {*tasks()}
    assert [task.id for task in tune[:2]] == [task.id for task in halves()["tune"][:2]]


def test_there_is_a_row_for_every_cell_and_the_means_are_those_of_the_rows() -> None:
    found = bfcl(SMALL)
    rows = found["rows"]
    conditions = {"majority of 4": 1, "ToolChain*": 2, "MCTS": 2, DEFAULT: 2}  # who imagines plays with and without
    assert len(rows) == sum(conditions.values()) * 2 * 2  # seeds, with and without an oracle
    cells = {tuple(row[name] for name in list(row)[:8]) for row in rows}
    assert len(cells) == len(rows)
    for line in found["table"]:
        mine = [row for row in rows if _line(row) == (line["algorithm"], line["guesses"], line["goal"])]
        assert len(mine) == line["cells"] == 2
        for name in ("success", "samples", "requests", "tool_runs"):
            assert line[name] == pytest.approx(mean(row[name] for row in mine), abs=1e-3)
        assert 0 <= line["low"] <= line["success"] <= line["high"] <= 1


def _line(row: dict[str, Any]) -> tuple[str, str, str]:
    guesses = "none" if row["guesses_wrong"] is None else f"{row['guesses_wrong']:.0%} wrong"
    return row["algorithm"], guesses, "told" if row["oracle"] else "not told"


def test_the_default_is_compared_with_all_others_under_the_same_guesses() -> None:
    found = bfcl(SMALL)
    success = {(line["algorithm"], line["guesses"], line["goal"]): line["success"] for line in found["table"]}
    assert len(found["ahead"]) == 3 * 2 * 2
    for row in found["ahead"]:
        theirs = success.get((row["of"], row["guesses"], row["goal"]))
        if theirs is None:  # it makes no guesses
            theirs = success[row["of"], "none", row["goal"]]
        assert row["by"] == pytest.approx(success[DEFAULT, row["guesses"], row["goal"]] - theirs, abs=1e-3)
        assert row["low"] <= row["by"] <= row["high"]
    least = min(row["by"] for row in found["ahead"] if (row["guesses"], row["goal"]) == ("30% wrong", "told"))
    assert found["totals"]["ahead_30_wrong"] == least
    assert "ahead_none_alone_low" in found["totals"]


def test_the_same_settings_give_the_same_figures() -> None:
    assert bfcl(replace(SMALL, seeds=1, tasks=3)) == bfcl(replace(SMALL, seeds=1, tasks=3))


def test_progress_is_told_for_each_task_and_seed() -> None:
    told: list[str] = []
    bfcl(replace(SMALL, tasks=3, oracles=(True,), guesses=((None, 0),)), told.append)
    assert [line[:13] for line in told] == ["seed 0 of 2: "] * 3 + ["seed 1 of 2: "] * 3
    assert told[-1].endswith(", 3 of 3")


@pytest.mark.parametrize("player", PLAYERS, ids=lambda player: player.name)
def test_every_player_solves_what_a_perfect_proposer_proposes(player: Player) -> None:
    """Without mistakes all of them walk straight down the solution, with an oracle and without."""
    task = halves()["tune"][0]
    mind, skill = Simulated(task, seed=1), Skill(p=1, trap=0, error=0)
    for oracle in (True, False):
        outcome = played(player, Spots(task), mind, skill, 200, oracle, Packed())
        assert outcome.success
        assert outcome.plan == task.solution
        assert outcome.tool_runs == len(task.solution) + (not oracle)


def test_a_budget_is_crossed_by_one_expansion_at_most() -> None:
    task = halves()["tune"][1]
    hopeless = Skill(p=0, trap=0.4, error=0.3)
    for player in PLAYERS:
        outcome = played(player, Spots(task), Simulated(task, seed=2), hopeless, 60, True, Packed())
        assert not outcome.success
        assert outcome.samples < 60 + 2 * player.samples + 1


def test_who_says_that_it_has_finished_is_believed_only_without_an_oracle() -> None:
    task = halves()["tune"][2]
    spots = Spots(task)
    after, failed = spots.step(spots.root, FINISH)
    assert after.ended
    assert not after.solved
    assert not failed
    early = Player("early", Chain, samples=1)
    told = played(early, spots, _Eager(task, seed=0), Skill(samples=1), 60, False, Packed())
    assert not told.success
    assert told.samples == 2
    asked = played(early, spots, _Eager(task, seed=0), Skill(samples=1), 60, True, Packed())
    assert not asked.success


class _Eager(Simulated):
    """Finishes at the first opportunity but one."""

    def proposed(self, node, skill):  # type: ignore[no-untyped-def]
        told = super().proposed(node, replace(skill, p=1.0, trap=0.0))
        proposal = replace(told.proposals[0], action=FINISH) if node.depth else told.proposals[0]
        return replace(told, proposals=(proposal,))


def test_a_call_runs_once_however_many_searches_make_it() -> None:
    task = halves()["tune"][3]
    spots, runs = Spots(task), list[str]()
    inner = spots._world.call

    def counted(call: Call) -> Observation:
        runs.append(str(call))
        return inner(call)

    spots._world.call = counted  # type: ignore[method-assign]
    for player in PLAYERS:
        played(player, spots, Simulated(task, seed=3), Skill(), 60, True, Packed())
    places = [spots.root]
    for place in places:
        places += [after for after, _ in place.after.values() if after.snapshot is not None]
    assert len(runs) == len(places) - 1


def test_only_growing_memories_learn_and_each_condition_has_its_own() -> None:
    players = tuple(player for player in PLAYERS if player.name.startswith("ToolChain*"))
    one = replace(SMALL, seeds=1, tasks=8, skills=(0.7,), traps=(0.1,), guesses=((0.3, 0),), players=players)
    apart = {row["algorithm"]: row for row in bfcl(one)["rows"] if row["oracle"]}
    assert len(apart) == 3
    both = bfcl(replace(one, skills=(0.4, 0.7)))["rows"]
    same = {row["algorithm"]: row for row in both if row["oracle"] and row["p"] == 0.7}
    assert same == apart  # what was solved at p = 0.4 taught nothing at p = 0.7


@pytest.mark.parametrize(("wrong", "why"), [({"seeds": 0}, "at least 1"), ({"tasks": 101}, "1 to 100")])
def test_settings_out_of_range(wrong: dict[str, int], why: str) -> None:
    with pytest.raises(InputError, match=why):
        Settings(**wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("error", [0.3, None])
def test_the_default_beats_toolchain_on_a_sample(error: float | None) -> None:
    """The benchmark's result at a size for tests: 40 tasks of the half for tuning, one seed, six cells."""
    settings = Settings(
        seeds=1,
        tasks=40,
        half="tune",
        traps=(0.2,),
        budgets=(60, 200),
        guesses=((error, 0),),
        oracles=(True,),
        players=(NAMED["ToolChain*"], NAMED[DEFAULT]),
    )
    [ahead] = bfcl(settings)["ahead"]
    assert ahead["low"] > 0
