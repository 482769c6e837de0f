-- What one load has read so far. These tables belong to its connection alone.

create temp table tenant_keys (tenant usmallint, id varchar);

create temp table staged (
    line         bigint,
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

-- Descriptions of entities, in the order read; a null leaves what is known.
create temp table described (
    kind         varchar,    -- offers, creatives or channels
    tenant       usmallint,
    id           varchar,
    name         varchar,
    status       varchar,
    channel      varchar,
    as_of        timestamp,
    line         bigint
);
