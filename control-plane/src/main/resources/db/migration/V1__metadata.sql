-- The metadata of one cell. Names sort by byte (collate "C"), so that a prefix search is a range of an index.

create table pool (
  name       text collate "C" primary key,
  engine     text        not null,
  created_at timestamptz not null
);

create table node (
  name         text collate "C" primary key,
  token_sha256 text        not null,
  created_at   timestamptz not null,
  url          text,        -- null until it has joined
  order_token  text,        -- made by the node at each of its starts
  stream       uuid,        -- its open feed stream, or null
  seen_at      timestamptz, -- renewed while the stream is open
  acknowledged text         -- newest revision by which it serves
);

create sequence binding_change;

create table binding (
  pool                 text collate "C" not null references pool (name),
  tenant               text collate "C" not null,
  database_id          uuid        not null,
  engine               text        not null,
  node                 text collate "C" not null references node (name),
  generation           bigint      not null,
  version              bigint      not null, -- compare-and-set by every writer
  state                text        not null
    check (state in ('provisioning', 'abandoned', 'active', 'suspended', 'deleted', 'purging', 'purged')),
  template             text        not null,
  schema_version       text,
  labels               jsonb       not null,
  size_bytes_max       bigint      not null,
  statement_millis_max integer     not null,
  request_sha256       text        not null, -- of the request that made it: the same again is no conflict
  created_at           timestamptz not null,
  updated_at           timestamptz not null,
  deleted_at           timestamptz,
  purge_at             timestamptz,
  undelete_to          text,                 -- state before it was deleted
  changed_xid          xid8        not null,
  changed_seq          bigint      not null,
  revision             text        not null generated always as
    (lpad(to_hex(changed_xid::text::bigint), 16, '0') || '-' || lpad(to_hex(changed_seq), 16, '0')) stored,
  primary key (pool, tenant),
  unique (database_id)
);

create index binding_feed on binding (changed_xid, changed_seq);
create index binding_node on binding (node);
create index binding_labels on binding using gin (labels jsonb_path_ops);
create index binding_unfinished on binding (state, updated_at) where state not in ('active', 'suspended');

-- The one place that gives a change its place in the feed. What nodes do not see (labels, schema version) moves nothing.
create function binding_changed() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT'
    or (new.database_id, new.engine, new.node, new.generation, new.state, new.size_bytes_max, new.statement_millis_max)
      is distinct from
      (old.database_id, old.engine, old.node, old.generation, old.state, old.size_bytes_max, old.statement_millis_max)
  then
    new.changed_xid := pg_current_xact_id();
    new.changed_seq := nextval('binding_change');
  else
    new.changed_xid := old.changed_xid;
    new.changed_seq := old.changed_seq;
  end if;
  return new;
end
$$;

create trigger binding_changed before insert or update on binding
  for each row execute function binding_changed();

-- A node that stopped reading before this position may have missed a tombstone that is gone; it gets everything anew.
create table feed_horizon (
  only_row boolean primary key default true check (only_row),
  revision text collate "C" not null
);
insert into feed_horizon (revision) values ('0000000000000000-0000000000000000');

-- Forgets tombstones (of one pool, or of all if null) and moves the horizon past them in the same transaction.
create function forget_tombstones(of_pool text, untouched_since timestamptz) returns bigint language plpgsql as $$
declare
  gone   bigint;
  newest text collate "C";
begin
  with deleted as (
    delete from binding
    where state = 'purged' and updated_at < untouched_since and (of_pool is null or pool = of_pool)
    returning revision
  )
  select count(*) over (), revision into gone, newest from deleted order by revision collate "C" desc limit 1;
  if gone is null then
    return 0;
  end if;
  update feed_horizon set revision = greatest(revision, newest);
  return gone;
end
$$;

-- db-scheduler's table.
create table scheduled_tasks (
  task_name            text        not null,
  task_instance        text        not null,
  task_data            bytea,
  execution_time       timestamptz not null,
  picked               boolean     not null,
  picked_by            text,
  last_success         timestamptz,
  last_failure         timestamptz,
  consecutive_failures integer,
  last_heartbeat       timestamptz,
  version              bigint      not null,
  priority             smallint,
  primary key (task_name, task_instance)
);
create index scheduled_tasks_execution_time on scheduled_tasks (execution_time);
create index scheduled_tasks_last_heartbeat on scheduled_tasks (last_heartbeat);
