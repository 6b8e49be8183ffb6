-- In what tenants' schemas differ from those of their versions, as far as somebody has looked.
create table schema_drift (
  pool        text collate "C" not null references pool (name) on delete cascade,
  tenant      text collate "C" not null,
  database_id uuid        not null,
  found_at    timestamptz not null, -- of this fingerprint
  version     text,
  fingerprint text        not null,
  expected    text,                 -- null if the pool has no such version
  differences jsonb       not null,
  primary key (pool, tenant)
);

-- Whom the sampler looked at last.
create table schema_sampler (
  only_row boolean primary key default true check (only_row),
  pool     text collate "C" not null,
  tenant   text collate "C" not null
);
insert into schema_sampler (pool, tenant) values ('', '');

create index binding_schema on binding (pool, schema_version, schema_fingerprint);
