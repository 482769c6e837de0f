-- All times are whole seconds since 1970, UTC.

create table if not exists tenants (
    id       text primary key,
    disabled integer not null default 0 check (disabled in (0, 1))
);

create table if not exists users (
    id       integer primary key,
    email    text not null unique,
    password text not null,                -- Argon2id, with its salt and costs; empty for who signs in with a provider alone
    role     text not null check (role in ('none', 'viewer', 'editor', 'admin')),
    tenant   text not null references tenants (id),
    created  integer not null,
    must_change integer not null default 0 check (must_change in (0, 1)), -- whether the password is one that somebody else knows
    issuer   text,                         -- the OpenID provider that vouches for the user, and
    subject  text,                         -- its name for them
    unique (issuer, subject)
);

create table if not exists keys (
    digest     blob primary key,           -- SHA-256 of the key
    tenant     text not null references tenants (id),
    name       text not null,
    role       text not null check (role in ('none', 'viewer', 'editor', 'admin')),
    created    integer not null,
    expires_at integer,
    revoked_at integer,
    used_at    integer,                    -- to the minute
    made_by    text,                       -- the e-mail of the user who made it for themselves, and who it can do no more than
    unique (tenant, name)
);

create table if not exists sessions (
    digest blob primary key,               -- SHA-256 of the token in the cookie
    user   integer not null references users (id) on delete cascade,
    opened integer not null,
    seen   integer not null,
    agent  text not null default ''        -- what the browser says it is
);

create index if not exists sessions_by_user on sessions (user);

-- The browsers that have signed in to an account.
create table if not exists browsers (
    digest blob not null,                  -- SHA-256 of the browser's own cookie
    user   integer not null references users (id) on delete cascade,
    seen   integer not null,
    primary key (digest, user)
);

create index if not exists browsers_by_user on browsers (user);
