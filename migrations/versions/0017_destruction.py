"""Retention terms, requests of subjects, and destruction of personal data by a signed act.

Former states are append-only. Only what concerns a subject of a confirmed act may go from them: the policies look the
subject up, so no statement can reach another person's history. The list of a signed act is closed.
"""

from alembic import op

revision = "0017"
down_revision = "0016"

UP = """
-- A region's terms of keeping; a row holds from its date on.
create table retention_term (
  like app.tenant_row including all,
  kind text not null,
  valid_from date not null,
  months integer not null check (months between 1 and 900),
  ground text not null check (char_length(ground) between 3 and 500),
  set_by_name text not null default '',
  recorded_at timestamptz not null default app.now(),
  constraint pk_retention_term primary key (region_id, id),
  constraint uq_retention_term unique (region_id, organization_id, kind, valid_from)
);
select app.guard_published('retention_term');

-- What a person asked about the own data, and until when the answer is due.
create table subject_request (
  like app.tenant_row including all,
  participant_id bigint not null,
  kind text not null check (kind in ('copy', 'correction', 'stop')),
  received_on date not null,
  due_on date not null check (due_on >= received_on),
  done_on date check (done_on >= received_on),
  note text not null default '' check (char_length(note) <= 500),
  version integer not null default 1,
  recorded_at timestamptz not null default app.now(),
  constraint pk_subject_request primary key (region_id, id),
  constraint fk_subject_request_participant foreign key (region_id, organization_id, participant_id)
    references participant (region_id, organization_id, id)
);
select app.guard_private('subject_request');
create index ix_subject_request_due on subject_request (region_id, organization_id, due_on);

create table destruction (
  like app.tenant_row including all,
  number integer not null,
  state text not null default 'draft' check (state in ('draft', 'proposed', 'returned', 'confirmed', 'done')),
  drawn_at timestamptz not null default app.now(),
  proposed_by bigint,
  proposed_by_name text not null default '',
  proposed_by_post text not null default '',
  proposed_at timestamptz,
  confirmed_by bigint,
  confirmed_by_name text not null default '',
  confirmed_by_post text not null default '',
  confirmed_at timestamptz,
  return_reason text not null default '' check (char_length(return_reason) <= 500),
  replay_of text not null default '',
  done_at timestamptz,
  act_file_id bigint,
  extract_file_id bigint,
  table_file_id bigint,
  version integer not null default 1,
  recorded_at timestamptz not null default app.now(),
  constraint pk_destruction primary key (region_id, id),
  constraint uq_destruction_number unique (region_id, organization_id, number),
  constraint ck_destruction_proposed check (state = 'draft' or proposed_by is not null),
  constraint ck_destruction_confirmed check ((state in ('confirmed', 'done')) = (confirmed_by is not null)),
  constraint ck_destruction_two_people check (confirmed_by <> proposed_by),
  constraint ck_destruction_done check ((state = 'done') = (done_at is not null)),
  constraint fk_destruction_act_file foreign key (region_id, organization_id, act_file_id)
    references file (region_id, organization_id, id),
  constraint fk_destruction_extract_file foreign key (region_id, organization_id, extract_file_id)
    references file (region_id, organization_id, id),
  constraint fk_destruction_table_file foreign key (region_id, organization_id, table_file_id)
    references file (region_id, organization_id, id)
);
select app.guard('destruction');
comment on column destruction.replay_of is 'Digest of the line of the destruction log that was carried out again after a restore.';

create table destruction_subject (
  like app.tenant_row including all,
  destruction_id bigint not null,
  participant_id bigint not null,
  number integer not null,
  reason text not null check (reason in ('term', 'withdrawn', 'purpose')),
  due_on date not null,
  erased_at timestamptz,
  counts jsonb not null default '{}',
  content_hashes text[] not null default '{}',
  constraint pk_destruction_subject primary key (region_id, id),
  constraint uq_destruction_subject unique (region_id, organization_id, destruction_id, participant_id),
  constraint fk_destruction_subject_destruction foreign key (region_id, organization_id, destruction_id)
    references destruction (region_id, organization_id, id),
  constraint fk_destruction_subject_participant foreign key (region_id, organization_id, participant_id)
    references participant (region_id, organization_id, id)
);
select app.guard('destruction_subject');
create index ix_destruction_subject_participant on destruction_subject (region_id, organization_id, participant_id);
comment on column destruction_subject.content_hashes is 'Contents whose rows are gone: they leave the disk when nobody else names them.';

create function app.close_signed_list() returns trigger language plpgsql as $$
declare act bigint; begin
  act := case tg_op when 'DELETE' then old.destruction_id else new.destruction_id end;
  if exists (select 1 from destruction d where d.id = act and d.state in ('confirmed', 'done')) then
    raise exception 'the list of a signed act is closed';
  end if;
  return coalesce(new, old);
end $$;
create trigger close_signed_list before insert or delete on destruction_subject
  for each row execute function app.close_signed_list();

-- Whether a participant stands in a confirmed act of the same organization that is not carried out yet.
create function app.signed_away(region integer, organization integer, subject bigint) returns boolean language sql stable
  return exists (select 1 from destruction_subject s join destruction d
      on d.region_id = s.region_id and d.organization_id = s.organization_id and d.id = s.destruction_id
    where s.region_id = region and s.organization_id = organization and s.participant_id = subject
      and s.erased_at is null and d.state = 'confirmed');

do $$ begin
  execute format('grant delete on person_history to %I', app.role('organization'));
  execute format('create policy destroy_organization on person_history for delete to %I using (%s)', app.role('organization'),
    app.reach('organization') || ' and app.signed_away(region_id, organization_id,'
    || ' case table_name when ''participant'' then record_id else (before ->> ''participant_id'')::bigint end)');
  -- Of the former states that figures read, only their free words go: the rows stay, so that past counts can be told.
  execute format('grant update (before) on record_history to %I', app.role('organization'));
  execute format('create policy blank_organization on record_history for update to %I using (%s)', app.role('organization'),
    app.reach('organization') || ' and (table_name = ''participation''
        and app.signed_away(region_id, organization_id, (before ->> ''participant_id'')::bigint)
      or table_name = ''meeting'' and exists (select 1 from mentorship_member m
        where m.region_id = record_history.region_id and m.organization_id = record_history.organization_id
          and m.mentorship_id = (record_history.before ->> ''mentorship_id'')::bigint
          and app.signed_away(m.region_id, m.organization_id, m.participant_id)))');
  -- Who looked at names is kept for a year at least, whatever asks for it to go.
  execute format('grant delete on access_log to %I', app.role('registry'));
  execute format('create policy keep_a_year on access_log as restrictive for delete to %I using (at < now() - interval ''365 days'')',
    app.role('registry'));
end $$;
"""

DOWN = """
do $$ begin
  execute format('revoke delete on access_log from %I', app.role('registry'));
  execute format('revoke update (before) on record_history from %I', app.role('organization'));
  execute format('revoke delete on person_history from %I', app.role('organization'));
end $$;
drop policy keep_a_year on access_log;
drop policy blank_organization on record_history;
drop policy destroy_organization on person_history;
drop function app.signed_away(integer, integer, bigint);
drop table destruction_subject, destruction, subject_request, retention_term;
drop function app.close_signed_list();
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
