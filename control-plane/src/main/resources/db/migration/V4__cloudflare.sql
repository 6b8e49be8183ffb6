-- What Cloudflare's API lets people say of a database and nothing else here asks for.
create table database_setting (
  database_id      uuid primary key,
  read_replication text not null check (read_replication in ('auto', 'disabled')),
  jurisdiction     text
);

-- A setting goes with its database: when the tombstone is forgotten, or a new tenant takes its place.
create function database_gone() returns trigger language plpgsql as $$
begin
  delete from database_setting where database_id = old.database_id;
  return null;
end
$$;

create trigger database_forgotten after delete on binding
  for each row execute function database_gone();
create trigger database_replaced after update of database_id on binding
  for each row when (old.database_id is distinct from new.database_id) execute function database_gone();

-- The key by which links to uploads and downloads are signed; the first control plane makes it, all of a cell share it.
create table signing_key (
  only_row boolean primary key default true check (only_row),
  key      bytea not null
);
