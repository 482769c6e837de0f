"""The loads of a tenant: those that run, which every editor sees and can cancel, and those whose rows the log holds, which an admin can take back."""

from __future__ import annotations

from pathlib import PurePath

import streamlit as st

import process
from accounts import Role
from data.loading.listing import LoadLine, loads
from data.loading.outcome import LoadReport, Progress
from data.loading.unloading import UnloadReport
from data.orders.running import WAITING, RunningLoad
from data.store.store import Snapshot
from pages.data_jobs import Job, begin_unload, forget, latest
from pages.data_mapping import COMMAND, DECIMALS, FIELDS, in_menu_words
from ui.components.table import Cell, Column, figure_table
from ui.page.copying import save
from ui.page.messages import plain
from ui.page.section import section
from ui.page.shell import visitor
from ui.words import numbers

_HEADINGS = (
    Column("source", "File", "text"),
    Column("rows", "Rows", help="Rows of the log whose present content it wrote."),
    Column("rejected", "Rejected"),
    Column("conflicts", "Conflicts", help="Rows whose id was known with other content; they were not loaded."),
    Column("by", "By", "text"),
    Column("finished", "Finished (UTC)", "text"),
)
_SEEN, _UNDONE = "running loads", "undone loads"


@st.fragment(run_every=1.5)
def draw_running() -> None:
    """Draws the loads that run or wait, as they go on; once there are others than before, the whole page is drawn anew."""
    tenant = st.session_state.get("data_tenant", "")
    running = process.loads().now(tenant)
    numbered = [load.number for load in running]
    if st.session_state.setdefault(_SEEN, numbered) != numbered:
        st.session_state[_SEEN] = numbered
        st.rerun()
    if not running:
        return
    # Asked again while there is something to be seen: the page may stand open for hours.
    identity = visitor()
    if identity.tenant != tenant or identity.role < Role.EDITOR:
        st.rerun()
    section("running", "Running", None)
    has_turn = process.loads().now()[:1]
    for load in running:
        _draw_load(load, load in has_turn)


def _draw_load(load: RunningLoad, has_turn: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"running_{load.number}"):
        progress: Progress = load.progress
        share = min(progress.done / progress.total, 1.0) if progress.total else 0.0
        # Until it tells of its own, it is said to wait.
        phase = "reading" if has_turn and progress.phase == WAITING.phase else progress.phase
        st.progress(share, text=f"{plain(PurePath(load.source).name)}: {phase} · {plain(load.by)}")
        st.button("Cancel", key=f"cancel_{load.number}", disabled=load.cancelled, on_click=_cancel, args=(load,))


def _cancel(load: RunningLoad) -> None:
    identity = visitor()
    if identity.role >= Role.EDITOR and identity.tenant == load.tenant:
        process.loads().cancel(load)


def draw_outcome() -> None:
    """Says what became of what this account has begun last."""
    identity = visitor()
    job = latest(identity.tenant, identity.name)
    if job is None or not job.over.is_set():
        return
    with st.container(border=True, key="outcome"):
        _draw_report(job)
        with st.container(horizontal=True, gap="xsmall"):
            if job.rejects:
                save("Download rejected rows", job.rejects, f"{job.name}.rejects.csv", key="rejects")
            st.button("Close", key="outcome_close", on_click=forget, args=(identity.tenant, identity.name))


def _draw_report(job: Job) -> None:
    match job.report:
        case LoadReport() as report:
            st.markdown(f":material/check_circle: **{plain(loaded_words(report, job.name))}**")
            with st.container(gap="xxsmall", key="outcome_words"):
                for said in report_words(report):
                    st.text(said)
        case UnloadReport() as report:
            st.markdown(f":material/undo: **{plain(undone_words(report))}**")
        case None:
            st.markdown(f":material/error: **{plain(job.name)}: nothing has changed**")
            st.text(in_menu_words(job.problem))


def loaded_words(report: LoadReport, name: str) -> str:
    """What was loaded, in one line."""
    replaced = f", {numbers.count(report.replaced)} replaced" if report.replaced else ""
    return f"{name}: {numbers.counted(report.loaded, 'row')} loaded{replaced}"


def undone_words(report: UnloadReport) -> str:
    """What was taken back, in one line."""
    restored = f", {numbers.counted(report.restored, 'earlier row')} put back" if report.restored else ""
    return f"{PurePath(report.source).name} is undone: {numbers.counted(report.removed, 'row')} removed{restored}"


def report_words(report: LoadReport) -> list[str]:
    """What else is to be said of a file, a line each."""
    said = []
    labels = {field.name: field.label for field in FIELDS}
    if report.known:
        said.append(f"{numbers.counted(report.known, 'row was', 'rows were')} already there.")
    if report.rejected:
        said.append(f"{numbers.counted(report.rejected, 'row')} cannot be loaded:")
        said += [f"  {numbers.count(rows)} × {in_menu_words(reason)}" for reason, rows in report.found.reasons]
    if report.conflicts:
        said.append(f"{numbers.counted(report.conflicts, 'row has', 'rows have')} a known id with other content, and stay as they are in the log.")
    if report.oldest:
        said.append(f"From {_minute(report.oldest)} to {_minute(report.newest)} (UTC).")
    nothing = [f"{type} ({numbers.count(rows)})" for type, rows, counts in report.found.types if not counts]
    if nothing:
        said.append(f"Count as nothing: {', '.join(nothing)}. Give these types a meaning.")
    if report.found.types and not any(counts == "impression" for _, _, counts in report.found.types):
        said.append("No row counts as an impression, so there will be no rates.")
    if report.unread_values:
        way = f" “{DECIMALS[report.found.decimal]}” under “Values are written” reads {numbers.count(report.found.readable)} of them." \
            if report.found.readable else ""
        said.append(f"{numbers.counted(report.unread_values, 'value is', 'values are')} not a number, such as {report.unread_value}.{way}")
    said += [f"“{word}” stands as {labels[name]} in {numbers.counted(rows, 'row')}. The command line takes it for no value: {COMMAND} --null '{word}'"
             for word, name, rows in report.found.no_value]
    if report.future:
        said.append(f"{numbers.counted(report.future, 'row lies', 'rows lie')} in the future.")
    if report.before_2000:
        said.append(f"{numbers.counted(report.before_2000, 'row is', 'rows are')} from before the year 2000.")
    if report.ignored:
        said.append(f"Not read: {', '.join(report.ignored)}.")
    return said


def _minute(time: str | None) -> str:
    """A time as the API spells it, to the minute."""
    return (time or "")[:16].replace("T", " ")


def draw_loads(snapshot: Snapshot, tenant: str, may_undo: bool) -> None:
    """Draws the loads whose rows the log holds, the newest first."""
    found = loads(snapshot, tenant).lines
    if not found:
        return
    undoable = [line for line in found if line.rows is not None]
    section("loads", "Loads", None, *([lambda: _draw_undo(undoable)] if may_undo and undoable else []))
    figure_table([_row(line) for line in found], _HEADINGS, "Loads", "loads")


def _row(line: LoadLine) -> dict[str, Cell]:
    return {
        "source": Cell(PurePath(line.source).name or line.source),
        "rows": Cell(None if line.rows is None else numbers.count(line.rows)),
        "rejected": Cell(numbers.count(line.rejected)),
        "conflicts": Cell(numbers.count(line.conflicts)),
        "by": Cell(line.by),
        "finished": Cell(_minute(line.finished)),
    }


def _draw_undo(lines: list[LoadLine]) -> None:
    # One that was used is closed: it would offer the next load at the place of the one that goes.
    with st.popover("Undo a load", icon=":material/undo:", key=f"undo_menu_{st.session_state.get(_UNDONE, 0)}"):
        of_version = {line.version: line for line in lines}

        def label(version: int) -> str:
            line = of_version[version]
            return f"{PurePath(line.source).name} · {numbers.counted(line.rows or 0, 'row')} · {_minute(line.finished)}"

        version = st.selectbox("Load", list(of_version), format_func=label, key="undo_version", filter_mode=None)
        st.caption("Takes exactly its rows out of the log, and puts back what they had replaced. Readers see the log as it is until that is done.")
        st.button("Undo", key="undo", type="primary", on_click=_undo, args=(of_version[version],))


def _undo(line: LoadLine) -> None:
    identity = visitor()
    if identity.role >= Role.ADMIN:
        begin_unload(line.version, PurePath(line.source).name, identity.tenant, identity.name)
    st.session_state[_UNDONE] = st.session_state.get(_UNDONE, 0) + 1
