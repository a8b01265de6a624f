"""Every example runs, and prints what it says it does."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
GOLDEN = Path(__file__).parent / "golden"
PRINTS = {
    "alpaca.py": (GOLDEN / "alpaca.txt").read_text(),
    "constitution.py": (GOLDEN / "constitution.txt").read_text(),
    "coreset.py": (GOLDEN / "coreset.txt").read_text(),
    "export_for_trl.py": (GOLDEN / "export_for_trl.txt").read_text(),
    "find_auxiliary_points.py": (GOLDEN / "find_auxiliary_points.txt").read_text(),
    "rlvr.py": (GOLDEN / "rlvr.txt").read_text(),
    "judging.py": (GOLDEN / "judging.txt").read_text(),
    "realign.py": (GOLDEN / "realign.txt").read_text(),
    "self_instruct.py": (GOLDEN / "self_instruct.txt").read_text(),
    "step_on_feet.py": (GOLDEN / "step_on_feet.txt").read_text(),
    "voting.py": (GOLDEN / "voting.txt").read_text(),
    "make_theorems.py": (GOLDEN / "make_theorems.txt").read_text(),
    "own_model.py": (
        "request 0: 'Name three moons of Jupiter.' accepted\n"
        "request 0: 'Name three of the moons of Jupiter.' rejected by novelty: "
        "ROUGE-L 0.83 to 'Name three moons of Jupiter.'\n"
    ),
    "plug_in_as_a_loop.py": (GOLDEN / "plug_in_as_a_loop.txt").read_text(),
    "plug_in_as_a_model.py": (GOLDEN / "plug_in_as_a_model.txt").read_text(),
    "plug_in_as_a_tool.py": (GOLDEN / "plug_in_as_a_tool.txt").read_text(),
    "prove_a_theorem.py": (GOLDEN / "prove_a_theorem.txt").read_text(),
    "search_a_graph.py": "Kiel -> Hamburg -> Berlin 386 km\n",
}


def test_every_example_is_here() -> None:
    assert {path.name for path in EXAMPLES.glob("*.py")} == set(PRINTS)


@pytest.mark.parametrize("name", PRINTS)
def test_example(name: str, tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, EXAMPLES / name], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == (PRINTS[name], "")
