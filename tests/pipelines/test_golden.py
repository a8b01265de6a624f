"""What the same replies make, row for row. A change here is a change of every dataset: raise ``REVISION`` with it.

The server's reply is a function of the request, so that a changed word in a prompt shows as well. To accept a change,
write what the failing test says it found into ``tests/golden/instruct.txt``.
"""

from hashlib import blake2b
from pathlib import Path
from typing import Any

import pytest
from servers import FakeServer

from porism.generators.models import Service
from porism.generators.self_instruct.settings import REFERENCE, Settings
from porism.outputs.publish import rows
from porism.pipelines.instruct import REVISION, Instruct, run

GOLDEN = Path(__file__).parents[1] / "golden" / "instruct.txt"
VARIANTS: dict[str, dict[str, Any]] = {
    "chat": {"style": "chat"},
    "completion": {"style": "completion"},
    "reference": {"style": "completion", "compat": REFERENCE},
}


@pytest.mark.parametrize("name", VARIANTS)
def test_golden(name: str, tmp_path: Path) -> None:
    with FakeServer() as server:
        settings = Settings.model_validate({**VARIANTS[name], "window": 32})
        result = run(
            Instruct(model=f"openai:fake@{server.base_url}", settings=settings), 60, tmp_path / "made", Service()
        )
    told = [str([row[part] for part in ("id", "prompt", "completion")]) for row in rows(result.folder)]
    told += [str([row[part] for part in ("id", "check", "reason")]) for row in rows(result.folder, "rejected")]
    counts = result.manifest["counts"]
    digest = blake2b("\n".join(told).encode(), digest_size=16).hexdigest()
    found = f"{REVISION} {name} {counts['accepted']} accepted {counts['rejected']} rejected {digest}"
    assert found in GOLDEN.read_text().splitlines()
