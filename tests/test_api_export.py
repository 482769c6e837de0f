"""The whole filtered log as CSV and as NDJSON."""

from __future__ import annotations

import csv
import io
import json
import socket
import time
from urllib.parse import urlencode, urlsplit

import duckdb
import httpx2
import numpy as np
import pytest

import api.history
from data.columns.records import RecordTables
from tests import history_oracle
from tests.history_oracle import matching
from tests.logs import ACME, ZENITH, Log, interaction
from tests.service import HISTORY, Service, listening

HEADER = (
    "id,tenantId,customerId,offerId,creativeId,channelId,interactionType,outcomeTypeKey,direction,timestamp,offerName,offerStatus,"
    "creativeName,channelName,context,response,outcome"
)

FILTERS = [
    [], [("type", "click")], [("type", "click"), ("type", "😀 sticker"), ("offerId", "off_loan")], [("customerId", "50%_ü")],
    [("from", "2026-03-15T12:00:00.000Z"), ("to", "2026-03-15T12:00:00.001Z")], [("type", "unheard of")],
]


def lines(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize("tenant", [ACME, ZENITH])
@pytest.mark.parametrize("pairs", FILTERS)
def test_ndjson_is_every_matching_record_as_the_pages_have_it(tangled_service: Service, pairs: list, tenant: str) -> None:
    rows = tangled_service.log.rows
    response = tangled_service.caller(tenant).get(f"{HISTORY}.ndjson?{urlencode(pairs)}")
    expected = [history_oracle.json_record(row, rows) for row in matching(rows, tenant, pairs)]
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/x-ndjson"
    assert response.headers["x-total-count"] == str(len(expected))
    assert response.text.count("\n") == len(expected)
    assert lines(response.text) == expected
    first_page = tangled_service.caller(tenant).get(f"{HISTORY}?{urlencode(pairs)}&limit=100").json()["data"]
    assert first_page == expected


@pytest.mark.parametrize("pairs", FILTERS)
def test_csv_read_back_is_the_same_records(tangled_service: Service, pairs: list) -> None:
    caller = tangled_service.caller()
    records = lines(caller.get(f"{HISTORY}.ndjson?{urlencode(pairs)}").text)
    response = caller.get(f"{HISTORY}.csv?{urlencode([*pairs, ('raw', 'true')])}")
    assert response.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    assert response.headers["x-total-count"] == str(len(records))
    read = list(csv.DictReader(io.StringIO(response.text, newline="")))
    assert [flat(record) for record in records] == read


def flat(record: dict) -> dict[str, str]:
    offer, creative = record["offer"] or {}, record["creative"] or {}
    named = {
        "offerName": offer.get("name"),
        "offerStatus": offer.get("status"),
        "creativeName": creative.get("name"),
        # Only the e-mail channel is ever described, by the creatives.
        "channelName": "Email" if record["channelId"] == "ch_email" else None,
    }
    cells = {name: named[name] if name in named else record[name] for name in HEADER.split(",")}
    compact = {"ensure_ascii": False, "separators": (",", ":")}
    return {
        name: json.dumps(cell, **compact) if isinstance(cell, dict) else "" if cell is None else cell for name, cell in cells.items()
    }


def test_csv_is_rfc_4180_to_the_byte(log: Log, service: Service) -> None:
    log.load(
        interaction("ih_1", "2026-03-15T14:30:00.000Z", customerId='O"Brien, Ann', context={"a": "b,c"}, direction="null"),
        interaction("ih_2", "2026-03-15T14:31:00.000Z", customerId="=1+1", offerId="-5", channelId="+x", outcomeTypeKey="two\nlines"),
    )
    body = service.caller().get(f"{HISTORY}.csv").content.decode()
    assert body == (
        f"{HEADER}\r\n"
        "ih_2,acme,'=1+1,-5,,'+x,click,\"two\nlines\",,2026-03-15T14:31:00.000Z,,,,,{},{},{}\r\n"
        "ih_1,acme,\"O\"\"Brien, Ann\",,,,click,click,null,2026-03-15T14:30:00.000Z,,,,,\"{\"\"a\"\":\"\"b,c\"\"}\",{},{}\r\n"
    )
    raw = service.caller().get(f"{HISTORY}.csv?raw=true").content.decode()
    assert raw == body.replace("'=1+1", "=1+1").replace("'+x", "+x")
    assert service.caller().get(f"{HISTORY}.csv?raw=false").content.decode() == body


def test_a_byte_order_mark_stands_there_only_if_it_is_asked_for(log: Log, service: Service) -> None:
    caller = service.caller()
    assert caller.get(f"{HISTORY}.csv").content == f"{HEADER}\r\n".encode()
    assert caller.get(f"{HISTORY}.csv?bom=true").content == b"\xef\xbb\xbf" + f"{HEADER}\r\n".encode()
    assert caller.get(f"{HISTORY}.csv?bom=false").content == f"{HEADER}\r\n".encode()


def test_a_limit_is_optional_and_not_clamped_and_the_total_ignores_it(log: Log, service: Service) -> None:
    log.load(*(interaction(f"ih_{number:03d}") for number in range(130)))
    caller = service.caller()
    for query, count in (("", 130), ("?limit=", 130), ("?limit=120", 120), ("?limit=1", 1), ("?limit=99999999999999999999", 130)):
        for ending in ("csv", "ndjson"):
            response = caller.get(f"{HISTORY}.{ending}{query}")
            assert response.text.count("\n") == count + (ending == "csv")
            assert response.headers["x-total-count"] == "130"
    assert lines(caller.get(f"{HISTORY}.ndjson?limit=2").text)[1]["id"] == "ih_128"


@pytest.mark.parametrize(("query", "message"), [
    (".csv?limit=0", "limit must be a whole number from 1, not '0'"),
    (".csv?bom=yes", "bom must be true or false, not 'yes'"),
    (".csv?raw=1", "raw must be true or false, not '1'"),
    (".csv?cursor=ih_1", "there is no parameter 'cursor'"),
    (".ndjson?raw=true", "there is no parameter 'raw'"),
    (".ndjson?limit=x", "limit must be a whole number from 1, not 'x'"),
])
def test_a_download_refuses_what_it_does_not_understand_before_it_begins(service: Service, query: str, message: str) -> None:
    response = service.caller().get(HISTORY + query)
    assert (response.status_code, response.json()["error"]["message"]) == (400, message)


@pytest.mark.parametrize("ending", ["csv", "ndjson"])
def test_head_tells_the_count_without_the_rows(log: Log, service: Service, ending: str) -> None:
    log.load(interaction("ih_1"), interaction("ih_2"))
    caller = service.caller(**{"Accept-Encoding": "identity"})
    head, get = caller.head(f"{HISTORY}.{ending}?limit=1"), caller.get(f"{HISTORY}.{ending}?limit=1")
    assert (head.status_code, head.content) == (200, b"")
    # Which body is sent, and whether compressed, is told with the body.
    own = {"x-request-id", "vary"}
    assert {k: v for k, v in head.headers.items() if k not in own} == {k: v for k, v in get.headers.items() if k not in own}
    assert head.headers["content-disposition"] == f'attachment; filename="interaction-history.{ending}"'


@pytest.mark.parametrize("ending", ["csv", "ndjson"])
def test_a_download_reads_one_version_of_the_store(log: Log, service: Service, ending: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.columns.history._PIECE", 10)
    log.load(*(interaction(f"ih_{number:03d}") for number in range(40)))
    name = {"csv": "flat_pieces", "ndjson": "json_pieces"}[ending]
    pieces = getattr(api.history, name)

    def pieces_with_loads_between(*arguments):
        for number, piece in enumerate(pieces(*arguments)):
            yield piece
            log.load(interaction(f"during_{number}", "2026-03-15T14:30:00Z"), interaction(f"early_{number}", "2020-01-01T00:00:00Z"))

    monkeypatch.setattr(api.history, name, pieces_with_loads_between)
    response = service.caller().get(f"{HISTORY}.{ending}")
    assert response.headers["x-total-count"] == "40"
    assert response.text.count("ih_") == 40
    assert "during" not in response.text and "early" not in response.text


@pytest.mark.parametrize("ending", ["csv", "ndjson"])
def test_a_stream_that_breaks_does_not_look_complete(log: Log, service: Service, ending: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.columns.history._PIECE", 10)
    log.load(*(interaction(f"ih_{number:03d}") for number in range(40)))
    name = {"csv": "flat_pieces", "ndjson": "json_pieces"}[ending]
    pieces = getattr(api.history, name)

    def breaking(*arguments):
        yield next(pieces(*arguments))
        raise OSError("the disk is gone")

    monkeypatch.setattr(api.history, name, breaking)
    headers = {"Authorization": f"Bearer {service.key()}"}
    with listening(service.app) as origin:
        with httpx2.stream("GET", f"{origin}{HISTORY}.{ending}", headers=headers) as response:
            assert response.status_code == 200
            with pytest.raises(httpx2.RemoteProtocolError, match="incomplete"):
                response.read()
        # The server goes on answering.
        assert httpx2.get(f"{origin}{HISTORY}", headers=headers).json()["pagination"]["total"] == 40


@pytest.mark.parametrize("ending", ["csv", "ndjson"])
def test_a_download_may_take_longer_than_a_page(log: Log, service: Service, ending: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.columns.history._PIECE", 10)
    monkeypatch.setattr("api.app.TIME_LIMIT", 0.01)
    log.load(*(interaction(f"ih_{number:02d}") for number in range(20)))
    read = RecordTables.table
    pieces: list[int] = []

    def slow(tables: RecordTables, positions: np.ndarray) -> object:
        # Several times the limit, also on a fast machine.
        tables._tenant._snapshot.rows("select count(*) from range(1_000_000) a, range(50) b where (a.range * b.range) % 7 = 3")
        pieces.append(len(positions))
        return read(tables, positions)

    monkeypatch.setattr(RecordTables, "table", slow)
    response = service.caller().get(f"{HISTORY}.{ending}")
    assert response.status_code == 200
    assert response.text.count("ih_") == 20
    assert pieces == [10, 10]


def test_a_client_that_hangs_up_frees_the_store(log: Log, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    log.load(interaction("ih_1"))
    pieces, cursors, cursor_of = api.history.json_pieces, [], log.store.cursor

    def endless(*arguments):
        while True:
            yield from pieces(*arguments)

    def kept_cursor():
        cursors.append(cursor_of())
        return cursors[-1]

    monkeypatch.setattr(api.history, "json_pieces", endless)
    monkeypatch.setattr(log.store, "cursor", kept_cursor)
    with listening(service.app) as origin:
        address = urlsplit(origin)
        with socket.create_connection((address.hostname, address.port)) as connection:
            request = f"GET {HISTORY}.ndjson HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {service.key()}\r\n\r\n"
            connection.sendall(request.encode())
            assert b"200 OK" in connection.recv(4096)
            assert not is_closed(cursors[0])
        waited = time.monotonic()
        while not is_closed(cursors[0]) and time.monotonic() < waited + 10:
            time.sleep(0.02)
        assert [is_closed(cursor) for cursor in cursors] == [True]


def is_closed(cursor: duckdb.DuckDBPyConnection) -> bool:
    try:
        cursor.cursor()
    except duckdb.ConnectionException:
        return True
    return False


@pytest.mark.parametrize("ending", ["csv", "ndjson"])
def test_a_packed_download_is_the_same_once_it_is_unpacked(log: Log, service: Service, ending: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.columns.history._PIECE", 10)
    log.load(*(interaction(f"ih_{number:03d}") for number in range(40)))
    plain, packed = (service.caller(**{"Accept-Encoding": how}).get(f"{HISTORY}.{ending}") for how in ("identity", "gzip"))
    assert (plain.headers.get("content-encoding"), packed.headers["content-encoding"]) == (None, "gzip")
    assert packed.content == plain.content
    assert plain.text.count("ih_") == 40
    assert {answer.headers["vary"] for answer in (plain, packed)} == {"Authorization, X-API-Key, Cookie, Accept-Encoding"}
