from __future__ import annotations

import argparse
import getpass
import json
import sqlite3
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import islice

from accounts.accounts import Accounts
from accounts.audit import COMMAND_LINE
from accounts.identity import Invalid, Role
from accounts.passwords import random_password
from accounts.store import FILE_NAME
from accounts.users import key_table, user_table, utc_minute
from data.store.home import home
from data.store.limits import StoreError

FIRST_EMAIL = "admin@example.com"

Command = Callable[[Accounts, argparse.Namespace], None]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command of `python -m accounts`; 0 when done, 1 when it failed, 2 for wrong usage."""
    options = parser().parse_args(arguments)
    try:
        accounts = Accounts(home())
        try:
            options.command(accounts, options)
        finally:
            accounts.close()
    except (Invalid, StoreError) as problem:
        return failure(str(problem))
    except sqlite3.Error as error:
        return failure(f"{home() / FILE_NAME} cannot be used: {error}")
    except BrokenPipeError:
        raise
    except OSError as error:
        return failure(str(error))
    except (KeyboardInterrupt, EOFError):
        return failure("stopped; nothing was changed")
    return 0


def parser() -> argparse.ArgumentParser:
    root = argparse.ArgumentParser(
        prog="python -m accounts",
        description="Users, API keys and tenants. Changes take effect at once, even while the server runs.",
        epilog="The accounts are kept in the folder named by IH_HOME (default: var beside the code).",
    )
    commands = root.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Command, says: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=says, description=says)
        added.set_defaults(command=run)
        return added

    add = command("add-user", add_user, "Add a person who signs in with e-mail and password.")
    add.add_argument("email", metavar="EMAIL")
    tenant_option(add)
    role_option(add)
    password_option(add)

    role = command("set-role", set_role, "Change a user's role, effective from their next click.")
    role.add_argument("email", metavar="EMAIL")
    role.add_argument("role", metavar="ROLE", choices=role_names(), help=", ".join(role_names()))

    password = command("set-password", set_password, "Change a user's password and end their sessions.")
    password.add_argument("email", metavar="EMAIL")
    password_option(password)

    command("list", list_all, "Show users and keys, never their secrets.")

    key = command("add-key", add_key, "Make an API key and print it; it is shown only once.")
    key.add_argument("name", metavar="NAME")
    tenant_option(key)
    role_option(key)
    key.add_argument(
        "--expires",
        metavar="DATE",
        type=instant,
        help="when it stops working, in ISO 8601; UTC if it has no offset, midnight if it is only a date",
    )

    revoke = command("revoke-key", revoke_key, "Stop an API key from its next request on.")
    revoke.add_argument("name", metavar="NAME")
    revoke.add_argument("--tenant", metavar="TENANT", help="needed when several tenants have this name")

    disable = command("disable-tenant", disable_tenant, "Lock out all users and keys of a tenant.")
    disable.add_argument("tenant", metavar="TENANT")
    enable = command("enable-tenant", enable_tenant, "Let a tenant's users and keys in again.")
    enable.add_argument("tenant", metavar="TENANT")

    audit = command("audit", show_audit, "Print who did what, as lines of JSON, the newest first.")
    audit.add_argument("--tenant", metavar="TENANT", help="of one tenant alone")
    audit.add_argument("--event", metavar="EVENT", help="of one kind alone, such as export or sign-in.failed")
    audit.add_argument("--last", metavar="N", type=int, help="at most so many")

    first = command(
        "first-user",
        first_user,
        "If there are no users, add an admin and print the e-mail and a random password; otherwise do nothing.",
    )
    first.add_argument("--address", metavar="URL", help="print a sentence with this address, not JSON")
    first.add_argument("--email", metavar="EMAIL", default=FIRST_EMAIL, help=f"default: {FIRST_EMAIL}")
    tenant_option(first)
    return root


def tenant_option(command: argparse.ArgumentParser) -> None:
    command.add_argument("--tenant", metavar="TENANT", required=True, help="the one tenant they may see")


def role_option(command: argparse.ArgumentParser) -> None:
    names = role_names()
    says = f"{', '.join(names)} (default: viewer)"
    command.add_argument("--role", metavar="ROLE", choices=names, default="viewer", help=says)


def password_option(command: argparse.ArgumentParser) -> None:
    says = "read the password from standard input instead of asking for it"
    ways = command.add_mutually_exclusive_group()
    ways.add_argument("--password-stdin", action="store_true", help=says)
    ways.add_argument("--first-password", action="store_true", help="make a random one and print it; it has to be changed at the first sign-in")


def role_names() -> list[str]:
    return [role.value for role in Role]


def instant(text: str) -> int:
    """The ISO 8601 date or time as seconds since 1970."""
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not an ISO 8601 date or time") from None
    return int((parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp())


def add_user(accounts: Accounts, options: argparse.Namespace) -> None:
    password = random_password() if options.first_password else chosen_password(options.password_stdin)
    user = accounts.users.add(options.email, password, options.tenant, Role(options.role), must_change=options.first_password)
    accounts.audit.note("user.added", COMMAND_LINE, options.tenant, user=user.email, role=options.role)
    print_done(f"Added {user.email}, {user.role} of {user.tenant}.", password if options.first_password else None)


def set_role(accounts: Accounts, options: argparse.Namespace) -> None:
    accounts.users.set_role(options.email, Role(options.role))
    accounts.audit.note("user.role", COMMAND_LINE, accounts.users.tenant_of(options.email), user=options.email, role=options.role)
    print(f"{options.email} now has the role {options.role}.")


def set_password(accounts: Accounts, options: argparse.Namespace) -> None:
    password = random_password() if options.first_password else chosen_password(options.password_stdin)
    accounts.users.set_password(options.email, password, must_change=options.first_password)
    accounts.audit.note("user.password", COMMAND_LINE, accounts.users.tenant_of(options.email), user=options.email)
    print_done(f"{options.email} has a new password and is signed out everywhere.", password if options.first_password else None)


def print_done(said: str, password: str | None) -> None:
    """What was done; where a password was made, that alone on standard output."""
    if password is None:
        print(said)
    else:
        print(f"{said} It has to be changed at the first sign-in:", file=sys.stderr)
        print(password)


def list_all(accounts: Accounts, options: argparse.Namespace) -> None:
    disabled = accounts.tenants.disabled()
    print(user_table(accounts.users.all(), disabled))
    print()
    print(key_table(accounts.keys.all(), disabled, time.time()))


def add_key(accounts: Accounts, options: argparse.Namespace) -> None:
    raw = accounts.keys.add(options.name, options.tenant, Role(options.role), options.expires)
    until = f", works until {utc_minute(options.expires)}" if options.expires else ""
    accounts.audit.note("key.added", COMMAND_LINE, options.tenant, key=options.name, role=options.role,
                        expires=utc_minute(options.expires) if options.expires else None)
    print(
        f"API key {options.name!r}: {options.role} of {options.tenant}{until}. It is shown only once:",
        file=sys.stderr,
    )
    print(raw)


def revoke_key(accounts: Accounts, options: argparse.Namespace) -> None:
    key = accounts.keys.revoke(options.name, options.tenant)
    accounts.audit.note("key.revoked", COMMAND_LINE, key.tenant, key=key.name)
    print(f"API key {key.name!r} of {key.tenant} is revoked.")


def disable_tenant(accounts: Accounts, options: argparse.Namespace) -> None:
    accounts.tenants.set_disabled(options.tenant, True)
    accounts.audit.note("tenant.disabled", COMMAND_LINE, options.tenant)
    print(f"Tenant {options.tenant} is disabled.")


def enable_tenant(accounts: Accounts, options: argparse.Namespace) -> None:
    accounts.tenants.set_disabled(options.tenant, False)
    accounts.audit.note("tenant.enabled", COMMAND_LINE, options.tenant)
    print(f"Tenant {options.tenant} is enabled.")


def show_audit(accounts: Accounts, options: argparse.Namespace) -> None:
    for line in islice(accounts.audit.lines(options.tenant, options.event), options.last):
        print(json.dumps(line, ensure_ascii=False))


def first_user(accounts: Accounts, options: argparse.Namespace) -> None:
    added = accounts.users.add_first(options.email, options.tenant)
    if added is None:
        return
    user, password = added
    accounts.audit.note("user.added", COMMAND_LINE, user.tenant, user=user.email, role=user.role.value)
    if options.address:
        print(f"Sign in at {options.address} as {user.email} with password {password}")
        print(f"This account sees the tenant {user.tenant}.")
    else:
        print(json.dumps({"email": user.email, "password": password}))


def chosen_password(from_stdin: bool) -> str:
    if from_stdin:
        try:
            return sys.stdin.readline().rstrip("\r\n")
        except UnicodeDecodeError:
            raise Invalid("the password on standard input is not UTF-8") from None
    password = getpass.getpass("Password: ")
    if getpass.getpass("Repeat the password: ") != password:
        raise Invalid("the two passwords differ")
    return password


def failure(message: str) -> int:
    print(f"error: {message}", file=sys.stderr)
    return 1
