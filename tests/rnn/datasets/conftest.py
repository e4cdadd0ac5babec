"""Folders of their own, tiny data sets, and a local HTTP server that can go wrong in every way a real one can."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import os
import tarfile
import threading
import zipfile
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from rnn.datasets import download, imdb
from rnn.datasets.registry import DATASETS, Entry

REVIEWS = {
    "train/neg/0_3.txt": b"dull",
    "train/neg/2_1.txt": b"dull, dull",
    "train/neg/10_4.txt": "pas terrible, très long".encode(),
    "train/pos/0_9.txt": b"fine<br />work",
    "train/pos/2_10.txt": b"superb",
    "train/pos/10_7.txt": b"good enough",
    "test/neg/0_2.txt": b"no",
    "test/neg/2_2.txt": b"never again",
    "test/neg/10_1.txt": b"awful",
    "test/pos/0_8.txt": b"yes",
    "test/pos/2_7.txt": b"again, please",
    "test/pos/10_10.txt": b"wonderful",
}
TEXT = b"First Citizen:\nBefore we proceed any further, hear me speak.\n" * 40


@dataclass
class Places:
    data: Path
    cache: Path

    def names(self) -> list[str]:
        """Every file in both folders, hidden ones too."""
        return sorted(str(path.relative_to(self.data.parent)) for path in self.data.parent.rglob("*") if path.is_file())


@pytest.fixture
def places(tmp_path, monkeypatch) -> Places:
    """An empty data folder and an empty cache folder, no proxy, no memory of earlier failures."""
    found = Places(tmp_path / "places" / "data", tmp_path / "places" / "cache")
    for folder in (found.data, found.cache):
        folder.mkdir(parents=True)
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.delenv("RNN_OFFLINE", raising=False)
    monkeypatch.setenv("RNN_DATA_DIR", str(found.data))
    monkeypatch.setenv("RNN_CACHE_DIR", str(found.cache))
    monkeypatch.setattr(download, "_unreachable", {})
    monkeypatch.setattr(imdb, "_warned", set())
    return found


def pack(members: dict[str, bytes], kind: str) -> bytes:
    """An archive of the given kind, as bytes."""
    buffer = io.BytesIO()
    if kind == ".zip":
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in members.items():
                archive.writestr(name, data)
        return buffer.getvalue()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    squeeze = {".tar": bytes, ".tar.gz": gzip.compress, ".tar.xz": lzma.compress, ".tar.bz2": bz2.compress}
    return squeeze[kind](buffer.getvalue())


def stream(members: dict[str, bytes]) -> bytes:
    """The bytes over which the hash of the contents is taken, written out here once more."""
    flat = bytearray()
    for name, data in members.items():
        flat += name.encode() + b"\0" + data + b"\0"
    return bytes(flat)


@dataclass
class Tiny:
    """Twelve reviews that pass for the 50,000, and the facts that fit them."""

    entry: Entry
    members: dict[str, bytes]
    contents: bytes
    pack: object = staticmethod(pack)

    def archive(self, kind: str = ".tar.gz") -> bytes:
        # another order than that of the hash, and files beside that are not wanted
        inside = {f"aclImdb/{name}": data for name, data in reversed(self.members.items())}
        return pack({"aclImdb/README": b"read me", **inside, "aclImdb/train/unsup/0_0.txt": b"?"}, kind)


@pytest.fixture
def tiny(monkeypatch) -> Tiny:
    contents = stream(REVIEWS)
    entry = replace(
        DATASETS["imdb"],
        address="http://127.0.0.1:9/aclImdb_v1.tar.gz",
        download_hash=None,
        contents=hashlib.sha256(contents).hexdigest(),
        count=len(REVIEWS),
        largest=1000,
    )
    monkeypatch.setitem(DATASETS, "imdb", entry)
    return Tiny(entry, dict(REVIEWS), contents)


@dataclass
class Single:
    """A data set that is a single file."""

    entry: Entry
    contents: bytes


@pytest.fixture
def single(monkeypatch) -> Single:
    entry = replace(
        DATASETS["shakespeare"],
        address="http://127.0.0.1:9/input.txt",
        contents=hashlib.sha256(TEXT).hexdigest(),
        size=len(TEXT),
    )
    monkeypatch.setitem(DATASETS, "shakespeare", entry)
    return Single(entry, TEXT)


class Handler(BaseHTTPRequestHandler):
    """Answers by the path: what comes before the file name says what goes wrong."""

    def do_GET(self):
        kind = self.path.split("/")[1]
        self.server.requests.append(self.path)
        getattr(self, f"do_{kind}")(self.server.body)

    def answer(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def do_good(self, body):
        self.answer(200, Content_Length=str(len(body)))
        self.wfile.write(body)

    def do_nolength(self, body):
        self.answer(200)
        self.wfile.write(body)

    def do_together(self, body):
        self.server.barrier.wait(timeout=30)
        self.do_good(body)

    def do_cut(self, body):
        self.answer(200, Content_Length=str(len(body)))
        self.wfile.write(body[: len(body) // 2])

    def do_cutnolength(self, body):
        self.answer(200)
        self.wfile.write(body[: len(body) // 2])

    def do_wrong(self, body):
        middle = len(body) // 2
        self.do_good(body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :])

    def do_page(self, body):
        self.do_good(b"<html>Please log in to this network.</html>")

    def do_empty(self, body):
        self.do_good(b"")

    def do_forbidden(self, body):
        self.answer(403, Content_Length="0")

    def do_missing(self, body):
        self.answer(404, Content_Length="0")

    def do_broken(self, body):
        self.answer(500, Content_Length="0")

    def do_loop(self, body):
        self.answer(302, Location=self.path, Content_Length="0")

    def do_moved(self, body):
        self.answer(302, Location="/good/file", Content_Length="0")

    def do_nowhere(self, body):
        self.answer(302, Location="gopher://127.0.0.1/", Content_Length="0")

    def do_silent(self, body):
        self.server.over.wait(timeout=30)

    def do_stall(self, body):
        self.answer(200, Content_Length=str(len(body)))
        self.wfile.write(body[: len(body) // 2])
        self.wfile.flush()
        self.server.over.wait(timeout=30)

    def log_message(self, *arguments):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True

    def handle_error(self, request, client_address):
        pass  # a client that has gone is part of the tests


@dataclass
class Web:
    server: Server
    requests: list[str] = field(default_factory=list)

    def serve(self, entry: Entry, body: bytes, how: str = "good") -> Entry:
        """The entry with this server's address, which answers with the body in the way asked for."""
        self.server.body = body
        return replace(entry, address=f"http://127.0.0.1:{self.server.server_port}/{how}/file")


@pytest.fixture
def web():
    """A server on the loopback interface."""
    server = Server(("127.0.0.1", 0), Handler)
    server.body, server.over, server.barrier = b"", threading.Event(), threading.Barrier(2)
    found = Web(server)
    server.requests = found.requests
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield found
    server.over.set()
    server.shutdown()
    thread.join()
    server.server_close()
