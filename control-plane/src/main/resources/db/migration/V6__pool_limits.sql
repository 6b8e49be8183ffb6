-- Limits of SQL that a pool sets for its tenants. Their ranges are checked where they come in.
alter table pool
  add column parameters_max    integer not null default 100,
  add column pattern_bytes_max integer not null default 50,
  add column columns_max       integer not null default 100;
