-- Tenants whose schema is not that of their version. Written where a fingerprint becomes known, in the same statement. (An index of
-- binding would say the same, and make each rollout write every index of that table.)
create table schema_drift (
  pool        text collate "C" not null references pool (name) on delete cascade,
  tenant      text collate "C" not null,
  database_id uuid        not null,
  found_at    timestamptz not null, -- of this fingerprint
  version     text,
  fingerprint text        not null,
  expected    text,                 -- null if the pool has no such version
  differences jsonb,                -- null until somebody has looked in what
  primary key (pool, tenant)
);

-- Whom the sampler looked at last.
create table schema_sampler (
  only_row boolean primary key default true check (only_row),
  pool     text collate "C" not null,
  tenant   text collate "C" not null
);
insert into schema_sampler (pool, tenant) values ('', '');
