"""The controls that stand beside the headings of several sections."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import streamlit as st

from queries.asking.measures import RATES
from ui.page.address import Binding
from ui.words.buckets import CHOICES

Option = TypeVar("Option")

RATE_NAMES = {rate.id: rate.label for rate in RATES}


def choose_grain(bound: Binding, key: str = "grain") -> None:
    """How long a point of a trend is."""
    choose_one("Each point is", CHOICES, bound, key)


def choose_one(label: str, names: Mapping[Option, str], bound: Binding, key: str) -> None:
    """One of a few options, all in sight, under their names."""
    st.segmented_control(label, list(names), **bound(key), format_func=names.__getitem__, label_visibility="collapsed", required=True)


def choose_figure(names: Mapping[str, str], bound: Binding, key: str) -> None:
    """One of several figures, by their ids."""
    st.selectbox("Figure", list(names), **bound(key), format_func=names.__getitem__, label_visibility="collapsed", filter_mode=None, width=180)
