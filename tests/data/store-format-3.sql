-- A store of format 3 with three interactions of one tenant, of a file and of a post. It knew no pull.

create table store (
    format      usmallint not null,
    engine      varchar   not null,
    version     ubigint   not null,
    in_order    boolean   not null,
    disordered  ubigint   not null
);

create table loads (
    version     ubigint   not null,
    file        varchar   not null,
    loaded      ubigint   not null,
    known       ubigint   not null,
    conflicts   ubigint   not null,
    rejected    ubigint   not null,
    finished    timestamp not null,
    replaced    ubigint   not null,
    "by"        varchar   not null,
    made        boolean   not null,
    noted       boolean   not null
);

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

create table meanings (
    tenant         usmallint not null,
    outcome        varchar   not null,
    name           varchar,
    classification varchar,
    category       varchar,
    counts_as      varchar
);

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
    channel     uinteger  not null,
    as_of       timestamp
);

create table interactions (
    tenant       usmallint not null,
    id           varchar   not null,
    "timestamp"  timestamp not null,
    customer     uinteger  not null,
    type         uinteger  not null,
    offer        uinteger  not null,
    creative     uinteger  not null,
    channel      uinteger  not null,
    direction    uinteger  not null,
    outcome_type uinteger  not null,
    value        double,
    context      varchar   not null,
    response     varchar   not null,
    outcome      varchar   not null,
    load         uinteger  not null
);

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

create table removed (
    tenant       usmallint not null,
    id           varchar   not null,
    "timestamp"  timestamp not null,
    "until"      timestamp not null
);

create macro half_hash(id) as (hash(id) >> 32)::uinteger;

create table ids (
    hash        uinteger  not null,
    "row"       uinteger  not null
);

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

insert into store values (3, 'v1.4.0', 4, false, 1);
insert into loads values
    (2, 'first.ndjson', 2, 0, 0, 2, '2026-03-16 09:00:00', 0, 'operator', true, true),
    (4, 'posted on 2026-03-16', 1, 0, 1, 0, '2026-03-16 11:00:00', 0, 'reporting', true, true);
insert into tenant_loads values (2, 1, 0, 2), (4, 1, 1, 0);
insert into tenants values (1, 'acme');
insert into customers values (1, 1, 'ada'), (1, 2, 'ben');
insert into types values (1, 1, 'impression'), (1, 2, 'click');
insert into outcomes values (1, 1, 'impression'), (1, 2, 'click');
insert into offers values (1, 1, 'card', true, 'Platinum Card', 'active', '2026-03-15 14:30:00');
insert into interactions values
    (1, 'a', '2026-03-15 14:30:00', 1, 1, 1, 0, 0, 0, 1, null, '{}', '{}', '{}', 2),
    (1, 'b', '2026-03-15 14:31:00', 2, 1, 1, 0, 0, 0, 1, null, '{"device":"phone"}', '{}', '{}', 2),
    (1, 'c', '2026-03-15 14:29:00', 1, 2, 1, 0, 0, 0, 2, 12.5, '{}', '{}', '{"conversionValue":12.5}', 4);
insert into ids select half_hash(id), rowid from interactions order by 1;
insert into journeys
select tenant, customer, "timestamp", type, offer, creative, channel, direction, outcome_type, value, rowid
from interactions
order by tenant, customer, "timestamp";
