"""Loads that were begun on the page Data: each runs on in the server, whether the page stays open or not, and its outcome is kept for its asker."""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import process
from data.loading.loading import LoadOptions, load_log
from data.loading.outcome import LoadReport
from data.loading.transaction import ReportProgress
from data.loading.unloading import UnloadReport, unload
from data.orders.running import RunningLoad
from data.store.limits import StoreError

_log = logging.getLogger("interaction_history")

Report = LoadReport | UnloadReport
Work = Callable[[ReportProgress], Report]


@dataclass(eq=False)
class Job:
    """What someone has begun; once it is `over` there is a report, with the rows that were not loaded as CSV, or a problem."""

    load: RunningLoad
    report: Report | None = None
    rejects: str = ""
    problem: str = ""
    over: threading.Event = field(default_factory=threading.Event, repr=False)

    @property
    def name(self) -> str:
        return Path(self.load.source).name


# (tenant, account) → what it has begun last.
_latest: dict[tuple[str, str], Job] = {}


def latest(tenant: str, name: str) -> Job | None:
    """What an account has begun last."""
    return _latest.get((tenant, name))


def forget(tenant: str, name: str) -> None:
    """Its outcome has been read."""
    _latest.pop((tenant, name), None)


def begin_load(folder: Path, file: Path, options: LoadOptions, after: Callable[[], None]) -> Job:
    """Begin to load a file; its folder goes with the end, and `after` is called where something was loaded."""
    load = RunningLoad(file.name, options.tenant, options.by)

    def work(tell: ReportProgress) -> LoadReport:
        report = load_log(process.store(), file, replace(options, listed_as=file.name), tell, folder, load.stop)
        if report.rejects_file:
            job.rejects = Path(report.rejects_file).read_text(encoding="utf-8")
        after()
        return report

    job = Job(load)
    return _begun(job, work, folder)


def begin_unload(version: int, source: str, tenant: str, name: str) -> Job:
    """Begin to take a load back, of one tenant."""
    load = RunningLoad(f"Undo of {source}", tenant, name)
    return _begun(Job(load), lambda tell: unload(process.store(), version, tenant, name, tell, load.stop))


def _begun(job: Job, work: Work, folder: Path | None = None) -> Job:
    _latest[(job.load.tenant or "", job.load.by)] = job
    threading.Thread(target=_run, args=(job, work, folder), name="load", daemon=True).start()
    return job


def _run(job: Job, work: Work, folder: Path | None) -> None:
    try:
        with process.loads().turn(job.load, lambda _: None) as tell:
            job.report = work(tell)
    except StoreError as problem:
        job.problem = without_folder(str(problem), folder)
    except Exception as problem:
        if job.load.stop.asked:
            # The store has been closed meanwhile.
            job.problem = str(problem)
            return
        _log.exception("a load of %s failed: %s", job.load.by, job.load.source)
        job.problem = "The server failed to do this; its log says why. The log is unchanged."
    finally:
        if folder:
            shutil.rmtree(folder, ignore_errors=True)
        job.over.set()


def without_folder(text: str, folder: Path | None) -> str:
    """A text that names a file by its name alone."""
    return text.replace(f"{folder}/", "") if folder else text
