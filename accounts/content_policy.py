"""What a browser may load and run on a page: the content security policies."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256

_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
# Whatever else a page may do: it is framed by this site alone, and neither loads plug-ins nor sends forms elsewhere.
_ALWAYS = ("form-action 'self'", "frame-ancestors 'self'", "base-uri 'none'", "object-src 'none'")


def static_policy(html: str) -> str:
    """The policy of a page without scripts: its own styles alone, by their hashes."""
    return "; ".join(("default-src 'none'", f"style-src {_hashes(_STYLE, html)}", "img-src data:", *_ALWAYS))


def application_policy(html: str) -> str:
    """The policy of Streamlit's pages: this server's scripts and those that the document itself has, by their hashes.

    Components come as scripts that the page makes of what the server has sent, and set styles of single elements; messages are read by WebAssembly.
    """
    return "; ".join((
        "default-src 'self'", f"script-src 'self' blob: 'wasm-unsafe-eval' {_hashes(_SCRIPT, html)}", "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:", "font-src 'self' data:", "worker-src 'self' blob:", *_ALWAYS,
    ))


def _hashes(inline: re.Pattern[str], html: str) -> str:
    return " ".join(f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in inline.findall(html)) or "'none'"
