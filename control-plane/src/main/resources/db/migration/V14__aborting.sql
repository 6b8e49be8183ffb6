-- A rollout that is given up is 'aborting' until its nodes know; one that is being undone always is so whole.
alter table rollout drop constraint rollout_state_check;
update rollout set state = 'aborting' where state = 'undoing' and not undoes_all;
alter table rollout
  add constraint rollout_state_check check
    (state in ('planned', 'running', 'paused', 'halted', 'undoing', 'aborting', 'finished', 'aborted', 'undone')),
  drop column undoes_all;
drop index rollout_active;
create unique index rollout_active on rollout (pool)
  where state in ('running', 'paused', 'halted', 'undoing', 'aborting');
