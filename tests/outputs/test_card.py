"""The card as its readers read it: the front matter by YAML, the page by a CommonMark parser."""

import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from porism.outputs.card import About, Extras, card, histogram, size_category
from porism.outputs.publish import Counts

ABOUT = About("Demo: of 'it'", "A summary.", ("One limit.", "Another."), ("synthetic",), "text-generation")
HOSTILE = st.lists(
    st.sampled_from(
        [*"`~-<>/#|\n\t =*_![]()&;ab\u2028\u202e", "```", "\n---\n", "\n# a\n", "</details>", "</pre>", "<!--"]
    ),
    max_size=40,
).map("".join)


def page(
    samples: list[dict[str, Any]],
    counts: Counts | None = None,
    command: str = "porism run demo",
    extras: Extras | None = None,
) -> str:
    return card(ABOUT, counts or Counts(3, {"novelty": 2}), "abc", command, samples, extras or Extras())


def split(text: str) -> tuple[dict[str, Any], str]:
    """Front matter and body, as the Hub splits them."""
    before, front, body = text.split("---\n", 2)
    assert before == ""
    found = yaml.safe_load(front)
    assert isinstance(found, dict)
    return found, body


def outline(body: str) -> list[tuple[str, str, str]]:
    """Type, info and content of each block of the page."""
    return [(block.type, block.info, block.content) for block in MarkdownIt("commonmark").enable("table").parse(body)]


@given(st.lists(st.dictionaries(st.sampled_from(["input", "output"]), HOSTILE), max_size=3), HOSTILE)
def test_no_text_of_a_row_or_command_leaves_its_fence(samples: list[dict[str, str]], command: str) -> None:
    found = outline(split(page(samples, command=command))[1])
    plain = outline(split(page([{}] * len(samples), command="x"))[1])
    assert [block[0] for block in found] == [block[0] for block in plain]
    assert [content for kind, info, content in found if kind == "fence" and info == "json"] == [
        json.dumps(sample, indent=2, ensure_ascii=False) + "\n" for sample in samples
    ]
    assert not [block for block in found if block[0].startswith("html")]
    assert [block for block in found if block[0] != "fence"] == [block for block in plain if block[0] != "fence"]


def test_the_front_matter_is_what_the_hub_wants() -> None:
    front, _ = split(page([{"text": "---\nconfigs: []\n---"}]))
    assert front["pretty_name"] == ABOUT.title
    assert (front["license"], front["license_name"], front["license_link"]) == ("other", "see-limits", "README.md")
    assert front["size_categories"] == "n<1K" or front["size_categories"] == ["n<1K"]
    assert front["configs"] == [
        {
            "config_name": "default", "default": True, "description": "rows abc",
            "data_files": [{"split": "train", "path": "data/train-*"}],
        },
        {
            "config_name": "rejected", "description": "rows abc",
            "data_files": [{"split": "train", "path": "rejected/train-*"}],
        },
    ]  # fmt: skip


def test_a_licence_of_the_hubs_list_needs_no_name() -> None:
    about = About("T", "S", (), (), "text-generation", "apache-2.0", ("de", "ja"))
    front, _ = split(card(about, Counts(1, {}), "abc", "x", []))
    assert (front["license"], front["language"]) == ("apache-2.0", ["de", "ja"])
    assert "license_name" not in front


@given(st.integers(0, 10**7), st.dictionaries(st.sampled_from(["length", "novelty", "repeat"]), st.integers(1, 10**6)))
def test_the_counts_add_up(accepted: int, rejected: dict[str, int]) -> None:
    front, body = split(page([], Counts(accepted, rejected)))
    cells = [line.strip("| ").split(" | ") for line in body.splitlines() if line.startswith("| ")]
    there = {name: int(number.replace(",", "")) for name, number in cells if number not in ("count", "rows")}
    assert there["generated"] == there["accepted"] + there["rejected"] == accepted + sum(rejected.values())
    assert {name: rows for name, rows in there.items() if name in rejected} == rejected
    assert ("Nothing was rejected." in body) == (not rejected)
    assert [config["config_name"] for config in front["configs"]] == ["default", *["rejected"] * bool(rejected)]
    assert ('"rejected"' in body) == bool(rejected)  # the page shows how to load what is there, and no more


@pytest.mark.parametrize(
    ("rows", "name"),
    [
        (0, "n<1K"), (999, "n<1K"), (1_000, "1K<n<10K"), (99_999, "10K<n<100K"), (100_000, "100K<n<1M"),
        (10**9 - 1, "100M<n<1B"), (10**9, "n>1B"),
    ],
)  # fmt: skip
def test_size_categories(rows: int, name: str) -> None:
    assert size_category(rows) == name


def test_the_splits_that_have_rows_are_named_and_shown() -> None:
    front, body = split(page([], Counts(9, {"proof": 1}, {"train": 7, "test": 2})))
    assert front["configs"][0]["data_files"] == [
        {"split": "train", "path": "data/train-*"}, {"split": "test", "path": "data/test-*"},
    ]  # fmt: skip
    assert front["configs"][1]["data_files"] == [{"split": "train", "path": "rejected/train-*"}]
    assert [config["description"] for config in front["configs"]] == ["rows abc", "rows abc"]
    assert 'rows = load_dataset("FOLDER", split="train")  # or "test"\n' in body
    assert "| train | 7 |\n| test | 2 |" in body
    assert 'rows = load_dataset("FOLDER", split="test")\n' in page([], Counts(2, {}, {"test": 2}))


def test_the_extras_come_before_the_samples() -> None:
    extras = Extras(
        numbers={"theorems a second": 1_250, "share": 0.25},
        histograms={"steps": [("1", 4), ("2-3", 0)]},
        figures=[("Depth, by steps", "figures/depth-1.svg")],
    )
    _, body = split(page([{"text": "x"}], extras=extras))
    assert "| theorems a second | 1,250 |\n| share | 0.25 |" in body
    assert ("fence", "text", f"steps\n\n1    4 {'#' * 40}\n2-3  0\n") in outline(body)
    assert body.index("figures/depth-1.svg") < body.index("## Samples")
    [image] = [
        child
        for block in MarkdownIt("commonmark").parse(body)
        for child in block.children or ()
        if child.type == "image"
    ]
    shown = "".join(child.content for child in image.children or ())
    assert (image.attrs["src"], shown) == ("figures/depth-1.svg", "Depth, by steps")
    assert page([], extras=Extras()) == page([])


@given(HOSTILE)
def test_no_caption_is_more_than_text(caption: str) -> None:
    def kinds(text: str) -> list[str]:
        _, body = split(page([], extras=Extras(figures=[(text, "figures/a.svg")])))
        parsed = MarkdownIt("commonmark").parse(body)
        return [block.type for block in parsed if block.type != "inline" or block.content]

    assert [kind for kind in kinds("x" + caption) if kind != "inline"] == [k for k in kinds("x") if k != "inline"]


@pytest.mark.parametrize("path", ["depth.svg", "/figures/a.svg", "figures/../a.svg", "figures/a b.svg", "figures/a)"])
def test_a_figure_elsewhere_is_an_error(path: str) -> None:
    with pytest.raises(ValueError, match="must be figures/"):
        page([], extras=Extras(figures=[("x", path)]))


def test_a_histogram_of_nothing_and_of_zeros() -> None:
    assert histogram([]) == ""
    assert histogram([("a", 0)]) == "a  0"
