import json
import random
from copy import deepcopy
from importlib import import_module
from typing import Any

import pytest

from porism.errors import InputError
from porism.search import BreadthFirst, search
from porism.search.environments import bfcl
from porism.search.environments.bfcl import Services, Task, parsed, tasks
from porism.search.environments.bfcl import services as bfcl_services
from porism.search.environments.bfcl.services import READ_ONLY, copied, public
from porism.search.tools.branching import Moment, ToolEnvironment
from porism.search.tools.calls import Call


def run(world: Services, *calls: Call) -> list[str]:
    return [world.call(call).text for call in calls]


def test_every_solution_solves_its_task_and_not_before_its_last_call() -> None:
    for task in tasks():
        world = task.world()
        for call in task.solution:
            assert not world.solved(), task.id
            assert not world.call(call).error, (task.id, call)
        assert world.solved(), task.id


def test_the_counts_are_those_of_the_benchmark() -> None:
    assert len(tasks()) == 200
    assert sum(len(task.solution) for task in tasks()) == 1142
    assert {service for task in tasks() for service in task.services} == set(bfcl_services.SERVICES)


@pytest.mark.parametrize("index", range(0, 200, 9))
def test_a_solution_with_any_one_call_missing_does_not_solve(index: int) -> None:
    task = tasks()[index]
    for i in range(len(task.solution)):
        world = task.world()
        run(world, *task.solution[:i], *task.solution[i + 1 :])
        assert not world.solved(), task.solution[i]


def test_a_harmless_extra_call_does_no_harm_and_a_change_does() -> None:
    task = tasks()[0]
    for extra, solved in (("pwd", True), ("touch", False)):
        world = task.world()
        run(world, Call.of(extra, {"file_name": "more.txt"} if extra == "touch" else {}), *task.solution)
        assert world.solved() is solved


def test_a_snapshot_brings_everything_back_however_often() -> None:
    rng = random.Random(0)
    for task in rng.sample(tasks(), 40):
        world = task.world()
        kept = []
        for call in task.solution:
            kept.append((world.snapshot(), deepcopy({name: public(each) for name, each in world._services.items()})))
            world.call(call)
        for at in rng.sample(range(len(kept)), len(kept)) * 2:
            snapshot, state = kept[at]
            world.restore(snapshot)
            assert {name: public(each) for name, each in world._services.items()} == state
            run(world, *task.solution[at:])
            assert world.solved()


def test_worlds_share_nothing_that_calls_change() -> None:
    task = next(task for task in tasks() if "TravelAPI" in task.services)
    run(task.world(), *task.solution)
    world = task.world()
    first = run(world, *task.solution)
    assert world.solved()
    assert first == run(task.world(), *task.solution)


def test_a_search_goes_from_branch_to_branch_by_snapshots_and_runs_each_call_once() -> None:
    task = next(task for task in tasks() if len(task.solution) == 4)
    env = ToolEnvironment(task.world)
    others = tasks()[0].solution[:2]

    def propose(moment: Moment) -> list[Call]:
        return [*others, *task.solution[moment.depth : moment.depth + 1]] if moment.depth < 4 else []

    outcome = search(env, propose, BreadthFirst(), budget=500)
    assert outcome.solved
    assert tuple(outcome.best.actions()) == task.solution
    assert env.replayed == 0
    assert env.tool_runs <= len(outcome.nodes) - 1


def test_read_only_tools_change_nothing() -> None:
    """Each is called wherever its service is, with all arguments that any solution gives it, privates included."""
    calls = {call for task in tasks() for call in task.solution if call.name in READ_ONLY}
    for task in tasks()[::5]:
        world = task.world()
        run(world, *task.solution[: len(task.solution) // 2])
        for call in calls:
            if call.name in task.names():
                before = json.dumps(_everything(world), default=repr)
                world.call(call)
                assert json.dumps(_everything(world), default=repr) == before, call


def test_a_tool_that_changes_something_is_not_among_the_read_only_ones() -> None:
    """Found out by running: whatever a solution's call changes, the call is not marked as read-only."""
    changing = set[str]()
    for task in tasks():
        world = task.world()
        for call in task.solution:
            before = json.dumps(_everything(world), default=repr)
            world.call(call)
            if json.dumps(_everything(world), default=repr) != before:
                changing.add(call.name)
    assert {"cd", "mv", "book_flight", "place_order", "startEngine", "get_flight_cost"} <= changing
    assert not changing & READ_ONLY


def _everything(world: Services) -> Any:
    def plain(value: Any) -> Any:
        if isinstance(value, random.Random):
            return hash(value.getstate())
        return vars(value) | {"parent": None} if hasattr(value, "contents") else value

    return {
        name: {key: plain(value) for key, value in vars(service).items()} for name, service in world._services.items()
    }


def test_a_copy_is_deep_and_keeps_what_is_shared_shared() -> None:
    task = next(task for task in tasks() if "GorillaFileSystem" in task.services)
    world = task.world()
    files = world._services["GorillaFileSystem"]
    twin = copied(files, {})
    assert twin.root == files.root
    assert twin.root is not files.root
    assert twin._current_dir is twin.root
    child = next(each for each in twin.root.contents.values() if hasattr(each, "contents"))
    assert child.parent is twin.root
    child.contents.clear()
    assert twin.root != files.root
    dice = random.Random(3)
    again = copied(dice, {})
    assert [again.random() for _ in range(3)] == [dice.random() for _ in range(3)]


def test_tasks_survive_json() -> None:
    assert all(Task.of(json.loads(json.dumps(task.row()))) == task for task in tasks())


def test_tools_have_schemas_for_a_model_and_leave_out_what_the_task_does() -> None:
    task = next(task for task in tasks() if task.without)
    tools = {tool.name: tool for tool in task.world().tools}
    assert set(tools) == task.names()
    assert not set(task.without) & set(tools)
    diff = tools["diff"].schema()["function"]
    assert diff["parameters"]["required"] == ["file_name1", "file_name2"]
    assert diff["parameters"]["properties"]["file_name1"]["type"] == "string"
    assert tools["diff"].read_only
    assert not tools["mv"].read_only


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (Call.of("format_disk", {}), "unknown tool"),
        (Call.of("cat", {}), "invalid arguments"),
        (Call.of("cat", {"file_name": 3}), "invalid arguments"),
        (Call("cat", "{not json"), "invalid arguments"),
        (Call.of("cat", {"file_name": "nowhere.txt"}), "failed"),
        (Call.of("_load_scenario", {"scenario": {}}), "unknown tool"),
    ],
)
def test_wrong_calls_are_observations(call: Call, error: str) -> None:
    world = tasks()[0].world()
    observation = world.call(call)
    assert observation.error == error
    assert observation.text
    run(world, *tasks()[0].solution)
    assert world.solved()


def test_the_calculator_refuses_what_takes_hours_and_leaves_precisions_alone() -> None:
    world = next(task for task in tasks() if "MathAPI" in task.services).world()
    assert world.call(Call.of("power", {"base": 9, "exponent": 10**9})).error == "refused"
    assert world.call(Call.of("logarithm", {"value": 2, "base": 3, "precision": 10**6})).error == "refused"
    mp = import_module("mpmath").mp
    before = mp.dps
    assert not world.call(Call.of("logarithm", {"value": 8, "base": 2, "precision": 33})).error
    assert mp.dps == before


@pytest.mark.parametrize(
    "text",
    [
        "cat(open('/etc/passwd').read())",
        "__import__('os').system('true')",
        "cat(file_name=f'{1}')",
        "cat('a', file_name='b')",
        "cat('a', 'b')",
        "cat(**{})",
        "cat",
        "cat(",
        "1 + 1",
    ],
)
def test_only_literals_are_parsed(text: str) -> None:
    with pytest.raises(ValueError, match="not a call with literals"):
        parsed(text, lambda name: ["file_name"])


def test_positional_arguments_get_their_names() -> None:
    call = next(call for task in tasks() for call in task.solution if call.name == "displayCarStatus")
    assert set(call.values()) == {"option"}


def test_a_missing_package_is_one_line_that_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bfcl_services, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"pip install --no-deps bfcl-eval==") as caught:
        bfcl.tasks.__wrapped__()
    assert "\n" not in str(caught.value)
