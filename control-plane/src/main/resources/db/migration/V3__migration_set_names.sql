-- A state of a pool's migration set has a random name instead of a number: a process that remembers what is in the set of a
-- name needs only ask whether the pool still has it, also after the pool was deleted and made again.
alter table pool drop column migration_set;
alter table pool add column migration_set uuid not null default gen_random_uuid();
