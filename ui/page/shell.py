"""The frame of every page: title, style and account menu."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

PRODUCT = "Interaction History"

MARK = Path(__file__).with_name("mark.svg")
STYLES = (Path(__file__).with_name("look.css"), Path(__file__).with_name("print.css"))

_focus = st.components.v2.component("focus", js=Path(__file__).with_name("focus.js").read_text(encoding="utf-8"))
_session = st.components.v2.component("session", js=Path(__file__).with_name("session.js").read_text(encoding="utf-8"))


def frame(title: str) -> None:
    """Dresses the page that is being drawn; to be called after the navigation, which sets its own title."""
    about = {"About": f"**{PRODUCT}**"}
    st.set_page_config(f"{title} · {PRODUCT}", str(MARK), layout="wide", menu_items=about)
    st.logo(str(MARK), size="medium")
    _focus(key="focus")
    _session(key="session")


_HERE = Path(__file__).parent
_DOCUMENT = Path(st.__file__).parent / "static" / "index.html"

# Named, so that the browser does not look for the server under the page's own path first, where there is none.
_SERVER = "window.__streamlit = { BACKEND_BASE_URL: location.origin }"


def shell() -> str:
    """The document, as HTML."""
    scripts = (_SERVER, *(_HERE.joinpath(name).read_text(encoding="utf-8") for name in ("phone_menu.js", "printing.js")))
    ours = [f"<style>\n{style.read_text(encoding='utf-8')}</style>\n" for style in STYLES]
    ours += [f"<script>\n{script}</script>\n" for script in scripts]
    text = _replaced(_DOCUMENT.read_text(encoding="utf-8"), "<title>Streamlit</title>", f"<title>{PRODUCT}</title>")
    # In the body, after all that Streamlit will put into the head: of two rules as strong, ours wins.
    return _replaced(text, "<body>", f"<body>\n{''.join(ours)}")


def _replaced(text: str, part: str, new: str) -> str:
    if text.count(part) != 1:
        raise ValueError(f"Streamlit's document has {part} {text.count(part)} times, not once; ui/page/shell.py has to follow it")
    return text.replace(part, new)


_signing_out = st.components.v2.component(
    "signing_out",
    html="""
    <form class="ih-form" method="post" action="/logout"><button class="ih-button">Sign out</button></form>
    """,
    css=Path(__file__).parents[1].joinpath("components", "button.css").read_text(encoding="utf-8"),
    # In the page's own tree: the keyboard does not come into a shadow tree within a menu.
    isolate_styles=False,
)


def account_menu(name: str, tenant: str, role: str) -> None:
    """The menu at the right of the header; signing out is a form's POST, so that no link can do it."""
    with st.container(key="account"), st.popover(name, icon=":material/account_circle:", type="tertiary"):
        st.text(name)
        st.caption(f"{role} · {tenant}")
        _signing_out(key="signing_out", width="content")
