"""Serve the built website on this machine as a real host would, compressed: `python -m tools.serve [FOLDER]`.

Tests and audit use the same server, `with serving(folder) as address:`, on a free port and, where that matters, below a
prefix: the published site does not live at the root of its host.
"""

import contextlib
import gzip
import sys
import threading
from collections.abc import Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tools.chapters import ROOT

PORT = 8000
# Named here, as what a system believes of a file's ending differs from one to the next. Text is compressed.
TEXT = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".map": "application/json",
    ".ipynb": "application/x-ipynb+json",
    ".svg": "image/svg+xml",
    ".xml": "application/xml",
    ".txt": "text/plain; charset=utf-8",
    ".md": "text/plain; charset=utf-8",
    ".bib": "text/plain; charset=utf-8",
    ".py": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
}
OTHER = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".ico": "image/vnd.microsoft.icon",
    ".woff2": "font/woff2",
    ".woff": "font/woff",
    ".pdf": "application/pdf",
}


class Site(ThreadingHTTPServer):
    """A server of one folder. It keeps what it has compressed, until the file changes."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, folder: Path, port: int = 0, prefix: str = "/"):
        super().__init__(("127.0.0.1", port), Handler)
        self.folder, self.prefix = folder.resolve(), prefix
        self.address = f"http://127.0.0.1:{self.server_port}{prefix}"
        self.compressed: dict[Path, tuple[int, bytes]] = {}

    def file(self, target: str) -> Path | None:
        """Return the file an address means, if there is one."""
        path = unquote(urlsplit(target).path)
        if not path.startswith(self.prefix) or "\0" in path:
            return None
        file = (self.folder / path.removeprefix(self.prefix).lstrip("/")).resolve()
        if file.is_dir() and path.endswith("/"):
            file /= "index.html"
        return file if file.is_file() and file.is_relative_to(self.folder) else None

    def zipped(self, file: Path) -> bytes:
        """Return a file compressed."""
        changed = file.stat().st_mtime_ns
        kept = self.compressed.get(file)
        if kept is None or kept[0] != changed:
            kept = self.compressed[file] = (changed, gzip.compress(file.read_bytes(), mtime=0))
        return kept[1]

    def handle_error(self, request, client_address) -> None:
        """Say nothing of a browser that hung up; anything else is an error like any other."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """Answers one request for a file."""

    protocol_version = "HTTP/1.1"  # keeps the connection for the next file
    server: Site

    def do_GET(self) -> None:
        """Send a file, or the page that says that there is none."""
        file, status = self.server.file(self.path), HTTPStatus.OK
        if file is None:
            if self.server.file(self.path + "/"):  # a folder: what its page links to is relative to it
                self.head(HTTPStatus.MOVED_PERMANENTLY, {"Location": urlsplit(self.path).path + "/"}, b"")
                return
            file, status = self.server.folder / "404.html", HTTPStatus.NOT_FOUND
        kind = file.suffix.lower()
        headers = {"Content-Type": (TEXT | OTHER).get(kind, "application/octet-stream"), "Cache-Control": "no-cache"}
        if not file.exists():
            headers["Content-Type"], body = TEXT[".txt"], b"There is no such page."
        elif kind in TEXT and "gzip" in self.headers.get("Accept-Encoding", ""):
            headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
            body = self.server.zipped(file)
        else:
            body = file.read_bytes()
        self.head(status, headers, body)

    do_HEAD = do_GET  # noqa: N815

    def head(self, status: HTTPStatus, headers: dict[str, str], body: bytes) -> None:
        """Send the headers, and what follows them if it was asked for."""
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Say nothing of what goes well."""


@contextlib.contextmanager
def serving(folder: Path, prefix: str = "/") -> Iterator[str]:
    """Serve `folder` on a free port for as long as the block runs; its value is the address."""
    with Site(folder, prefix=prefix) as site:
        thread = threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield site.address
        finally:
            site.shutdown()
            thread.join()


def site_pages(folder: Path) -> list[str]:
    """Return the addresses of all pages of a built site, but not those of the notebook application in lite/."""
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*.html"))
    return sorted(name for name in found if not name.startswith(("lite/", "_")))


def main(arguments: list[str]) -> int:
    """Serve until interrupted; return the exit status."""
    folder = Path(arguments[0]) if arguments else ROOT / "_build" / "html"
    try:
        site = Site(folder, PORT)
    except OSError as error:
        print(f"Port {PORT} cannot be used ({error.strerror}). Is the site served already, at http://127.0.0.1:{PORT}?")
        return 1
    with site:
        print(f"The site is at {site.address} (end with Ctrl+C).", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            site.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
