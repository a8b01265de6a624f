"""Who may import whom. A new arrow is a design decision: change it on purpose, and docs/architecture.md with it."""

import ast
from collections.abc import Iterator
from pathlib import Path

PORISM = Path(__file__).parents[1] / "porism"
GROUND = {"seeds", "errors", "__version__"}
ALLOWED: dict[str, set[str]] = {
    "symbolic": set(),
    "search": set(),
    "outputs": set(),
    "generators": {"outputs"},
    "pipelines": {"generators", "search", "symbolic", "outputs"},
}
HEAVY = {
    "prefect",
    "datasets",
    "vllm",
    "sympy",
    "networkx",
    "openai",
    "pydantic",
    "numpy",
    "pyarrow",
    "rich",
    "xllamacpp",
}


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def sources(part: str) -> Iterator[tuple[str, ast.Module]]:
    for path in sorted((PORISM / part).rglob("*.py")):
        yield str(path.relative_to(PORISM)), ast.parse(path.read_text())


def test_the_five_parts_and_nothing_else() -> None:
    parts = {path.name for path in PORISM.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert parts == set(ALLOWED)


def test_arrows_point_the_right_way() -> None:
    wrong = [
        f"{path} imports {name}"
        for part, allowed in ALLOWED.items()
        for path, tree in sources(part)
        for name in imported(tree)
        if name.startswith("porism.") and name.split(".")[1] not in allowed | {part} | GROUND
    ]
    assert not wrong, "\n".join(wrong)


def test_only_pipelines_import_prefect() -> None:
    wrong = [
        f"{path} imports {name}"
        for part in ALLOWED
        if part != "pipelines"
        for path, tree in sources(part)
        for name in imported(tree)
        if name.split(".")[0] == "prefect"
    ]
    assert not wrong, "\n".join(wrong)


def test_the_command_line_starts_without_anything_heavy() -> None:
    tree = ast.parse((PORISM / "cli.py").read_text())
    top = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {name.split(".")[0] for node in top for name in imported(node)}
    assert not names & HEAVY
    inside = {name for node in top for name in imported(node) if name.startswith("porism.")}
    assert {name.split(".")[1] for name in inside} <= GROUND | {"errors"}
