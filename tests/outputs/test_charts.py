"""Histograms as images: valid XML whatever was counted, bars as long as their counts, files that a card links to."""

from pathlib import Path
from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st

from porism.outputs.card import About, Extras, card
from porism.outputs.charts import BAR, LABEL, MOST, bars, drawn
from porism.outputs.publish import Counts

SVG = "{http://www.w3.org/2000/svg}"
TEXT = st.text(st.characters() | st.sampled_from("<>&\"'\x00\ud800]]>"), max_size=30)


@settings(deadline=None)
@given(TEXT, st.lists(st.tuples(TEXT, st.integers(0, 10**9)), max_size=40))
def test_every_count_has_a_bar_of_its_length(title: str, bins: list[tuple[str, int]]) -> None:
    chart = ElementTree.fromstring(bars(title, bins).encode())
    widths = [int(rect.attrib["width"]) for rect in chart.findall(f"{SVG}rect")][1:]
    counts = [count for _, count in bins[:MOST]] + ([sum(count for _, count in bins[MOST:])] if bins[MOST:] else [])
    most = max(counts, default=0) or 1
    assert all(abs(width - BAR * count / most) <= 1 for width, count in zip(widths, counts, strict=True))
    tags = {f"{SVG}{tag}" for tag in ("svg", "title", "desc", "style", "rect", "text")}
    assert {one.tag for one in chart.iter()} <= tags
    assert all(len(one.text or "") <= LABEL for one in chart.findall(f"{SVG}text")[1::2])


def test_a_card_shows_its_histograms_as_images(tmp_path: Path) -> None:
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "histogram-9-old.svg").write_text("<svg/>")
    (tmp_path / "figures" / "theorem.svg").write_text("<svg/>")
    counted = {"steps of a proof": [("3", 4)], "why?": [("a", 1)]}
    extras = Extras(histograms=counted, figures=[("One", "figures/theorem.svg")])
    shown = drawn(tmp_path, extras)
    assert not shown.histograms
    assert [name for name, _ in shown.figures] == ["steps of a proof", "why?", "One"]
    about = About("T", "S", (), (), "text-generation")
    text = card(about, Counts(1, {}), "abc", "x", [], shown)
    assert all(f"]({path})" in text and (tmp_path / path).exists() for _, path in shown.figures)
    assert {path.name for path in (tmp_path / "figures").iterdir()} == {
        "histogram-0-steps-of-a-proof.svg", "histogram-1-why.svg", "theorem.svg",
    }  # fmt: skip
