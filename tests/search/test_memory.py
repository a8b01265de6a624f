"""Packed plans against plain dynamic programming, and a memory that survives whatever ends its process."""

import json
import pickle
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from porism.search.memory import LONGEST, Memory, Packed, Plan
from porism.search.nodes import Node
from porism.search.packed import Place
from porism.search.tools.calls import Call

patient = settings(deadline=None, max_examples=150)  # the machine may be busy

words = st.sampled_from("abcdefg")
plans = st.lists(words, min_size=1, max_size=20).map(tuple)
many = st.lists(plans, max_size=12) | st.lists(plans, max_size=130)
paths = st.lists(words | st.just("never seen"), max_size=24)


def lcs(left: Plan, right: Plan) -> int:
    """The table of the textbook."""
    table = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            table[i + 1][j + 1] = table[i][j] + 1 if a == b else max(table[i][j + 1], table[i + 1][j])
    return table[-1][-1]


def alike(path: Plan, plans: list[Plan]) -> float:
    return max((lcs(path, plan) / min(len(path), len(plan)) for plan in plans), default=0)


@patient
@given(many, paths)
def test_the_score_is_that_of_plain_dynamic_programming_at_every_step(plans: list[Plan], path: list[str]) -> None:
    packed = Packed(tuple(plans))
    row = packed.start()
    for length, word in enumerate(path, 1):
        expected = alike(tuple(path[:length]), plans)
        assert packed.score_after(row, word, length) == expected
        row = packed.after(row, word)
        assert packed.score(row, length) == expected


@pytest.mark.parametrize("length", [1, 6, 7, 8, 9, 15, 16, 17, 63, 64, 65, LONGEST])
def test_no_carry_leaves_a_plan_whatever_its_length(length: int) -> None:
    plans = [("a",) * length, ("a",) * (length - 1) + ("b",), *([("b",) * (length + 1)] if length < LONGEST else [])]
    packed = Packed(tuple(plans))
    row = packed.start()
    for done in range(1, length + 3):
        row = packed.after(row, "a")
        assert packed.score(row, done) == alike(("a",) * done, plans)


def test_the_row_of_a_node_comes_from_its_note_and_without_one_from_its_path() -> None:
    packed = Packed((("a", "b", "c"), ("c", "a")))
    root = Node[str, str]("")
    child = Node("", root, "a", note=packed.row(root))
    noted, bare = (Node("", child, "c", note=note) for note in (packed.row(child), None))
    foreign = Node("", child, "c", note=Packed((("c",),)).start())
    rows = [(row.bits, row.counts, row.best) for row in map(packed.row, (noted, bare, foreign))]
    assert rows == [rows[0]] * 3
    assert packed.score(packed.row(bare), 2) == 1.0  # "a c" in "a b c"
    again = pickle.loads(pickle.dumps(noted))
    assert again.note.packed.row(again).best == rows[0][2]


def test_names_are_compared_unless_calls_are_asked_for() -> None:
    call, other = Call.of("add", {"a": 1}), Call.of("add", {"a": 2})
    by_name, by_call = Packed(((str(call),),)), Packed(((str(call),),), "calls")
    assert (by_name.word(call), by_name.word(str(call)), by_name.word("add")) == ("add",) * 3
    assert by_call.word(call) == 'add({"a": 1})'
    scores = [
        packed.score_after(packed.start(), packed.word(c), 1) for packed in (by_name, by_call) for c in (call, other)
    ]
    assert scores == [1, 1, 1, 0]


def test_places_are_means_over_the_plans_that_contain_the_word() -> None:
    packed = Packed((("open", "edit", "save"), ("open", "save", "edit", "save"), ("look",)))
    assert packed.place("open") == Place((1 / 3 + 1 / 4) / 2, 2.5)
    assert packed.place("save") == Place((3 / 3 + 3 / 4) / 2, 0.5)  # at 2 and 4 of 4: 3 in the mean
    assert packed.place("opem") is None
    assert packed.closest("opem") == packed.place("open")
    assert packed.closest("saves") == packed.place("save")
    assert Packed().closest("open") is None


@pytest.mark.parametrize("plan", [(), ("a",) * (LONGEST + 1)])
def test_a_plan_without_steps_or_with_too_many_is_refused(plan: Plan, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=f"1 to {LONGEST} steps, not {len(plan)}"):
        Packed((plan,))
    assert [Memory(path).remember(plan) for path in (None, tmp_path / "m")] == [False, False]


@pytest.mark.parametrize("where", [None, "memory.sqlite"])
def test_the_oldest_plan_goes_first_and_a_known_one_becomes_the_newest(where: str | None, tmp_path: Path) -> None:
    path = None if where is None else tmp_path / where
    memory = Memory(path, limit=2)
    for plan in ("ab", "c", "ab", "d"):
        before = memory.frozen()
        assert memory.remember(plan)
    assert memory.plans() == (("a", "b"), ("d",))
    assert before.plans == (("c",), ("a", "b"))  # what was frozen stays


def test_a_file_is_read_by_the_next_process_in_every_mode(tmp_path: Path) -> None:
    path = tmp_path / "a folder?" / "memory #1.sqlite"
    path.parent.mkdir()
    call = Call.of("add", {"text": "\ud800 'x'); DROP TABLE plans; --"})
    assert Memory(path).remember([call, call])
    assert Memory(path).plans() == Memory(path, mode="frozen").plans() == ((str(call), str(call)),)
    assert Memory(path, mode="cold").frozen() == Packed()
    assert not Memory(path, mode="frozen").remember([call])
    assert not Memory(path, mode="cold").remember([call])
    assert len(Memory(path).plans()) == 1
    assert Memory(path).frozen("calls").by == "calls"


def test_a_smaller_limit_reads_the_newest_plans_only(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "m", limit=10)
    for plan in "abcd":
        memory.remember(plan)
    assert Memory(tmp_path / "m", limit=2).plans() == (("c",), ("d",))
    assert len(memory.plans()) == 4


WRITER = """
import sys
from porism.search.memory import Memory
memory = Memory(sys.argv[1], limit=5)
for i in range(100_000):
    memory.remember([f"step {i}", "end"])
    print(i, flush=True)
"""


def test_what_was_remembered_survives_kill_9(tmp_path: Path) -> None:
    path, seen = tmp_path / "memory.sqlite", 0
    for _ in range(3):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True)
        assert writer.stdout is not None
        for line in writer.stdout:
            seen = int(line)
            if seen >= 20:
                break
        writer.send_signal(signal.SIGKILL)
        rest = writer.communicate()[0].split()
        seen = int(rest[-1]) if rest else seen
        plans = Memory(path, mode="frozen").plans()
        newest = int(plans[-1][0].split()[1])
        assert newest in (seen, seen + 1)  # one may be on the disk that was not yet announced
        assert plans == tuple((f"step {i}", "end") for i in range(newest - 4, newest + 1))


def test_processes_and_threads_share_one_file(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"

    def work(name: str) -> None:
        for i in range(10):
            assert Memory(path).remember([name, str(i)])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, "abcd"))
    plans = Memory(path, mode="frozen").plans()
    assert sorted(plans) == [(name, str(i)) for name in "abcd" for i in range(10)]
    assert [plan[1] for plan in plans if plan[0] == "a"] == [str(i) for i in range(10)]


def make_text(path: Path) -> None:
    path.write_text("no database " * 100)


def make_stranger(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE people (name TEXT)")
    database.close()


@pytest.mark.parametrize(
    ("make", "options", "message"),
    [
        (None, {"mode": "frozen"}, "there is no memory at"),
        (make_text, {}, "not a database"),
        (make_stranger, {}, "it has the tables people"),
        (make_stranger, {"mode": "frozen"}, "no such table"),
        (None, {"limit": 0}, "limit >= 1, got 0"),
        (None, {"mode": "warm"}, "cold, frozen or growing, not 'warm'"),
    ],
)
def test_what_is_no_memory_is_refused_in_one_line(
    make: Any, options: dict[str, Any], message: str, tmp_path: Path
) -> None:
    path = tmp_path / "memory.sqlite"
    if make:
        make(path)
    with pytest.raises(ValueError, match=message) as error:
        Memory(path, **options)
    assert "\n" not in str(error.value)


def test_the_file_holds_the_plans_as_json(tmp_path: Path) -> None:
    Memory(tmp_path / "m").remember([Call.of("add", {"a": 1}), Call.of("stop", {})])
    database = sqlite3.connect(tmp_path / "m")
    [(steps,)] = database.execute("SELECT steps FROM plans").fetchall()
    database.close()
    assert json.loads(steps) == ['add({"a": 1})', "stop({})"]
