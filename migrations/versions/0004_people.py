"""People of an organization: the numbered participant, the name apart from it, participations and consents.

`person` holds names and contacts and is readable by the owning organization alone; so is the birth date.
"""

from alembic import op

revision = "0004"
down_revision = "0003"

UP = """
create table participant (
  like app.tenant_row including all,
  number integer not null,
  sex text not null default '' check (sex in ('', 'female', 'male')),
  born_on date,
  experience_since date,
  identity_key bytea,
  version integer not null default 1,
  recorded_at timestamptz not null default app.now(),
  constraint pk_participant primary key (region_id, id),
  constraint uq_participant_number unique (region_id, organization_id, number)
);
select app.guard('participant');
comment on column participant.number is 'Number within the organization: how district and region name a person.';
comment on column participant.experience_since is 'First day of teaching work, for teachers; younger than three years makes a novice.';
comment on column participant.identity_key is 'Keyed hash of name and birth date: the same person in two organizations counts once in the region.';
select app.veil('participant', 'region_id, district_id, organization_id, id, number, sex, identity_key, version, recorded_at');

create table person (
  like app.tenant_row including all,
  participant_id bigint not null,
  last_name text not null check (char_length(last_name) between 1 and 100),
  first_name text not null check (char_length(first_name) between 1 and 100),
  middle_name text not null default '' check (char_length(middle_name) <= 100),
  name_key text not null,
  phone text not null default '',
  email text not null default '',
  representative text not null default '' check (char_length(representative) <= 200),
  version integer not null default 1,
  recorded_at timestamptz not null default app.now(),
  constraint pk_person primary key (region_id, id),
  constraint uq_person_participant unique (region_id, organization_id, participant_id),
  constraint fk_person_participant foreign key (region_id, organization_id, participant_id)
    references participant (region_id, organization_id, id)
);
select app.guard_private('person');
create index ix_person_name_key on person (region_id, organization_id, name_key collate "C");

create table person_history (
  like app.tenant_row including all,
  recorded_at timestamptz not null default app.now(),
  user_id bigint,
  table_name text not null,
  record_id bigint not null,
  operation text not null check (operation in ('update', 'delete')),
  before jsonb not null,
  constraint pk_person_history primary key (region_id, id)
);
select app.guard_private('person_history');
select app.append_only('person_history');
create index ix_person_history_record on person_history (region_id, organization_id, table_name, record_id);
select app.keep_history('participant', 'person_history');
select app.keep_history('person', 'person_history');

-- An interval includes its first day and excludes its last.
create table participation (
  like app.tenant_row including all,
  participant_id bigint not null,
  role text not null check (role in ('mentor', 'mentee')),
  mentoring_form text not null,
  category text not null default '',
  class_name text not null default '',
  started_on date not null,
  ended_on date,
  end_reason text check (end_reason in ('completed', 'left', 'transferred', 'consent_withdrawn', 'mistake')),
  trained_on date,
  version integer not null default 1,
  recorded_at timestamptz not null default app.now(),
  constraint pk_participation primary key (region_id, id),
  constraint ck_participation_dates check (ended_on >= started_on),
  constraint ck_participation_end check ((ended_on is null) = (end_reason is null)),
  constraint fk_participation_participant foreign key (region_id, organization_id, participant_id)
    references participant (region_id, organization_id, id)
);
select app.guard('participation');
select app.keep_history('participation');
create index ix_participation_organization on participation (region_id, organization_id, mentoring_form, role);
create index ix_participation_participant on participation (region_id, organization_id, participant_id);
comment on column participation.trained_on is 'Day a mentor finished training; null where not trained.';

create table consent (
  like app.tenant_row including all,
  participant_id bigint not null,
  kind text not null default 'processing' check (kind in ('processing', 'publication', 'duties')),
  given_on date not null,
  given_by text not null default 'self' check (given_by in ('self', 'representative')),
  document text not null default '',
  valid_until date check (valid_until > given_on),
  withdrawn_on date check (withdrawn_on >= given_on),
  version integer not null default 1,
  recorded_at timestamptz not null default app.now(),
  constraint pk_consent primary key (region_id, id),
  constraint fk_consent_participant foreign key (region_id, organization_id, participant_id)
    references participant (region_id, organization_id, id)
);
select app.guard('consent');
-- Where a consent lies is free text of the school: it stays there, and so do its former states.
select app.keep_history('consent', 'person_history');
create index ix_consent_participant on consent (region_id, organization_id, participant_id);
comment on column consent.valid_until is 'Last day of force, included; null where the consent names no term.';
comment on column consent.withdrawn_on is 'First day without consent.';
select app.veil('consent', 'region_id, district_id, organization_id, id, participant_id, kind, given_on, given_by, valid_until, withdrawn_on, version, recorded_at');
"""

DOWN = """
drop table consent, participation, person_history, person, participant;
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
