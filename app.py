"""The one process: Streamlit's pages, the HTTP API, sign-in and health, behind one wall."""

from __future__ import annotations

import logging
import sys
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse
from starlette.routing import Route

import process
from accounts import Role
from accounts.content_policy import application_policy
from accounts.login import sign_in_routes
from accounts.password_page import password_routes
from accounts.provider_login import provider_routes
from accounts.wall import SignInWall
from api.app import ApiFirst, health_routes
from api.shares import key_rate
from data.store.home import home
from data.store.limits import StoreError
from ui.page import messages
from ui.page.shell import MARK, document
from ui.page.uploading import UPLOADS, UploadDoor, clear_uploads, largest_mb

log = logging.getLogger("interaction_history")

DOCUMENT = document()
POLICY = application_policy(DOCUMENT)

try:
    # Here rather than at startup, whose failure is shown as a trace.
    process.engine()
    process.accounts()
    process.pulls()
    largest_mb()
    key_rate()
except StoreError as problem:
    sys.exit(str(problem))


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    clear_uploads(home())
    with process.running():
        yield
    clear_uploads(home())


def page_failed(error: Exception) -> bool:
    """Says on the page that it failed, and in the log why, under one reference."""
    reference = uuid.uuid4().hex[:8]
    log.error("a page failed, reference %s", reference, exc_info=error)
    messages.failed(reference)
    return True


async def first_page(request: Request) -> RedirectResponse:
    """The address without a path leads to the first page, whatever it asks."""
    return RedirectResponse(str(request.url.replace(path="/overview", scheme="", netloc="")), 307)


async def favicon(_: Request) -> FileResponse:
    return FileResponse(MARK, media_type="image/svg+xml")


async def page_document(_: Request) -> HTMLResponse:
    """The document of every page, also of one that does not exist, which says so itself."""
    return HTMLResponse(DOCUMENT, headers={"Content-Security-Policy": POLICY})


app = st.App(
    # Inside pages/: beside that folder Streamlit would list it by itself and never run our navigation.
    Path(__file__).parent / "pages" / "navigation.py",
    lifespan=lifespan,
    routes=[
        *sign_in_routes(process.accounts()),
        *password_routes(process.accounts()),
        *provider_routes(process.accounts()),
        *health_routes(process.engine, process.accounts),
        Route("/", first_page),
        # Browsers ask for it before the page's script has named its own.
        Route("/favicon.png", favicon),
        Route("/{name}", page_document),
    ],
    middleware=[
        # Streamlit keeps the files of pages by their content alone, and would hand one tenant's to another.
        Middleware(SignInWall, accounts=process.accounts(), closed=("/media/", "/_stcore/metrics"), doors={UPLOADS: Role.EDITOR}),
        Middleware(UploadDoor),
        Middleware(ApiFirst, engine=process.engine, store=process.store, accounts=process.accounts, loads=process.loads),
    ],
    on_script_error=page_failed,
)
