import json
import os
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from porism.errors import InputError
from porism.outputs.view import notes

texts = st.text(max_size=50)


@settings(deadline=None, max_examples=50)
@given(said=st.lists(st.tuples(texts, texts, st.sampled_from((*notes.SAID, notes.NOTHING)), texts), max_size=8))
def test_what_is_said_is_read_again_in_order(
    said: list[tuple[str, str, str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("notes")
    kept = [notes.add(folder, *one) for one in said]
    assert list(notes.read(folder)) == kept
    last = {(note.config, note.key): note for note in kept}
    assert notes.latest(folder) == last
    assert sum(notes.counts(folder).values()) == sum(note.verdict != notes.NOTHING for note in last.values())
    assert [json.loads(line)["at"] for line in notes.text(folder).splitlines()] == [note.at for note in kept]


def test_the_file_only_grows(tmp_path: Path) -> None:
    before = b""
    for verdict in ("keep", "reject", notes.NOTHING):
        notes.add(tmp_path, "data", "a", verdict)
        now = (tmp_path / notes.FILE).read_bytes()
        assert now.startswith(before)
        assert len(now) > len(before)
        before = now
    assert notes.counts(tmp_path) == {}
    assert [note.verdict for note in notes.of(tmp_path, "data", "a")] == ["keep", "reject", ""]


def test_several_writers_lose_nothing_to_each_other(tmp_path: Path) -> None:
    def write(name: int) -> None:
        for k in range(50):
            notes.add(tmp_path, "data", f"{name}-{k}", "keep", "x" * 5_000)

    writers = [threading.Thread(target=write, args=(name,)) for name in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(notes.latest(tmp_path)) == 200


def test_a_torn_line_costs_itself_alone(tmp_path: Path) -> None:
    notes.add(tmp_path, "data", "a", "keep")
    with (tmp_path / notes.FILE).open("ab") as file:
        file.write(b'{"config": "data", "key": "b", "verd')
    notes.add(tmp_path, "data", "c", "flag")
    assert {key for _, key in notes.latest(tmp_path)} == {"a", "c"}


@pytest.mark.parametrize(
    "line",
    [
        "[]", "nul", "{}", '"keep"', "[" * 100_000, "\x00", "\udcff",
        '{"config": "data", "key": [], "verdict": "keep", "text": "", "at": ""}',
        '{"config": "data", "key": "a", "verdict": "delete", "text": "", "at": ""}',
    ],
)  # fmt: skip
def test_a_line_that_is_no_note_is_passed_over(line: str, tmp_path: Path) -> None:
    (tmp_path / notes.FILE).write_text(line + "\n", errors="surrogateescape")
    note = notes.add(tmp_path, "data", "b", "flag", "why")
    assert list(notes.read(tmp_path)) == [note]


def test_what_cannot_be_said_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="keep, reject, flag"):
        notes.add(tmp_path, "data", "a", "delete")
    with pytest.raises(InputError, match="at most 10,000"):
        notes.add(tmp_path, "data", "a", "keep", "x" * 10_001)
    assert not (tmp_path / notes.FILE).exists()
    with pytest.raises(InputError, match="cannot be written"):
        notes.add(tmp_path / "none", "data", "a", "keep")


def test_notes_stay_in_their_folder(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("secret\n")
    folder = tmp_path / "dataset"
    folder.mkdir()
    (folder / notes.FILE).symlink_to(outside)
    with pytest.raises(InputError, match="cannot be written"):
        notes.add(folder, "data", "a", "keep")
    with pytest.raises(InputError, match="no file of notes"):
        notes.read(folder)
    assert outside.read_text() == "secret\n"


def test_a_pipe_is_no_file_of_notes_and_nobody_waits_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / notes.FILE)
    with pytest.raises(InputError, match="no plain file"):
        notes.add(tmp_path, "data", "a", "keep")
    with pytest.raises(InputError, match="no file of notes"):
        notes.read(tmp_path)


def test_the_rows_with_a_verdict_are_those_whose_last_note_has_it(tmp_path: Path) -> None:
    for key, verdict in (("a", "keep"), ("b", "reject"), ("a", "flag"), ("c", "keep"), ("c", "")):
        notes.add(tmp_path, "data", key, verdict)
    notes.add(tmp_path, "rejected", "d", "keep")
    assert notes.counts(tmp_path) == {"keep": 1, "reject": 1, "flag": 1}
    assert notes.latest(tmp_path)["data", "a"].verdict == "flag"
    assert notes.judged(tmp_path, "data") == ["a", "b"]
    assert notes.judged(tmp_path, "data", ("reject",)) == ["b"]
    assert notes.judged(tmp_path, "rejected") == ["d"]
