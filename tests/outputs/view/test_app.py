"""The pages: what they say, where they lead, what they refuse."""

import threading
import urllib.request
from pathlib import Path
from urllib.parse import urljoin

import pytest
from outputs.view.sites import Parsed, client, usual
from starlette.testclient import TestClient

from porism.errors import InputError
from porism.outputs.view.app import POLICY, Site, serve, stores


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    return client(usual(tmp_path_factory.mktemp("app") / "usual"))


def test_every_link_leads_somewhere(pages: TestClient) -> None:
    seen, waiting = set[str](), ["/"]
    while waiting and len(seen) < 60:
        address = waiting.pop(0).split("#")[0]
        if address in seen:
            continue
        seen.add(address)
        answer = pages.get(address)
        assert answer.status_code == 200, address
        assert answer.headers["content-security-policy"] == POLICY
        if "html" in answer.headers["content-type"]:
            waiting += [urljoin(str(answer.url.path), link) for link in Parsed(answer.text).links()]
    assert len(seen) == 60


def test_pages_have_no_inline_script_or_style_and_every_control_has_a_label(pages: TestClient) -> None:
    for address in ("/usual/", "/usual/data/?where=steps:has:a", "/usual/rejected/", "/usual/data/row/row3"):
        page = Parsed(pages.get(address).text)
        assert not [name for name, told in page.elements if name == "style" or "style" in told]
        assert all(told.get("src") for name, told in page.elements if name == "script")
        assert not [told for _, told in page.elements if any(key.startswith("on") for key in told)]
        assert sum(name == "h1" for name, _ in page.elements) == 1
        assert all(told.get("scope") for name, told in page.elements if name == "th")


def test_the_table_pages_sorts_filters_and_searches_by_its_address(pages: TestClient) -> None:
    page = Parsed(pages.get("/usual/data/?where=is_classification:is:true&sort=difficulty&down=1&size=25").text)
    rows = [link for link in page.links() if "/row/" in link]
    assert rows[0].startswith("/usual/data/row/row56?")
    assert "at=0" in rows[0]
    assert len(rows) == 15
    assert "15 rows" in " ".join(page.text.split())
    assert any(told.get("aria-sort") == "descending" for _, told in page.elements)
    found = pages.get("/usual/data/?q=TREES+number&size=25").text
    assert found.count("/data/row/") == 20
    second = Parsed(pages.get("/usual/data/?page=1").text)
    assert sum("/row/" in link for link in second.links()) == 10


def test_columns_can_be_chosen(pages: TestClient) -> None:
    page = Parsed(pages.get("/usual/data/?show=steps&show=difficulty&show=nonsense").text)
    heads = [told for name, told in page.elements if name == "th" and told["scope"] == "col"]
    assert len(heads) == 3
    assert any("show=steps&show=difficulty" in link for link in page.links())


def test_rejected_rows_say_first_why(pages: TestClient) -> None:
    page = Parsed(pages.get("/usual/rejected/?where=check:is:novelty").text)
    assert sum("/rejected/row/" in link for link in page.links()) == 5
    sorts = [link.split("sort=")[1] for link in page.links() if "sort=" in link]
    assert sorts[:3] == ["check", "reason", "instruction"]


def test_a_row_leads_to_its_neighbours_in_its_query(pages: TestClient) -> None:
    first = Parsed(pages.get("/usual/data/?where=is_classification:is:true&sort=difficulty&down=1").text)
    row = Parsed(pages.get(next(link for link in first.links() if "row4?" in link)).text)
    ways = {told["rel"]: told["href"] or "" for name, told in row.elements if name == "a" and told.get("rel")}
    assert ways["prev"].startswith("/usual/data/row/row8?")
    assert ways["next"].startswith("/usual/data/row/row0?")


def test_nothing_found_says_so_and_offers_to_drop_conditions(pages: TestClient) -> None:
    page = Parsed(pages.get("/usual/data/?q=zebra&where=difficulty:from:3").text)
    assert "No row meets all of these conditions" in page.text
    assert "?where=difficulty%3Afrom%3A3" in page.links()
    assert "?q=zebra" in page.links()
    assert "?" in page.links()
    beyond = Parsed(pages.get("/usual/data/?page=99").text)
    assert "No row on this page" in beyond.text


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/nothing/", 404, "no dataset"),
        ("/usual/nothing/", 404, "no config"),
        ("/usual/data/row/nothing", 404, "no row"),
        ("/usual/data/?sort=nothing", 400, "no column"),
        ("/usual/data/?where=difficulty:is:many", 400, "not a number"),
        ("/usual/figures/x.svg", 404, "no figure"),
    ],
)
def test_what_is_wrong_is_a_page(pages: TestClient, address: str, status: int, said: str) -> None:
    answer = pages.get(address)
    assert answer.status_code == status
    assert said in answer.text
    assert "Traceback" not in answer.text


def test_other_hosts_are_refused(pages: TestClient) -> None:
    for host in ("evil.example", "evil.example:80", "127.0.0.1.evil.example", ""):
        assert pages.get("/usual/", headers={"host": host}).status_code == 421
    for host in ("127.0.0.1:8000", "localhost", "[::1]:99"):
        assert pages.get("/usual/", headers={"host": host}).status_code == 200


def test_only_the_note_takes_anything_but_get(pages: TestClient, tmp_path: Path) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        for address in ("/usual/", "/usual/data/", "/usual/data/row/row1"):
            answer = pages.request(method, address, headers={"origin": "http://testserver"})
            assert answer.status_code == 405
    for headers in ({}, {"origin": "http://evil.example"}, {"origin": "null"}):
        answer = pages.post("/usual/data/note/row1", data={"verdict": "keep"}, headers=headers)
        assert answer.status_code == 403


def test_folders_of_datasets_have_a_list_of_them(tmp_path: Path) -> None:
    usual(tmp_path / "one", 5)
    usual(tmp_path / "two words & <b>", 5)
    (tmp_path / "neither").mkdir()
    pages = client(tmp_path)
    listed = Parsed(pages.get("/").text)
    assert "/one/" in listed.links()
    assert "/two-words-b/" in listed.links()
    assert not any(name == "b" for name, _ in listed.elements)
    assert pages.get("/two-words-b/data/").status_code == 200


def test_names_that_are_taken_get_a_number(tmp_path: Path) -> None:
    folders = [usual(tmp_path / path, 3) for path in ("a/set", "b/set", "compare", "static")]
    assert list(stores(folders)) == ["set", "set-2", "compare-2", "static-2"]


def test_folders_without_datasets_are_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a folder"):
        stores([tmp_path / "nothing"])
    with pytest.raises(InputError, match="holds no dataset"):
        stores([tmp_path])


def test_the_server_says_where_it_is_and_answers_there(tmp_path: Path) -> None:
    site, told, ready = Site(stores([usual(tmp_path / "usual", 3)])), list[str](), threading.Event()

    def say(address: str) -> None:
        told.append(address)
        ready.set()

    threading.Thread(target=serve, args=(site, 0, say), daemon=True).start()
    assert ready.wait(20)
    with urllib.request.urlopen(told[0] + "usual/", timeout=20) as answer:
        assert b"Funnel" in answer.read()
    with pytest.raises(InputError, match="--port"):
        serve(site, int(told[0].rsplit(":", 1)[1].strip("/")), say)
