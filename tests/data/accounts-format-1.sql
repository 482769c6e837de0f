-- The tables of accounts of formats 0 and 1, for the tests of their upgrade.

create table if not exists tenants (
    id       text primary key,
    disabled integer not null default 0 check (disabled in (0, 1))
);

create table if not exists users (
    id       integer primary key,
    email    text not null unique,
    password text not null,                -- Argon2id, with its salt and costs
    role     text not null check (role in ('none', 'viewer', 'editor', 'admin')),
    tenant   text not null references tenants (id),
    created  integer not null
);

create table if not exists keys (
    digest     blob primary key,           -- SHA-256 of the key
    tenant     text not null references tenants (id),
    name       text not null,
    role       text not null check (role in ('none', 'viewer', 'editor', 'admin')),
    created    integer not null,
    expires_at integer,
    revoked_at integer,
    unique (tenant, name)
);

create table if not exists sessions (
    digest blob primary key,               -- SHA-256 of the token in the cookie
    user   integer not null references users (id) on delete cascade,
    opened integer not null,
    seen   integer not null
);

create index if not exists sessions_by_user on sessions (user);
