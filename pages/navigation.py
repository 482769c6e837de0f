"""The menu of pages, and who may see them."""

from __future__ import annotations

import streamlit as st

st.write("soon")
