import json
from collections import Counter
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from porism.search import BreadthFirst, search
from porism.search.environments.answers import agree
from porism.search.environments.files import Config, Task, tasks
from porism.search.environments.files.paths import clean
from porism.search.environments.files.tools import FOUND, TEXT
from porism.search.environments.files.world import LARGEST, MOST, Folder
from porism.search.tools.branching import ToolEnvironment
from porism.search.tools.calls import Call, Observation

FILES = {"notes/a.txt": "one\ntwo\n", "notes/b.txt": "two\nthree\n", "c.txt": ""}
HOW: tuple[Literal["snapshot", "undo", "replay"], ...] = ("snapshot", "undo", "replay")
LOOKS = {"list_files", "read_file", "search_text"}
SIZES = st.sampled_from([Config(), Config(1, 1), Config(2, 2), Config(6, 6)])
SEEDS = st.tuples(st.integers(0, 5), st.integers(0, 10_000))


def folder(goal: dict[str, str] | None = None, answer: str | None = None) -> Folder:
    return Folder(FILES, FILES if goal is None else goal, answer)


def do(world: Folder, tool: str, **arguments: object) -> Observation:
    return world.call(Call.of(tool, arguments))


def reached(task: Task, calls: tuple[Call, ...]) -> bool:
    world = task.world()
    for call in calls:
        world.call(call)
    return world.solved()


@settings(max_examples=200, deadline=None)
@given(SEEDS, SIZES)
def test_every_tasks_own_solution_reaches_its_goal_and_doing_nothing_does_not(
    at: tuple[int, int], config: Config
) -> None:
    task = tasks(*at, config)
    world = task.world()
    assert not world.solved()
    assert [world.call(call).error for call in task.solution] == [""] * len(task.solution)
    assert world.solved()
    assert config.low <= len(task.solution) <= config.high


@settings(max_examples=100, deadline=None)
@given(SEEDS)
def test_no_call_that_acts_can_be_left_out(at: tuple[int, int]) -> None:
    task = tasks(*at)
    for i, call in enumerate(task.solution):
        if call.name not in LOOKS:
            assert not reached(task, task.solution[:i] + task.solution[i + 1 :]), call


@settings(max_examples=100, deadline=None)
@given(SEEDS)
def test_no_argument_of_a_call_that_acts_can_be_another(at: tuple[int, int]) -> None:
    task = tasks(*at)
    for i, call in enumerate(task.solution):
        for name, value in call.values().items() if call.name not in LOOKS else ():
            other = Call.of(call.name, {**call.values(), name: value + "X" if isinstance(value, str) else "nothing"})
            assert not reached(task, (*task.solution[:i], other, *task.solution[i + 1 :])), (call, other)


def test_all_three_ways_to_branch_grow_the_same_tree_and_find_the_solution() -> None:
    task = tasks(0, 2, Config(3, 3))
    wrong = [Call("no such tool"), *task.solution[::-1]]
    trees = []
    for how in HOW:
        env = ToolEnvironment(task.world, how=how)
        outcome = search(env, lambda moment: [*wrong, *task.solution], BreadthFirst(), budget=60)
        assert outcome.solved
        assert len(outcome.best.actions()) <= 3
        trees.append([(node.state, node.cost) for node in outcome.nodes])
    assert trees[0] == trees[1] == trees[2]


def test_a_task_is_a_pure_function_and_survives_json() -> None:
    for i in range(60):
        task = tasks(3, i)
        assert task == tasks(3, i)
        again = Task.from_json(json.loads(json.dumps(task.to_json())))
        assert again == task
        assert reached(again, again.solution)
    assert tasks(3, 1) != tasks(4, 0)


def test_a_thousand_tasks_have_a_thousand_prompts_and_every_length_occurs() -> None:
    drawn = [tasks(0, i) for i in range(1_000)]
    assert len({task.prompt for task in drawn}) >= 995
    lengths = Counter(len(task.solution) for task in drawn)
    assert sorted(lengths) == [1, 2, 3, 4, 5, 6]
    assert min(lengths.values()) > 120
    used = Counter(call.name for task in drawn for call in task.solution)
    assert set(used) == {tool.name for tool in drawn[0].world().tools}


@pytest.mark.parametrize(
    "path", ["../x", "a/../../x", "/etc/passwd", "C:/x", "a\\..\\x", "a/\0", "", ".", "a/..", "\ud800", "x" * 300]
)
@pytest.mark.parametrize("tool", ["read_file", "write_file", "append", "replace_text", "move", "copy", "delete"])
def test_no_path_leaves_the_folder(path: str, tool: str) -> None:
    world = folder()
    before = world.files
    arguments = {
        "read_file": {"path": path},
        "write_file": {"path": path, "text": "x"},
        "append": {"path": path, "text": "x"},
        "replace_text": {"path": path, "old": "one", "new": "x"},
        "move": {"source": "c.txt", "target": path},
        "copy": {"source": "c.txt", "target": path},
        "delete": {"path": path},
    }[tool]
    assert do(world, tool, **arguments).error == "failed"
    assert world.files is before


@given(st.text(alphabet=st.sampled_from("ab./\\ "), max_size=12))
def test_a_clean_path_stays_as_it_is(path: str) -> None:
    try:
        found = clean(path)
    except ValueError:
        return
    assert clean(found) == found
    assert not found.startswith("/")
    assert not {"", ".", ".."} & set(found.split("/"))


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("read_file", {"path": "notes"}, "there is no file 'notes'"),
        ("list_files", {"folder": "note"}, "there is no folder 'note'"),
        ("list_files", {"folder": "../notes"}, "leads out of the folder"),
        ("list_files", {"folder": "/"}, "is not a relative path"),
        ("search_text", {"text": ""}, "give a text"),
        ("write_file", {"path": "notes", "text": "x"}, "notes is a folder"),
        ("write_file", {"path": "c.txt/d.txt", "text": "x"}, "c.txt is a file, not a folder"),
        ("write_file", {"path": "d.txt", "text": "x" * (LARGEST + 1)}, "a file has at most"),
        ("write_file", {"path": "d.txt"}, "text"),
        ("append", {"path": "d.txt", "text": "x"}, "there is no file 'd.txt'"),
        ("replace_text", {"path": "c.txt", "old": "x", "new": "y"}, "does not contain 'x'"),
        ("replace_text", {"path": "c.txt", "old": "", "new": "y"}, "give the text to replace"),
        ("move", {"source": "c.txt", "target": "notes/a.txt"}, "is there already"),
        ("copy", {"source": "c.txt", "target": "c.txt"}, "is there already"),
        ("move", {"source": "c.txt", "target": "notes"}, "notes is a folder"),
        ("delete", {"path": "notes"}, "there is no file 'notes'"),
        ("run_shell", {"command": "rm"}, "unknown tool"),
    ],
)
def test_a_wrong_call_is_an_observation_and_changes_nothing(tool: str, arguments: dict[str, object], said: str) -> None:
    world = folder()
    before = world.files
    seen = do(world, tool, **arguments)
    assert seen.error
    assert said in seen.text
    assert world.files is before


def test_what_the_tools_do() -> None:
    world = folder()
    assert do(world, "list_files").text == '{"files": ["c.txt", "notes/a.txt", "notes/b.txt"]}'
    assert do(world, "list_files", folder="./notes/").text == '{"files": ["notes/a.txt", "notes/b.txt"]}'
    assert do(world, "read_file", path="notes/./a.txt").text == "one\ntwo\n"
    found = json.loads(do(world, "search_text", text="two", folder="notes").text)["found"]
    assert [(each["path"], each["line"]) for each in found] == [("notes/a.txt", 2), ("notes/b.txt", 1)]
    do(world, "write_file", path="new/d.txt", text="four")
    do(world, "append", path="new/d.txt", text="five")
    do(world, "replace_text", path="notes/a.txt", old="two", new="2")
    do(world, "copy", source="notes/a.txt", target="new/a.txt")
    do(world, "move", source="c.txt", target="notes/c.txt")
    do(world, "delete", path="notes/b.txt")
    expected = {"notes/a.txt": "one\n2\n", "new/a.txt": "one\n2\n", "new/d.txt": "four\nfive", "notes/c.txt": ""}
    assert dict(world.files) == expected


def test_a_moved_file_may_take_the_place_of_its_folder() -> None:
    world = Folder({"a/b": "x"}, {})
    assert not do(world, "move", source="a/b", target="a").error
    assert dict(world.files) == {"a": "x"}


def test_long_results_are_cut_and_a_folder_gets_full() -> None:
    world = Folder({"a.txt": "x\n" * 5_000}, {})
    assert len(do(world, "read_file", path="a.txt").text) < TEXT + 100
    assert len(json.loads(do(world, "search_text", text="x").text)["found"]) == FOUND
    full = Folder({f"{i}.txt": "" for i in range(MOST)}, {})
    assert "the folder is full" in do(full, "write_file", path="more.txt", text="").text


def test_an_answer_ends_the_task() -> None:
    world = folder(answer="two")
    assert not world.solved()
    do(world, "answer", value=" TWO ")
    assert world.solved()
    assert do(world, "delete", path="c.txt").error == "refused"
    assert world.solved()
    wrong = folder(answer="two")
    do(wrong, "answer", value="three")
    do(wrong, "answer", value="two")
    assert not wrong.solved()


def test_a_question_is_not_answered_by_changing_the_files() -> None:
    world = folder(answer="two")
    do(world, "delete", path="c.txt")
    do(world, "answer", value="two")
    assert not world.solved()


def test_spaces_at_ends_make_no_difference_and_other_spaces_do() -> None:
    assert Folder({"a": "x \ny"}, {"a": "x\ny\n\n"}).solved()
    assert not Folder({"a": "x\n\ny"}, {"a": "x\ny"}).solved()
    assert not Folder({"a": " x\n  y"}, {"a": "x\ny"}).solved()


def test_moments_are_values_and_calls_are_undone() -> None:
    world = folder()
    first = world.snapshot()
    digests = []
    for call in [
        Call.of("delete", {"path": "c.txt"}),
        Call.of("read_file", {"path": "c.txt"}),
        Call.of("append", {"path": "notes/a.txt", "text": "x"}),
        Call.of("answer", {"value": [1]}),
    ]:
        digests.append(world.digest())
        world.call(call)
    last, end = world.snapshot(), world.digest()
    for digest in reversed(digests):
        world.undo()
        assert world.digest() == digest
    with pytest.raises(ValueError, match="no call to undo"):
        world.undo()
    world.restore(last)
    assert world.digest() == end
    world.restore(first)
    assert dict(world.files) == FILES
    with pytest.raises(TypeError):
        world.files["c.txt"] = "changed"  # type: ignore[index]


def test_changes_that_commute_end_in_one_digest() -> None:
    calls = [Call.of("delete", {"path": "c.txt"}), Call.of("append", {"path": "notes/a.txt", "text": "x"})]
    one, other = folder(), folder()
    for call in calls:
        one.call(call)
    for call in reversed(calls):
        other.call(call)
    assert one.digest() == other.digest() != folder().digest()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"id": None}, "'id' must be a text"),
        ({"files": "a"}, "'files' must be a list of paths and texts"),
        ({"files": ["ab"]}, "'files' must be a list of paths and texts"),
        ({"goal": [["a", 1]]}, "'goal' must be a list of paths and texts"),
        ({"files": [["../a", "x"]]}, "leads out of the folder"),
        ({"answer": "{}"}, "a task's answer must be"),
        ({"answer": "[]"}, "a task's answer must be"),
        ({"answer": "[[1]]"}, "a task's answer must be"),
        ({"answer": "two"}, "Expecting value"),
    ],
)
def test_a_row_that_is_no_task_is_one_line(change: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Task.from_json({**tasks(0, 0).to_json(), **change}).world()


@pytest.mark.parametrize(
    ("given_", "expected", "so"),
    [
        (3, 3, True),
        ("3", 3, True),
        ("3.0", 3, True),
        (True, 1, False),
        (2.676, 2.68, True),
        (2.67, 2.68, False),
        ("1e999", 3, False),
        (float("nan"), 3, False),
        (10**400, 3, False),
        ("nan", 3, False),
        (["a"], "A", True),
        (["a", "b"], "a", False),
        ("a", ("a", "b"), False),
        (["b", "A"], ("a", "b"), True),
        (["a", "a"], ("a", "b"), False),
        ([1, "2"], (2, 1), True),
        (None, "none", False),
        ({"a": 1}, "a", False),
    ],
)
def test_when_answers_agree(given_: object, expected: str | float | tuple[str, ...], so: bool) -> None:
    assert agree(given_, expected) is so
