"""As much of the Hub as ``huggingface_hub`` asks for when a dataset is pushed, on loopback, in memory."""

import json
import threading
from base64 import b64decode
from hashlib import sha1, sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any


class FakeHub:
    """A server that keeps what it is given.

    Attributes:
        files: the content of the repository by path.
        objects: large files that arrived, by their SHA-256.
        asked: method and path of every request, in order.
        tokens: what the requests were authorised by.
        refuse: a part of a path, and the answer to requests for it instead: status and body.
        private: whether the repository was made so; None before it was made.
    """

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.objects: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.tokens: set[str] = set()
        self.refuse: tuple[str, int, str] | None = None
        self.private: bool | None = None
        hub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._answer("GET")

            def do_POST(self) -> None:
                self._answer("POST")

            def do_PUT(self) -> None:
                self._answer("PUT")

            def _answer(self, method: str) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status, said = hub.answer(method, self.path, body, self.headers.get("Authorization") or "")
                data = said if isinstance(said, bytes) else json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.send_header("X-Request-Id", "7")
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "FakeHub":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, method: str, path: str, body: bytes, authorization: str) -> tuple[int, Any]:
        """Status and body."""
        path = path.partition("?")[0]
        self.asked.append(f"{method} {path}")
        if not path.startswith("/lfs/"):
            self.tokens.add(authorization.removeprefix("Bearer "))
        if self.refuse and self.refuse[0] in path:
            return self.refuse[1], {"error": self.refuse[2]}
        if path.startswith("/lfs/"):
            self.objects[path.removeprefix("/lfs/")] = body
            return 200, {}
        last = path.rsplit("/", 2)
        if path == "/api/repos/create":
            return self._create(json.loads(body))
        if path == "/api/validate-yaml":
            return 200, {"errors": [], "warnings": []}
        if "tree" in last:
            return 200, [
                {"type": "file", "path": name, "size": len(d), "oid": "0" * 40} for name, d in self.files.items()
            ]
        if "preupload" in last:
            return 200, {"files": [self._mode(file) for file in json.loads(body)["files"]]}
        if path.endswith("/info/lfs/objects/batch"):
            return 200, {"transfer": "basic", "objects": [self._wanted(one) for one in json.loads(body)["objects"]]}
        if "commit" in last:
            return self._commit(body)
        if "revision" in last:
            return 200, {"id": "me/theorems", "sha": "1" * 40, "siblings": []}
        return 404, {"error": f"no {path}"}

    def _create(self, asked: dict[str, Any]) -> tuple[int, Any]:
        said = {"url": f"{self.url}/datasets/me/{asked['name']}", "name": f"me/{asked['name']}"}
        if self.private is not None:
            return 409, said
        self.private = asked.get("private") is True or asked.get("visibility") == "private"
        return 200, said

    def _mode(self, file: dict[str, Any]) -> dict[str, Any]:
        large, there = file["path"].endswith(".parquet"), self.files.get(file["path"])
        oid = None if there is None else sha256(there).hexdigest() if large else _blob(there)
        return {"path": file["path"], "uploadMode": "lfs" if large else "regular", "shouldIgnore": False, "oid": oid}

    def _wanted(self, one: dict[str, Any]) -> dict[str, Any]:
        if one["oid"] in self.objects:
            return dict(one)
        return {**one, "actions": {"upload": {"href": f"{self.url}/lfs/{one['oid']}"}}}

    def _commit(self, body: bytes) -> tuple[int, Any]:
        for line in body.splitlines():
            said = json.loads(line)
            value = said["value"]
            if said["key"] == "file":
                self.files[value["path"]] = b64decode(value["content"])
            elif said["key"] == "lfsFile":
                self.files[value["path"]] = self.objects[value["oid"]]
            elif said["key"] == "deletedFile":
                del self.files[value["path"]]
        return 200, {"commitUrl": f"{self.url}/datasets/me/calls/commit/{40 * '1'}", "commitOid": "1" * 40}


def _blob(data: bytes) -> str:
    return sha1(f"blob {len(data)}\0".encode() + data).hexdigest()
