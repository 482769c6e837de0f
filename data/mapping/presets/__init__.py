"""The mappings that are shipped, one a system: TOML files such as `--mapping` takes."""

from __future__ import annotations

import tomllib
from importlib.resources import files

from data.mapping.mapping import Mapping
from data.mapping.mapping_file import mapping_of

_FILES = {name.name.removesuffix(".toml"): name for name in files("data.mapping.presets").iterdir() if name.name.endswith(".toml")}

PRESETS = tuple(sorted(_FILES))


def preset(name: str) -> Mapping:
    """The shipped mapping of a name."""
    return mapping_of(tomllib.loads(_FILES[name].read_text(encoding="utf-8")))
