import json
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from porism.search import BreadthFirst, search
from porism.search.environments.sqlite import Config, Task, tasks
from porism.search.environments.sqlite.guard import ROWS, TEXT
from porism.search.environments.sqlite.world import Database, goal_of
from porism.search.tools.branching import ToolEnvironment
from porism.search.tools.calls import Call, Observation

SCRIPT = """
CREATE TABLE artists(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, born INTEGER NOT NULL);
CREATE TABLE paintings(id INTEGER PRIMARY KEY, title TEXT NOT NULL, artist_id INTEGER NOT NULL REFERENCES artists(id),
    price REAL NOT NULL CHECK (price >= 0));
INSERT INTO artists VALUES (1, 'Ann', 1900), (2, 'Bo''b', 1950);
INSERT INTO paintings VALUES (1, 'Sea', 1, 12.5), (2, 'Hill', 2, 99), (3, 'Fog', 2, 1);
"""
HOW: tuple[Literal["snapshot", "undo", "replay"], ...] = ("snapshot", "undo", "replay")
LOOKS = {"list_tables", "describe_table", "query"}
SIZES = st.sampled_from([Config(), Config(1, 1), Config(2, 2), Config(6, 6), Config(3, 6, outline=False)])
SEEDS = st.tuples(st.integers(0, 5), st.integers(0, 10_000))


def museum(*effects: str, question: str = "") -> Database:
    return Database(SCRIPT, goal_of(SCRIPT, effects, question))


def do(world: Database, tool: str, **arguments: object) -> Observation:
    return world.call(Call.of(tool, arguments))


def reached(task: Task, calls: tuple[Call, ...]) -> bool:
    world = task.world()
    for call in calls:
        world.call(call)
    return world.solved()


@settings(max_examples=150, deadline=None)
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


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_no_call_that_acts_can_be_left_out(at: tuple[int, int]) -> None:
    task = tasks(*at)
    for i, call in enumerate(task.solution):
        if call.name not in LOOKS:
            assert not reached(task, task.solution[:i] + task.solution[i + 1 :]), call


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_no_value_that_is_written_or_answered_can_be_another(at: tuple[int, int]) -> None:
    task = tasks(*at)
    for i, call in enumerate(task.solution):
        for other in spoilt(call):
            assert not reached(task, (*task.solution[:i], other, *task.solution[i + 1 :])), (call, other)


def spoilt(call: Call) -> list[Call]:
    values = call.values()
    if call.name == "answer":
        return [Call.of("answer", {"value": "nothing"}), Call.of("answer", {"value": []})]
    if call.name not in ("insert", "update"):
        return []
    changed = {
        name: value + 1 if isinstance(value, int | float) else value + "?" for name, value in values["values"].items()
    }
    return [Call.of(call.name, {**values, "values": {**values["values"], name: changed[name]}}) for name in changed]


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
    for i in range(30):
        task = tasks(3, i)
        assert task == tasks(3, i)
        again = Task.from_json(json.loads(json.dumps(task.to_json())))
        assert again == task
        assert reached(again, again.solution)
    assert tasks(3, 1) != tasks(4, 0)


def test_tasks_differ_and_every_length_occurs() -> None:
    drawn = [tasks(0, i) for i in range(300)]
    assert len({task.prompt for task in drawn}) >= 298
    lengths = Counter(len(task.solution) for task in drawn)
    assert sorted(lengths) == [1, 2, 3, 4, 5, 6]
    assert min(lengths.values()) > 25
    used = Counter(call.name for task in drawn for call in task.solution)
    assert {"query", "update", "insert", "answer"} == set(used)


def test_without_an_outline_the_tables_are_found_out_first() -> None:
    config = Config(3, 6, outline=False)
    for i in range(20):
        task = tasks(0, i, config)
        assert "The tables are" not in task.prompt
        assert [call.name for call in task.solution[:2]] == ["list_tables", "describe_table"]
    with pytest.raises(ValueError, match="3 steps or more"):
        Config(1, 6, outline=False)


@pytest.mark.parametrize(("low", "high"), [(0, 3), (4, 3), (1, 7)])
def test_steps_out_of_range_are_an_error(low: int, high: int) -> None:
    with pytest.raises(ValueError, match="steps must be 1 <= low <= high <= 6"):
        Config(low, high)


@pytest.mark.parametrize(
    "sql",
    [
        "ATTACH 'porism.db' AS other",
        "VACUUM INTO 'porism.db'",
        "PRAGMA table_info(artists)",
        "SELECT * FROM pragma_database_list",
        "SELECT load_extension('libc.so.6')",
        "SELECT readfile('/etc/passwd')",
        "SELECT randomblob(9)",
        "SELECT length(zeroblob(1000000000))",
        "SELECT current_timestamp",
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n",
        "SELECT 1; DELETE FROM artists",
        "DELETE FROM artists",
        "UPDATE artists SET born = 1",
        "INSERT INTO artists VALUES (3, 'Cy', 1)",
        "INSERT INTO artists VALUES (3, 'Cy', 1) RETURNING id",
        "DROP TABLE artists",
        "CREATE TEMP TABLE t AS SELECT 1",
        "BEGIN",
        "SAVEPOINT s",
        "",
        "-- nothing",
        "SELECT \0",
        "SELECT '\ud800'",
        "SELECT x'ff' || name FROM nowhere",
        "SELECT " + "(" * 2_000 + "1" + ")" * 2_000,
        "SELECT '" + "a" * 9_000 + "'",
        "SELECT 9e999",
    ],
)
def test_a_hostile_query_is_an_observation_and_changes_nothing(
    sql: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    world = museum()
    before = world.digest()
    seen = do(world, "query", sql=sql)
    assert seen.error
    assert "\n" not in seen.text
    assert world.digest() == before
    assert list(tmp_path.iterdir()) == []
    assert (
        do(world, "query", sql="SELECT name FROM artists").text == '{"columns": ["name"], "rows": [["Ann"], ["Bo\'b"]]}'
    )


def test_a_query_cannot_take_forever() -> None:
    world = museum()
    bomb = "SELECT count(*) FROM " + ", ".join(f"paintings p{i}" for i in range(30))
    assert do(world, "query", sql=bomb) == Observation("query: the query takes too long", "failed")
    assert not do(world, "query", sql="SELECT 1").error


def test_a_query_is_cut_where_it_is_too_long() -> None:
    world = museum()
    many = do(world, "query", sql="SELECT 1 FROM paintings a, paintings b, paintings c")
    assert len(json.loads(many.text)["rows"]) == ROWS
    assert "only the first" in many.text
    long = "replace(" * 6 + "title" + ", 'a', 'aaaa')" * 6
    wide = do(world, "query", sql=f"SELECT {long}, {long}, {long}, {long} FROM paintings")
    assert len(wide.text) < TEXT + 100


def test_ordinary_sql_works() -> None:
    world = museum()
    sql = (
        "WITH rich AS (SELECT artist_id, SUM(price) AS total FROM paintings GROUP BY artist_id HAVING total > 20) "
        "SELECT UPPER(a.name), ROUND(total, 1) FROM rich JOIN artists a ON a.id = rich.artist_id ORDER BY 2 DESC"
    )
    assert json.loads(do(world, "query", sql=sql).text)["rows"] == [["BO'B", 100.0]]
    assert do(world, "list_tables").text == '{"tables": ["artists", "paintings"]}'
    columns = json.loads(do(world, "describe_table", table="paintings").text)["columns"]
    assert columns[2] == {"name": "artist_id", "type": "INTEGER", "references": "artists.id"}
    assert "no such column: nme" in do(world, "query", sql="SELECT nme FROM artists").text


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("describe_table", {"table": "artist"}, "no table 'artist'; the tables are artists, paintings"),
        ("insert", {"table": "artists", "values": {"name": "Cy"}}, "a value is missing for born"),
        ("insert", {"table": "artists", "values": {"id": 9, "name": "Cy", "born": 1}}, "gives 'id' itself"),
        ("insert", {"table": "artists", "values": {"name": "Ann", "born": 1}}, "UNIQUE constraint failed"),
        ("insert", {"table": "artists", "values": {"name": "Cy", "born": True}}, "holds INTEGER, not True"),
        ("insert", {"table": "artists", "values": {"name": "Cy", "born": 2**70}}, "too large"),
        ("insert", {"table": "artists", "values": {"name": "\ud800", "born": 1}}, "surrogates"),
        ("insert", {"table": "artists", "values": {"name": "x" * 20_000, "born": 1}}, "too big"),
        ("update", {"table": "paintings", "values": {"price": "9"}, "where": {"id": 1}}, "holds REAL, not '9'"),
        ("update", {"table": "paintings", "values": {"price": -1}, "where": {"id": 1}}, "CHECK constraint failed"),
        ("update", {"table": "paintings", "values": {"artist_id": 7}, "where": {"id": 1}}, "FOREIGN KEY"),
        ("update", {"table": "paintings", "values": {"id": 7}, "where": {"id": 1}}, "primary key cannot be changed"),
        ("update", {"table": "paintings", "values": {"price": 1}, "where": {}}, "name at least one column"),
        ("update", {"table": "paintings", "values": {"price": 1}, "where": {"title": "Sky"}}, "no row of paintings"),
        ("update", {"table": "paintings", "values": {'price" = 0 --': 1}, "where": {"id": 1}}, "no column"),
        ('paintings"; DROP TABLE artists; --', {}, "unknown tool"),
    ],
)
def test_a_wrong_change_is_an_observation_and_changes_nothing(
    tool: str, arguments: dict[str, object], said: str
) -> None:
    world = museum()
    before = world.digest()
    seen = do(world, tool, **arguments)
    assert seen.error
    assert said in seen.text
    assert world.digest() == before


def test_an_answer_ends_the_task() -> None:
    world = museum(question="SELECT COUNT(*) FROM paintings WHERE artist_id = 2")
    assert not do(world, "answer", value=1).error
    assert not world.solved()
    assert do(world, "answer", value=2).error == "refused"
    assert do(world, "query", sql="SELECT 1").error == "refused"
    assert not world.solved()
    for _ in range(3):
        world.undo()
    do(world, "answer", value="2")
    assert world.solved()


def test_a_question_is_not_answered_by_changing_the_data() -> None:
    world = museum(question="SELECT price FROM paintings WHERE title = 'Sea'")
    do(world, "update", table="paintings", values={"price": 3}, where={"title": "Fog"})
    do(world, "answer", value=12.5)
    assert not world.solved()


def test_an_answer_where_nothing_was_asked_is_wrong() -> None:
    world = museum("UPDATE paintings SET price = 13.0 WHERE id = 1")
    do(world, "update", table="paintings", values={"price": 13}, where={"title": "Sea"})
    assert world.solved()
    do(world, "answer", value=13)
    assert not world.solved()


def test_moments_come_back_in_any_order_and_stay_valid() -> None:
    world = museum()
    kept = [(world.snapshot(), world.digest())]
    for price in (3, 4, 5):
        do(world, "update", table="paintings", values={"price": price}, where={"title": "Sea"})
        do(world, "query", sql="SELECT 1")
        kept.append((world.snapshot(), world.digest()))
    do(world, "answer", value=1)
    kept.append((world.snapshot(), world.digest()))
    assert len({digest for _, digest in kept}) == len(kept)
    for moment, digest in [kept[4], kept[0], kept[3], kept[1], kept[1], kept[2]]:
        world.restore(moment)
        assert world.digest() == digest
        do(world, "insert", table="artists", values={"name": "Cy", "born": 1})


def test_calls_are_undone_one_by_one() -> None:
    world = museum()
    digests = []
    for call in [
        Call.of("update", {"table": "paintings", "values": {"price": 3}, "where": {"title": "Sea"}}),
        Call.of("query", {"sql": "SELECT 1"}),
        Call("no such tool"),
        Call.of("insert", {"table": "artists", "values": {"name": "Cy", "born": 1}}),
        Call.of("answer", {"value": [1, 2]}),
    ]:
        digests.append(world.digest())
        world.call(call)
    for digest in reversed(digests):
        world.undo()
        assert world.digest() == digest
    with pytest.raises(ValueError, match="no call to undo"):
        world.undo()


def test_equal_contents_are_one_digest_however_they_came_about() -> None:
    one, other = museum(), museum()
    changes = [
        Call.of("update", {"table": "paintings", "values": {"price": 3}, "where": {"title": "Sea"}}),
        Call.of("insert", {"table": "artists", "values": {"name": "Cy", "born": 1}}),
    ]
    for call in changes:
        one.call(call)
    for call in reversed(changes):
        other.call(call)
    assert one.digest() == other.digest() != museum().digest()


@pytest.mark.parametrize(
    "script",
    [
        "CREATE TABLE",
        "ATTACH 'porism.db' AS other",
        "CREATE TABLE t(x); VACUUM INTO 'porism.db'",
        "PRAGMA journal_mode = WAL",
        "CREATE VIRTUAL TABLE t USING fts5(x)",
        "CREATE TABLE t(x); INSERT INTO t SELECT randomblob(9)",
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n",
        "SELECT '\ud800'",
    ],
)
def test_a_wrong_script_is_one_line_whoever_wrote_it(
    script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match="the task's database cannot be made"):
        goal_of(script, (), "")
    with pytest.raises(ValueError, match="the task's goal cannot be computed"):
        goal_of(SCRIPT, (script,), "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"prompt": 3}, "'prompt' must be a text"),
        ({"question": None}, "'question' must be a text"),
        ({"effects": "DELETE FROM t"}, "'effects' must be a list"),
        ({"effects": [1]}, "'effects' must be a list"),
        ({"solution": {}}, "'solution' must be a list of calls"),
        ({"solution": [["query", "{}"]]}, "'solution' must be a list of calls"),
        ({"solution": [{"name": "query", "arguments": {}}]}, "'arguments' must be a text"),
    ],
)
def test_a_row_that_is_no_task_is_one_line(change: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Task.from_json({**tasks(0, 0).to_json(), **change})


def test_a_wrong_goal_is_one_line() -> None:
    with pytest.raises(ValueError, match="the task's goal cannot be computed: no such table: nowhere"):
        museum("DELETE FROM nowhere")
    with pytest.raises(ValueError, match="the task's question has no answer"):
        museum(question="SELECT name FROM artists WHERE born = 1")


def test_what_a_count_says_is_so_in_plain_python() -> None:
    """The queries of one kind of question, against rows counted in Python and not in SQL."""
    checked = 0
    for i in range(150):
        task = tasks(5, i, Config(2, 2))
        if not task.question.startswith("SELECT COUNT(*)") or " JOIN " in task.question or " = " not in task.question:
            continue
        table, column = task.question.split()[3], task.question.split()[5]
        value = task.question.partition(" = ")[2].strip("'")
        connection = sqlite3.connect(":memory:")
        connection.row_factory = sqlite3.Row
        connection.executescript(task.database)
        count = sum(row[column] == value for row in connection.execute(f"SELECT * FROM {table}"))
        connection.close()
        assert task.solution[-1] == Call.of("answer", {"value": count})
        assert value in task.prompt
        checked += 1
    assert checked > 3
