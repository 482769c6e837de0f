"""What a page says when it has no rows to show, or cannot show all that was asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from urllib.parse import quote

import streamlit as st

from queries.answers.history import RelaxedSelection
from queries.asking.names import visible
from queries.asking.selection import Selection
from ui.words.numbers import count


def not_understood(problems: Sequence[str]) -> None:
    """Says which parts of the address were left aside, and that the rest is shown."""
    if problems:
        lines = (f"- {plain(problem)}" for problem in problems)
        text = "\n".join(("Part of this link was not understood. Shown without:", *lines))
        st.warning(text, icon=":material/link_off:")


@dataclass(frozen=True)
class Action:
    """A button that offers a next step."""

    label: str
    take: Callable[[], None]


DATA = "/data"
"""The address of the page that loads data."""

# Of what every page has on it already: once the session has ended, the browser is given no further script to draw with.
_link_out = st.components.v2.component(
    "link_out",
    html='<a class="ih-link" target="_self"></a>',
    js="""export default function ({ data, parentElement }) {
        const link = parentElement.querySelector("a")
        link.href = data.address
        link.textContent = data.label
    }""",
    # The class is of the page's own style.
    isolate_styles=False,
)

# The button's own rerun asks the same once more.
_AGAIN = Action("Try again", lambda: None)


def nothing_matches(what: str, hint: str, clear: Callable[[], None] | None = None, ways: Sequence[Action] = ()) -> None:
    """No rows under these filters, with ways to some of them, and the way back to all."""
    _state("search_off", f"No {what} match", hint, [*ways, *([Action("Clear filters", clear)] if clear else [])])


def choose(icon: str, title: str, hint: str) -> None:
    """Nothing was asked for yet: what can be."""
    _state(icon, title, hint)


def unknown(what: str, asked: str, hint: str) -> None:
    """Something was asked for by an id that the log does not have."""
    _state("search_off", f"No {what} has the id {visible(asked)}", hint)


def nothing_yet(what: str, hint: str) -> None:
    """No rows at all: what is to be done first."""
    _state("inbox", f"No {what} yet", hint)


def nothing_yet_for_editor(what: str) -> None:
    """No rows at all, said to someone who may load some."""
    with _card("inbox", f"No {what} yet", "Load a file, and this page shows what it holds."):
        link_out("Load a file", DATA)


def only_for_editors(admins: Sequence[str]) -> None:
    """A page that the visitor's role does not open."""
    _state("lock", "Only editors and admins may load data", f"Your account may read this log. {whom_to_ask(admins)}")


def whom_to_ask(admins: Sequence[str]) -> str:
    """Who can load data, or let someone do so."""
    return f"Ask {' or '.join(admins)}." if admins else "Ask the person who runs this server."


def took_too_long(seconds: float, hint: str) -> None:
    """A query that was stopped, and what would make it lighter."""
    _state("hourglass_disabled", f"Stopped after {seconds:g} seconds", hint, [_AGAIN])


def failed(reference: str) -> None:
    """Something broke; `reference` is what the server's log says about it."""
    hint = f"The server log has the reason under {reference}."
    _state("error", "This could not be shown", hint, [_AGAIN])


def unavailable() -> None:
    """The store cannot be read at the moment."""
    _state("cloud_off", "The log cannot be read at the moment", "Nothing is lost. Try again in a moment.", [_AGAIN])


def signed_out(next_address: str) -> None:
    """The session has ended; the way to sign in leads back to `next_address`."""
    with _card("logout", "You are signed out", "Sign in again to come back to this view."):
        link_out("Sign in", f"/login?next={quote(next_address, safe='')}")


def no_such_page(name: str, hint: str, way: str, address: str) -> None:
    """The address names no page; `way` is the title of one that can be shown instead, `address` its own."""
    with _card("explore_off", f"There is no page /{name}", hint):
        link_out(f"Open {way}", address)


def forbidden(name: str, reason: str) -> None:
    """Who is signed in may not read."""
    _state("lock", "You may not read this log", f"You are signed in as {name}, and {reason}. Ask the person who runs this server.")


def _state(icon: str, title: str, hint: str, ways: Sequence[Action] = ()) -> None:
    with _card(icon, title, hint), st.container(horizontal=True, horizontal_alignment="center"):
        for number, way in enumerate(ways):
            st.button(way.label, on_click=way.take, key="message_action" if way is ways[-1] else f"message_action_{number}")


def link_out(label: str, address: str) -> None:
    """A link to a page of this server that Streamlit does not draw, in the same window."""
    _link_out(key="link_out", data={"label": label, "address": address}, width="content")


@contextmanager
def _card(icon: str, title: str, hint: str) -> Iterator[None]:
    with st.container(border=True, horizontal_alignment="center", gap="xsmall", key="message"):
        st.space("small")
        st.markdown(f":gray[:material/{icon}:] **{plain(title)}**", width="content")
        st.caption(plain(hint), width="content", text_alignment="center")
        yield
        st.space("small")


# Streamlit looks for links, icons, emoji and arrows in what Markdown has already unescaped, so nothing but an end of the text in between keeps
# it from them: an empty span, which is neither seen nor copied.
_SPLIT = ":small[]"
_FOUND_LATER = re.compile(r"(?<=[:@])(?=\S)|(?<=www)(?=\.)|(?<=[-<>~])(?=[-=>])", re.IGNORECASE)
_MARKS = re.compile(r"([!-/:-@\[-`{-~])")


def plain(text: str) -> str:
    """Text that Markdown shows as it is: nothing in it is a link, an icon, a formula or set in another way."""
    return _SPLIT.join(_MARKS.sub(r"\\\1", part) for part in _FOUND_LATER.split(" ".join(text.splitlines())))


def no_interactions(found: Sequence[RelaxedSelection], show: Callable[[Selection], None], clear: Callable[[], None]) -> None:
    """Says that no interactions match, and which filter to remove; `show` leads to another selection, `clear` to all."""
    helpful = [one for one in found if one.total]
    hint = " ".join(f"Without the filter {one.dropped} there would be {count(one.total)}." for one in helpful)
    ways = [Action(f"Remove {one.dropped}", partial(show, one.selection)) for one in helpful]
    nothing_matches("interactions", hint or "Removing any one filter would not help.", clear, ways)
