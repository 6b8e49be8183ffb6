-- The most tenants that a pool may have, and how many it has: counted only while there is a maximum, from a count that is
-- taken when it is set. Deleted tenants do not count, though they can come back: that is refused like a new one.
alter table pool
  add column tenants_max integer check (tenants_max >= 0), -- null: no maximum
  add column tenants     integer not null default 0;

create function counts_as_tenant(state text) returns boolean language sql immutable
  return state in ('provisioning', 'active', 'suspended');

-- The pool's row is locked against whoever sets a maximum (for update) and against nobody else, unless there is one: then
-- each change of the number waits for the one before, and the newest number decides.
create function tenant_counted() returns trigger language plpgsql as $$
declare
  maximum integer;
begin
  select tenants_max into maximum from pool where name = new.pool for key share;
  if maximum is null then
    return null;
  end if;
  if counts_as_tenant(new.state) then
    update pool set tenants = tenants + 1 where name = new.pool and tenants < tenants_max;
    if not found then
      raise exception using errcode = 'BG001', message = format('pool %s has its maximum of %s tenants', new.pool, maximum);
    end if;
  else
    update pool set tenants = tenants - 1 where name = new.pool;
  end if;
  return null;
end
$$;
create trigger tenant_made after insert on binding for each row
  when (counts_as_tenant(new.state)) execute function tenant_counted();
create trigger tenant_moved after update of state on binding for each row
  when (counts_as_tenant(new.state) <> counts_as_tenant(old.state)) execute function tenant_counted();

-- Sets or lifts (null) the maximum. A maximum below what is there keeps new ones out and nothing else.
create function set_tenants_max(of_pool text, maximum integer) returns boolean language plpgsql as $$
begin
  perform 1 from pool where name = of_pool for update;
  if not found then
    return false;
  end if;
  update pool
  set tenants_max = maximum,
      tenants = case when maximum is null then 0
        else (select count(*) from binding b where b.pool = of_pool and counts_as_tenant(b.state)) end
  where name = of_pool;
  return true;
end
$$;
