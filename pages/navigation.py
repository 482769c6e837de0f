"""The menu of pages, and who may see them."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

import streamlit as st

from accounts import Forbidden, Unknown
from data.errors import StoreError, TooSlow
from pages.visitor import visitor
from ui import address, messages
from ui.account import account_menu
from ui.look import frame


@dataclass(frozen=True)
class Entry:
    """A page of the menu; its address is that of its file."""

    file: str
    title: str


MENU = (
    Entry("overview", "Overview"), Entry("offers", "Offers"), Entry("funnels", "Funnels"), Entry("customers", "Customers"),
    Entry("history", "History"),
)
_PAGE = "page"


def landing() -> None:
    """The home page: the first of the menu."""
    st.switch_page(f"{MENU[0].file}.py", query_params=address.grouped(address.pairs()))


def shown_address() -> str:
    """Path and query of the page on the screen."""
    return (urlsplit(st.context.url or "").path or "/") + address.query(address.pairs())


def forget_other_pages(path: str) -> None:
    """Drops the state of another page's widgets.

    One that is drawn here under the same key is new to the browser, and would not be told a value that it seems to have already.
    """
    if st.session_state.get(_PAGE) != path:
        st.session_state.clear()
        st.session_state[_PAGE] = path


def main() -> None:
    pages = [st.Page(landing, title="Home", default=True, visibility="hidden")]
    pages += [st.Page(f"{entry.file}.py", title=entry.title, url_path=entry.file) for entry in MENU]
    try:
        identity = visitor()
        page = st.navigation(pages, position="top")
        forget_other_pages(page.url_path)
        frame(page.title)
        account_menu(identity.name, identity.tenant, str(identity.role))
        page.run()
    except Unknown:
        frame("Signed out")
        messages.signed_out(shown_address())
    except Forbidden as refusal:
        frame("No access")
        messages.forbidden(refusal.name, refusal.reason)
    except TooSlow as stopped:
        messages.took_too_long(stopped.seconds, "A shorter period, or one offer, is answered sooner.")
    except StoreError:
        messages.unavailable()


main()
