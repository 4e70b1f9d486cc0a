"""Roadmaps: templates of a region, plans of organizations, their versions, review and execution.

The school writes its plan, the reviewer never does: it appends events and remarks that belong to the school, and keeps
the projection `roadmap_state`, which a check can rebuild from the events.
"""

from alembic import op

revision = "0007"
down_revision = "0006"

UP = """
create table roadmap_template (
  like app.tenant_row including all,
  title text not null check (char_length(title) between 1 and 300),
  methodology text not null check (methodology in ('students', 'teachers')),
  status text not null default 'draft' check (status in ('draft', 'published', 'archived')),
  published_at timestamptz,
  version integer not null default 1,
  created_at timestamptz not null default app.now(),
  constraint pk_roadmap_template primary key (region_id, id)
);
select app.guard_published('roadmap_template');
create unique index uq_roadmap_template_published on roadmap_template (region_id, organization_id, methodology)
  where status = 'published';

-- Days are month-day: a template belongs to no year, a school year turns them into dates.
create table template_measure (
  like app.tenant_row including all,
  template_id bigint not null,
  position integer not null,
  stage_number text not null default '',
  stage_title text not null default '',
  number text not null default '' check (char_length(number) <= 40),
  title text not null check (char_length(title) between 1 and 2000),
  period_kind text not null,
  start_day text check (start_day ~ '^[0-9]{2}-[0-9]{2}$'),
  end_day text check (end_day ~ '^[0-9]{2}-[0-9]{2}$'),
  recurrence text,
  due_day text check (due_day ~ '^[0-9]{2}-[0-9]{2}$'),
  responsible text not null default '',
  result text not null default '',
  required boolean not null default false,
  removed_at timestamptz,
  version integer not null default 1,
  constraint pk_template_measure primary key (region_id, id),
  constraint fk_template_measure_template foreign key (region_id, organization_id, template_id)
    references roadmap_template (region_id, organization_id, id)
);
select app.guard_published('template_measure');
create index ix_template_measure_template on template_measure (region_id, organization_id, template_id, position);

create table roadmap (
  like app.tenant_row including all,
  school_year integer not null check (school_year between 2015 and 2100),
  title text not null check (char_length(title) between 1 and 600),
  source_file_id bigint,
  template_id bigint,
  version integer not null default 1,
  created_at timestamptz not null default app.now(),
  created_by bigint,
  constraint pk_roadmap primary key (region_id, id),
  constraint uq_roadmap_school_year unique (region_id, organization_id, school_year),
  constraint fk_roadmap_file foreign key (region_id, organization_id, source_file_id)
    references file (region_id, organization_id, id),
  constraint fk_roadmap_template foreign key (region_id, template_id) references roadmap_template (region_id, id)
);
select app.guard('roadmap');
select app.keep_history('roadmap');
create index ix_roadmap_district on roadmap (region_id, district_id, school_year);

-- Dates are what was read or answered; the words of the original stay in period_raw.
create table measure (
  like app.tenant_row including all,
  roadmap_id bigint not null,
  position integer not null,
  stage_number text not null default '',
  stage_title text not null default '',
  group_title text not null default '',
  number text not null default '' check (char_length(number) <= 40),
  title text not null check (char_length(title) between 1 and 4000),
  period_raw text not null default '',
  period_kind text not null default 'none',
  period_start date,
  period_end date,
  recurrence text,
  anchor text,
  anchor_on date,
  question text,
  question_answer text,
  responsible text not null default '',
  result text not null default '',
  details text not null default '',
  template_measure_id bigint,
  removed_at timestamptz,
  version integer not null default 1,
  recorded_at timestamptz not null default app.now(),
  constraint pk_measure primary key (region_id, id),
  constraint ck_measure_period check (period_end >= period_start),
  constraint fk_measure_roadmap foreign key (region_id, organization_id, roadmap_id)
    references roadmap (region_id, organization_id, id),
  constraint fk_measure_template_measure foreign key (region_id, template_measure_id)
    references template_measure (region_id, id)
);
select app.guard('measure');
select app.keep_history('measure');
create index ix_measure_roadmap on measure (region_id, organization_id, roadmap_id, position);
create index ix_measure_due on measure (region_id, organization_id, period_end) where removed_at is null;

create table roadmap_import (
  like app.tenant_row including all,
  roadmap_id bigint,
  file_id bigint not null,
  school_year integer not null,
  reading jsonb not null,
  state text not null default 'read' check (state in ('read', 'used', 'dropped')),
  created_at timestamptz not null default app.now(),
  created_by bigint,
  constraint pk_roadmap_import primary key (region_id, id),
  constraint fk_roadmap_import_roadmap foreign key (region_id, organization_id, roadmap_id)
    references roadmap (region_id, organization_id, id),
  constraint fk_roadmap_import_file foreign key (region_id, organization_id, file_id)
    references file (region_id, organization_id, id)
);
select app.guard('roadmap_import');
create index ix_roadmap_import_organization on roadmap_import (region_id, organization_id, school_year, id);

-- A projection of the events; append_event writes it, check_states rebuilds it.
create table roadmap_state (
  like app.tenant_row including all,
  roadmap_id bigint not null,
  status text not null check (status in ('draft', 'sent', 'returned', 'approved')),
  event_n integer not null default 0,
  version_n integer not null default 0,
  sent_at timestamptz,
  sent_by bigint,
  taken_at timestamptz,
  taken_by bigint,
  decided_at timestamptz,
  reason text not null default '',
  remark_count integer not null default 0,
  approved_version_n integer,
  order_number text not null default '',
  order_on date,
  constraint pk_roadmap_state primary key (region_id, id),
  constraint uq_roadmap_state_roadmap unique (region_id, organization_id, roadmap_id),
  constraint fk_roadmap_state_roadmap foreign key (region_id, organization_id, roadmap_id)
    references roadmap (region_id, organization_id, id)
);
select app.guard_reviewed('roadmap_state', true);
create index ix_roadmap_state_district on roadmap_state (region_id, district_id, status);

create table roadmap_event (
  like app.tenant_row including all,
  roadmap_id bigint not null,
  n integer not null,
  kind text not null check (kind in ('created', 'sent', 'recalled', 'taken', 'returned', 'approved', 'revised')),
  version_n integer not null default 0,
  detail jsonb not null default '{}',
  at timestamptz not null default app.now(),
  user_id bigint,
  actor_name text not null default '',
  constraint pk_roadmap_event primary key (region_id, id),
  constraint uq_roadmap_event_n unique (region_id, organization_id, roadmap_id, n),
  constraint fk_roadmap_event_roadmap foreign key (region_id, organization_id, roadmap_id)
    references roadmap (region_id, organization_id, id)
);
select app.guard_reviewed('roadmap_event');

-- What the reviewer sees: frozen at sending, never changed.
create table roadmap_version (
  like app.tenant_row including all,
  roadmap_id bigint not null,
  n integer not null,
  title text not null,
  measure_count integer not null,
  sha256 text not null,
  sent_at timestamptz not null default app.now(),
  sent_by bigint,
  sender_name text not null default '',
  constraint pk_roadmap_version primary key (region_id, id),
  constraint uq_roadmap_version_n unique (region_id, organization_id, roadmap_id, n),
  constraint fk_roadmap_version_roadmap foreign key (region_id, organization_id, roadmap_id)
    references roadmap (region_id, organization_id, id)
);
select app.guard('roadmap_version');
select app.append_only('roadmap_version');

create table version_measure (
  like app.tenant_row including all,
  version_id bigint not null,
  measure_id bigint not null,
  position integer not null,
  stage_number text not null,
  stage_title text not null,
  group_title text not null,
  number text not null,
  title text not null,
  period_raw text not null,
  period_kind text not null,
  period_start date,
  period_end date,
  recurrence text,
  anchor text,
  anchor_on date,
  question text,
  question_answer text,
  responsible text not null,
  result text not null,
  details text not null,
  template_measure_id bigint,
  constraint pk_version_measure primary key (region_id, id),
  constraint uq_version_measure_measure unique (region_id, organization_id, version_id, measure_id),
  constraint fk_version_measure_version foreign key (region_id, organization_id, version_id)
    references roadmap_version (region_id, organization_id, id),
  constraint fk_version_measure_measure foreign key (region_id, organization_id, measure_id)
    references measure (region_id, organization_id, id),
  constraint fk_version_measure_template_measure foreign key (region_id, template_measure_id)
    references template_measure (region_id, id)
);
select app.guard('version_measure');
select app.append_only('version_measure');

-- Remarks are appended: a changed one replaces its predecessor, an empty one withdraws it.
create table roadmap_remark (
  like app.tenant_row including all,
  roadmap_id bigint not null,
  version_n integer not null,
  measure_id bigint,
  template_measure_id bigint,
  stage_title text not null default '',
  replaces_id bigint,
  text text not null check (char_length(text) <= 2000),
  at timestamptz not null default app.now(),
  user_id bigint,
  author_name text not null default '',
  constraint pk_roadmap_remark primary key (region_id, id),
  constraint uq_roadmap_remark_replaces unique (region_id, organization_id, replaces_id),
  constraint fk_roadmap_remark_roadmap foreign key (region_id, organization_id, roadmap_id)
    references roadmap (region_id, organization_id, id),
  constraint fk_roadmap_remark_measure foreign key (region_id, organization_id, measure_id)
    references measure (region_id, organization_id, id),
  constraint fk_roadmap_remark_template_measure foreign key (region_id, template_measure_id)
    references template_measure (region_id, id)
);
select app.guard_reviewed('roadmap_remark');
alter table roadmap_remark add constraint fk_roadmap_remark_replaces foreign key (region_id, organization_id, replaces_id)
  references roadmap_remark (region_id, organization_id, id);
create index ix_roadmap_remark_roadmap on roadmap_remark (region_id, organization_id, roadmap_id, version_n);

create table remark_answer (
  like app.tenant_row including all,
  remark_id bigint not null,
  text text not null check (char_length(text) between 1 and 2000),
  at timestamptz not null default app.now(),
  user_id bigint,
  author_name text not null default '',
  version integer not null default 1,
  constraint pk_remark_answer primary key (region_id, id),
  constraint uq_remark_answer_remark unique (region_id, organization_id, remark_id),
  constraint fk_remark_answer_remark foreign key (region_id, organization_id, remark_id)
    references roadmap_remark (region_id, organization_id, id)
);
select app.guard('remark_answer');
select app.keep_history('remark_answer');

create table measure_execution (
  like app.tenant_row including all,
  measure_id bigint not null,
  occurrence_on date,
  done_on date not null,
  note text not null default '' check (char_length(note) <= 2000),
  file_id bigint,
  recorded_at timestamptz not null default app.now(),
  recorded_by bigint,
  constraint pk_measure_execution primary key (region_id, id),
  constraint uq_measure_execution_measure unique nulls not distinct (region_id, organization_id, measure_id, occurrence_on),
  constraint fk_measure_execution_measure foreign key (region_id, organization_id, measure_id)
    references measure (region_id, organization_id, id),
  constraint fk_measure_execution_file foreign key (region_id, organization_id, file_id)
    references file (region_id, organization_id, id)
);
select app.guard('measure_execution');
select app.keep_history('measure_execution');
"""

DOWN = """
drop table measure_execution, remark_answer, roadmap_remark, version_measure, roadmap_version, roadmap_event,
  roadmap_state, roadmap_import, measure, roadmap, template_measure, roadmap_template;
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
