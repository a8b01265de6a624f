"""Every source that the code cites is in the bibliography, and the bibliography holds nothing else."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
CITATION = re.compile(r"\[([A-Z][A-Za-z]+\d{4})\b")


def test_citations_and_bibliography_agree() -> None:
    cited = {key for path in (ROOT / "porism").rglob("*.py") for key in CITATION.findall(path.read_text())}
    known = set(re.findall(r"^@\w+\{(\w+),", (ROOT / "docs" / "references.bib").read_text(), re.MULTILINE))
    assert cited == known
