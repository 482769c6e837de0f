"""ClickHouse's HTTP interface before the real engine, which runs in this process: only what carries a statement there and back is a double."""

from __future__ import annotations

import base64
import gzip
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

import clickhouse_connect
from clickhouse_connect.driver._backend.models import QueryRuntime
from clickhouse_connect.driver.exceptions import DatabaseError

from data.clickhouse.address import Address

USER, PASSWORD = "reader", "a password / of + signs"

# What travels beside the statement and is no setting of it.
_NOT_SETTINGS = {
    "query", "database", "query_id", "session_id", "default_format", "client_protocol_version", "compress", "enable_http_compression",
    "http_headers_progress_interval_ms", "send_progress_in_http_headers", "wait_end_of_query", "cancel_http_readonly_queries_on_client_close",
}


@contextmanager
def speaking_http(at: Address) -> Iterator[Address]:
    """The address of a server that carries out in the engine at another address what it is asked by the one user it knows."""
    lock = threading.Lock()
    client = clickhouse_connect.get_client(interface="chdb", path=str(at.folder), chdb_options={"config-file": f"{at.folder}/config.xml"})
    expected = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.do_POST()

        def do_POST(self) -> None:
            asked = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.headers.get("Transfer-Encoding") == "chunked":
                body = b"".join(self._chunks())
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            if self.headers.get("Authorization") != f"Basic {expected}":
                self._answer(403, b"Code: 516. DB::Exception: no. (AUTHENTICATION_FAILED)", {"X-ClickHouse-Exception-Code": "516"})
                return
            try:
                with lock:
                    self._answer(200, carried_out(asked, body, self.headers.get("Content-Encoding")), {})
            except DatabaseError as problem:
                code = str(getattr(problem, "code", None) or 0)
                self._answer(500, str(problem).encode(), {"X-ClickHouse-Exception-Code": code})

        def _chunks(self) -> Iterator[bytes]:
            while length := int(self.rfile.readline(), 16):
                yield self.rfile.read(length)
                self.rfile.readline()
            self.rfile.readline()

        def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), "X-ClickHouse-Timezone": "UTC", **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    def carried_out(asked: dict[str, str], body: bytes, compression: str | None) -> bytes:
        runtime = QueryRuntime(
            database=asked.get("database"), retryable=False,
            settings={name: value for name, value in asked.items() if name not in _NOT_SETTINGS and not name.startswith("param_")},
        )
        bound = {name: value for name, value in asked.items() if name.startswith("param_")}
        if "query" in asked and (into := re.match(r"insert into (\S+)(?: \((.*?)\))?\s+format (\w+)", asked["query"], re.I)):
            names = [name.strip(" `") for name in into[2].split(",")] if into[2] else None
            client._backend.execute_raw_insert(into[1], names, body, into[3], compression, runtime, None)
            return b""
        statement = "\n".join(filter(None, (asked.get("query"), body.decode())))
        return client._backend.execute_raw_query(statement, bound, None, runtime, None)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield Address(at.database, host="127.0.0.1", port=server.server_port, user=USER, password=PASSWORD)
        finally:
            server.shutdown()
            client.close()
