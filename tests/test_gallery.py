"""The gallery is what its code makes, and leads nowhere that is not there."""

import importlib
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from porism.pipelines.methods import METHODS

ROOT = Path(__file__).parents[1]
GALLERY = (ROOT / "GALLERY.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    """What the code makes, by path."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT / "docs")
        made: dict[str, str] = importlib.import_module("make_gallery").files()
    return made


def test_the_gallery_is_what_its_code_makes(files: dict[str, str]) -> None:
    there = {name: (ROOT / name).read_text(encoding="utf-8") for name in files}
    stale = [name for name in files if files[name] != there[name]]
    assert stale == [], "run: make gallery"


def test_no_figure_is_left_over(files: dict[str, str]) -> None:
    kept = {f"docs/figures/{path.name}" for path in (ROOT / "docs" / "figures").glob("gallery-*.svg")}
    assert kept == files.keys() - {"GALLERY.md"}
    for name in kept:
        assert ElementTree.fromstring(files[name]).tag == "{http://www.w3.org/2000/svg}svg"
        assert max(map(len, re.findall(r"\.(\d+)", files[name])), default=0) <= 3  # no digit that may differ elsewhere


def test_every_generator_is_shown_with_its_settings_and_samples() -> None:
    entries = GALLERY.split("\n## ")[1:]
    commands = [entry.split("`")[1] for entry in entries]
    wanted = ["geometry", "tools --environment sqlite", "tools --environment files"]
    wanted += [
        f"instruct --method {method.name}{' --source FILE' * (method.needs == 'source')}" for method in METHODS.values()
    ]
    assert commands == [f"porism run {one}" for one in wanted]
    for entry in entries:
        assert entry.count("```toml\n") == 1
        samples, _, _ = entry.rpartition("<details><summary>Settings")
        assert samples.count("--seed 0`:") == 3 or samples.count("```text\n") == 1


def test_links_lead_to_files() -> None:
    links = re.findall(r"\]\(([^)#]+)", GALLERY)
    assert len(links) > len(METHODS)
    assert [link for link in links if not (ROOT / link).is_file()] == []
