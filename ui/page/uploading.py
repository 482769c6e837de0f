"""The one file that a browser may hand in: to whom Streamlit's door for uploads is open, and where the file lies until it is loaded."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path, PurePosixPath

import streamlit as st
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from data.store.settings import whole_number_setting

UPLOADS = "/_stcore/upload_file/"
FOLDER = "uploads"
_LONGEST_NAME = 100
_MOST_MB = 4000
# What stands around a file in a request.
_FRAME = 1 << 16

# Session → the name of who may hand in a file there, while the page that takes one is on the screen.
_open: dict[str, str] = {}


_drop_zone = st.components.v2.component("drop_zone", js=Path(__file__).with_name("drop_zone.js").read_text(encoding="utf-8"))


def largest_mb() -> int:
    """How many MB a file may have: setting `IH_UPLOAD_MB`, else 200."""
    return whole_number_setting("IH_UPLOAD_MB", 200, 1, _MOST_MB)


def ask_for_file(label: str, key: str, note: str) -> UploadedFile | None:
    """Draws the place where a file can be dropped or chosen; the file once it has come in."""
    uploaded = st.file_uploader(label, key=key, help=note, max_upload_size=largest_mb())
    _drop_zone(key="drop_zone")
    return uploaded


class Intake:
    """What one session hands in: the file has a folder of its own until another comes, it is loaded, or the session ends."""

    def __init__(self, session: str):
        self._session = session
        self._folder: Path | None = None
        self.file: Path | None = None

    def open_to(self, name: str) -> None:
        """From now on the session of this account may hand in a file."""
        _open[self._session] = name

    def keep(self, uploaded: UploadedFile, home: Path) -> Path:
        """Lay a file that came in down in the state folder; memory then no longer holds it."""
        self.drop()
        (home / FOLDER).mkdir(mode=0o700, exist_ok=True)
        self._folder = Path(tempfile.mkdtemp(dir=home / FOLDER))
        self.file = self._folder / file_name(uploaded.name)
        self.file.write_bytes(uploaded.getbuffer())
        forget_uploads(self._session)
        return self.file

    def give(self) -> Path | None:
        """The file's folder, which is the caller's to remove from here on."""
        folder, self._folder, self.file = self._folder, None, None
        return folder

    def drop(self) -> None:
        if folder := self.give():
            shutil.rmtree(folder, ignore_errors=True)

    def close(self) -> None:
        """The page has gone, and its file with it."""
        _open.pop(self._session, None)
        forget_uploads(self._session)
        self.drop()


@st.cache_resource(scope="session", show_spinner=False, on_release=Intake.close)
def intake() -> Intake:
    """What this session hands in."""
    context = get_script_run_ctx()
    if context is None:
        raise RuntimeError("only a page that is being drawn takes files")
    return Intake(context.session_id)


class UploadDoor:
    """Middleware that lets a file through only to a session whose page takes one, sent by the account that looks at it: one at a time."""

    def __init__(self, app: ASGIApp):
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(UPLOADS):
            await self._app(scope, receive, send)
            return
        session = scope["path"].removeprefix(UPLOADS).partition("/")[0]
        if _open.get(session) != scope["state"]["identity"].name:
            await PlainTextResponse("No page of yours takes a file here.\n", 403)(scope, receive, send)
            return
        if scope["method"] == "PUT":
            # Said before a byte of it is read, and the server takes no more than that.
            size = Headers(scope=scope).get("content-length", "")
            if not size.isdecimal() or int(size) > (largest_mb() << 20) + _FRAME:
                await PlainTextResponse(f"A file may have {largest_mb()} MB.\n", 413)(scope, receive, send)
                return
            forget_uploads(session)
        await self._app(scope, receive, send)


def forget_uploads(session: str) -> None:
    """Memory holds nothing of what a session has handed in."""
    if runtime.exists():
        runtime.get_instance().uploaded_file_mgr.remove_session_files(session)


def clear_uploads(home: Path) -> None:
    """Removes what a server that was killed has left behind."""
    shutil.rmtree(home / FOLDER, ignore_errors=True)


def file_name(said: str) -> str:
    """What a browser calls a file, as the name of one: its last part, without signs that are none, not too long."""
    name = PurePosixPath(re.sub(r"[\x00-\x1f\x7f]", "_", said.replace("\\", "/"))).name
    stem, dot, rest = name.lstrip(".").partition(".")
    return (stem[:_LONGEST_NAME] + dot + rest[-_LONGEST_NAME:]) or "upload"
