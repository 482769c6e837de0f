"""The API's documentation as one page that needs no script and no other server."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape

_ENVIRONMENT = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
_ENVIRONMENT.filters["pretty"] = lambda value: value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)
_ENVIRONMENT.filters["prose"] = lambda text: Markup(re.sub("`([^`]+)`", r"<code>\1</code>", str(escape(text))))


def docs_page(description: dict[str, Any], origin: str) -> str:
    """The page of an OpenAPI description; `origin` is the address that its curl examples call."""
    template = _ENVIRONMENT.from_string(files("api").joinpath("docs_page.html").read_text())
    return template.render(description=description, origin=origin)
