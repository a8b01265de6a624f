"""What a row says is text, whatever it holds: no element, attribute or address of a page comes from data."""

import json
from pathlib import Path
from typing import Any

import pytest
from outputs.view.sites import Parsed, client, dataset

ATTACKS = [
    "<script>window.__pwned = 1</script>", '"><img src=x onerror=alert(1)>', "</td></table></main><h1>gone</h1>",
    "'; DROP TABLE data; --", "javascript:alert(1)", "{{ 7 * 7 }}{% raw %}", "\u202egnp.exe\u2066", "null\x00byte",
    "<!--", "]]><svg onload=alert(1)>", "../../etc/passwd", "%2e%2e%2f", "&lt;b&gt;&amp;", "\x1b[31mred",
    "x" * 1_000_000,
]  # fmt: skip
OURS = """
    a article aside b bdi body button caption dd details dialog div dl dt fieldset figcaption figure form h1 h2 h3 head
    header html input kbd label legend li link main meta nav noscript ol optgroup option p polyline pre rect script
    section select small span strong summary svg table tbody td th thead time title tr ul
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows: list[dict[str, Any]] = [
        {"id": attack[:50], "text": attack, "nested": [{"a": attack[:100], attack[:20]: 1}], attack[:30]: attack[:60]}
        for attack in ATTACKS
    ]
    names = list(dict.fromkeys(name for row in rows for name in row))
    rows = [{name: row.get(name) for name in names} for row in rows]
    rejected = [{**row, "check": row["id"], "reason": row["text"][:200], "raw": "x"} for row in rows]
    folder = dataset(tmp_path_factory.mktemp("hostile") / "set <script>alert(1)</script>", rows, rejected)
    manifest = json.loads((folder / "manifest.json").read_text())
    hostile = {"flow": ATTACKS[0], "command": ATTACKS[1], "stopped": ATTACKS[2], "versions": {ATTACKS[3]: ATTACKS[0]}}
    (folder / "manifest.json").write_text(json.dumps({**manifest, **hostile}))
    (folder / "run.toml").write_text(f'flow = "{ATTACKS[0]}"\nmodel = "<b>x</b>"\n"<i>" = "<u>"\n')
    return folder


def check(page: str) -> Parsed:
    """No element but ours, no handler, no address that leaves."""
    parsed = Parsed(page)
    for name, told in parsed.elements:
        assert name in OURS.split(), name
        assert not any(key.startswith("on") or key == "style" for key in told), told
        for key in ("href", "src", "action"):
            assert (told.get(key) or "/").startswith(("/", "?", "#")), told
            assert not (told.get(key) or "").startswith("//"), told
    assert [
        told.get("src")
        for name, told in parsed.elements
        if name == "script" and not (told.get("src") or "").startswith("/static/")
    ] == []
    assert sum(name == "h1" for name, _ in parsed.elements) == 1
    return parsed


def test_every_page_shows_hostile_rows_as_text(folder: Path) -> None:
    pages = client(folder)
    overview = pages.get("/", follow_redirects=True)
    here = overview.url.path
    check(overview.text)
    for config in ("data", "rejected"):
        page = check(pages.get(f"{here}{config}/").text)
        if config == "data":
            assert "<script>window.__pwned = 1</script>" in page.text
        rows = [link for link in page.links() if "/row/" in link]
        assert len(rows) == len(ATTACKS)
        for link in rows:
            answer = pages.get(link)
            assert answer.status_code == 200, link
            assert len(answer.text) < 600_000
            check(answer.text)
        for link in page.links():
            if link.startswith("?"):
                answer = pages.get(f"{here}{config}/{link}")
                assert answer.status_code == 200, link
                check(answer.text)


def test_hostile_addresses_are_text_too(folder: Path) -> None:
    pages = client(folder)
    here = pages.get("/", follow_redirects=True).url.path
    for attack in [one for one in ATTACKS if len(one) < 100]:
        for key in ("q", "sort", "where", "column", "show", "page", "size", "facet", "at", "place", "judged"):
            for address in (f"{here}data/", f"{here}data/row/0"):
                answer = pages.get(address, params={key: attack, "operator": "has", "value": attack})
                assert answer.status_code in (200, 400)
                check(answer.text)
        filters = f"text:has:{attack}"
        found = pages.get(f"{here}data/", params={"where": filters, "q": attack.split()[0]})
        assert found.status_code == 200
        assert "/data/row/" in check(found.text).links()[-1] or "/data/row/" in found.text


def test_paths_do_not_leave_the_folder(folder: Path) -> None:
    pages = client(folder)
    here = pages.get("/", follow_redirects=True).url.path
    for path in (
        "..%2f..%2fetc%2fpasswd",
        "static/..%2f..%2fapp.py",
        "%2e%2e/%2e%2e/etc/passwd",
        "data/row/..%2f..%2fmanifest.json",
    ):
        for start in ("/", here, "/static/"):
            answer = pages.get(start + path)
            assert answer.status_code in (400, 404), (start, path)
            assert "root:" not in answer.text
            assert "def application" not in answer.text
