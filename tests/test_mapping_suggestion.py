from __future__ import annotations

import json

import duckdb
import pyarrow as pa
import pytest

from data.mapping.mapping import Mapping
from data.mapping.presets import PRESETS
from data.mapping.samples import Column, Sample, read_as
from data.mapping.suggestion import Suggestion, flags_of, suggestion, suggestion_of
from data.mapping.synonyms import nearness, type_meant, words_of

ENGINE = duckdb.connect()

TIMES = ("2026-03-15T14:30:00Z", "2026-03-15T14:31:00Z", "2026-03-15T14:32:00Z")
WORDS = ("Viewed", "Clicked", "Viewed")
KEYS = ("a1", "a2", "a3")
PEOPLE = ("p", "q", "p")


def suggested(**columns: tuple[str | None, ...]) -> Suggestion:
    return suggestion_of(ENGINE, [Column(path, values) for path, values in columns.items()])


def test_names_near_a_fields_names_are_found_and_words_that_count() -> None:
    found = suggested(EventUUID=KEYS, contact_id=PEOPLE, outcome=WORDS, occurredAt=TIMES, campaign=PEOPLE)
    assert found.mapping.map == (("occurredAt", "timestamp"), ("outcome", "interactionType"), ("EventUUID", "id"),
                                 ("contact_id", "customerId"), ("campaign", "offerId"))
    assert found.mapping.value == (("Clicked", "click"), ("Viewed", "impression"))
    assert (found.mapping.time, found.mapping.id_from, found.missing) == ("", (), ())


def test_a_column_that_is_read_anyway_is_not_mapped() -> None:
    found = suggested(id=KEYS, customer_id=PEOPLE, type=("impression", "click", "click"), timestamp=TIMES)
    assert (found.mapping, str(found)) == (Mapping(), "")


@pytest.mark.parametrize(("texts", "time"), [
    (("1773585000", "1773585060", "1773585120"), "seconds"),
    (("1773585000123456",) * 3, "microseconds"),
    (("46096.604167",) * 3, "excel"),
    (("20260315143000",) * 3, "%Y%m%d%H%M%S"),
    (("13.03.2026 14:30", "01.02.2026 09:05", "02.02.2026 09:05"), "%d.%m.%Y %H:%M"),
    (("03/04/2026 2:30 PM", "03/15/2026 2:30 PM", "03/05/2026 2:30 PM"), "%m/%d/%Y %I:%M %p"),
    (("03/04/2026", "15/04/2026", "03/05/2026"), "%d/%m/%Y"),
    (TIMES, ""),
])
def test_how_times_are_written_is_seen_from_all_of_them(texts: tuple[str, ...], time: str) -> None:
    assert suggested(id=KEYS, customerId=PEOPLE, type=WORDS, timestamp=texts).mapping.time == time


def test_where_no_column_tells_the_rows_apart_the_row_does() -> None:
    found = suggested(id=PEOPLE, visitorid=PEOPLE, event=WORDS, timestamp=TIMES)
    assert found.mapping.id_from == ("row",)
    assert found.flags == "--map event=interactionType --map visitorid=customerId --value Clicked=click --value Viewed=impression --id-from row"


def test_a_type_that_says_nothing_gives_way_to_one_that_does() -> None:
    events = ("Promotion Viewed", "Promotion Clicked", "Order Completed")
    found = suggested(id=KEYS, userId=PEOPLE, type=("track",) * 3, timestamp=TIMES, event=events)
    assert ("event", "interactionType") in found.mapping.map
    assert found.mapping.value == (("Order Completed", "convert"), ("Promotion Clicked", "click"), ("Promotion Viewed", "impression"))


@pytest.mark.parametrize(("sums", "decimal"), [(("1.234,56", "2,50", "1"), ","), (("$1,234.56", "2.50", "1"), "."), (("1.5", "2", "3"), "")])
def test_the_decimal_mark_is_seen(sums: tuple[str, ...], decimal: str) -> None:
    found = suggested(id=KEYS, customerId=PEOPLE, type=WORDS, timestamp=TIMES, revenue=sums)
    assert (("revenue", "outcome.conversionValue") in found.mapping.map, found.mapping.decimal) == (True, decimal)


def test_what_nothing_was_found_for_is_said() -> None:
    found = suggested(StockCode=KEYS, InvoiceDate=TIMES)
    assert found.missing == ("customerId", "interactionType")
    assert str(found) == ("try: --map InvoiceDate=timestamp --map StockCode=offerId --id-from row --map COLUMN=customerId "
                          "--map COLUMN=interactionType (or --set interactionType=convert, where all rows are of one type)")


def test_a_field_that_a_column_is_read_as_anyway_is_not_missing() -> None:
    """A line of totals below the rows has no type."""
    footed = {"id": (*KEYS, "Total"), "customerId": (*PEOPLE, "3"), "type": ("click",) * 2 + (None,) * 2, "timestamp": (*TIMES, None)}
    assert str(suggested(**footed)) == ""


def test_german_names_and_words_are_understood() -> None:
    found = suggested(Vorgang=PEOPLE, Kundennummer=PEOPLE, Aktion=("Ansicht", "Klick", "Gekauft"), Zeitpunkt=TIMES, Kampagne=PEOPLE,
                      Umsatz=(None, None, "1.234,50"))
    assert found.mapping == Mapping(
        map=(("Zeitpunkt", "timestamp"), ("Aktion", "interactionType"), ("Kundennummer", "customerId"), ("Kampagne", "offerId"),
             ("Umsatz", "outcome.conversionValue")),
        value=(("Ansicht", "impression"), ("Gekauft", "convert"), ("Klick", "click")), decimal=",", id_from=("row",))


def test_times_and_words_that_mean_types_speak_for_themselves_whatever_their_column_is_called() -> None:
    assert suggested(x=TIMES, y=WORDS, customerId=PEOPLE).mapping.map == (("x", "timestamp"), ("y", "interactionType"))
    assert suggested(x=("1773585000",) * 3, y=("Showed", "Pressed", "Bought"), customerId=PEOPLE).missing == ("interactionType", "timestamp")


def test_a_name_that_says_little_is_taken_with_the_one_before_it() -> None:
    found = suggested(**{"person.id": KEYS, "event.id": KEYS, "event.type": WORDS, "at": TIMES, "campaign.name": PEOPLE, "Recipient No": PEOPLE})
    assert {("person.id", "customerId"), ("event.id", "id"), ("campaign.name", "offerId")} <= {*found.mapping.map}
    assert ("Recipient No", "customerId") in suggested(**{"Recipient No": PEOPLE, "event": WORDS, "at": TIMES}).mapping.map


def test_the_price_of_one_piece_is_not_what_a_row_is_worth() -> None:
    prices = ("2.55", "3.39", "2.55")
    assert "outcome.conversionValue" not in dict(suggested(event=WORDS, at=TIMES, UnitPrice=prices).mapping.map).values()
    assert ("Price", "outcome.conversionValue") in suggested(event=WORDS, at=TIMES, Price=prices).mapping.map


def test_a_file_that_describes_offers_is_told_from_a_log() -> None:
    portfolio = suggested(reward=("10", "5"), offer_type=("bogo", "discount"), id=("a", "b"))
    assert str(portfolio) == "it has neither times nor customers, and seems to describe offers; try: --offers FILE --as starbucks"
    own = suggested(Key=("a", "b"), Title=("Card", "Loan"))
    assert str(own).endswith("seems to describe offers; try: --offers FILE --map Key=offers.id --map Title=offers.name")
    assert suggested(id=("a", "b"), name=("Card", "Loan")).describes == "offers"
    assert suggested(creative_id=("a", "b"), name=("Hero", "Tile")).flags == "--map creative_id=creatives.id"
    assert suggested(channel_id=("a", "b"), name=("Web", "Mail")).describes == "channels"
    assert suggested(id=("a", "b"), name=("Card", "Loan"), customer=("u", "v")).describes == ""


def test_a_list_of_records_deep_within_is_found_and_all_of_its_records_are_looked_at() -> None:
    events = [{"uuid": f"u{number}", "person": {"id": "p"}, "event": word, "at": 1773585000 + number} for number, word in enumerate(WORDS)]
    sample = Sample()
    document = json.dumps({"status": "ok", "data": {"total": 3, "events": events}})
    sample.add(pa.record_batch([[1], pa.nulls(1, pa.string()), [document]], names=["line", "problem", "record"]), True)
    assert suggestion(ENGINE, sample).flags == (
        "--map at=timestamp --map event=interactionType --map uuid=id --map person.id=customerId --value Clicked=click --value Viewed=impression "
        "--time seconds --records data.events")


def test_a_preset_is_suggested_where_its_columns_and_words_fit() -> None:
    visits = {"visitorid": PEOPLE, "event": ("view", "addtocart", "view"), "itemid": KEYS, "timestamp": ("1433221332117",) * 3}
    assert suggested(**visits).flags == "--as retailrocket"
    assert suggested(**visits | {"event": ("seen", "bought", "seen")}).preset == ""
    assert "retailrocket" in PRESETS


def test_flags_can_be_pasted_into_a_shell() -> None:
    mapping = Mapping(map=(("value.offer id", "offerId"),), value=(("It's", "click"),), time="%d.%m.%Y %H:%M", null=("\\N",))
    assert flags_of(mapping) == """--map 'value.offer id=offerId' --value 'It'"'"'s=click' --time '%d.%m.%Y %H:%M' --null '\\N'"""


def test_paths_lead_into_objects_lists_and_cells_of_json() -> None:
    sample = Sample()
    record = '{"event": "x", "properties": {"time": 1773585000, "a.b": [{"c": 1}], "none": null}, "note": "{\\"deep\\": true}"}'
    sample.add(pa.record_batch([[1], pa.nulls(1, pa.string()), [record]], names=["line", "problem", "record"]), True, {"#file": "a.json"})
    assert [(column.path, column.values[0]) for column in sample.columns()] == [
        ("event", "x"), ("properties.time", "1773585000"), ('properties."a.b"[0].c', "1"), ("properties.none", None),
        ("note", '{"deep": true}'), ("note.deep", "true"), ("#file", "a.json")]


def test_columns_without_a_name_of_their_own_go_by_their_place_and_broken_rows_say_nothing() -> None:
    sample = Sample()
    sample.add(pa.record_batch([[1, 2], [None, "broken"], ["0", "1"], ["a", "b"]], names=["line", "problem", "", "id"]), False)
    assert sample.columns() == (Column("#1", ("0",)), Column("id", ("a",)))


def test_values_of_any_type_are_texts() -> None:
    sample = Sample()
    far, nested = pa.array([300_000_000_000], pa.timestamp("s")), pa.array([{"at": 300_000_000_000}], pa.struct({"at": pa.timestamp("s")}))
    sample.add(pa.record_batch([[1], pa.nulls(1, pa.string()), far, nested, [1.5], [b"x"], [True]],
                               names=["line", "problem", "far", "nested", "number", "bytes", "yes"]), False)
    assert [column.values[0] for column in sample.columns()] == ["11476-08-15 05:20:00", None, "1.5", "x", "true"]


def test_columns_are_read_as_they_are_mapped_or_else_called() -> None:
    columns = [Column(path, ("x",)) for path in ("#1", "Customer ID", "properties.time", "extra")]
    mapping = Mapping(map=(("#1", "id"), ("properties.time?", "timestamp")))
    assert read_as(columns, mapping) == {"#1": ("id",), "Customer ID": ("customerId",), "properties.time": ("timestamp",), "extra": ()}


def test_the_words_of_names_and_types() -> None:
    assert words_of("pxFactID") == ("px", "fact", "id")
    assert words_of("$insert_id") == ("insert", "id")
    assert nearness("pxFactID", "id") > nearness("campaign", "id") == 0
    assert nearness("customerId", "customerId") > nearness("visitor", "customerId") > nearness("my_visitor_id", "customerId") > 0
    assert [type_meant(word) for word in ("Promotion Viewed", "offer_click", "NoResponse", "view and click")] == ["impression", "click", None, None]
