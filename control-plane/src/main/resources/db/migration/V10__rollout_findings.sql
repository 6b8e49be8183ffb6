-- What lint said of a rollout's migrations when it was planned. '[]' for those before: nothing was looked at.
alter table rollout add column findings jsonb not null default '[]';
