"""Exports of other systems dropped on the page Data: how each is read is guessed, corrected where it must be, checked, loaded, counted and undone."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import Dashboard, at_rest, choose
from tests.data_page import drop
from tests.test_pages_data import by_type, load, stored, totals, undo

pytest_plugins = ["tests.browser_fixtures", "tests.data_page"]


def cards(page: Page) -> dict[str, str]:
    """The figures of the Overview, of all time."""
    page.goto("/overview?period=all")
    expect(page.locator(".kpis .card").first).to_be_visible()
    return {card.locator(".label").inner_text(): card.locator(".value").inner_text() for card in page.locator(".kpis .card").all()}


def words(page: Page) -> list[str]:
    """The words of the file's types, with their rows, from the most frequent on."""
    labels = page.locator(".st-key-words label")
    expect(labels.first).to_be_visible()
    return labels.all_inner_texts()


def pega(folder: Path) -> Path:
    """A zip of Pega's Interaction History: 11 rows of 2 customers, of which one outcome is the shop's own."""
    rows = [
        {"pySubjectID": f"C-{number % 2}", "CustomerID": f"C-{number % 2}", "pxFactID": str(-number - 1), "pyOutcome": outcome,
         "pxOutcomeTime": f"202101{number + 10}T132211.201 GMT", "pyName": "GoldCard", "pyChannel": "SMS", "pyDirection": "Outbound"}
        for number, outcome in enumerate(["NoResponse"] * 6 + ["Clicked"] * 2 + ["Accepted", "Rejected", "Churned"])
    ]
    file = folder / "Data-pxStrategyResult_pxInteractionHistory_20210101T010000_GMT.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("data.json", "".join(json.dumps(row) + "\n" for row in rows))
        archive.writestr("META-INF/MANIFEST.mf", "{}")
    return file


def analytics(folder: Path) -> Path:
    """Google Analytics' export: 4 promotions viewed, 2 selected, and a purchase of 49.50."""
    kinds = ["view_promotion"] * 4 + ["select_promotion"] * 2 + ["purchase"]
    rows = [
        {"event_date": "20260315", "event_timestamp": str(1773585000123456 + 1_000_000 * number), "event_name": kind, "user_id": None,
         "user_pseudo_id": f"10.{number % 3}", "traffic_source": {"medium": "email"},
         "items": [{"item_id": "SKU1", "promotion_id": "P1", "promotion_name": "Spring"}],
         "ecommerce": {"purchase_revenue": 49.5} if kind == "purchase" else None}
        for number, kind in enumerate(kinds)
    ]
    file = folder / "ga4.json"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return file


def campaign(folder: Path, rows: int = 30, encoding: str = "utf-8", name: str = "Auswertung.csv") -> Path:
    """A German CSV with decimal commas: a third each was opened, was clicked, and bought for 1.234,50 €; the last row has a word of its own."""
    lines = ["Vorgangs-Nr;Kundennummer;Aktion;Zeitpunkt;Kampagne;Umsatz"]
    for number in range(rows):
        word = "Zurückgegeben" if number == rows - 1 else ("Geöffnet", "Geklickt", "Gekauft")[number % 3]
        worth = "1.234,50 €" if word == "Gekauft" else ""
        lines.append(f"{number};K{number % 7};{word};{number % 28 + 1:02d}.03.2026 08:{number % 60:02d};Frühling;{worth}")
    file = folder / name
    file.write_text("\n".join(lines) + "\n", encoding=encoding)
    return file


def test_a_zip_of_pega_is_read_by_its_preset_and_a_word_of_its_own_is_given_a_meaning(shop: Dashboard, admin: Page, tmp_path: Path):
    drop(admin, pega(tmp_path))
    assert stored(admin)[0][:5] == ["-1", "2021-01-10 13:22:11.201", "C-0", "impression", "GoldCard"]
    assert words(admin) == ["NoResponse · 6 rows", "Clicked · 2 rows", "Accepted · 1 row", "Rejected · 1 row", "Churned · 1 row"]
    check = admin.locator(".st-key-check_words")
    expect(check).to_contain_text("11 rows read.")
    expect(check).to_contain_text("Count as nothing: Churned (1).")
    choose(admin, "Churned", "dismiss")
    expect(check).not_to_contain_text("Count as nothing")
    at_rest(admin)
    load(admin, 11, ".zip")
    assert totals(shop) == {"impression": 6, "click": 2, "accept": 1, "dismiss": 2}
    shown = cards(admin)
    assert {name: shown[name] for name in ("Impressions", "Clicks", "Accepts", "Dismissals", "Customers")} == {
        "Impressions": "6", "Clicks": "2", "Accepts": "1", "Dismissals": "2", "Customers": "2"}
    undo(admin, ".zip")
    assert totals(shop) == {}


def test_the_export_of_analytics_is_read_by_its_preset_with_what_was_earned(shop: Dashboard, admin: Page, tmp_path: Path):
    drop(admin, analytics(tmp_path))
    assert [row[1:5] for row in stored(admin)[:1]] == [["2026-03-15 14:30:00.123", "10.0", "impression", "P1"]]
    assert words(admin) == ["view_promotion · 4 rows", "select_promotion · 2 rows", "purchase · 1 row"]
    load(admin, 7, "ga4.json")
    shown = cards(admin)
    assert {name: shown[name] for name in ("Impressions", "Clicks", "Conversions", "Customers", "Value")} == {
        "Impressions": "4", "Clicks": "2", "Conversions": "1", "Customers": "3", "Value": "49.50"}
    undo(admin, "ga4.json")
    assert totals(shop) == {}


def test_a_german_csv_is_read_with_its_words_its_dates_and_its_decimal_commas(shop: Dashboard, admin: Page, tmp_path: Path):
    drop(admin, campaign(tmp_path))
    assert stored(admin)[2][1:] == ["2026-03-03 08:02:00", "K2", "convert", "Frühling", "1234.5"]
    assert words(admin) == ["Geöffnet · 10 rows", "Geklickt · 10 rows", "Gekauft · 9 rows", "Zurückgegeben · 1 row"]
    check = admin.locator(".st-key-check_words")
    choose(admin, "Values are written", "1234.56")
    expect(check).to_contain_text("9 values are not a number, such as 1.234,50 €. “1.234,56 €” under “Values are written” reads 9 of them.")
    choose(admin, "Values are written", "1.234,56 €")
    expect(check).not_to_contain_text("not a number")
    at_rest(admin)
    load(admin, 30, "Auswertung.csv")
    shown = cards(admin)
    assert {name: shown[name] for name in ("Impressions", "Clicks", "Conversions", "Customers", "Value")} == {
        "Impressions": "10", "Clicks": "10", "Conversions": "9", "Customers": "7", "Value": "11,110.50"}
    undo(admin, "Auswertung.csv")
    assert totals(shop) == {}


def test_the_file_of_the_documents_is_shown_as_they_say(editor: Page, tmp_path: Path):
    document = (Path(__file__).parent.parent / "docs" / "loading.md").read_text(encoding="utf-8")
    section = document.partition("\n## From the browser\n")[2].partition("\n## ")[0]
    [text] = re.findall(r"^```csv\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    heading, _, *rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("|")]
    file = tmp_path / "Auswertung.csv"
    file.write_text(text, encoding="utf-8")
    drop(editor, file)
    table = editor.get_by_role("table", name="The first rows, as they will be stored")
    assert table.locator("thead th").all_inner_texts() == heading
    assert stored(editor) == rows and len(rows) == 3


def test_text_of_windows_is_found_out_and_said(shop: Dashboard, admin: Page, tmp_path: Path):
    """Also where the header is not UTF-8."""
    plain = campaign(tmp_path, encoding="cp1252", name="windows.csv")
    drop(admin, plain)
    expect(admin.get_by_role("combobox", name="Text is written in")).to_have_value("Windows (cp1252)")
    assert words(admin)[0] == "Geöffnet · 10 rows"
    named = tmp_path / "header.csv"
    named.write_bytes(plain.read_bytes().replace(b"Aktion", "Aktion für".encode("cp1252")))
    drop(admin, named)
    expect(admin.get_by_role("combobox", name="Type", exact=True)).to_have_value(re.compile("^Aktion für"))
    # The same bytes are other letters, and the columns have other names, in another encoding.
    choose(admin, "Text is written in", "Mac")
    expect(admin.get_by_role("alert")).to_contain_text("no column is read as “Type”")
    expect(admin.get_by_role("combobox", name="Time", exact=True)).to_have_value(re.compile("^Zeitpunkt"))
    at_rest(admin)
    expect(admin.get_by_role("combobox", name="Text is written in")).to_have_value("Mac")


def test_of_a_long_file_the_beginning_is_looked_at_until_all_of_it_is_checked(shop: Dashboard, admin: Page, tmp_path: Path):
    drop(admin, campaign(tmp_path, rows=3000))
    check = admin.locator(".st-key-draft_check")
    expect(check).to_contain_text("Only the beginning has been read, 1,000 rows.")
    assert words(admin) == ["Geöffnet · 334 rows", "Geklickt · 333 rows", "Gekauft · 333 rows"]
    admin.get_by_role("button", name="Check all rows").click()
    expect(check).to_contain_text("3,000 rows read.")
    expect(check).to_contain_text("Count as nothing: Zurückgegeben (1).")
    expect(admin.locator(".st-key-words label")).to_have_count(4)
    assert words(admin)[3:] == ["Zurückgegeben · 1 row"]
    # What is chosen from now on is to be checked anew.
    choose(admin, "Zurückgegeben", "dismiss")
    expect(check).to_contain_text("Only the beginning has been read")
    at_rest(admin)
    admin.get_by_role("button", name="Load without a check").click()
    expect(admin.get_by_text("3,000 rows loaded")).to_be_visible()
    assert {row["id"]: (row["total"], row["revenue"]) for row in by_type(shop)} == {
        "impression": (1000, 0), "click": (1000, 0), "convert": (999, 999 * 1234.5), "dismiss": (1, 0)}
    undo(admin, "Auswertung.csv")
    assert totals(shop) == {}


@pytest.mark.parametrize(("name", "text", "said"), [
    ("noheader.csv", "e0,c0,click,2026-03-15T14:30:00Z\ne1,c1,click,2026-03-15T14:30:00Z\n",
     "Write the columns' names into a first row, or name them with the command line: python -m data load FILE --columns NAME,NAME"),
    ("offers.csv", "Key,Title\na,Card\nb,Loan\n",
     "It seems to describe offers, which are loaded with the command line: python -m data load --offers FILE"),
    ("others.csv", "id,customerId,type,timestamp,tenantId\ne,c,click,2026-03-15,other\n",
     "names the tenant 'other', and this page loads rows of 'shop' alone; --set tenantId=shop makes all rows such. "
     "Such a flag is for the command line: python -m data load FILE"),
    ("nulls.csv", "id,customerId,type,timestamp,offerId\ne,c,click,2026-03-15,NULL\nf,c,click,2026-03-15,NULL\n",
     "“NULL” stands as Offer in 2 rows. The command line takes it for no value: python -m data load FILE --null 'NULL'"),
    ("nothing.csv", "a,b\nx,y\n", "no column is read as “Customer” or “Type” or “Time”, so nothing can be loaded. Choose one in the menus."),
])
def test_what_no_menu_does_is_said_with_the_way_that_does_it(editor: Page, tmp_path: Path, name: str, text: str, said: str):
    file = tmp_path / name
    file.write_text(text)
    editor.goto("/data")
    editor.locator("input[type=file]").set_input_files(file)
    expect(editor.get_by_test_id("stMain")).to_contain_text(said)


def test_the_first_rows_of_an_archive_are_those_of_each_of_its_files(editor: Page, tmp_path: Path):
    file = tmp_path / "tracking.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for word, rows in (("Sent", 1500), ("Opened", 20), ("Clicked", 10)):
            lines = [f"{word}{number},s{number},{word},2026-03-15T08:00:00Z" for number in range(rows)]
            archive.writestr(f"{word}.csv", "\n".join(["id,customerId,type,timestamp", *lines]) + "\n")
    drop(editor, file)
    assert words(editor) == ["Sent · 1,000 rows", "Opened · 20 rows", "Clicked · 10 rows"]
    expect(editor.locator(".st-key-draft_check")).to_contain_text("Only the beginning has been read, 1,030 rows.")
