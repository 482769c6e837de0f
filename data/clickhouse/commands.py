"""The commands for a log in ClickHouse: its tables, and bringing the embedded store's rows there."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from contextlib import closing

from data.clickhouse.address import STORE, Address, password_of, read_address, store_address
from data.loading.outcome import Progress
from data.store.home import home
from data.store.limits import ReadOnly, StoreError
from data.store.status import Status
from data.store.store import Store

Tell = Callable[[Progress], None]

_CLUSTER = "interaction_history"


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser], number: Callable[[str], int], display: Callable[[], Tell]) -> None:
    """The commands `create-cluster` and `copy`."""
    create = commands.add_parser("create-cluster", help="print the tables of a log in ClickHouse, or create them")
    create.add_argument("--shards", type=number, default=1, metavar="N", help="the shards; each customer's rows are in one (default 1)")
    create.add_argument("--replicas", type=number, default=1, metavar="N", help="how often each shard is kept (default 1)")
    create.add_argument("--cluster", default=_CLUSTER, metavar="NAME", help="the cluster's name in the servers' configuration (default %(default)s)")
    create.add_argument("--keep-days", type=number, metavar="DAYS", help="let the servers drop rows that are older")
    create.add_argument("--to", metavar="ADDRESS", help=f"the database (default: the setting {STORE})")
    create.add_argument("--run", dest="create", action="store_true", help="create them, and do not only print")
    create.set_defaults(run=_create, interrupted="Tables that are there already stay; run it again for the others.")

    copy = commands.add_parser("copy", help="bring the rows of the state folder's store into a ClickHouse",
                               description="What is there already, as counts and checksums of each tenant and day tell, is not sent again.")
    copy.add_argument("--to", metavar="ADDRESS", required=True, help="the database; its password is in IH_STORE_PASSWORD or IH_STORE_PASSWORD_FILE")
    copy.set_defaults(run=lambda options: _copy(options, display()),
                      interrupted="Readers see no half copy. Run it again; what was sent is not sent again.")


def refuse_elsewhere() -> None:
    """`ReadOnly` where the setting names a ClickHouse, so that nothing is written to a store that nobody reads."""
    if store_address() is not None:
        raise ReadOnly(f"{STORE} is set, and what it names is only read. Unset it for this command, and bring the rows there: "
                       "python -m data copy --to ADDRESS")


def status(address: Address) -> Status:
    """What a ClickHouse holds."""
    from data.clickhouse.status import store_status
    from data.clickhouse.store import ClickHouseStore

    with closing(ClickHouseStore(address)) as store:
        return store_status(store)


def _address(options: argparse.Namespace) -> Address:
    found = read_address(options.to, password_of(), "--to") if options.to else store_address()
    if found is None:
        raise StoreError(f"No database is named. Give --to ADDRESS, or set {STORE}.")
    return found


def _create(options: argparse.Namespace) -> int:
    from data.clickhouse.schema import Layout, create, remote_servers
    from data.clickhouse.store import ClickHouseStore

    if not options.shards or not options.replicas:
        raise StoreError("--shards and --replicas must be at least 1.")
    address = _address(options)
    is_cluster = options.shards * options.replicas > 1
    layout = Layout(options.cluster if is_cluster else None, options.keep_days)
    if not options.create:
        if is_cluster:
            print(f"<!-- /etc/clickhouse-server/config.d/{options.cluster}.xml on every server -->")
            print(remote_servers(options.cluster, options.shards, options.replicas), end="\n\n")
        print("\n\n".join(f"{statement};" for statement in layout.statements(address.database)))
        return 0
    with closing(ClickHouseStore(address)) as store:
        create(store.connection, layout)
    print(f"{address} has its tables.")
    return 0


def _copy(options: argparse.Namespace, tell: Tell) -> int:
    from data.clickhouse.copying import copy_to
    from data.clickhouse.store import ClickHouseStore

    with closing(ClickHouseStore(_address(options))) as target, closing(Store.open(home())) as source:
        print(copy_to(source, target, tell))
    return 0
