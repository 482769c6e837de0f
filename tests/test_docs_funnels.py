"""docs/funnels.md says what the product does: its pictures, its example and its parameters are run."""

from __future__ import annotations

import re
from pathlib import Path

import chdb
import pytest

from docs import six_semantics
from queries.asking.funnel import PARAMETERS, funnel_query, parse
from tests.funnel_logs import RandomLog, loaded, query_of
from tests.logs import ACME, Log
from tests.unit_rows import funnel, key, unit_rows

TEXT = (Path(__file__).parent.parent / "docs" / "funnels.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```text\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def test_the_table_of_six_semantics_is_what_the_example_prints(capsys: pytest.CaptureFixture[str]) -> None:
    six_semantics.main()
    assert capsys.readouterr().out in BLOCKS


def test_the_six_rates_differ() -> None:
    [table] = [block for block in BLOCKS if "rate" in block]
    assert len(set(re.findall(r"\d+%", table))) == 6


def test_the_customers_in_the_text_are_those_of_the_example() -> None:
    [shown] = [block for block in BLOCKS if block.startswith("Ada")]
    assert {name: rows.strip() for name, rows in re.findall(r"([A-Z][a-z]+)  ((?:[ICV]\d+ ?)+)", shown)} == six_semantics.LOG


@pytest.mark.parametrize(("mode", "expected"), [
    ("", lambda: six_semantics.ours("include")),
    (", 'strict_increase'", lambda: six_semantics.shares(six_semantics.strict_increase)),
])
def test_clickhouse_counts_what_the_example_says_it_does(mode: str, expected) -> None:
    values = ", ".join(
        f"('{customer}', {hour}, '{letter}')" for customer in six_semantics.LOG for letter, hour in six_semantics.rows_of(customer)
    )
    answer = chdb.query(f"""
        select countIf(level >= 1), countIf(level >= 2), countIf(level >= 3)
        from (
            select windowFunnel({six_semantics.WINDOW}{mode})(hour, letter = 'I', letter = 'C', letter = 'V') as level
            from values('customer String, hour UInt64, letter String', {values})
            group by customer
        )
    """, "CSV").bytes().decode()
    assert [int(count) for count in answer.split(",")] == expected()


@pytest.mark.parametrize(("rows", "steps", "fields", "level"), [
    ("A1 B50 C120", "A B C", {}, 2),
    ("A1 B50 A60 B70 C120", "A B C", {}, 3),
    ("A1 A2 B3 B4 C5 C6", "A B C", {"order": "strict"}, 3),
    ("A1 D2 B3 C4", "A B C", {"order": "strict"}, 1),
    ("A1 D2 A3 B4 C5", "A B C", {"order": "strict"}, 3),
    ("C1 A90 B101", "A B C", {"order": "any"}, 3),
    ("C1 A90 B102", "A B C", {"order": "any"}, 2),
    ("B1 A1", "A B", {}, 2),
    ("B1 A1", "A B", {"ties": "strict"}, 1),
    ("A1 A2 B2", "A B", {}, 2),
    ("A1 A2 B2", "A B", {"ties": "strict"}, 2),
    ("A1 X2 B3", "A B", {"excluded": frozenset({key("X")})}, 1),
    ("A1 X2 A3 B4", "A B", {"excluded": frozenset({key("X")})}, 2),
    ("A1 B2 X3 C4", "A B C", {"excluded": frozenset({key("X")})}, 2),
    ("A50 B70", "A B", {"from_ms": 20_000, "to_ms": 60_000}, 2),
    ("A10 B50", "A B", {"from_ms": 20_000, "to_ms": 60_000}, 0),
])
def test_the_pictures_come_out_as_they_are_drawn(log: Log, rows: str, steps: str, fields: dict, level: int) -> None:
    loaded(log, [RandomLog(ACME, unit_rows(rows))])
    with log.snapshot() as snapshot:
        assert sum(snapshot.tenant(ACME).funnel(query_of(funnel(steps, **fields), ACME)).reached) == level


def test_every_parameter_is_spoken_of() -> None:
    for parameter in PARAMETERS:
        assert re.search(rf"`[^`\n]*\b{parameter.name}\b[^`\n]*`", TEXT), parameter.name


def test_the_questions_for_what_others_show_are_understood() -> None:
    queries = re.findall(r"^\| [^|]+ \| `([^`]+=[^`]+)` \|$", TEXT, re.MULTILINE)
    assert len(queries) == 6
    for query in queries:
        pairs = [tuple(word.split("=")) for word in query.split("&")]
        understood = parse("acme", pairs)
        assert understood.problems == ()
        assert funnel_query(understood).unit == dict(pairs)["unit"]
