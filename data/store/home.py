"""The state folder, which holds the store and the accounts."""

from __future__ import annotations

import os
from pathlib import Path


def home() -> Path:
    """The state folder: setting `IH_HOME`, else `var/` beside the code; made private to its owner where it is missing."""
    folder = Path(os.environ.get("IH_HOME") or Path(__file__).resolve().parents[2] / "var").resolve()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
