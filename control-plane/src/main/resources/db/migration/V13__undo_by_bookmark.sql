-- Undo goes back to a bookmark. There are no copies any more, and what cannot be gone back to is not kept.
alter table rollout_target drop constraint rollout_target_state_check;
update rollout_target set state = 'not_kept' where state = 'no_copy';
alter table rollout_target
  add constraint rollout_target_state_check check (state in ('pending', 'applied', 'up_to_date', 'failed', 'dormant',
    'excluded', 'undoing', 'undone', 'written', 'not_kept', 'undo_failed'));
alter table rollout_wave rename column no_copy to not_kept;
