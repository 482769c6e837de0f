"""What every page has: the document that it is drawn in, its visitor, the log as it stands, the frame and a title."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

import process
from accounts import Identity, Role, sent_session
from palette import css_variables
from ui.page import address, messages
from ui.page.log import Log

PRODUCT = "Interaction History"

_HERE = Path(__file__).parent
_STYLES, _SCRIPTS = ("look.css", "print.css"), ("phone_menu.js", "printing.js")
STREAMLIT_DOCUMENT = Path(st.__file__).parent / "static" / "index.html"
MARK = _HERE / "mark.svg"

# Named, so that the browser does not look for the server under the page's own path first, where there is none.
_SERVER = "window.__streamlit = { BACKEND_BASE_URL: location.origin }"


def document() -> str:
    """The document as HTML."""
    ours = [f"<style>\n{style}</style>\n" for style in (css_variables(), *map(_text, _STYLES))]
    ours += [f"<script>\n{script}</script>\n" for script in (_SERVER, *map(_text, _SCRIPTS))]
    text = _replaced(STREAMLIT_DOCUMENT.read_text(encoding="utf-8"), "<title>Streamlit</title>", f"<title>{PRODUCT}</title>")
    # In the body, after all that Streamlit will put into the head: of two rules as strong, ours wins.
    return _replaced(text, "<body>", f"<body>\n{''.join(ours)}")


def _text(name: str) -> str:
    return _HERE.joinpath(name).read_text(encoding="utf-8")


def _replaced(text: str, part: str, new: str) -> str:
    if text.count(part) != 1:
        raise ValueError(f"Streamlit's document has {part} {text.count(part)} times, not once; ui/page/shell.py has to follow it")
    return text.replace(part, new)


_BUTTON_STYLE = (_HERE.parent / "components" / "button.css").read_text(encoding="utf-8")

_focus = st.components.v2.component("focus", js=(_HERE / "focus.js").read_text(encoding="utf-8"))
_session = st.components.v2.component("session", js=(_HERE / "session.js").read_text(encoding="utf-8"))
_signing_out = st.components.v2.component(
    "signing_out",
    html="""
    <form class="ih-form" method="post" action="/logout"><button class="ih-button">Sign out</button></form>
    """,
    css=_BUTTON_STYLE,
    # In the page's own tree: the keyboard does not come into a shadow tree within a menu.
    isolate_styles=False,
)


def visitor() -> Identity:
    """The current identity behind the session cookie; raises `Unauthenticated` or `Forbidden`."""
    # Which of the two cookies counts, the wall has decided, which knows how the browser reached it.
    cookies = st.context.cookies
    return process.accounts().authenticate_session(sent_session(cookies, secure=True) or sent_session(cookies, secure=False))


def show(title: str, draw: Callable[[Log], None]) -> None:
    """Draws a page of the visitor's log, as it stands now; of one without rows its title, and the way to load some."""
    identity = visitor()
    with process.engine().snapshot() as snapshot:
        tenant = snapshot.tenant(identity.tenant)
        log = Log.of(tenant)
        if log is None:
            st.title(title, anchor=False)
            _draw_lead(identity)
        else:
            draw(log)


def refused(title: str) -> None:
    """A page that the visitor's role does not open, and whom to ask."""
    st.title(title, anchor=False)
    messages.only_for_editors(process.accounts().users.admins(visitor().tenant))


def _draw_lead(identity: Identity) -> None:
    """Says that there are no rows, and to whoever may not load some, whom to ask."""
    if identity.role >= Role.EDITOR:
        messages.nothing_yet_for_editor("interactions")
    else:
        messages.nothing_yet("interactions", messages.whom_to_ask(process.accounts().users.admins(identity.tenant)))


def frame(title: str) -> None:
    """Dresses the page that is being drawn; to be called after the navigation, which sets its own title."""
    st.set_page_config(f"{title} · {PRODUCT}", str(MARK), layout="wide", menu_items={"About": f"**{PRODUCT}**"})
    st.logo(str(MARK), size="medium")
    _focus(key="focus")
    _session(key="session")


def account_menu(name: str, tenant: str, role: str) -> None:
    """The menu at the right of the header; signing out is a form's POST, so that no link can do it."""
    with st.container(key="account"), st.popover(messages.plain(name), icon=":material/account_circle:", type="tertiary"):
        st.text(name)
        st.caption(messages.plain(f"{role} · {tenant}"))
        st.page_link("account.py", label="Account", icon=":material/manage_accounts:")
        _signing_out(key="signing_out", width="content")


def heading(title: str, problems: Sequence[str], *beside: Callable[[], object]) -> None:
    """Draws the page's title with what stands beside it, and which parts of the address were not understood."""
    with st.container(horizontal=True, vertical_alignment="center", key="heading"):
        st.title(title, anchor=False)
        for draw in beside:
            draw()
    messages.not_understood([*problems, *(problem.message for problem in address.refreshes()[1])])


def clear_filters_button(clear: Callable[[], None]) -> None:
    """The button that takes all filters away."""
    st.button("Clear filters", key="clear", on_click=clear, icon=":material/filter_list_off:", type="tertiary")
