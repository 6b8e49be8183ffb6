-- A pool is at a version: its new tenants are made at it. null: no migration. Until now that was the newest registered one.
alter table pool add column schema_version text collate "C";
update pool p
set migration_set = gen_random_uuid(),
    schema_version = (
      select m.version from migration m
      where m.pool = p.name
      order by string_to_array(m.version, '.')::numeric[] desc limit 1);

-- The hash of the database's schema, as its node said last; null: not known.
alter table binding add column if not exists schema_fingerprint text;

alter table rollout drop constraint rollout_state_check;
update rollout set state = 'running', started_at = coalesce(started_at, created_at) where state = 'planned';
alter table rollout
  add constraint rollout_state_check check
    (state in ('planned', 'running', 'paused', 'halted', 'undoing', 'finished', 'aborted', 'undone')),
  add column plan                text    not null default '',    -- names what was decided
  add column options             jsonb   not null default '{}',  -- as RolloutOptions
  add column open_wave           integer not null default -1,    -- the last one that was opened
  add column why                 text,                           -- it is halted
  add column moves_pool          boolean not null default true,  -- its last wave takes the pool to its version
  add column pool_moved          boolean not null default false,
  add column pool_version_before text,
  add column undo_until          timestamptz,                    -- all copies of before are there; null: none are kept
  add column undoes_all          boolean not null default false, -- while it is undone: also what was applied
  add column paced_until         timestamptz,                    -- no order before, so that it keeps its rate
  add column not_before          timestamptz,                    -- nothing to do before
  add column runner              text,                           -- the control plane that works at it, or did last
  add column runner_since        timestamptz,
  add column runner_busy         boolean not null default false,
  add column event_seq           bigint  not null default 0;
drop index rollout_unfinished;
create unique index rollout_active on rollout (pool) where state in ('running', 'paused', 'halted', 'undoing');

alter table rollout_target drop constraint rollout_target_state_check;
alter table rollout_target
  add constraint rollout_target_state_check check (state in ('pending', 'applied', 'up_to_date', 'failed', 'dormant',
    'excluded', 'undoing', 'undone', 'written', 'no_copy', 'undo_failed')),
  add column wave  integer not null default 0,
  add column kind  text, -- of a failure
  add column cause text; -- what failures for the same reason have in common
drop index rollout_target_due;
create index rollout_target_due on rollout_target (rollout, state, wave, due_at, tenant)
  where state in ('pending', 'dormant', 'undoing');
create index rollout_target_cause on rollout_target (rollout, cause) where state = 'failed';

-- What a wave has come to. The counters move in the statement that moves the targets.
create table rollout_wave (
  rollout            uuid    not null references rollout (id) on delete cascade,
  wave               integer not null,
  gate               jsonb   not null default '{"approval": false}',
  soak_millis        bigint  not null default 0,
  pending            bigint  not null default 0,
  applied            bigint  not null default 0,
  up_to_date         bigint  not null default 0,
  failed             bigint  not null default 0,
  dormant            bigint  not null default 0,
  excluded           bigint  not null default 0,
  undoing            bigint  not null default 0,
  undone             bigint  not null default 0,
  written            bigint  not null default 0,
  no_copy            bigint  not null default 0,
  undo_failed        bigint  not null default 0,
  invariant_failures bigint  not null default 0,
  slow               bigint  not null default 0, -- applied, and took longer than the gate has them take
  durations          bigint[] not null default array_fill(0::bigint, array[27]), -- of the applied, in fixed buckets
  opened_at          timestamptz,
  ended_at           timestamptz,
  approved_by        text,
  overridden         boolean not null default false,
  primary key (rollout, wave)
);
insert into rollout_wave (rollout, wave, pending, applied, up_to_date, failed, opened_at, ended_at)
select r.id, 0,
       count(*) filter (where t.state = 'pending'), count(*) filter (where t.state = 'applied'),
       count(*) filter (where t.state = 'up_to_date'), count(*) filter (where t.state = 'failed'),
       r.started_at, r.finished_at
from rollout r left join rollout_target t on t.rollout = r.id
group by r.id;
update rollout set open_wave = 0 where state = 'finished';

-- Tenants done in each ten seconds.
create table rollout_rate (
  rollout uuid        not null references rollout (id) on delete cascade,
  at      timestamptz not null,
  done    bigint      not null,
  primary key (rollout, at)
);

-- Who did what to a rollout. Numbered by the rollout's row, so in the order of commits and without gaps.
create table rollout_event (
  rollout uuid        not null references rollout (id) on delete cascade,
  seq     bigint      not null,
  at      timestamptz not null,
  actor   text        not null,
  type    text        not null,
  detail  jsonb       not null,
  primary key (rollout, seq)
);

-- Rehearsals: the migrations of a planned rollout, applied to throw-away copies of chosen tenants.
create table rehearsal (
  id          uuid primary key,
  rollout     uuid        not null references rollout (id) on delete cascade,
  state       text        not null check (state in ('running', 'finished')),
  sampled     bigint      not null, -- tenants whose size was asked for, to find the largest
  created_at  timestamptz not null,
  finished_at timestamptz
);
create index rehearsal_rollout on rehearsal (rollout, created_at);

create table rehearsal_copy (
  rehearsal         uuid not null references rehearsal (id) on delete cascade,
  tenant            text collate "C" not null,
  chosen            text not null check (chosen in ('named', 'largest', 'oldest', 'random')),
  state             text not null check (state in ('pending', 'applied', 'up_to_date', 'failed')),
  attempts          integer not null default 0,
  from_version      text,
  to_version        text,
  kind              text,
  cause             text,
  error             text,
  duration_millis   bigint,
  copy_millis       bigint,
  size_bytes_before bigint,
  size_bytes_after  bigint,
  rows_changed      bigint,
  primary key (rehearsal, tenant)
);
