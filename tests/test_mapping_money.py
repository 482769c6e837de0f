from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.loading.loading import LoadOptions
from data.mapping.mapping import Mapping
from data.mapping.money import amount_sql, checked_decimal
from data.store.limits import StoreError
from tests.logs import Log, interaction
from tests.store_checks import loaded, log_file

ENGINE = duckdb.connect()


def amounts(texts: list[str], decimal: str = "") -> list[float | None]:
    return [amount for amount, in ENGINE.execute(f"select {amount_sql('text', decimal)} from (select unnest($texts) as text)",
                                                 {"texts": texts}).fetchall()]


@pytest.mark.parametrize(("text", "comma", "point"), [
    ("1.234,56", 1234.56, None),
    ("1,234.56", None, 1234.56),
    ("12,50", 12.5, None),
    ("$19.90", None, 19.9),
    ("19.90 EUR", None, 19.9),
    ("1.234", 1234.0, 1.234),
    ("1.234.567,89", 1234567.89, None),
    ("1 234,56 €", 1234.56, None),
    ("1\u00a0234,56", 1234.56, None),
    ("1\u202f234", 1234.0, 1234.0),
    ("CHF 1'234.56", None, 1234.56),
    ("1\u2019234,5", 1234.5, None),
    ("-1.234,5", -1234.5, None),
    ("\u221212,50", -12.5, None),
    ("12,50-", -12.5, None),
    ("(12,50)", -12.5, None),
    ("(12,50", None, None),
    ("EUR -12,50", -12.5, None),
    ("-$12.50", None, -12.5),
    ("--12,5", None, None),
    ("12,- €", 12.0, None),
    ("R$ 1.000,00", 1000.0, None),
    ("1,23,456.78", None, 123456.78),
    ("0,500", 0.5, None),
    ("12 34", None, None),
    ("12,50 %", None, None),
    ("1e400", None, None),
    ("EUR", None, None),
    ("", None, None),
])
def test_a_sum_is_read_by_its_decimal_mark(text: str, comma: float | None, point: float | None) -> None:
    assert (amounts([text], ","), amounts([text], ".")) == ([comma], [point])


@pytest.mark.parametrize(("text", "amount"), [
    ("12.5", 12.5), ("-3", -3.0), (" 7 ", 7.0), ("1e3", 1000.0), ("1,234.56", None), ("1e400", None),
])
def test_without_a_mark_only_a_number_counts(text: str, amount: float | None) -> None:
    assert amounts([text]) == [amount]


@settings(max_examples=20)
@given(st.lists(st.decimals(-10**12, 10**12, places=2, allow_nan=False), min_size=20, max_size=40))
def test_any_sum_is_exact_however_its_thousands_are_parted(sums: list[Decimal]) -> None:
    english = [f"{one:,.2f}" for one in sums]
    assert amounts(english, ".") == [float(one) for one in sums]
    assert amounts([text.translate(str.maketrans(",.", ".,")) for text in english], ",") == [float(one) for one in sums]
    assert amounts([f"{text.replace(',', ' ')} EUR" for text in english], ".") == [float(one) for one in sums]


def test_a_mark_that_is_none_is_refused() -> None:
    with pytest.raises(StoreError, match="--decimal takes , or ., not ';'"):
        checked_decimal(";")


VALUES = ["1.234,56", "12,50", "1,234.56", "$19.90", "19.90 EUR", 1.234]


def test_a_load_reads_texts_by_the_mark_and_leaves_numbers_alone(log: Log, tmp_path: Path) -> None:
    rows = [interaction(f"{n}", outcome={"conversionValue": value}) for n, value in enumerate(VALUES)]
    report = loaded(log.store, log_file(tmp_path, rows), LoadOptions(mapping=Mapping(decimal=",")))
    with log.store.snapshot() as snapshot:
        assert snapshot.rows("select value from interactions order by id") == [(1234.56,), (12.5,), (None,), (None,), (None,), (1.234,)]
    assert (report.unread_values, report.found.decimal, report.found.readable) == (3, ".", 3)


def test_a_summary_names_the_mark_that_reads_the_most(log: Log, tmp_path: Path) -> None:
    rows = [interaction(f"{n}", outcome={"conversionValue": value}) for n, value in enumerate(VALUES)]
    report = loaded(log.store, log_file(tmp_path, rows))
    assert "5 conversion values are not numbers and are in no sum, such as '1.234,56' on line 1; --decimal . reads 3 of them" in str(report)
