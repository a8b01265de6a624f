"""What is compiled is kept where one may write, and is that of these sources."""

from pathlib import Path

import pytest

from porism.outputs.dedup import compiled


def test_a_folder_that_cannot_be_written_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    home.write_text("a file where the cache should be")
    monkeypatch.setenv("XDG_CACHE_HOME", str(home))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert compiled.folder.__wrapped__().parent == tmp_path / "porism"


def test_every_source_with_compiled_loops_counts() -> None:
    folder = Path(compiled.__file__).parent
    using = {path.stem for path in folder.glob("*.py") if "compiled import" in path.read_text()}
    assert using <= set(compiled.SOURCES)
    assert all((folder / f"{name}.py").is_file() for name in compiled.SOURCES)
