-- From format 2 to 3. Which load wrote a row was not kept. It can be told of the loads that came last, while the rows they appended are still
-- counted as out of order, since these lie at the end one load behind the other; and of the one load that is then left, if it is one.

alter table loads add column replaced ubigint default 0;
alter table loads alter column replaced set not null;
alter table loads alter column replaced drop default;
alter table loads add column "by" varchar default 'operator';
alter table loads alter column "by" set not null;
alter table loads alter column "by" drop default;
alter table loads add column made boolean default false;
alter table loads alter column made set not null;
alter table loads alter column made drop default;
alter table loads add column noted boolean default false;
alter table loads alter column noted set not null;
alter table loads alter column noted drop default;

alter table interactions add column load uinteger default 0;
alter table interactions alter column load set not null;
alter table interactions alter column load drop default;

create table tenant_loads (
    version     ubigint   not null,
    tenant      usmallint not null,
    conflicts   ubigint   not null,
    rejected    ubigint   not null
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

-- A load that changed nothing has the version of the one before it, and came after that one.
update loads set made = true
where rowid in (select min(rowid) from loads where version > 0 group by version);

create temp table stretches as
with appended as (
    select version, loaded, sum(loaded) over (order by version desc) as from_end, sum(loaded) over () as every
    from loads
    where loaded > 0
),
of_store as (
    select (select count(*) from interactions) as held, disordered
    from store
),
told as (
    select version, held - from_end as first, held - from_end + loaded as "end"
    from appended, of_store
    where every = held and from_end <= disordered
),
left_over as (
    select version, 0 as first, held - coalesce((select sum("end" - first) from told), 0) as "end"
    from appended, of_store
    where every = held and version not in (select version from told)
)
select * from told
union all
select * from left_over where (select count(*) from left_over) = 1;

update interactions i set load = s.version
from stretches s
where i.rowid >= s.first and i.rowid < s."end";

update loads set noted = true
where loaded = 0 or version in (select version from stretches);

-- Whose the rows of the other loads are is as little known, unless all are one tenant's. How many of several tenants' rows were refused
-- is nobody's to see.
insert into tenant_loads
select version, tenant, case when tenants = 1 then conflicts else 0 end, case when tenants = 1 then rejected else 0 end
from (
    select load as version, tenant, count(*) over (partition by load) as tenants
    from (select distinct load, tenant from interactions where load > 0)
    union
    select version, tenant, 1
    from loads, tenants
    where made and (select count(*) from tenants) = 1
) whose
join loads l using (version)
where l.made
order by version, tenant;

drop table stretches;

-- What a tenant says an outcome type means, over what is shipped: null where it says nothing, '' where it says "none of them".
create table meanings (
    tenant         usmallint not null,
    outcome        varchar   not null,   -- the outcome type's key, of which the log need not have a row
    name           varchar,
    classification varchar,
    category       varchar,
    counts_as      varchar
);
