"""Temporary openings of names, and the log of who looked: more words, a chain.

An opening is a row that never changes and ends by itself: the policy of `person` reads it. What follows (a second
person's approval, a refusal, an early end) are events beside it. Contacts have a level role of their own, since a grant
of columns cannot depend on a row.
"""

from alembic import context, op

revision = "0015"
down_revision = "0014"

UP = """
grant usage on schema app, public to "{prefix}lv_contacts";

-- Whole years on 1 September are the school year less this number: the age above the school, without a birth date.
alter table participant add column age_cohort integer generated always as (
  extract(year from born_on)::integer + case when extract(month from born_on) * 100 + extract(day from born_on) > 901 then 1 else 0 end
) stored;
comment on column participant.age_cohort is 'School year less this number is the age in whole years on 1 September.';
do $$ declare level text; begin
  foreach level in array array['district', 'region'] loop
    execute format('grant select (age_cohort) on participant to %I', app.role(level));
  end loop;
end $$;

-- Rows that a person writes in the own name about a school below, never changed by anybody.
create function app.guard_said(t text, speakers text[]) returns void language plpgsql as $$
declare level text;
begin
  perform app.own_key(t);
  foreach level in array app.levels() loop
    perform app.policy(t, level, 'select', app.reach(level), null);
    execute format('grant select on %I to %I', t, app.role(level));
  end loop;
  foreach level in array speakers loop
    perform app.policy(t, level, 'insert', null, app.reach(level)
      || ' and user_id = (select current_setting(''app.uid'')::bigint)'
      || ' and place_id = (select current_setting(''app.organization'')::int)');
    execute format('grant insert on %I to %I', t, app.role(level));
  end loop;
  perform app.policy(t, 'contacts', 'select', app.reach_contacts(), null);
  execute format('grant select on %I to %I', t, app.role('contacts'));
end $$;

-- A region carries its own id as its district, so one sentence serves both.
create function app.reach_contacts() returns text language sql immutable
  return 'region_id = (select current_setting(''app.region'')::int)'
    || ' and (select current_setting(''app.district'')::int) in (region_id, district_id)';

create table name_opening (
  like app.tenant_row including all,
  user_id bigint not null,
  user_name text not null,
  place_id integer not null,
  place_name text not null,
  reach text not null check (reach in ('person', 'pair', 'list', 'organization')),
  subject_number integer,
  participant_ids bigint[] not null check (cardinality(participant_ids) > 0),
  ground text not null,
  reason text not null check (char_length(reason) >= 20),
  contacts boolean not null default false,
  needs_approval boolean not null,
  asked_at timestamptz not null default app.now(),
  until timestamptz not null,
  constraint pk_name_opening primary key (region_id, id),
  constraint ck_name_opening_one check (reach <> 'person' or cardinality(participant_ids) = 1),
  constraint ck_name_opening_term check (until > asked_at
    and until <= asked_at + case when reach = 'person' then interval '72 hours' else interval '24 hours' end)
);
select app.guard_said('name_opening', array['district', 'region']);
create index ix_name_opening_organization on name_opening (region_id, organization_id, until);
create index ix_name_opening_user on name_opening (region_id, user_id, until);
comment on column name_opening.user_id is 'Who may look, and nobody else.';
comment on column name_opening.place_id is 'District or region from which it was opened: elsewhere it opens nothing.';
comment on column name_opening.participant_ids is 'Fixed when it is asked for: who joins later is not opened.';

create table name_opening_event (
  like app.tenant_row including all,
  opening_id bigint not null,
  kind text not null check (kind in ('approved', 'refused', 'ended')),
  at timestamptz not null default app.now(),
  user_id bigint not null,
  user_name text not null,
  place_id integer not null,
  place_name text not null,
  reason text not null default '',
  constraint pk_name_opening_event primary key (region_id, id),
  constraint fk_name_opening_event_opening foreign key (region_id, organization_id, opening_id)
    references name_opening (region_id, organization_id, id)
);
select app.guard_said('name_opening_event', app.levels());
create index ix_name_opening_event_opening on name_opening_event (region_id, organization_id, opening_id);

-- When names are open: to this person, working there, for these people, now, with a second person's approval.
create function app.opened(reach text, with_contacts boolean) returns text language sql immutable
  return reach || ' and exists (select 1 from name_opening o where o.region_id = person.region_id
    and o.organization_id = person.organization_id
    and person.participant_id = any (o.participant_ids)
    and o.user_id = (select current_setting(''app.uid'')::bigint)
    and o.place_id = (select current_setting(''app.organization'')::int)
    and o.asked_at <= app.now()
    and o.until > app.now()'
    || case when with_contacts then '
    and o.contacts' else '' end || '
    and not exists (select 1 from name_opening_event e where e.region_id = o.region_id
      and e.organization_id = o.organization_id and e.opening_id = o.id and e.kind in (''ended'', ''refused''))
    and (not o.needs_approval or exists (select 1 from name_opening_event e where e.region_id = o.region_id
      and e.organization_id = o.organization_id and e.opening_id = o.id and e.kind = ''approved''
      and e.user_id <> o.user_id
      and e.place_id in (o.place_id, o.region_id))))';

do $$ declare level text; begin
  foreach level in array array['district', 'region'] loop
    perform app.policy('person', level, 'select', app.opened(app.reach(level), false), null);
    execute format('grant select (region_id, district_id, organization_id, id, participant_id, last_name, first_name, middle_name)
                    on person to %I', app.role(level));
  end loop;
  perform app.policy('person', 'contacts', 'select', app.opened(app.reach_contacts(), true), null);
  execute format('grant select (region_id, district_id, organization_id, id, participant_id, phone, email, representative)
                  on person to %I', app.role('contacts'));
end $$;

alter table access_log
  add column viewer_name text not null default '',
  add column role text not null default '',
  add column place_id integer,
  add column place_name text not null default '',
  add column action text not null default 'view' check (action in ('view', 'export')),
  add column subject_ids bigint[] not null default '{}',
  add column row_count integer,
  add column opening_id bigint,
  add column previous_sha256 bytea,
  add column sha256 bytea;
create index ix_access_log_user_id on access_log (user_id, at);
comment on column access_log.organization_id is 'Whose people were looked at.';
comment on column access_log.place_id is 'Where the viewer works; null in entries from before it was kept.';
comment on column access_log.sha256 is 'Each entry carries the hash of the one before it in the chain of its organization.';

create function app.access_digest(entry access_log) returns bytea language sql stable
  return sha256(entry.previous_sha256 || convert_to(jsonb_build_array(
    entry.id, extract(epoch from entry.at), entry.user_id, entry.viewer_name, entry.role, entry.place_id, entry.place_name,
    entry.region_id, entry.organization_id, entry.action, entry.endpoint, entry.subject, entry.subject_ids,
    entry.row_count, entry.opening_id)::text, 'UTF8'));

-- The number is taken under the lock, so that the order of numbers is the order of the chain.
create function app.chain_access() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('access_log:' || new.organization_id, 0));
  new.id := nextval(pg_get_serial_sequence('access_log', 'id'));
  select coalesce((select sha256 from access_log where organization_id = new.organization_id order by id desc limit 1),
                  decode(repeat('00', 32), 'hex')) into new.previous_sha256;
  new.sha256 := app.access_digest(new);
  return new;
end $$;

-- The owner fills in what was logged before; row security is forced on owners too.
alter table access_log no force row level security;
do $$ declare entry access_log; begin
  for entry in select * from access_log order by organization_id, id loop
    select coalesce((select sha256 from access_log where organization_id = entry.organization_id and id < entry.id
                     order by id desc limit 1), decode(repeat('00', 32), 'hex')) into entry.previous_sha256;
    update access_log set previous_sha256 = entry.previous_sha256, sha256 = app.access_digest(entry) where id = entry.id;
  end loop;
end $$;
alter table access_log alter column previous_sha256 set not null, alter column sha256 set not null;
alter table access_log force row level security;
create trigger chain_access before insert on access_log for each row execute function app.chain_access();
create index ix_access_log_chain on access_log (organization_id, id);
do $$ begin execute format('grant usage on sequence access_log_id_seq to %I', app.role('registry')); end $$;
"""

DOWN = """
drop trigger chain_access on access_log;
drop function app.chain_access();
drop function app.access_digest(access_log);
alter table access_log drop column viewer_name, drop column role, drop column place_id, drop column place_name,
  drop column action, drop column subject_ids, drop column row_count, drop column opening_id,
  drop column previous_sha256, drop column sha256;
drop index ix_access_log_user_id;
drop index ix_access_log_chain;
drop policy select_district on person;
drop policy select_region on person;
drop policy select_contacts on person;
do $$ declare level text; begin
  foreach level in array array['district', 'region', 'contacts'] loop
    execute format('revoke all on person from %I', app.role(level));
  end loop;
end $$;
drop table name_opening_event, name_opening;
drop function app.opened(text, boolean);
drop function app.guard_said(text, text[]);
drop function app.reach_contacts();
alter table participant drop column age_cohort;
revoke usage on schema app, public from "{prefix}lv_contacts";
"""


def upgrade() -> None:
    op.execute(UP.replace("{prefix}", context.config.attributes["role_prefix"]))


def downgrade() -> None:
    op.execute(DOWN.replace("{prefix}", context.config.attributes["role_prefix"]))
