"""The one process: Streamlit's pages, the HTTP API, sign-in and health, behind one wall."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Mount

import process
from accounts.web import SignInWall, sign_in_routes
from api.app import api
from api.health import health_routes


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    with process.running():
        yield


app = st.App(
    # Inside pages/: beside that folder Streamlit would list it by itself and never run our navigation.
    Path(__file__).parent / "pages" / "navigation.py",
    lifespan=lifespan,
    routes=[
        *sign_in_routes(process.accounts()),
        *health_routes(process.store, process.accounts),
        Mount("/api/v1", api(process.store, process.accounts)),
    ],
    middleware=[Middleware(SignInWall, accounts=process.accounts())],
)
