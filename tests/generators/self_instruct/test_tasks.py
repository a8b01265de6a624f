"""Seed tasks: our own pool passes every rule; any file in the reference's format loads; a wrong line is named."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from porism.errors import InputError
from porism.generators.self_instruct import filters, tasks
from porism.generators.self_instruct.settings import Settings
from porism.generators.self_instruct.tasks import Instance
from porism.outputs.rouge import Pool, rouge_l, tokens

POOL = tasks.load()
ROOT = Path(__file__).parents[3]


def test_every_seed_task_is_one_that_the_method_would_keep() -> None:
    settings = Settings()
    for task in POOL.tasks:
        text = task.instruction
        reasons = [
            filters.empty(text), filters.length(text, settings), filters.keywords(text, settings),
            filters.program(text), filters.opening(text, settings), filters.contradictory(task.instances),
            *map(filters.instance, task.instances),
        ]  # fmt: skip
        assert not any(reasons), (task.id, reasons)
        assert not text.endswith(":")
        assert all(one.output.strip() and one.output != one.input for one in task.instances)


def test_how_many_there_are_of_what() -> None:
    assert len(POOL.tasks) == len({task.id for task in POOL.tasks}) == len({task.name for task in POOL.tasks}) == 175
    assert sum(task.is_classification for task in POOL.tasks) >= 40
    assert all(task.name for task in POOL.tasks)
    fit = [task for task in POOL.tasks if task.words <= Settings().shot_words]
    yes, no = Settings().shots_classify  # enough short ones of each kind for the published number of shots
    assert sum(task.is_classification for task in fit) >= yes
    assert sum(not task.is_classification for task in fit) >= no


def test_no_two_seed_tasks_are_near_each_other() -> None:
    words = [tokens(task.instruction) for task in POOL.tasks]
    pairs = [(rouge_l(a, b), i, j) for i, a in enumerate(words) for j, b in enumerate(words[:i])]
    nearest, i, j = max(pairs)
    assert nearest < 0.6, (POOL.tasks[i].instruction, POOL.tasks[j].instruction)
    pool = Pool()
    for task in POOL.tasks:
        assert pool.nearest(task.instruction)[2] is None
        pool.add(task.instruction)


# Files of others

ROW: dict[str, Any] = {
    "id": "seed_task_0", "name": "breakfast",
    "instruction": "Is there anything\n I can  eat?", "is_classification": False,
    "instances": [{"input": "", "output": "Yes, \u2028 you can.\n"}, {"input": "a", "output": "b"}],
}  # fmt: skip


def test_a_file_in_the_references_format_loads_as_it_is(tmp_path: Path) -> None:
    rows = [ROW | {"id": f"seed_task_{n}", "is_classification": n % 7 == 0, "more": [n]} for n in range(175)]
    text = "\n\n".join(json.dumps(row, ensure_ascii=n % 2 == 0) for n, row in enumerate(rows)) + "\r\n"
    (tmp_path / "like.jsonl").write_text(text, encoding="utf-8", newline="")
    reference = ROOT.parent / "shared" / "data" / "instruct" / "seed_tasks.jsonl"
    for path in filter(Path.exists, (tmp_path / "like.jsonl", reference)):
        pool = tasks.load(path)
        assert len(pool.tasks) == 175
        assert pool.digest == sha256(path.read_bytes()).hexdigest()
        assert {task.id for task in pool.tasks} == {f"seed_task_{n}" for n in range(175)}
        assert sum(task.is_classification for task in pool.tasks) in (25, 26)
    first = tasks.load(tmp_path / "like.jsonl").tasks[0]
    assert first.instruction == "Is there anything I can eat?"
    assert first.instances == (Instance("", "Yes, \u2028 you can.\n"), Instance("a", "b"))
    assert first.words == 9  # U+2028 is space


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in ROW.items() if key != name}


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "is not a seed task (Expecting property name"),
        ('"text"', "is not a seed task"), ("null", "is not a seed task"),
        ("[1]", "is not a seed task"), ("[" * 100_000, "is not a seed task"), ("NaN", "is not a seed task"),
        (without("id"), "(no 'id')"), (without("instruction"), "(no 'instruction')"),
        (without("instances"), "(no 'instances')"), (without("is_classification"), "(no 'is_classification')"),
        (ROW | {"instruction": " \n"}, "empty instruction"), (ROW | {"instances": []}, "no instances"),
        (ROW | {"instances": [{"input": "a"}]}, "(no 'output')"),
        (ROW | {"instances": [{"output": "a"}]}, "(no 'input')"),
        (ROW | {"instances": "ab"}, "is not a seed task"), (ROW | {"instances": None}, "is not a seed task"),
        (ROW | {"instances": [{"input": None, "output": "a"}]}, "null where a text belongs"),
        (ROW | {"instances": [{"input": "", "output": 3}]}, "3 where a text belongs"),
        (ROW | {"instruction": ["a"]}, '["a"] where a text belongs'),
        (ROW | {"is_classification": "false"}, '"false" where true or false belongs'),
        (ROW | {"is_classification": 0}, "0 where true or false belongs"),
        (ROW, "two seed tasks with the id 'seed_task_0'"),
    ],
)  # fmt: skip
def test_a_wrong_line_is_named_in_one_line(line: Any, says: str, tmp_path: Path) -> None:
    path = tmp_path / "seeds.jsonl"
    path.write_text("\n".join([json.dumps(ROW), "", line if isinstance(line, str) else json.dumps(line)]))
    with pytest.raises(InputError) as error:
        tasks.load(path)
    assert str(error.value).startswith(f"{path}:3 is not a seed task (")
    assert says in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("what", ["missing", "folder", "bytes", "empty", "blank"])
def test_a_file_that_holds_none(what: str, tmp_path: Path) -> None:
    path = tmp_path / "seeds.jsonl"
    if what == "folder":
        path.mkdir()
    elif what != "missing":
        path.write_bytes({"bytes": b"\xff\xfe", "empty": b"", "blank": b"\n \r\n"}[what])
    with pytest.raises(InputError, match=r"seeds\.jsonl") as error:
        tasks.load(path)
    assert "\n" not in str(error.value)


def test_text_that_utf8_cannot_hold_is_mended(tmp_path: Path) -> None:
    (tmp_path / "s.jsonl").write_text(json.dumps(ROW | {"instruction": "a \ud800 b"}))
    assert tasks.load(tmp_path / "s.jsonl").tasks[0].instruction == "a ? b"


def test_shots_are_of_one_kind_short_and_drawn_once() -> None:
    shown = POOL.shots(1, "a", 10, 60, classification=True)
    assert len({task.id for task in shown}) == 10
    assert all(task.is_classification and task.words <= 60 for task in shown)
    assert shown == POOL.shots(1, "a", 10, 60, classification=True)
    assert shown != POOL.shots(2, "a", 10, 60, classification=True)
    assert shown != POOL.shots(1, "b", 10, 60, classification=True)
