"""For editors and admins: a file becomes rows of the log, seen and checked before; the loads there are, and what types count as."""

from __future__ import annotations

from typing import Any

import streamlit as st

import process
from accounts import Forbidden, Identity, Role
from data.loading.preview import Preview
from data.mapping.remembered import RememberedMappings
from data.store.home import home
from data.store.limits import StoreError
from pages.data_draft import Draft, draft
from pages.data_jobs import begin_load, without_folder
from pages.data_loads import draw_loads, draw_outcome, draw_running, report_words
from pages.data_mapping import MappingForm, in_menu_words
from pages.data_pulls import draw_pulls
from pages.data_types import draw_meanings, draw_words
from ui.components.table import Cell, Column, figure_table
from ui.page.messages import plain
from ui.page.section import section
from ui.page.shell import heading, visitor
from ui.page.uploading import ask_for_file, intake
from ui.words import numbers

_DRAFT = "data_draft"
_TAKEN = "CSV, NDJSON, JSON, Parquet, a workbook, Avro, ORC or Arrow, also compressed, or a zip or tar of such files."

_STORED = (
    Column("id", "Id", "id"), Column("timestamp", "Time (UTC)", "text"), Column("customerId", "Customer", "id"),
    Column("interactionType", "Type", "text"), Column("offerId", "Offer", "id"), Column("creativeId", "Creative", "id"),
    Column("channelId", "Channel", "id"), Column("direction", "Direction", "text"), Column("conversionValue", "Value"),
    Column("context", "Context", "text"),
)
_ALWAYS_SHOWN = ("id", "timestamp", "customerId", "interactionType")
_LONGEST_CELL = 40


class DataPage:
    """What an editor or admin of a tenant does with its data."""

    def __init__(self, identity: Identity):
        self.identity = identity

    def draw(self) -> None:
        st.session_state["data_tenant"] = self.identity.tenant
        heading("Data", [])
        if process.is_elsewhere():
            self.draw_elsewhere()
            return
        draw_running()
        draw_outcome()
        if intake().file is None:
            st.session_state.pop(_DRAFT, None)
        # Also where it stays empty: what follows would else move, and stand there twice while the page is drawn.
        place = st.empty()
        if _DRAFT not in st.session_state:
            with place.container():
                self.draw_intake()
            if _DRAFT in st.session_state:
                place.empty()
        # Not in a run of its own: one of the loads' part that is due would take its place.
        if _DRAFT in st.session_state:
            self.draw_draft(st.session_state[_DRAFT])
        with process.store().snapshot() as snapshot:
            draw_pulls(snapshot, self.identity.tenant)
            draw_loads(snapshot, self.identity.tenant, self.identity.role >= Role.ADMIN)
            draw_meanings(snapshot.tenant(self.identity.tenant), self.identity.role >= Role.ADMIN)

    def draw_elsewhere(self) -> None:
        """Says how rows come into a log that this server only reads, and what its types count as."""
        st.info("This log is in ClickHouse, and this server only reads it. An operator loads rows into a store of its own and brings them here: "
                "`python -m data copy --to ADDRESS`", icon=":material/info:")
        with process.engine().snapshot() as snapshot:
            draw_meanings(snapshot.tenant(self.identity.tenant), may_change=False)

    def draw_intake(self) -> None:
        intake().open_to(self.identity.name)
        number = st.session_state.setdefault("data_number", 0)
        uploaded = ask_for_file("A file to load", f"upload_{number}", _TAKEN)
        if uploaded is None:
            st.caption("You see its rows as they will be stored, and can change how it is read, before anything is loaded.")
            return
        file = intake().keep(uploaded, home())
        st.session_state["data_number"] = number + 1
        try:
            st.session_state[_DRAFT] = draft(self.identity, file, number)
        except StoreError as problem:
            intake().drop()
            st.error(plain(in_menu_words(without_folder(str(problem), file.parent))), icon=":material/error:")

    def draw_draft(self, draft: Draft) -> None:
        with st.container(horizontal=True, vertical_alignment="center", key="file_heading"):
            st.header(plain(draft.file.name), anchor=False)
            st.button("Choose another file", key="another", icon=":material/close:", on_click=self.drop)
        if draft.remembered:
            st.caption("Read as the last file of the same columns.")
        elif draft.looked.describes and draft.looked.report is None:
            kind = draft.looked.describes
            st.info(f"This file has neither times nor customers. It seems to describe {kind}, which are loaded with the command line: "
                    f"`python -m data load --{kind} FILE`", icon=":material/info:")
        menus, shown = st.columns([2, 3], gap="large")
        with menus, st.container(key="mapping"):
            section("mapping_menus", "Columns", None)
            mapping = MappingForm(draft.base, draft.columns, draft.key).draw()
            replaces = st.checkbox("Let this file win where an id is known", key=f"{draft.key}_replace",
                                   help="Else a row whose id is known with other content stays out, and is counted as a conflict.")
        with shown:
            rows, types, check = (st.container(key=f"draft_{part}") for part in ("rows", "types", "check"))
        with rows:
            if mapping.encoding != draft.by.mapping.encoding and (other := draft.in_encoding(mapping.encoding, st.session_state["data_number"])):
                st.session_state["data_number"] += 1
                st.session_state[_DRAFT] = other
                st.rerun()
            draft.follow(mapping, replaces)
            self.draw_rows(draft)
        with check:
            self.draw_check(draft)
        seen = draft.checked or draft.looked
        if seen.report:
            with types:
                draw_words(draft.words, seen.report, draft.key, draft.looked.report.read if draft.looked.report and draft.looked.cut else 0)

    def draw_rows(self, draft: Draft) -> None:
        looked = draft.looked
        section("first_rows", "The first rows, as they will be stored", None)
        if looked.report is None:
            self.draw_problem(draft, looked)
            return
        rows = [{column.name: _cell(_shown(column.name, row.get(column.name))) for column in _STORED} for row in looked.rows]
        used = [column for column in _STORED if column.name in _ALWAYS_SHOWN or any(row[column.name].text for row in rows)]
        if rows:
            figure_table(rows, used, "The first rows, as they will be stored", "first_rows")

    def draw_problem(self, draft: Draft, looked: Preview) -> None:
        st.error(plain(in_menu_words(without_folder(looked.problem, draft.file.parent))), icon=":material/error:")

    def draw_check(self, draft: Draft) -> None:
        """What the load will do, and the buttons that find it out and begin it."""
        if draft.looked.report is None:
            return
        section("check", "Check", None)
        place = st.empty()
        if draft.checked is None:
            with place.container():
                st.text(f"Only the beginning has been read, {numbers.counted(draft.looked.report.read, 'row')}.")
                with st.container(horizontal=True, gap="xsmall"):
                    asked = st.button("Check all rows", key="check_all", type="primary")
                    st.button("Load without a check", key="load_unchecked", on_click=self.load, args=(draft,))
            if not asked:
                return
            draft.check()
            place.empty()
        if draft.checked is None:
            return
        report = draft.checked.report
        if report is None:
            self.draw_problem(draft, draft.checked)
            return
        with st.container(gap="xxsmall", key="check_words"):
            for said in (f"{numbers.counted(report.read, 'row')} read.", *report_words(report)):
                st.text(said)
        new = report.loaded + (report.replaced or 0)
        st.button(f"Load {numbers.counted(new, 'row')}", key="load", type="primary", disabled=not new, on_click=self.load, args=(draft,))

    def load(self, draft: Draft) -> None:
        """Begins the load; the draft is done with."""
        if visitor().role < Role.EDITOR:
            return
        tenant, columns, mapping = self.identity.tenant, draft.paths, draft.by.mapping
        folder = intake().give()
        if folder is not None:
            begin_load(folder, draft.file, draft.by, lambda: RememberedMappings(home()).keep(tenant, columns, mapping))
        del st.session_state[_DRAFT]

    def drop(self) -> None:
        """Another file is to be chosen."""
        intake().drop()
        st.session_state.pop(_DRAFT, None)


def _shown(name: str, value: Any) -> Any:
    """A time without the signs that are always the same."""
    return str(value).replace("T", " ").removesuffix("Z").removesuffix(".000") if name == "timestamp" else value


def _cell(value: Any) -> Cell:
    text = None if value in (None, "", "{}") else str(value)
    return Cell(text and (text if len(text) <= _LONGEST_CELL else f"{text[:_LONGEST_CELL]} …"))


def _page() -> None:
    identity = visitor()
    if identity.role < Role.EDITOR:
        raise Forbidden(identity.name, f"the role is {identity.role}")
    DataPage(identity).draw()


_page()
