from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

PAGES = Path(__file__).with_name("pages")
STYLE = (PAGES / "style.css").read_text(encoding="utf-8")
TEMPLATES = Environment(loader=FileSystemLoader(PAGES), autoescape=True, undefined=StrictUndefined)

# The pages carry their style inside themselves, and its hash is all that the browser may apply.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        f"style-src 'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'",
        "img-src data:",
        "form-action 'self'",
        "frame-ancestors 'self'",
        "base-uri 'none'",
    )
)


def sign_in_page(
    status: int, next_address: str, email: str = "", problem: str = "", headers: dict[str, str] | None = None
) -> HTMLResponse:
    """The sign-in form; `problem` says why the last attempt failed, `email` is what was typed then."""
    return page("login.html", status, headers, next_address=next_address, email=email, problem=problem)


def forbidden_page(name: str, reason: str) -> HTMLResponse:
    """Says who is signed in and why they may not read, with a way to sign out."""
    return page("forbidden.html", 403, None, name=name, reason=reason)


def page(template: str, status: int, headers: dict[str, str] | None, **values: str) -> HTMLResponse:
    html = TEMPLATES.get_template(template).render(style=Markup(STYLE), **values)
    own = {"Cache-Control": "no-store", "Content-Security-Policy": CONTENT_SECURITY_POLICY}
    return HTMLResponse(html, status, headers=own | (headers or {}))
