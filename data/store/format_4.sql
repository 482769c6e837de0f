-- From format 3 to 4.

-- How far the pull from a platform into a tenant has come. In words, for a tenant that has no row yet is pulled as well.
create table pulls (
    url          varchar   not null,
    tenant       varchar   not null,
    "cursor"     varchar,
    reached      timestamp,
    high         timestamp,
    pulled       timestamp,
    reconciled   timestamp
);

-- What was last found of the totals, by type; type is null for all of them.
create table pull_totals (
    url          varchar   not null,
    tenant       varchar   not null,
    type         varchar,
    theirs       ubigint   not null,
    ours         ubigint   not null,
    absent       ubigint   not null,
    refused      ubigint   not null,
    compared     timestamp not null,
    agreed_since timestamp
);

-- The platform's rows that were not loaded: they have a problem, or the log has their id with a content that the pull did not write.
create table pull_refused (
    url          varchar   not null,
    tenant       varchar   not null,
    id           varchar   not null,
    type         varchar,
    offer        varchar,
    creative     varchar,
    reason       varchar   not null
);

-- The rows of the log that the platform does not have.
create table pull_absent (
    url          varchar   not null,
    tenant       varchar   not null,
    id           varchar   not null,
    found        timestamp not null
);
