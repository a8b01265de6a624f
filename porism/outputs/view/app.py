"""The web application: pages rendered here, little JavaScript, nothing from the network.

Only this machine can reach it (``serve`` binds the loopback address), and pages of other sites cannot use it: a
request must name a loopback host, a note must come from a page of ours, and what a row says is text whatever it holds.
"""

import re
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import uvicorn
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from porism.errors import InputError
from porism.outputs.view import compare, judging, notes, overlap, overview, shown
from porism.outputs.view.query import JUDGED, OPERATORS, SIZES, WORDS, Filter, Query
from porism.outputs.view.shown import Draw, nothing
from porism.outputs.view.store import FACET_ROWS, Store

HOSTS = ("127.0.0.1", "localhost", "[::1]", "testserver")
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
DRAWING = "default-src 'none'; style-src 'unsafe-inline'; sandbox"  # of a file that anybody may have written
HERE = Path(__file__).parent
LONGEST_BODY = 200_000  # bytes of a form
TAKEN = ("static", "compare")  # names that no dataset can have


@dataclass(frozen=True)
class Site:
    """What is shown.

    Attributes:
        stores: the datasets, by the name that their addresses begin with.
        draw: draws a row as what it is; see ``shown``.
    """

    stores: Mapping[str, Store]
    draw: Draw = nothing
    templates: Environment = field(
        default_factory=lambda: Environment(
            loader=PackageLoader("porism.outputs.view"),
            autoescape=select_autoescape(default=True, default_for_string=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
    )

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        """A page of a template."""
        told = {"datasets": list(self.stores), "cell": shown.cell, "key": shown.key, **values}
        text = self.templates.get_template(template).render(told)
        return HTMLResponse(text, status)


def stores(folders: Sequence[Path]) -> dict[str, Store]:
    """The datasets in these folders, by name; a name that is taken gets a number behind it.

    Raises:
        InputError: a folder is not there, or nothing in it can be read.
    """
    found: dict[str, Store] = {}
    for folder in folders:
        if not folder.is_dir():
            raise InputError(f"{folder} is not a folder; name a dataset's, such as one in outputs/")
        for path in _datasets(folder):
            found[_free(path.resolve().name, found)] = Store(path)
    return found


def application(site: Site) -> Starlette:
    """The application that shows a site."""
    routes = [
        Route("/", _answer(site, _index)),
        Route("/compare", _answer(site, _compare)),
        Mount("/static", StaticFiles(directory=HERE / "static")),
        Route("/{dataset}/", _answer(site, _overview)),
        Route("/{dataset}/notes.jsonl", _answer(site, _notes)),
        Route("/{dataset}/figures/{name}", _answer(site, _figure)),
        Route("/{dataset}/{config}/", _answer(site, _rows)),
        Route("/{dataset}/{config}/row/{key:path}", _answer(site, _row)),
        Route("/{dataset}/{config}/note/{key:path}", _answer(site, _note), methods=["POST"]),
    ]
    return Starlette(routes=routes, middleware=[Middleware(BaseHTTPMiddleware, dispatch=_guarded)])


def serve(site: Site, port: int, told: Callable[[str], None]) -> None:
    """Serve a site on the loopback address until interrupted.

    Args:
        site: what is shown.
        port: 0 for any that is free.
        told: called with the address once it answers.

    Raises:
        InputError: the port is taken.
    """
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1", port))
    except (OSError, OverflowError) as error:
        raise InputError(f"--port {port} cannot be used: {error}; leave it out for one that is free") from None
    listening.listen()
    told(f"http://127.0.0.1:{listening.getsockname()[1]}/")  # who connects before the loop runs waits for it
    config = uvicorn.Config(application(site), log_level="error", access_log=False, lifespan="off")
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listening])


Handler = Callable[[Site, Request], Response]


def _answer(site: Site, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """The handler, run in a thread; wrong input is a page that says so."""

    def answered(request: Request) -> Response:
        try:
            return handler(site, request)
        except InputError as error:
            return site.page("wrong.html", 400, reason=str(error))
        except LookupError as error:
            return site.page("wrong.html", 404, reason=str(error).strip("'\""))

    async def endpoint(request: Request) -> Response:
        request.state.form = await _form(request) if request.method == "POST" else {}
        return await run_in_threadpool(answered, request)

    return endpoint


async def _form(request: Request) -> dict[str, str]:
    """The fields of a form; nothing where it is too long or no form."""
    size = request.headers.get("content-length", "")
    if not (size.isascii() and size.isdigit() and len(size) < 10 and int(size) <= LONGEST_BODY):
        return {}
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


async def _guarded(request: Request, go_on: Callable[[Request], Awaitable[Response]]) -> Response:
    """Refuse hosts that are not this machine's, and writing from elsewhere; put the headers on every answer."""
    host = request.headers.get("host", "").rsplit(":", 1)[0] if "]" not in request.headers.get("host", "") else "[::1]"
    if host not in HOSTS:
        answer: Response = PlainTextResponse("this page is for the machine it runs on", 421)
    elif request.method == "POST" and request.headers.get("origin") != f"{request.url.scheme}://{request.url.netloc}":
        answer = PlainTextResponse("notes are taken from this application's own pages alone", 403)
    else:
        answer = await go_on(request)
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    return answer


def _store(site: Site, name: str) -> Store:
    if name not in site.stores:
        raise LookupError(f"there is no dataset {name[:80]!r} here")
    site.stores[name].reload()
    return site.stores[name]


def _asked(site: Site, request: Request) -> tuple[str, Store]:
    name = request.path_params["dataset"]
    return name, _store(site, name)


def _index(site: Site, request: Request) -> Response:
    if len(site.stores) == 1:
        return RedirectResponse(f"/{quote(next(iter(site.stores)))}/")
    return site.page("index.html", told={name: overview.brief(store) for name, store in site.stores.items()})


def _overview(site: Site, request: Request) -> Response:
    name, store = _asked(site, request)
    return site.page("overview.html", dataset=name, store=store, facts=overview.facts(store), line=overview.line)


def _figure(site: Site, request: Request) -> Response:
    _, store = _asked(site, request)
    drawing = overview.figure(store.folder, request.path_params["name"])
    return Response(drawing, media_type="image/svg+xml", headers={"Content-Security-Policy": DRAWING})


def _rows(site: Site, request: Request) -> Response:
    name, store = _asked(site, request)
    query = Query.parse(request.path_params["config"], request.query_params.multi_items())
    if query.config not in store.configs:
        raise LookupError(f"there is no config {query.config[:80]!r}; there are: {', '.join(store.configs) or 'none'}")
    config = store.configs[query.config]
    columns = shown.columns(config, query.columns)
    said = {key: note.verdict for (of, key), note in notes.latest(store.folder).items() if of == query.config}
    return site.page(
        "rows.html", dataset=name, store=store, query=query, page=store.page(query, columns), config=config,
        columns=columns, sizes=SIZES, operators=OPERATORS, words=WORDS, Filter=Filter, address=shown.address, said=said,
        judged=JUDGED, verdicts=notes.SAID, facet_rows=FACET_ROWS,
        facets={column.name: store.facet(query, column.name) for column in store.labelled(query.config)},
    )  # fmt: skip


def _row(site: Site, request: Request) -> Response:
    name, store = _asked(site, request)
    config, key = request.path_params["config"], request.path_params["key"]
    if config not in store.configs:
        raise LookupError(f"there is no config {config[:80]!r}; there are: {', '.join(store.configs) or 'none'}")
    query = Query.parse(config, request.query_params.multi_items())
    row = store.row(config, key, _whole(request.query_params.get("place")))
    if row is None:
        raise LookupError(f"there is no row {key[:80]!r} in {config}")
    given = request.query_params
    here = judging.place(store, name, query, row, _whole(given.get("at")))
    return site.page(
        "row.html", dataset=name, store=store, config=config, key=key, row=row, place=here,
        drawn=site.draw(overview.flow(store), config, row), fields=shown.fields(row),
        notes=notes.of(store.folder, config, shown.key(row)), around=(here.before, here.after),
        judged=judging.judged(store, here, given.get("judged", ""), _whole(given.get("judged_at"))),
    )  # fmt: skip


def _note(site: Site, request: Request) -> Response:
    name, store = _asked(site, request)
    config, key = request.path_params["config"], request.path_params["key"]
    row = store.row(config, key)
    if row is None:
        raise LookupError(f"there is no row {key[:80]!r} in {config}")
    query = Query.parse(config, request.query_params.multi_items())
    here = judging.place(store, name, query, row, _whole(request.query_params.get("at")))
    form = request.state.form
    return RedirectResponse(judging.say(store, here, form.get("verdict", ""), form.get("text", "")), 303)


def _notes(site: Site, request: Request) -> Response:
    _, store = _asked(site, request)
    return PlainTextResponse(notes.text(store.folder), media_type="application/x-ndjson")


def _compare(site: Site, request: Request) -> Response:
    given = request.query_params
    names = list(site.stores)
    a, b = given.get("a") or names[0], given.get("b") or names[-1]
    one, other = (_store(site, name) for name in (a, b))
    texts = overlap.text_column(one, other)
    return site.page(
        "compare.html", a=a, b=b, found=compare.compare(one, other), by_id=overlap.by_id(one, other), text_column=texts,
        near=overlap.near(one, other) if texts and given.get("near") == "1" else None, sampled=overlap.SAMPLED,
    )  # fmt: skip


def _whole(text: str | None) -> int | None:
    return int(text) if text and re.fullmatch(r"[0-9]{1,12}", text) else None


def _datasets(folder: Path) -> list[Path]:
    """The folder itself, or the datasets in it."""
    try:
        found = [folder] if _is_dataset(folder) else [path for path in sorted(folder.iterdir()) if _is_dataset(path)]
    except OSError as error:
        raise InputError(f"{folder} cannot be read: {error.strerror}") from None
    if not found:
        raise InputError(f"{folder} holds no dataset: no Parquet file in it or in a folder of it")
    return found


def _is_dataset(path: Path) -> bool:
    places = ("*.parquet", "data/*.parquet", "rejected/*.parquet", "work/shard-*.parquet")
    return path.is_dir() and any(next(path.glob(place), None) for place in places)


def _free(name: str, taken: Mapping[str, Any]) -> str:
    """A name that an address can begin with and that is not taken."""
    plain = re.sub(r"[^\w.+-]+", "-", name)[:80].strip(".-") or "dataset"
    names = [plain, *(f"{plain}-{k}" for k in range(2, len(taken) + 4))]
    return next(one for one in names if one not in taken and one not in TAKEN)
