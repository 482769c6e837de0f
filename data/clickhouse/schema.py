"""The tables of a store in ClickHouse: of one server, or of a cluster whose shards hold whole customers."""

from __future__ import annotations

from dataclasses import dataclass

from data.clickhouse.connection import Connection, Session, quoted
from data.store.limits import StoreError

# Of each row of the log, what it is found, filtered and counted by, and what only its record holds. Words are keys, as in the embedded store, and 0
# is none. The time is whole milliseconds, because the engine's own types of time end in 2299. A value is held twice: as the double that it is,
# and as the whole number times a power of ten that it was written as, which a sum loses no digit of.
_INTERACTIONS = """
    tenant       LowCardinality(String),
    id           String,
    timestamp    Int64 codec(Delta, ZSTD),
    customer     String,
    type         UInt32,
    offer        UInt32,
    creative     UInt32,
    channel      UInt32,
    direction    UInt32,
    outcome_type UInt32,
    value        Nullable(Float64),
    digits       Int64,
    exponent     Int16,
    context      String codec(ZSTD),
    response     String codec(ZSTD),
    outcome      String codec(ZSTD),
    load         UInt32,
    index by_id id type bloom_filter(0.001) granularity 4,
    projection by_customer (select * order by tenant, customer, timestamp, id)"""

# Small tables, whole on every server.
_SMALL = {
    # The value behind each key of a dimension, and what is known of it.
    "words": (
        "tenant String, dimension LowCardinality(String), key UInt32, id String, known Bool, name Nullable(String), status Nullable(String), "
        "channel UInt32", "tenant, dimension, key",
    ),
    # What a tenant says an outcome type means, in the order in which it was said.
    "meanings": (
        "tenant String, place UInt32, outcome String, name Nullable(String), classification Nullable(String), category Nullable(String), "
        "counts_as Nullable(String)", "tenant, place",
    ),
    # One row, there only while the store is whole.
    "versions": ("version UInt64", "version"),
}

TABLES = ("interactions", *_SMALL)
# The rows of a cluster's own shard; a single server has them in `interactions`.
SHARD = "interactions_shard"


@dataclass(frozen=True)
class Layout:
    """Where the tables are: on one server, or on all of a `cluster`. Rows older than `days`, where that is set, go by themselves."""

    cluster: str | None = None
    days: int | None = None

    def statements(self, database: str) -> list[str]:
        """What creates the tables, in order; what is there already stays."""
        on = f" on cluster {quoted(self.cluster)}" if self.cluster else ""
        made = [f"create database if not exists {quoted(database)}{on}"]
        place = f"{quoted(database)}."
        order = "order by (tenant, timestamp, id)"
        rows = f"{place}{SHARD if self.cluster else 'interactions'}"
        made.append(
            f"create table if not exists {rows}{on} ({_INTERACTIONS}\n)\nengine = {self._engine('{shard}', '{replica}')}\n{order}{self._ttl()}"
            "\nsettings deduplicate_merge_projection_mode = 'rebuild'"
        )
        if self.cluster:
            distributed = f"Distributed('{_escaped(self.cluster)}', '{_escaped(database)}', '{SHARD}', sipHash64(tenant, customer))"
            made.append(f"create table if not exists {place}interactions{on} as {rows}\nengine = {distributed}")
        made += [
            f"create table if not exists {place}{name}{on} ({columns})\nengine = {self._engine('all', '{shard}-{replica}')}\norder by ({key})"
            for name, (columns, key) in _SMALL.items()
        ]
        return made

    def _engine(self, shard: str, replica: str) -> str:
        return f"ReplicatedMergeTree('/clickhouse/tables/{{database}}/{shard}/{{table}}', '{replica}')" if self.cluster else "MergeTree"

    def _ttl(self) -> str:
        # A row of the far future never goes: its date would lie beyond the engine's.
        return f"\nttl toDateTime(least(intDiv(timestamp, 1000), 4200000000)) + interval {self.days} day" if self.days else ""


def _escaped(name: str) -> str:
    return name.replace("\\", "\\\\").replace("'", "\\'")


def create(connection: Connection, layout: Layout) -> None:
    """Create the database and the tables that are not there yet."""
    with connection.outside() as session:
        for statement in layout.statements(connection.address.database):
            session.run(statement)


def has_tables(connection: Connection) -> bool:
    """Whether the store's tables are there."""
    with connection.outside() as session:
        found = session.rows("select 1 from system.tables where database = {database:String} and name = 'interactions'",
                             {"database": connection.address.database})
    return bool(found)


def cluster_of(session: Session) -> str | None:
    """The cluster that the rows are spread over; None of a single server. `StoreError` where the tables are missing."""
    found = session.rows("select engine, engine_full from system.tables where database = currentDatabase() and name = 'interactions'")
    if not found:
        raise StoreError("The database has no tables of a store yet. Create them: python -m data create-cluster --run")
    [(engine, full)] = found
    return full.split("'")[1] if engine == "Distributed" and "'" in full else None


def remote_servers(cluster: str, shards: int, replicas: int) -> str:
    """The part of the servers' configuration that names the cluster, with host names to be replaced."""
    lines = ["<clickhouse><remote_servers>", f"  <{cluster}>"]
    for shard in range(1, shards + 1):
        lines.append("    <shard><internal_replication>true</internal_replication>")
        lines += [f"      <replica><host>shard{shard}-replica{replica}</host><port>9000</port></replica>" for replica in range(1, replicas + 1)]
        lines.append("    </shard>")
    return "\n".join([*lines, f"  </{cluster}>", "</remote_servers></clickhouse>"])
