-- What one load has read so far. These tables belong to its connection alone.

create temp table tenant_keys (tenant usmallint, id varchar);

create temp table arrived (
    number       bigint,     -- tells the rows apart, in the order read
    line         bigint,     -- where the row stands in its file
    problem      varchar,
    raw          varchar,    -- the row's own text where it has a problem
    tenant       usmallint,
    id           varchar,
    hash         ubigint,
    "timestamp"  timestamp,
    customer     varchar,
    type         varchar,
    offer        varchar,
    creative     varchar,
    channel      varchar,
    direction    varchar,
    outcome_type varchar,
    value        double,
    context      varchar,
    response     varchar,
    outcome      varchar
);

create temp view staged as
select * exclude (problem, raw)
from arrived
where problem is null;

-- Descriptions of entities, in the order read; a null leaves what is known.
create temp table described (
    kind         varchar,    -- offers, creatives or channels
    tenant       usmallint,
    id           varchar,
    name         varchar,
    status       varchar,
    channel      varchar,
    as_of        timestamp,
    number       bigint
);

-- The rows of the store, by their numbers, whose present content is to go: it is replaced, or taken back with its load.
create temp table gone ("row" uinteger);

-- The staged rows that are not to be written, and in which fields they differ from the one that is; nothing where they do not.
create temp table duplicates (number bigint, difference varchar);
