"""The commit is read from git's own files, without git, and its absence is no failure."""

from pathlib import Path

from porism.pipelines.checkout import commit

HASH = "0123456789abcdef0123456789abcdef01234567"


def test_a_branch_with_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / ".git/refs/heads").mkdir(parents=True)
    (tmp_path / ".git/HEAD").write_text("ref: refs/heads/main\n")
    (tmp_path / ".git/refs/heads/main").write_text(HASH + "\n")
    assert commit(tmp_path) == HASH


def test_a_packed_branch_and_a_worktree(tmp_path: Path) -> None:
    git, tree = tmp_path / "git", tmp_path / "tree"
    (git / "worktrees/tree").mkdir(parents=True)
    tree.mkdir()
    (tree / ".git").write_text(f"gitdir: {git}/worktrees/tree\n")
    (git / "worktrees/tree/HEAD").write_text("ref: refs/heads/side\n")
    (git / "worktrees/tree/commondir").write_text("../..\n")
    (git / "packed-refs").write_text(f"# pack-refs with: peeled\n{'f' * 40} refs/heads/main\n{HASH} refs/heads/side\n")
    assert commit(tree) == HASH


def test_no_checkout_or_an_odd_one_has_no_commit(tmp_path: Path) -> None:
    assert commit(tmp_path) == ""
    (tmp_path / ".git").mkdir()
    assert commit(tmp_path) == ""
    (tmp_path / ".git/HEAD").write_bytes(b"\xff\xfe")
    assert commit(tmp_path) == ""
    (tmp_path / ".git/HEAD").write_text("<script>")
    assert commit(tmp_path) == ""
