-- The store. One load writes all of it in one transaction and raises store.version.
--
-- Strings become small integer keys, dense from 1 within a tenant; key 0 stands for "none", so no key column is ever null.

create table store (
    format      usmallint not null,   -- of this file's layout
    engine      varchar   not null,   -- whose hash() fills ids
    version     ubigint   not null,   -- one more with each load
    in_order    boolean   not null,   -- interactions lie wholly in (timestamp, id) order
    disordered  ubigint   not null    -- interactions appended since they last did
);

create table loads (
    version     ubigint   not null,
    file        varchar   not null,
    loaded      ubigint   not null,
    known       ubigint   not null,
    conflicts   ubigint   not null,
    rejected    ubigint   not null,
    finished    timestamp not null,
    replaced    ubigint   not null,   -- rows whose content it replaced
    "by"        varchar   not null,   -- the account or key that asked for it; of the command line "operator"
    made        boolean   not null,   -- it made the version, and is the only one of it that did
    noted       boolean   not null    -- its rows carry its version; those of a load before format 3 mostly do not
);

-- What a load that made a version means to a tenant; gone once the tenant has taken it back.
create table tenant_loads (
    version     ubigint   not null,
    tenant      usmallint not null,
    conflicts   ubigint   not null,
    rejected    ubigint   not null
);

create table tenants (
    tenant      usmallint not null,
    id          varchar   not null
);

create table customers (
    tenant      usmallint not null,
    "key"       uinteger  not null,
    id          varchar   not null
);

create table types      (tenant usmallint not null, "key" uinteger not null, id varchar not null);
create table outcomes   (tenant usmallint not null, "key" uinteger not null, id varchar not null);
create table directions (tenant usmallint not null, "key" uinteger not null, id varchar not null);

-- What a tenant says an outcome type means, over what is shipped: null where it says nothing, '' where it says "none of them".
create table meanings (
    tenant         usmallint not null,
    outcome        varchar   not null,   -- the outcome type's key, of which the log need not have a row
    name           varchar,
    classification varchar,
    category       varchar,
    counts_as      varchar
);

-- An entity is known once a row or an entity file has described it; as_of is the time of the newest description.
create table offers (
    tenant      usmallint not null,
    "key"       uinteger  not null,
    id          varchar   not null,
    known       boolean   not null,
    name        varchar,
    status      varchar,
    as_of       timestamp
);

create table channels (
    tenant      usmallint not null,
    "key"       uinteger  not null,
    id          varchar   not null,
    known       boolean   not null,
    name        varchar,
    as_of       timestamp
);

create table creatives (
    tenant      usmallint not null,
    "key"       uinteger  not null,
    id          varchar   not null,
    known       boolean   not null,
    name        varchar,
    channel     uinteger  not null,   -- the creative's own channel, which a row's may differ from
    as_of       timestamp
);

-- The whole records. Rows are only ever appended, or all written anew, so a rowid stays that row's for as long as the table lives.
create table interactions (
    tenant       usmallint not null,
    id           varchar   not null,
    "timestamp"  timestamp not null,  -- UTC, whole milliseconds
    customer     uinteger  not null,
    type         uinteger  not null,
    offer        uinteger  not null,
    creative     uinteger  not null,
    channel      uinteger  not null,
    direction    uinteger  not null,
    outcome_type uinteger  not null,
    value        double,              -- outcome.conversionValue where it is a number
    context      varchar   not null,  -- a compact JSON object, as are the next two
    response     varchar   not null,
    outcome      varchar   not null,
    load         uinteger  not null   -- the version of the load that wrote this content; 0 where that is not known
);

-- The contents that a pull or a load with --replace has put another in the place of: of a row of interactions, those that loads with smaller
-- versions wrote. In words, so that no dictionary keeps what no row has.
create table replaced (
    load         uinteger  not null,
    tenant       usmallint not null,
    id           varchar   not null,
    "timestamp"  timestamp not null,
    customer     varchar   not null,
    type         varchar   not null,
    offer        varchar,
    creative     varchar,
    channel      varchar,
    direction    varchar,
    outcome_type varchar   not null,
    value        double,
    context      varchar   not null,
    response     varchar   not null,
    outcome      varchar   not null
);

-- Where a row stood that a load taken back has taken along, for as long as a cursor may name it.
create table removed (
    tenant       usmallint not null,
    id           varchar   not null,
    "timestamp"  timestamp not null,
    "until"      timestamp not null
);

-- Half a hash is enough to find a record by, for its id is compared anyway, and takes a sixth of the space when sorted.
create macro half_hash(id) as (hash(id) >> 32)::uinteger;

-- Where a record lies, by the hash of its id.
create table ids (
    hash        uinteger  not null,   -- half_hash(id)
    "row"       uinteger  not null    -- the rowid in interactions
);

-- The same interactions as integers only; the rows of a customer stand together, oldest first (timestamp, id).
create table journeys (
    tenant       usmallint not null,
    customer     uinteger  not null,
    "timestamp"  timestamp not null,
    type         uinteger  not null,
    offer        uinteger  not null,
    creative     uinteger  not null,
    channel      uinteger  not null,
    direction    uinteger  not null,
    outcome_type uinteger  not null,
    value        double,
    "row"        uinteger  not null
);

-- How far the pull from a platform into a tenant has come. In words, for a tenant that has no row yet is pulled as well.
create table pulls (
    url          varchar   not null,
    tenant       varchar   not null,
    "cursor"     varchar,             -- where the walk under way goes on; null where none is
    reached      timestamp,           -- the newest time that the walk under way has met
    high         timestamp,           -- the high-water mark: the newest time that a walk which came to its end had met
    pulled       timestamp,           -- when a walk last came to its end
    reconciled   timestamp            -- when the totals were last compared
);

-- What was last found of the totals, by type; type is null for all of them.
create table pull_totals (
    url          varchar   not null,
    tenant       varchar   not null,
    type         varchar,
    theirs       ubigint   not null,
    ours         ubigint   not null,  -- rows of the log
    absent       ubigint   not null,  -- of ours, those that the platform does not have, or has with another content
    refused      ubigint   not null,  -- of theirs, those that are not in the log, or with another content
    compared     timestamp not null,
    agreed_since timestamp            -- null where they do not agree
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
