"""The overview says what the folder says, and what it can where the folder says little."""

import json
import os
import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from outputs.view.sites import Parsed, client, usual

from porism.outputs.view import overview
from porism.outputs.view.distributions import BINS, Histogram, histogram
from porism.outputs.view.store import Store


def test_it_says_what_how_and_at_what_cost(tmp_path: Path) -> None:
    text = " ".join(Parsed(client(usual(tmp_path / "usual")).get("/usual/").text).text.split())
    for said in ("Flow instruct", "Model local:tiny", "Seed 7", "Commit abc123", "Requests 64", "Tokens read 21,569"):
        assert said in text
    for said in (
        "Tokens written 2,595",
        "Money 0.25",
        "porism run instruct",
        "settings.shots 4",
        "Seconds of the last run 12.5",
    ):
        assert said in text
    assert "generated 70 100.0 % accepted 60 85.7 %" in text
    assert re.search(r"novelty 5 7.1 % \d words are too many 5", text)


def test_a_check_leads_to_the_rows_that_failed_it(tmp_path: Path) -> None:
    pages = client(usual(tmp_path / "usual"))
    links = [link for link in Parsed(pages.get("/usual/").text).links() if "where=check" in link]
    assert links == ["/usual/rejected/?where=check%3Ais%3Alength", "/usual/rejected/?where=check%3Ais%3Anovelty"]
    assert pages.get(links[0]).text.count("/rejected/row/") == 5


def test_histograms_are_of_numbers_lengths_and_likeness(tmp_path: Path) -> None:
    found = {one.title: one for one in overview.told(Store(usual(tmp_path / "usual")))}
    assert list(found) == [
        "likeness to the nearest (most_similar: rouge_l)", "characters of instruction", "characters of output",
        "number of steps", "difficulty",
    ]  # fmt: skip
    assert found["number of steps"].counts == [12] * 5
    assert (found["number of steps"].least, found["number of steps"].most) == ("0", "4")
    assert found["difficulty"].middle == "3"


@given(st.lists(st.none() | st.floats(), max_size=60))
def test_a_histogram_counts_every_finite_value_once(values: list[float | None]) -> None:
    found = histogram("x", values)
    finite = [value for value in values if value is not None and value - value == 0]
    if found is None:
        assert (
            len(set(finite)) < 2 or max(finite) - min(finite) == float("inf") or min(finite) + 0.5 == max(finite) + 0.5
        )
    else:
        assert sum(found.counts) == found.rows == len(finite)
        assert len(found.counts) <= BINS
        assert found.range(0)


def test_whole_numbers_have_a_bin_each() -> None:
    assert histogram("x", [1, 3, 3, None, 5]) == Histogram("x", 0.5, 5.5, [1, 0, 2, 0, 1], 3, 4)


def test_a_run_that_goes_on_shows_its_course_and_renews_itself(tmp_path: Path) -> None:
    (tmp_path / "going/work").mkdir(parents=True)
    pages = None
    for k in range(3):
        rows = [
            {"id": f"{k}-{i}", "text": "t" * i, "check": None if i % 2 else "length", "reason": "short"}
            for i in range(10)
        ]
        path = tmp_path / f"going/work/shard-{k:06d}.parquet"
        pq.write_table(pa.Table.from_pylist(rows), path)
        os.utime(path, (1_000_000 + 60 * k, 1_000_000 + 60 * k))
        pages = pages or client(tmp_path / "going")
        page = Parsed(pages.get("/going/").text)
        assert any(told.get("data-every") for _, told in page.elements)
        assert f"generated {10 * (k + 1)}" in " ".join(page.text.split())
    lines = [told["points"] for name, told in page.elements if name == "polyline"]
    assert lines == ["0.0,80.0 300.0,40.0 600.0,0.0"]
    assert any(told.get("src") == "/static/live.js" for _, told in page.elements)
    (tmp_path / "going/manifest.json").write_text(json.dumps({"counts": {"accepted": 15}}))
    done = Parsed(client(tmp_path / "going").get("/going/").text)
    assert not any(told.get("data-every") for _, told in done.elements)


def test_it_warns_where_the_counts_differ_or_the_run_gave_up(tmp_path: Path) -> None:
    folder = usual(tmp_path / "usual", 5)
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, "stopped": "nothing new", "counts": {"accepted": 6}}))
    text = client(folder).get("/usual/").text
    assert "The run gave up: nothing new." in text
    assert "The manifest speaks of 6 accepted rows, but 5 are there." in text


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"counts": 3}', '{"counts": {}, "versions": [1], "usage": "x", "model": 3}', "\x00"]
)
def test_a_manifest_or_configuration_that_is_none_is_passed_over(tmp_path: Path, text: str) -> None:
    folder = usual(tmp_path / "usual", 5)
    (folder / "manifest.json").write_text(text)
    (folder / "run.toml").write_text(text)
    answer = client(folder).get("/usual/")
    assert answer.status_code == 200
    assert "accepted" in answer.text


def test_figures_are_shown_and_nothing_else_of_the_folder(tmp_path: Path) -> None:
    folder = usual(tmp_path / "usual", 5)
    (folder / "figures").mkdir()
    (folder / "figures/a.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
    (folder / "secret.svg").write_text("secret")
    (folder / "figures/link.svg").symlink_to(folder / "secret.svg")
    pages = client(folder)
    assert '<img loading="lazy" src="/usual/figures/a.svg"' in pages.get("/usual/").text
    figure = pages.get("/usual/figures/a.svg")
    assert figure.headers["content-type"] == "image/svg+xml"
    assert "default-src 'none'" in figure.headers["content-security-policy"]
    assert "sandbox" in figure.headers["content-security-policy"]
    for name in (
        "link.svg",
        "..%2fsecret.svg",
        "../secret.svg",
        "%2e%2e/secret.svg",
        "..%5csecret.svg",
        "a.svg%00",
        "%2fetc%2fpasswd",
    ):
        answer = pages.get(f"/usual/figures/{name}")
        assert answer.status_code == 404, name
        assert "secret" not in answer.text or "secret.svg" in answer.text
