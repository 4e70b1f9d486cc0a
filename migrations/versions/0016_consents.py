"""Consents as documents: purpose, giver, form, edition of the text; a withdrawal hides the name.

A withdrawn name is hidden by row security: the restrictive policy `hidden` is AND-ed with every other policy of a table,
whoever adds one later and for whatever level. A transaction sees hidden rows only where it says `app.subject_access`.
"""

from alembic import context, op

revision = "0016"
down_revision = "0015"

UP = """
alter table person add column hidden_at timestamptz;
alter table person add column genitive text not null default '' check (char_length(genitive) <= 300);
comment on column person.hidden_at is 'Since when the name is hidden: the last consent to keep records was withdrawn.';
comment on column person.genitive is 'Name in the genitive as the school wrote it; empty: declined by rule.';

create policy hidden on person as restrictive for all
  to "{prefix}lv_organization", "{prefix}lv_district", "{prefix}lv_region"
  using (hidden_at is null or (select current_setting('app.subject_access', true)) = '1');

-- Former states of names, birth dates and consents are as hidden as the name itself. The inner question obeys the
-- policy of person. Only the school has this table.
create policy hidden on person_history as restrictive for select to "{prefix}lv_organization"
  using ((select current_setting('app.subject_access', true)) = '1' or exists (
    select from person p where p.region_id = person_history.region_id
      and p.organization_id = person_history.organization_id
      and p.participant_id = coalesce((person_history.before ->> 'participant_id')::bigint, person_history.record_id)));

-- One edition of the text of a consent; the nearest owner's holds, and a consent names the one that was signed.
create table consent_text (
  like app.tenant_row including all,
  kind text not null check (kind in ('processing', 'publication', 'survey', 'transfer', 'duties')),
  edition integer not null,
  valid_from date not null,
  goal text not null check (char_length(goal) between 1 and 2000),
  data text not null check (char_length(data) between 1 and 4000),
  actions text not null check (char_length(actions) between 1 and 4000),
  processor text not null default '' check (char_length(processor) <= 2000),
  term text not null check (char_length(term) between 1 and 2000),
  published_at timestamptz not null default app.now(),
  constraint pk_consent_text primary key (region_id, id),
  constraint uq_consent_text_edition unique (region_id, organization_id, kind, edition)
);
select app.guard_published('consent_text');
select app.append_only('consent_text');

alter table consent drop constraint consent_kind_check;
alter table consent add constraint consent_kind_check
  check (kind in ('processing', 'publication', 'survey', 'transfer', 'duties'));
alter table consent add column form text not null default 'paper' check (form in ('paper', 'file'));
alter table consent add column child_signed boolean not null default false;
alter table consent add column text_id bigint;
alter table consent add constraint fk_consent_text foreign key (region_id, text_id) references consent_text (region_id, id);
grant select (form, child_signed, text_id) on consent to "{prefix}lv_district", "{prefix}lv_region";

-- Who signed and the scan: the school's own, hidden with the name.
create table consent_paper (
  like app.tenant_row including all,
  consent_id bigint not null,
  participant_id bigint not null,
  giver_name text not null default '' check (char_length(giver_name) <= 300),
  giver_basis text not null default '' check (char_length(giver_basis) <= 300),
  file_id bigint,
  constraint pk_consent_paper primary key (region_id, id),
  constraint uq_consent_paper_consent unique (region_id, organization_id, consent_id),
  constraint fk_consent_paper_consent foreign key (region_id, organization_id, consent_id)
    references consent (region_id, organization_id, id),
  constraint fk_consent_paper_participant foreign key (region_id, organization_id, participant_id)
    references participant (region_id, organization_id, id),
  constraint fk_consent_paper_file foreign key (region_id, organization_id, file_id)
    references file (region_id, organization_id, id)
);
select app.guard_private('consent_paper');
create policy hidden on consent_paper as restrictive for select to "{prefix}lv_organization"
  using ((select current_setting('app.subject_access', true)) = '1' or exists (
    select from person p where p.region_id = consent_paper.region_id
      and p.organization_id = consent_paper.organization_id and p.participant_id = consent_paper.participant_id));

-- A withdrawal, how it came, what it ended (to undo a mistake the same day), and when the data must be destroyed.
create table consent_withdrawal (
  like app.tenant_row including all,
  consent_id bigint not null,
  participant_id bigint not null,
  withdrawn_on date not null,
  received text not null check (received in ('paper', 'person', 'email')),
  recorded_at timestamptz not null default app.now(),
  recorded_by bigint,
  hides boolean not null default false,
  destroy_due_on date,
  undone_at timestamptz,
  ended jsonb not null default '[]',
  constraint pk_consent_withdrawal primary key (region_id, id),
  constraint fk_consent_withdrawal_consent foreign key (region_id, organization_id, consent_id)
    references consent (region_id, organization_id, id),
  constraint fk_consent_withdrawal_participant foreign key (region_id, organization_id, participant_id)
    references participant (region_id, organization_id, id)
);
select app.guard_private('consent_withdrawal');
create index ix_consent_withdrawal_participant on consent_withdrawal (region_id, organization_id, participant_id);
create index ix_consent_withdrawal_due on consent_withdrawal (region_id, organization_id, destroy_due_on)
  where destroy_due_on is not null;
comment on column consent_withdrawal.destroy_due_on is
  'Last day to destroy the data (152-FZ, article 21); null where nothing is to be destroyed.';
comment on column consent_withdrawal.ended is 'What the withdrawal ended: table, id and version after it. No names.';

-- Those who withdrew before this step.
update person p set hidden_at = app.now() where exists (
  select from consent c where c.region_id = p.region_id and c.organization_id = p.organization_id
    and c.participant_id = p.participant_id and c.kind = 'processing' and c.withdrawn_on is not null)
  and not exists (
  select from consent c where c.region_id = p.region_id and c.organization_id = p.organization_id
    and c.participant_id = p.participant_id and c.kind = 'processing' and c.withdrawn_on is null
    and (c.valid_until is null or c.valid_until >= app.now()::date));
"""

DOWN = """
drop policy hidden on person_history;
drop table consent_withdrawal, consent_paper;
delete from consent where kind in ('survey', 'transfer');
alter table consent drop column form, drop column child_signed, drop column text_id;
alter table consent drop constraint consent_kind_check;
alter table consent add constraint consent_kind_check check (kind in ('processing', 'publication', 'duties'));
drop table consent_text;
drop policy hidden on person;
alter table person drop column hidden_at, drop column genitive;
"""


def upgrade() -> None:
    op.execute(UP.replace("{prefix}", context.config.attributes["role_prefix"]))


def downgrade() -> None:
    op.execute(DOWN)
