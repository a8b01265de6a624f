"""``porism view`` in Chromium: pages open without complaint at both widths and in both schemes, keys judge rows, and
what rows say stays text.

Screenshots are kept in the folder that ``PORISM_SCREENSHOTS`` names.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from porism.outputs.view import notes

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-core is not installed")

pytestmark = pytest.mark.heavy
PAGES = {
    "index": "/", "overview": "/instruct/", "overview-geometry": "/geometry/", "overview-tools": "/tools/",
    "rows": "/instruct/data/", "rows-found": "/instruct/data/?q=a&where=verdict%3A%3A%3Aempty&sort=instruction&down=1",
    "rows-none": "/instruct/data/?q=nothingofthesort", "rejected": "/instruct/rejected/",
    "row-geometry": "/geometry/data/row/0", "row-instruct": "/instruct/data/row/0", "row-tools": "/tools/data/row/0",
    "row-rejected": "/instruct/rejected/row/0", "compare": "/compare?a=instruct&b=tools",
    "compare-near": "/compare?a=instruct&b=instruct&near=1", "wrong": "/instruct/data/row/none",
    "growing": "/growing/", "hostile": "/hostile/data/", "row-hostile": "/hostile/data/row/0",
}  # fmt: skip
LOOKS = ((1600, "light"), (1600, "dark"), (400, "light"), (400, "dark"))


@contextmanager
def opened(served: Any, browser: Any, path: str) -> Iterator[Any]:
    """A page, which must neither complain nor ask anything of another server until it is closed."""
    context = browser.new_context(
        viewport={"width": 1600, "height": 900}, color_scheme="light", reduced_motion="reduce"
    )
    context.set_default_timeout(20_000)
    page, complaints, asked = context.new_page(), [], []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(served.address + path)
    yield page
    assert page.evaluate("window.__pwned") is None
    complaints = [text for text in complaints if "404" not in text or "none" not in path]  # a page that is not there
    assert complaints == []
    assert {url for url in asked if not url.startswith(f"{served.address}/")} == set()
    context.close()


@pytest.fixture(scope="session")
def screenshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(os.environ.get("PORISM_SCREENSHOTS") or tmp_path_factory.mktemp("screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_at_both_widths_and_in_both_schemes(
    name: str, served: Any, browser: Any, screenshots: Path
) -> None:
    with opened(served, browser, PAGES[name]) as page:
        for width, scheme in LOOKS:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=screenshots / f"{name}-{width}-{scheme}.png")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert (width, scheme) not in LOOKS[::3] or serious(page) == []
        assert page.locator("h1").count() == 1


def serious(page: Any) -> list[str]:
    """What axe-core finds that keeps somebody from using the page."""
    found = axe.Axe().run(page).response["violations"]
    told = [(one["id"], node["target"], node.get("failureSummary", "")) for one in found for node in one["nodes"]
            if one["impact"] in ("serious", "critical")]  # fmt: skip
    return [" ".join(map(str, one)) for one in told]


def test_every_verdict_is_a_key_away_and_leads_to_the_next_row_of_the_query(served: Any, browser: Any) -> None:
    folder = served.folder / "instruct"
    with opened(served, browser, "/instruct/data/?sort=instruction&down=1") as page:
        links = page.locator("table.rows tbody a")
        order = [re.sub(r"\D", "", links.nth(k).inner_text()) for k in range(links.count())]
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("k")
        page.keyboard.press("Enter")  # the first row
        page.wait_for_url("**/row/**")
        shown = [position(page)]
        for key in "arf":
            press(page, key)
            shown.append(position(page))
        assert shown == order[:4]
        assert sorted(notes.counts(folder).items()) == [("flag", 1), ("keep", 1), ("reject", 1)]
        press(page, "u")  # takes the flag back, and goes to the row that had it
        assert position(page) == order[2]
        assert notes.counts(folder) == {"keep": 1, "reject": 1}
        press(page, "k")
        assert position(page) == order[1]
        press(page, "j")
        assert position(page) == order[2]
        page.go_back()
        assert position(page) == order[1]
        assert [note.verdict for note in notes.read(folder)] == ["keep", "reject", "flag", ""]


def test_a_note_is_written_with_keys_alone_and_its_letters_are_no_keys(served: Any, browser: Any) -> None:
    folder = served.folder / "geometry"
    with opened(served, browser, "/geometry/data/row/0") as page:
        before = page.url
        page.keyboard.press("n")
        page.keyboard.type("a fjord, rather")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert page.url.split("?")[0].split("/row/")[0] == before.split("/row/")[0]
        assert "a fjord, rather" in page.locator(".said").inner_text()
        assert [(note.verdict, note.text) for note in notes.read(folder)] == [("", "a fjord, rather")]
        page.keyboard.press("n")
        page.keyboard.press("Escape")
        press(page, "f")
        assert notes.counts(folder) == {"flag": 1}


def test_rows_without_a_verdict_are_a_queue_that_empties(served: Any, browser: Any) -> None:
    folder = served.folder / "tools"
    with opened(served, browser, "/tools/data/?where=verdict%3A%3A%3Aempty") as page:
        count = page.locator("table.rows tbody tr").count()
        with page.expect_navigation():
            page.locator("table.rows tbody a").first.click()
        for _ in range(count):
            press(page, "a")
        assert notes.counts(folder) == {"keep": count}
        assert "last row" in page.locator(".told").inner_text()
        press(page, "b")
        assert page.locator("table.rows").count() == 0
    with opened(served, browser, "/tools/") as page:
        assert f"keep {count}" in page.inner_text("main")


def test_the_keys_of_a_page_are_listed_and_the_list_gives_the_focus_back(served: Any, browser: Any) -> None:
    with opened(served, browser, "/instruct/rejected/row/1") as page:
        page.keyboard.press("?")
        assert page.locator("dialog").is_visible()
        told = page.locator("dialog").inner_text()
        assert all(word in told for word in ("next row", "previous row", "keep", "reject", "flag", "note"))
        assert serious(page) == []
        page.keyboard.press("a")  # not while the list is open
        page.keyboard.press("Escape")
        assert not page.locator("dialog").is_visible()
        assert ("rejected", "1") not in notes.latest(served.folder / "instruct")


def test_a_page_can_be_walked_through_with_tab_and_shows_where_it_is(served: Any, browser: Any) -> None:
    with opened(served, browser, "/instruct/data/") as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        for _ in range(12):
            page.keyboard.press("Tab")
            ring = "(e => [e.tagName, getComputedStyle(e).outlineStyle])(document.activeElement)"
            tag, style = page.evaluate(ring)
            assert tag == "BODY" or style != "none"


def test_what_hostile_rows_say_is_shown_and_does_nothing(served: Any, browser: Any) -> None:
    with opened(served, browser, "/hostile/data/") as page:
        assert "<script>window.__pwned = 1</script>" in page.inner_text("table.rows")
        assert page.locator("main script, main img").count() == 0
        rows = page.locator("table.rows tbody tr").count()
        with page.expect_navigation():
            page.locator("table.rows tbody a").first.click()
        for _ in range(rows - 1):
            assert page.locator("main script, main img").count() == 0
            assert page.evaluate("document.documentElement.scrollWidth") <= 1600
            press(page, "j")
        assert page.locator("[data-key=j]").count() == 0
        page.keyboard.press("n")
        page.keyboard.type("<script>window.__pwned = 5</script>")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert "<script>window.__pwned = 5</script>" in page.locator(".said").inner_text()


def test_an_overview_grows_with_its_dataset_by_itself(served: Any, browser: Any) -> None:
    with opened(served, browser, "/growing/") as page:
        before = page.inner_text("#funnel + *")
        page.evaluate("window.__mine = 1")
        served.more()
        page.wait_for_function("before => document.querySelector('#funnel + *').innerText !== before", arg=before)
        assert page.evaluate("window.__mine") == 1  # the page was not loaded again


def test_looking_and_judging_change_nothing_but_the_notes(served: Any, browser: Any) -> None:
    folder = served.folder / "geometry"
    before = contents(folder)
    with opened(served, browser, "/geometry/data/row/1") as page:
        press(page, "r")
        page.goto(f"{served.address}/geometry/")
        page.goto(f"{served.address}/compare?a=geometry&b=tools&near=1")
    changed = {name for name, digest in contents(folder).items() if before.get(name) != digest}
    assert changed == {notes.FILE}


def test_another_site_cannot_judge(served: Any, browser: Any) -> None:
    target = f"{served.address}/hostile/data/note/3?at=3"
    before = notes.text(served.folder / "hostile")
    context = browser.new_context()
    page = context.new_page()
    form = f'<form method="post" action="{target}"><button name="verdict" value="keep">x</button></form>'
    page.route("http://elsewhere.example/", lambda route: route.fulfill(body=form, content_type="text/html"))
    page.goto("http://elsewhere.example/")
    with page.expect_navigation():
        page.click("button")
    assert "own pages" in page.inner_text("body")
    context.close()
    assert notes.text(served.folder / "hostile") == before


def position(page: Any) -> str:
    found = re.search(r"[\d,]+", page.inner_text("h1"))
    assert found
    return found[0].replace(",", "")


def press(page: Any, key: str) -> None:
    """Press a key that leads to another page."""
    with page.expect_navigation():
        page.keyboard.press(key)


def contents(folder: Path) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_notes_are_offered_as_json_lines(served: Any, browser: Any) -> None:
    notes.add(served.folder / "hostile", "data", "1", "flag", "why?")
    context = browser.new_context()
    lines = context.request.get(f"{served.address}/hostile/notes.jsonl").text().splitlines()
    assert ("1", "flag") in {(note["key"], note["verdict"]) for note in map(json.loads, lines)}
    context.close()
