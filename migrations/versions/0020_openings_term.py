"""The term of an approved list runs from its approval, and a withdrawn consent to a transfer closes a name above the school.

`until` of a list is now the last hour of the request; how long the names are open stands beside it. The row still never
changes: the policy of `person` reckons from the approval, whose hour the database writes.
"""

from alembic import context, op

revision = "0020"
down_revision = "0019"

UP = """
alter table name_opening add column term_minutes integer;
-- What has been approved keeps the end that was promised. Row security is forced on owners too.
alter table name_opening no force row level security;
alter table name_opening_event no force row level security;
update name_opening o set term_minutes = greatest(1, floor(extract(epoch from o.until - coalesce((
  select min(e.at) from name_opening_event e where e.region_id = o.region_id and e.organization_id = o.organization_id
    and e.opening_id = o.id and e.kind = 'approved'), o.asked_at)) / 60));
alter table name_opening force row level security;
alter table name_opening_event force row level security;
alter table name_opening alter column term_minutes set not null;
alter table name_opening drop constraint ck_name_opening_term;
alter table name_opening add constraint ck_name_opening_term check (
  term_minutes between 1 and case when reach = 'person' then 72 else 24 end * 60
  and until > asked_at
  and until <= asked_at + case when needs_approval then interval '72 hours' else term_minutes * interval '1 minute' end);
comment on column name_opening.term_minutes is 'How long names are open: from the request, of a list from its approval.';
comment on column name_opening.until is 'End of what needs no approval; of a list the last moment in which it may be approved.';
create index ix_name_opening_waiting on name_opening (region_id, until) where needs_approval;

-- The database dates what is said, and one opening is approved once: neither makes a term longer.
create policy said_now on name_opening_event as restrictive for insert
  to "{prefix}lv_organization", "{prefix}lv_district", "{prefix}lv_region" with check (at = app.now());
create unique index uq_name_opening_event_approved on name_opening_event (region_id, organization_id, opening_id)
  where kind = 'approved';

-- When names are open: to this person, working there, for these people, now; a list from a second person's approval on.
create or replace function app.opened(reach text, with_contacts boolean) returns text language sql immutable
  return reach || ' and exists (select 1 from name_opening o where o.region_id = person.region_id
    and o.organization_id = person.organization_id
    and person.participant_id = any (o.participant_ids)
    and o.user_id = (select current_setting(''app.uid'')::bigint)
    and o.place_id = (select current_setting(''app.organization'')::int)
    and o.asked_at <= app.now()'
    || case when with_contacts then '
    and o.contacts' else '' end || '
    and not exists (select 1 from name_opening_event e where e.region_id = o.region_id
      and e.organization_id = o.organization_id and e.opening_id = o.id and e.kind in (''ended'', ''refused''))
    and case when o.needs_approval then exists (select 1 from name_opening_event e where e.region_id = o.region_id
      and e.organization_id = o.organization_id and e.opening_id = o.id and e.kind = ''approved''
      and e.user_id <> o.user_id
      and e.place_id in (o.place_id, o.region_id)
      and e.at < o.until
      and e.at <= app.now()
      and e.at + o.term_minutes * interval ''1 minute'' > app.now())
    else o.until > app.now() end)';
"""

TRANSFERS = """
-- Who took the consent to a transfer back and gave no other is named to nobody above the school, whatever opens the name.
-- A term ends with the day of the easternmost zone: hours early somewhere, late nowhere.
create function app.transfer_open() returns text language sql immutable
  return 'not exists (select from consent c where c.region_id = person.region_id
      and c.organization_id = person.organization_id and c.participant_id = person.participant_id
      and c.kind = ''transfer'' and c.withdrawn_on is not null)
    or exists (select from consent d where d.region_id = person.region_id
      and d.organization_id = person.organization_id and d.participant_id = person.participant_id
      and d.kind = ''transfer'' and d.withdrawn_on is null
      and (d.valid_until is null or d.valid_until >= (app.now() at time zone ''Asia/Kamchatka'')::date))';
do $$ begin
  execute format('create policy transfer on person as restrictive for select'
    || ' to "{prefix}lv_district", "{prefix}lv_region", "{prefix}lv_contacts" using (%s)', app.transfer_open());
end $$;
select app.policy('consent', 'contacts', 'select', app.reach_contacts(), null);
grant select (region_id, district_id, organization_id, participant_id, kind, valid_until, withdrawn_on) on consent
  to "{prefix}lv_contacts";

-- Contacts are hidden with the name, and former states and papers are seen above the school where the name is, if ever.
alter policy hidden on person
  to "{prefix}lv_organization", "{prefix}lv_district", "{prefix}lv_region", "{prefix}lv_contacts";
create policy named on person_history as restrictive for select to "{prefix}lv_district", "{prefix}lv_region"
  using (exists (select from person p where p.region_id = person_history.region_id
    and p.organization_id = person_history.organization_id
    and p.participant_id = coalesce((person_history.before ->> 'participant_id')::bigint, person_history.record_id)));
create policy named on consent_paper as restrictive for select to "{prefix}lv_district", "{prefix}lv_region"
  using (exists (select from person p where p.region_id = consent_paper.region_id
    and p.organization_id = consent_paper.organization_id and p.participant_id = consent_paper.participant_id));
"""

POLICIES = """
do $$ declare level text; begin
  foreach level in array array['district', 'region'] loop
    execute format('alter policy %I on person using (%s)', 'select_' || level, app.opened(app.reach(level), false));
  end loop;
  execute format('alter policy select_contacts on person using (%s)', app.opened(app.reach_contacts(), true));
end $$;
"""

DOWN = """
create or replace function app.opened(reach text, with_contacts boolean) returns text language sql immutable
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
"""

DROPPED = """
drop policy named on consent_paper;
drop policy named on person_history;
alter policy hidden on person to "{prefix}lv_organization", "{prefix}lv_district", "{prefix}lv_region";
revoke all on consent from "{prefix}lv_contacts";
drop policy select_contacts on consent;
drop policy transfer on person;
drop function app.transfer_open();
drop index uq_name_opening_event_approved;
drop policy said_now on name_opening_event;
drop index ix_name_opening_waiting;
alter table name_opening drop constraint ck_name_opening_term;
alter table name_opening no force row level security;
update name_opening set until = least(until, asked_at + term_minutes * interval '1 minute');
alter table name_opening force row level security;
alter table name_opening add constraint ck_name_opening_term check (until > asked_at
  and until <= asked_at + case when reach = 'person' then interval '72 hours' else interval '24 hours' end);
alter table name_opening drop column term_minutes;
comment on column name_opening.until is null;
"""


def upgrade() -> None:
    for block in (UP, POLICIES, TRANSFERS):
        op.execute(_prefixed(block))


def downgrade() -> None:
    for block in (DOWN, POLICIES, DROPPED):
        op.execute(_prefixed(block))


def _prefixed(block: str) -> str:
    return block.replace("{prefix}", context.config.attributes["role_prefix"])
