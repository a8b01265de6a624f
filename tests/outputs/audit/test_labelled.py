"""How often the checks are right, on rows of our own that a person labelled before the checks were written.

One half of the rows, by a hash of their ids, was not looked at while the checks were made. `pytest -s` prints both.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path

import pytest

from porism.outputs.audit import CHECKS, Report, audit
from porism.outputs.sources import Item

FILE = Path(__file__).with_name("labelled.jsonl")
WHOLE_SETS = {"label-balance", "repeated-output", "length", "contamination"}  # which single rows do not show
PRECISION, RECALL = 0.85, 0.75  # of each check, on all rows
HELD_PRECISION, HELD_RECALL = 0.95, 0.93  # of all checks together, on the held-out half


def rows() -> list[tuple[Item, set[str]]]:
    read = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
    return [(Item(row["id"], row["instruction"], row["input"], row["output"]), set(row["labels"])) for row in read]


def held_out(name: str) -> bool:
    return blake2b(name.encode(), digest_size=1).digest()[0] % 2 == 0


@pytest.fixture(scope="module")
def report() -> Report:
    return audit([item for item, _ in rows()])


def outcomes(report: Report) -> Iterator[tuple[str, bool, bool, bool]]:
    """For each row and check that was found or due: the check, whether the row is held out, found, due."""
    found = defaultdict(set)
    for finding in report.findings:
        found[finding.row].add(finding.check)
    for item, labels in rows():
        for check in sorted(found[item.name] | labels):
            yield check, held_out(item.name), check in found[item.name], check in labels


def rates(outcome: list[tuple[bool, bool]]) -> tuple[float, float]:
    """Precision and recall of pairs (found, due)."""
    right = sum(found and due for found, due in outcome)
    return right / max(1, sum(found for found, _ in outcome)), right / max(1, sum(due for _, due in outcome))


def test_the_sample_is_large_and_names_every_check() -> None:
    sample = rows()
    assert len(sample) >= 600
    assert sum(not labels for _, labels in sample) >= 280  # sound rows that look suspicious
    assert set.union(*(labels for _, labels in sample)) == set(CHECKS) - WHOLE_SETS
    assert 0.4 < sum(held_out(item.name) for item, _ in sample) / len(sample) < 0.6


@pytest.mark.parametrize("check", sorted(set(CHECKS) - WHOLE_SETS))
def test_each_check_is_right_and_finds_most(check: str, report: Report) -> None:
    precision, recall = rates([(found, due) for name, _, found, due in outcomes(report) if name == check])
    print(f"{check:<20} precision {precision:.2f} recall {recall:.2f}")
    assert precision >= PRECISION
    assert recall >= RECALL


@pytest.mark.parametrize("half", [False, True], ids=["seen", "held out"])
def test_all_checks_together(half: bool, report: Report) -> None:
    of_half = [(found, due) for _, held, found, due in outcomes(report) if held is half]
    precision, recall = rates(of_half)
    print(
        f"{'held out' if half else 'seen':<20} precision {precision:.3f} recall {recall:.3f} ({len(of_half)} outcomes)"
    )
    assert precision >= HELD_PRECISION
    assert recall >= HELD_RECALL
