-- The migrations of pools, and the rollouts that bring tenants to them.

-- Counts the changes of the pool's migration set, so that a set that was read once need not be read again.
alter table pool add column migration_set bigint not null default 0;

create table migration (
  pool          text collate "C" not null references pool (name) on delete cascade,
  version       text collate "C" not null, -- Flyway's order is not the text's: sorted in Java
  description   text        not null,
  script        text        not null,
  checksum      integer     not null,
  sql           text        not null,
  registered_at timestamptz not null,
  applied_at    timestamptz, -- since when some database may have it; from then on it cannot change
  primary key (pool, version)
);
create index migration_unapplied on migration (pool) where applied_at is null;

create table rollout (
  id          uuid primary key,
  pool        text collate "C" not null references pool (name) on delete cascade,
  version     text        not null,
  state       text        not null check (state in ('planned', 'running', 'finished')),
  created_at  timestamptz not null,
  started_at  timestamptz,
  finished_at timestamptz
);
create index rollout_pool on rollout (pool, created_at);
create unique index rollout_unfinished on rollout (pool) where state <> 'finished';

create table rollout_target (
  rollout         uuid not null references rollout (id) on delete cascade,
  tenant          text collate "C" not null,
  state           text not null check (state in ('pending', 'applied', 'up_to_date', 'failed')),
  from_version    text,
  to_version      text,
  error           text,        -- the last one, also of a target that is tried again
  duration_millis bigint,      -- null until a node has answered for it
  attempts        integer     not null default 0,
  due_at          timestamptz not null, -- of a pending one: not to be tried before
  primary key (rollout, tenant)
);
create index rollout_target_due on rollout_target (rollout, due_at, tenant) where state = 'pending';
create index rollout_target_state on rollout_target (rollout, state, tenant);
