"""Pairs and groups, their members, and meetings: what the figures count."""

from alembic import op

revision = "0005"
down_revision = "0004"

UP = """
create table programme (
  like app.tenant_row including all,
  title text not null check (char_length(title) between 1 and 300),
  mentoring_form text not null,
  started_on date not null,
  ended_on date check (ended_on >= started_on),
  version integer not null default 1,
  recorded_at timestamptz not null default app.now(),
  constraint pk_programme primary key (region_id, id)
);
select app.guard('programme');
select app.keep_history('programme');
create index ix_programme_organization on programme (region_id, organization_id, mentoring_form);

create table mentorship (
  like app.tenant_row including all,
  number integer not null,
  kind text not null check (kind in ('pair', 'group')),
  mentoring_form text not null,
  role_model text not null default '',
  programme_id bigint,
  order_number text not null default '',
  order_on date,
  started_on date not null,
  ended_on date,
  outcome text check (outcome in ('completed', 'stopped', 'transferred', 'mistake')),
  version integer not null default 1,
  recorded_at timestamptz not null default app.now(),
  constraint pk_mentorship primary key (region_id, id),
  constraint uq_mentorship_number unique (region_id, organization_id, number),
  constraint ck_mentorship_dates check (ended_on >= started_on),
  constraint ck_mentorship_outcome check ((ended_on is null) = (outcome is null)),
  constraint fk_mentorship_programme foreign key (region_id, organization_id, programme_id)
    references programme (region_id, organization_id, id)
);
select app.guard('mentorship');
select app.keep_history('mentorship');
create index ix_mentorship_organization on mentorship (region_id, organization_id, mentoring_form, kind);

create table mentorship_member (
  like app.tenant_row including all,
  mentorship_id bigint not null,
  participant_id bigint not null,
  role text not null check (role in ('mentor', 'mentee')),
  joined_on date not null,
  left_on date check (left_on >= joined_on),
  recorded_at timestamptz not null default app.now(),
  constraint pk_mentorship_member primary key (region_id, id),
  constraint fk_mentorship_member_mentorship foreign key (region_id, organization_id, mentorship_id)
    references mentorship (region_id, organization_id, id),
  constraint fk_mentorship_member_participant foreign key (region_id, organization_id, participant_id)
    references participant (region_id, organization_id, id),
  constraint uq_mentorship_member unique (region_id, organization_id, mentorship_id, participant_id, joined_on)
);
select app.guard('mentorship_member');
select app.keep_history('mentorship_member');
create index ix_mentorship_member_participant on mentorship_member (region_id, organization_id, participant_id);

create table meeting (
  like app.tenant_row including all,
  mentorship_id bigint not null,
  held_on date not null,
  kind text not null default 'work' check (kind in ('acquaintance', 'trial', 'planning', 'work', 'final')),
  minutes integer check (minutes between 1 and 600),
  topic text not null default '' check (char_length(topic) <= 300),
  cancelled_at timestamptz,
  version integer not null default 1,
  recorded_at timestamptz not null default app.now(),
  recorded_by bigint,
  constraint pk_meeting primary key (region_id, id),
  constraint fk_meeting_mentorship foreign key (region_id, organization_id, mentorship_id)
    references mentorship (region_id, organization_id, id)
);
select app.guard('meeting');
select app.keep_history('meeting');
create index ix_meeting_organization on meeting (region_id, organization_id, held_on);
create index ix_meeting_mentorship on meeting (region_id, organization_id, mentorship_id, held_on);
"""

DOWN = """
drop table meeting, mentorship_member, mentorship, programme;
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
