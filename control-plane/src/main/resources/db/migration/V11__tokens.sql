-- Tokens with a scope and a right; the admin token and those of nodes are elsewhere. Only digests are kept.
create table token (
  id           uuid        primary key,
  sha256       text        not null unique,
  pool         text collate "C" references pool (name) on delete cascade, -- null: the fleet
  tenant       text collate "C",                                          -- null: the fleet, or all of the pool
  access_right text        not null check (access_right in ('read', 'write', 'admin')),
  description  text        not null,
  created_at   timestamptz not null,
  expires_at   timestamptz,
  check (tenant is null or pool is not null)
);
create index token_scope on token (pool, tenant);
create index token_listed on token (created_at, id);
create index token_expiry on token (expires_at) where expires_at is not null;

-- The list of them as nodes know it. All of it travels at each change, so it is bounded; whoever changes it holds this row.
create table token_list (
  only_row boolean primary key default true check (only_row),
  edition  bigint  not null,
  size     integer not null constraint token_list_size check (size <= 10000)
);
insert into token_list (edition, size) values (1, 0);

create function token_list_changed() returns trigger language plpgsql as $$
declare
  changed integer;
begin
  select count(*) into changed from rows;
  if changed > 0 then
    update token_list
    set edition = edition + 1, size = size + case tg_op when 'INSERT' then changed else -changed end;
  end if;
  return null;
end
$$;
create trigger token_made after insert on token
  referencing new table as rows for each statement execute function token_list_changed();
create trigger token_withdrawn after delete on token
  referencing old table as rows for each statement execute function token_list_changed();

-- A tenant's tokens end with it: a new tenant of its name is somebody else's. Whoever makes a token locks the tenant's row
-- for share, so one that is made at the same time is seen here, or does not come to be.
create function binding_left() returns trigger language plpgsql as $$
begin
  delete from token where pool = old.pool and tenant = old.tenant;
  return null;
end
$$;
create trigger binding_left after update on binding for each row
  when (new.tenant <> old.tenant
    or (new.state in ('purging', 'purged', 'abandoned') and old.state not in ('purging', 'purged', 'abandoned')))
  execute function binding_left();
