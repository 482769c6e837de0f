from __future__ import annotations

HOME = "/"


def safe_destination(next_address: str) -> str:
    """Where to go after signing in: `next_address` if it is a path of this site, else the home page.

    A browser reads `//host`, `/\\host` and, as it drops tabs and line breaks, `/<tab>/host` as another site.
    """
    path = next_address.partition("?")[0]
    is_local = (
        path.startswith("/")
        and not path.startswith("//")
        and "\\" not in path
        and all(character >= " " and character != "\x7f" for character in next_address)
    )
    # After signing in, these two would show the form again, or an error.
    if not is_local or path in ("/login", "/logout"):
        return HOME
    return next_address
