-- What a node said when it joined: the databases that it refuses, as [{"database", "since", "reason"}].
alter table node add column quarantined jsonb not null default '[]';
