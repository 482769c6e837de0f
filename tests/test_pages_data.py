"""The page Data: a file is dropped, seen as it will be stored, mapped, checked, loaded and undone; and who may do so."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser import Dashboard, at_rest, choose
from tests.data_page import ADMIN, TENANT, drop, own_names
from tests.test_pages_print import AMISS, WIDTH_OF_PAPER
from tests.test_pages_sound import PLACES, broken_rules

pytest_plugins = ["tests.browser_fixtures", "tests.data_page"]


def stored(page: Page) -> list[list[str]]:
    """The cells of the first rows as they would be stored."""
    table = page.get_by_role("table", name="The first rows, as they will be stored")
    return [row.locator("th, td").all_inner_texts() for row in table.locator("tbody tr").all()]


def load(page: Page, rows: int, file: str) -> None:
    """Loads the file that is shown, and waits until that is done: what is said of the load before stays there until then."""
    page.get_by_role("button", name=f"Load {rows} rows").click()
    expect(page.get_by_text(f"{file}: {rows} rows loaded")).to_be_visible()


def undo(page: Page, file: str) -> None:
    """Takes back the newest load, which is of this file."""
    page.goto("/data")
    page.get_by_role("button", name="Undo a load").click()
    expect(page.get_by_role("combobox", name="Load")).to_have_value(re.compile(re.escape(file)))
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.get_by_text(f"{file} is undone")).to_be_visible()


def by_type(shop: Dashboard) -> list[dict[str, Any]]:
    """The figures of each type, as the API tells a viewer."""
    with shop.client() as client:
        return client.get("/api/v1/interaction-summary", params={"groupBy": "type"}).json()["summary"]


def totals(shop: Dashboard) -> dict[str, int]:
    """How many rows there are of each type."""
    return {row["id"]: row["total"] for row in by_type(shop)}


def own_words(folder: Path, name: str = "crm.csv", first: int = 0) -> Path:
    """A CSV with other names, seconds since 1970 and words of its own: 10 rows each of Showed, Pressed and Bought for 1.234,50."""
    lines = ["event_uuid;subscriber_key;what;occurred;campaign;turnover"]
    for number in range(first, first + 30):
        word = ("Showed", "Pressed", "Bought")[number % 3]
        worth = "1.234,50" if word == "Bought" else ""
        lines.append(f"e{number};s{number % 5};{word};{1772323200 + 3600 * number};spring;{worth}")
    file = folder / name
    file.write_text("\n".join(lines) + "\n")
    return file


def several_files(folder: Path) -> Path:
    """A zip of two CSVs: 12 impressions and 3 clicks."""
    file = folder / "parts.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for type, rows in (("impression", 12), ("click", 3)):
            lines = [f"{type}{number},z{number % 4},{type},2026-04-{number + 1:02d}T08:00:00Z" for number in range(rows)]
            archive.writestr(f"{type}s.csv", "\n".join(["id,customerId,interactionType,timestamp", *lines]) + "\n")
    return file


def test_an_empty_log_leads_an_editor_to_the_page_and_tells_a_viewer_whom_to_ask(shop: Dashboard, editor: Page, viewer: Page):
    editor.goto("/overview")
    expect(editor.get_by_text("No interactions yet")).to_be_visible()
    editor.get_by_role("link", name="Load a file").click()
    expect(editor.get_by_role("heading", name="Data", level=1)).to_be_visible()
    viewer.goto("/history?type=click")
    expect(viewer.get_by_text("No interactions yet")).to_be_visible()
    expect(viewer.get_by_test_id("stMain")).to_contain_text(f"Ask {ADMIN}")
    expect(viewer.get_by_text("python -m")).to_have_count(0)


def test_a_viewer_neither_sees_the_page_in_the_menu_nor_at_its_address(viewer: Page):
    viewer.goto("/data")
    expect(viewer.get_by_text("Only editors and admins may load data")).to_be_visible()
    expect(viewer.get_by_test_id("stMain")).to_contain_text(f"Ask {ADMIN}")
    expect(viewer.get_by_role("link", name="History")).to_be_visible()
    expect(viewer.get_by_role("link", name="Data")).to_have_count(0)
    expect(viewer.locator("input[type=file]")).to_have_count(0)


def test_a_log_with_the_fields_own_names_is_loaded_as_it_stands_and_undone(shop: Dashboard, admin: Page, tmp_path: Path):
    drop(admin, own_names(tmp_path))
    assert [row[:5] for row in stored(admin)[:2]] == [
        ["impression-0", "2026-03-01 10:00:00", "C0", "impression", "off_card"], ["click-0", "2026-03-01 10:00:00", "C0", "click", "off_card"]]
    load(admin, 27, "march.ndjson")
    assert totals(shop) == {"impression": 20, "click": 5, "convert": 2}
    admin.goto("/overview?period=all")
    expect(admin.get_by_role("heading", name="27 interactions")).to_be_visible()
    undo(admin, "march.ndjson")
    assert totals(shop) == {}
    assert [*(shop.home / "uploads").iterdir()] == []


def test_other_names_words_and_times_are_mapped_with_menus_and_given_a_meaning(shop: Dashboard, editor: Page, admin: Page, tmp_path: Path):
    drop(editor, own_words(tmp_path))
    choose_column(editor, "Type", "what")
    expect(editor.get_by_role("table", name="The first rows, as they will be stored")).to_be_visible()
    assert [row[:4] for row in stored(editor)[:2]] == [
        ["e0", "2026-03-01 00:00:00", "s0", "Showed"], ["e1", "2026-03-01 01:00:00", "s1", "Pressed"]]
    for word, type in (("Showed", "impression"), ("Pressed", "click"), ("Bought", "convert")):
        choose(editor, word, type)
        expect(editor.get_by_role("table", name="Types of the file").get_by_role("row", name=re.compile(f"^{type}"))).to_be_visible()
        at_rest(editor)
    assert [row[3] for row in stored(editor)[:3]] == ["impression", "click", "convert"]
    load(editor, 30, "crm.csv")
    assert [sum(row[figure] for row in by_type(shop)) for figure in ("impression", "click", "convert", "revenue")] == [10, 10, 10, 12345.0]
    editor.goto("/overview?period=all")
    expect(editor.get_by_role("heading", name="30 interactions")).to_be_visible()
    # The next file of the same columns is read in the same way, and an editor cannot undo.
    drop(editor, own_words(tmp_path, "crm-april.csv", first=30))
    expect(editor.get_by_text("Read as the last file of the same columns")).to_be_visible()
    assert [row[3] for row in stored(editor)[:3]] == ["impression", "click", "convert"]
    load(editor, 30, "crm-april.csv")
    expect(editor.get_by_role("button", name="Undo a load")).to_have_count(0)
    undo(admin, "crm-april.csv")
    assert totals(shop) == {"impression": 10, "click": 10, "convert": 10}
    undo(admin, "crm.csv")
    assert totals(shop) == {}


def choose_column(page: Page, field: str, column: str) -> None:
    """Chooses a column for a field."""
    page.get_by_role("combobox", name=field, exact=True).click()
    page.get_by_role("option", name=re.compile(f"^{re.escape(column)} ·")).click()
    at_rest(page)


def test_an_archive_is_one_load(shop: Dashboard, admin: Page, tmp_path: Path):
    drop(admin, several_files(tmp_path))
    load(admin, 15, "parts.zip")
    assert totals(shop) == {"impression": 12, "click": 3}
    loads = admin.get_by_role("table", name="Loads")
    expect(loads.locator("tbody tr")).to_have_count(1)
    expect(loads.locator("tbody tr").first).to_contain_text("parts.zip")
    undo(admin, "parts.zip")
    assert totals(shop) == {}


def test_a_running_load_is_seen_by_every_editor_who_can_cancel_it_while_a_viewer_sees_the_old_log(
    shop: Dashboard, editor: Page, viewer: Page, tmp_path: Path
):
    pipe = tmp_path / "slow.ndjson"
    os.mkfifo(pipe)
    command = subprocess.Popen(
        [sys.executable, "-m", "data", "load", str(pipe), "--tenant", TENANT], cwd=Path(__file__).resolve().parents[1],
        env={**os.environ, "IH_HOME": str(shop.home)}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )
    with pipe.open("wb") as log:
        log.write(own_names(tmp_path).read_bytes())
        log.flush()
        editor.goto("/data")
        running = editor.get_by_test_id("stProgress").filter(has_text="slow.ndjson")
        expect(running).to_be_visible()
        viewer.goto("/overview")
        expect(viewer.get_by_text("No interactions yet")).to_be_visible()
        editor.get_by_role("button", name="Cancel").click()
        expect(running).to_have_count(0)
    said, _ = command.communicate(timeout=30)
    assert command.returncode == 1
    assert "stopped" in said
    assert totals(shop) == {}


def test_a_file_on_its_way_in_breaks_no_rule_and_can_be_printed(editor: Page, tmp_path: Path):
    editor.goto("/data")
    expect(editor.get_by_text("You see its rows as they will be stored")).to_be_visible()
    assert broken_rules(editor, *PLACES) == []
    drop(editor, own_words(tmp_path))
    choose_column(editor, "Type", "what")
    expect(editor.get_by_role("table", name="Types of the file")).to_be_visible()
    assert broken_rules(editor, *PLACES) == []
    editor.emulate_media(media="print")
    editor.set_viewport_size({"width": WIDTH_OF_PAPER, "height": 1000})
    editor.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert editor.evaluate(AMISS) == {"pressed": [], "beyond": [], "scrolled": []}


def test_an_admin_says_what_a_type_counts_as_and_an_editor_only_sees_it(shop: Dashboard, editor: Page, admin: Page, tmp_path: Path):
    file = tmp_path / "odd.csv"
    file.write_text("id,customerId,interactionType,timestamp\nx1,C1,NoResponse,2026-03-01\nx2,C1,click,2026-03-02\n")
    drop(editor, file)
    load(editor, 2, "odd.csv")
    meanings = editor.get_by_role("table", name="What types count as")
    expect(meanings.get_by_role("row", name=re.compile("NoResponse"))).to_contain_text("nothing")
    expect(editor.get_by_role("button", name="Change")).to_have_count(0)
    admin.goto("/data")
    admin.get_by_role("button", name="Change").click()
    choose(admin, "Type", "NoResponse")
    expect(admin.get_by_role("combobox", name="Counts as")).to_have_value("nothing")
    choose(admin, "Counts as", "impression")
    admin.get_by_role("button", name="Save").click()
    expect(admin.get_by_role("table", name="What types count as").get_by_role("row", name=re.compile("NoResponse"))).to_contain_text("impression")
    assert [sum(row[figure] for row in by_type(shop)) for figure in ("impression", "click")] == [1, 1]
    undo(admin, "odd.csv")
