-- Scripts of a pool's set that its engine does not run: variants for other engines, and what a variant for its own
-- engine replaces.
create table migration_variant (
  pool        text collate "C" not null,
  version     text collate "C" not null,
  script      text collate "C" not null,
  description text    not null,
  checksum    integer not null,
  sql         text    not null,
  primary key (pool, version, script),
  foreign key (pool, version) references migration (pool, version) on delete cascade
);

-- The schema that a database has that was brought to a version of the set, computed when the set was tried.
create table schema_version (
  pool        text collate "C" not null,
  version     text collate "C" not null,
  format      text  not null, -- of the fingerprint: one of another format counts as missing
  fingerprint text  not null,
  objects     jsonb not null, -- [{"type", "name", "table", "sql"}]
  primary key (pool, version),
  foreign key (pool, version) references migration (pool, version) on delete cascade
);
