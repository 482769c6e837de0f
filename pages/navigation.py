"""The menu of pages, and who may see them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from urllib.parse import unquote, urlsplit

import streamlit as st

from accounts import Forbidden, Role, Unauthenticated
from data.store.limits import StoreError, TooSlow
from ui.page import address, messages
from ui.page.shell import account_menu, frame, refused, visitor
from ui.page.turns import drawing
from ui.page.uploading import intake


@dataclass(frozen=True)
class Entry:
    """A page of the menu; its address is that of its file, `least` the role that sees it."""

    file: str
    title: str
    least: Role = Role.VIEWER


MENU = (
    Entry("overview", "Overview"), Entry("offers", "Offers"), Entry("funnels", "Funnels"), Entry("customers", "Customers"),
    Entry("history", "History"), Entry("data", "Data", Role.EDITOR),
)
# Not in the menu: the account's own leads there.
ACCOUNT = Entry("account", "Account")
_PAGE, _MISSING = "page", "missing pages"


def landing() -> None:
    """The home page: the first of the menu."""
    st.switch_page(f"{MENU[0].file}.py", query_params=address.grouped(address.pairs()))


def asked_name() -> str:
    """The name of the page that the address asks for; empty for the home page."""
    return unquote(urlsplit(st.context.url or "").path).strip("/")


def missing_page(name: str) -> None:
    """Says, under the address that was asked for, that there is no such page, and leads to the one that may be meant."""
    meant = next((entry for entry in (*MENU, ACCOUNT) if entry.file == name.casefold()), None)
    if meant is None:
        messages.no_such_page(name, "The link may be incomplete or misspelled.", MENU[0].title, f"/{MENU[0].file}")
    else:
        hint = f"{meant.title} is /{meant.file}, in lower case."
        messages.no_such_page(name, hint, meant.title, f"/{meant.file}{address.query_string(address.pairs())}")


def missing_pages() -> list[st.Page]:
    """The pages that an address asked for and the menu does not have: one that is not listed Streamlit would lead home.

    Those of the addresses before are among them, for a step back leads to them again.
    """
    name, names = asked_name(), st.session_state.setdefault(_MISSING, [])
    if name and name == name.strip() and "/" not in name and name not in {*names, *(entry.file for entry in (*MENU, ACCOUNT))}:
        names.append(name)
    return [st.Page(partial(missing_page, name), title="No such page", url_path=name, visibility="hidden") for name in names]


def page_of(entry: Entry, role: Role) -> st.Page:
    """The page of an entry; to a role that may not see it one that says so, and is in no menu."""
    if role < entry.least:
        return st.Page(partial(refused, entry.title), title=entry.title, url_path=entry.file, visibility="hidden")
    return st.Page(f"{entry.file}.py", title=entry.title, url_path=entry.file)


def shown_address() -> str:
    """Path and query of the page on the screen."""
    return (urlsplit(st.context.url or "").path or "/") + address.query_string(address.pairs())


def forget_other_pages(path: str) -> None:
    """Drops the state of another page's widgets, and the file that one has taken.

    One that is drawn here under the same key is new to the browser, and would not be told a value that it seems to have already.
    """
    if st.session_state.get(_PAGE) != path:
        intake().close()
        missing = st.session_state[_MISSING]
        st.session_state.clear()
        st.session_state.update({_PAGE: path, _MISSING: missing})


def main() -> None:
    # The missing ones first: Streamlit tells the address without the first of the names that it ends with.
    pages = [*missing_pages(), st.Page(landing, title="Home", default=True, visibility="hidden")]
    try:
        identity = visitor()
        pages += [page_of(entry, identity.role) for entry in MENU]
        pages.append(st.Page(f"{ACCOUNT.file}.py", title=ACCOUNT.title, url_path=ACCOUNT.file, visibility="hidden"))
        page = st.navigation(pages, position="top")
        forget_other_pages(page.url_path)
        frame(page.title)
        account_menu(identity.name, identity.tenant, str(identity.role))
        with drawing.turn(identity.tenant, identity.name):
            page.run()
    except Unauthenticated:
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
