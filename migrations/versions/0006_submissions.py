"""Forms, windows, submissions and what grows above them: cells with their sets, revisions, remarks, facts, rollups.

A submission's state is a fold over its events; the state row is a projection that the school and its reviewer both
write. Values stand in cells of the school; a revision freezes them for good. Facts are accepted cells only; rollups are
sums of facts. Both can be thrown away and rebuilt.
"""

from alembic import op

revision = "0006"
down_revision = "0005"

UP = """
create table edition (
  like app.tenant_row including all,
  code text not null check (char_length(code) between 1 and 80),
  version text not null check (char_length(version) between 1 and 40),
  title text not null check (char_length(title) between 1 and 500),
  kind text not null check (kind in ('monthly', 'quarterly', 'federal', 'request')),
  periodicity text not null,
  kinds text[] not null default '{}',
  valid_from date,
  valid_to date check (valid_to >= valid_from),
  definition jsonb not null,
  template text,
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  status text not null default 'draft' check (status in ('draft', 'published')),
  created_at timestamptz not null default app.now(),
  published_at timestamptz,
  row_version integer not null default 1,
  constraint pk_edition primary key (region_id, id),
  constraint uq_edition_code unique (region_id, organization_id, code, version),
  constraint ck_edition_published check ((status = 'published') = (published_at is not null))
);
select app.guard_published('edition');

create table submission_window (
  like app.tenant_row including all,
  edition_id bigint not null,
  period_start date not null,
  period_end date not null check (period_end >= period_start),
  cut_after date not null,
  cut_on date not null check (cut_on > cut_after),
  opens_on date not null,
  due_on date not null check (due_on >= opens_on),
  closed_at timestamptz,
  created_at timestamptz not null default app.now(),
  constraint pk_submission_window primary key (region_id, id),
  constraint uq_submission_window_period unique (region_id, organization_id, edition_id, period_start),
  constraint fk_submission_window_edition foreign key (region_id, edition_id) references edition (region_id, id)
);
select app.guard_published('submission_window');

create table submission (
  like app.tenant_row including all,
  window_id bigint not null,
  edition_id bigint not null,
  period_start date not null,
  period_district_id integer not null,
  started_at timestamptz not null default app.now(),
  computed_at timestamptz,
  cell_count integer not null default 0,
  filled_count integer not null default 0,
  error_count integer not null default 0,
  query_count integer not null default 0,
  complete boolean not null default false,
  version integer not null default 1,
  constraint pk_submission primary key (region_id, id),
  constraint uq_submission_window unique (region_id, organization_id, window_id),
  constraint fk_submission_submission_window foreign key (region_id, window_id) references submission_window (region_id, id),
  constraint fk_submission_edition foreign key (region_id, edition_id) references edition (region_id, id)
);
select app.guard('submission');
create index ix_submission_window_id on submission (region_id, window_id, organization_id);
create index ix_submission_district_id on submission (region_id, district_id, window_id);
create index ix_submission_edition_id on submission (region_id, organization_id, edition_id, period_start);

-- Complete stands above; on time, accepted and locked are facts of their own, never read out of the status.
create table submission_state (
  like app.tenant_row including all,
  submission_id bigint not null,
  status text not null default 'draft' check (status in ('draft', 'sent', 'in_review', 'returned', 'accepted')),
  event_n integer not null default 0,
  revision_n integer not null default 0,
  accepted_revision_n integer,
  due_at timestamptz not null,
  sent_at timestamptz,
  first_sent_at timestamptz,
  on_time boolean,
  accepted_at timestamptz,
  locked_at timestamptz,
  returned_at timestamptz,
  answer_by date,
  open_cells jsonb,
  reason text not null default '',
  reviewer_name text not null default '',
  constraint pk_submission_state primary key (region_id, id),
  constraint uq_submission_state_submission unique (region_id, organization_id, submission_id),
  constraint fk_submission_state_submission foreign key (region_id, organization_id, submission_id)
    references submission (region_id, organization_id, id)
);
select app.guard_reviewed('submission_state', true);
create index ix_submission_state_district_id on submission_state (region_id, district_id, status);

create table submission_event (
  like app.tenant_row including all,
  submission_id bigint not null,
  n integer not null check (n > 0),
  at timestamptz not null,
  user_id bigint,
  actor_name text not null default '',
  kind text not null check (kind in ('opened', 'sent', 'withdrawn', 'taken', 'returned', 'accepted', 'reopened', 'corrected')),
  revision_n integer not null default 0,
  reason text not null default '' check (char_length(reason) <= 2000),
  cells jsonb not null default '[]',
  only_cells boolean not null default false,
  answer_by date,
  constraint pk_submission_event primary key (region_id, id),
  constraint uq_submission_event_n unique (region_id, organization_id, submission_id, n),
  constraint fk_submission_event_submission foreign key (region_id, organization_id, submission_id)
    references submission (region_id, organization_id, id)
);
select app.guard_reviewed('submission_event');

create table submission_remark (
  like app.tenant_row including all,
  submission_id bigint not null,
  revision_n integer not null,
  section_code text not null default '',
  row_code text not null default '',
  column_code text not null default '',
  text text not null check (char_length(text) between 1 and 2000),
  at timestamptz not null,
  user_id bigint,
  author_name text not null default '',
  constraint pk_submission_remark primary key (region_id, id),
  constraint fk_submission_remark_submission foreign key (region_id, organization_id, submission_id)
    references submission (region_id, organization_id, id)
);
select app.guard_reviewed('submission_remark');
create index ix_submission_remark_submission on submission_remark (region_id, organization_id, submission_id);

create table submission_remark_answer (
  like app.tenant_row including all,
  remark_id bigint not null,
  text text not null check (char_length(text) between 1 and 2000),
  at timestamptz not null,
  user_id bigint,
  author_name text not null default '',
  version integer not null default 1,
  constraint pk_submission_remark_answer primary key (region_id, id),
  constraint uq_submission_remark_answer_remark unique (region_id, organization_id, remark_id),
  constraint fk_submission_remark_answer_remark foreign key (region_id, organization_id, remark_id)
    references submission_remark (region_id, organization_id, id)
);
select app.guard('submission_remark_answer');

-- What a reviewer has noted and not yet sent: the reviewer's own, so that it may still be changed; subject_id is the submission.
create table submission_remark_draft (
  like app.tenant_row including all,
  subject_id bigint not null,
  section_code text not null default '',
  row_code text not null default '',
  column_code text not null default '',
  text text not null check (char_length(text) between 1 and 2000),
  at timestamptz not null,
  user_id bigint,
  version integer not null default 1,
  constraint pk_submission_remark_draft primary key (region_id, id),
  constraint uq_submission_remark_draft_cell unique (region_id, organization_id, subject_id, section_code, row_code, column_code)
);
select app.guard('submission_remark_draft');

create table member_set (
  like app.tenant_row including all,
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  record_kind text not null,
  ids bigint[] not null,
  weights numeric[] check (cardinality(weights) = cardinality(ids)),
  identity_keys bytea[] check (cardinality(identity_keys) = cardinality(ids)),
  created_at timestamptz not null default app.now(),
  constraint pk_member_set primary key (region_id, id),
  constraint uq_member_set_sha256 unique (region_id, organization_id, sha256)
);
select app.guard('member_set');

create table submission_cell (
  like app.tenant_row including all,
  submission_id bigint not null,
  section_code text not null,
  row_code text not null,
  column_code text not null,
  face text not null default 'computed' check (face in ('computed', 'adjusted', 'manual')),
  computed numeric,
  value numeric,
  text_value text,
  member_set_id bigint,
  adjustment_reason text not null default '' check (char_length(adjustment_reason) <= 1000),
  adjusted_by bigint,
  adjusted_by_name text not null default '',
  adjusted_at timestamptz,
  adjusted_until date,
  version integer not null default 1,
  constraint pk_submission_cell primary key (region_id, id),
  constraint uq_submission_cell_place unique (region_id, organization_id, submission_id, section_code, row_code, column_code),
  constraint ck_submission_cell_adjustment check (face <> 'adjusted' or adjustment_reason <> ''),
  constraint fk_submission_cell_submission foreign key (region_id, organization_id, submission_id)
    references submission (region_id, organization_id, id),
  constraint fk_submission_cell_member_set foreign key (region_id, organization_id, member_set_id)
    references member_set (region_id, organization_id, id)
);
select app.guard('submission_cell');

create table revision (
  like app.tenant_row including all,
  submission_id bigint not null,
  n integer not null check (n > 0),
  at timestamptz not null,
  user_id bigint,
  author_name text not null default '',
  computed_at timestamptz,
  period_district_id integer not null,
  findings jsonb not null default '[]',
  changes jsonb not null default '{}',
  constraint pk_revision primary key (region_id, id),
  constraint uq_revision_n unique (region_id, organization_id, submission_id, n),
  constraint fk_revision_submission foreign key (region_id, organization_id, submission_id)
    references submission (region_id, organization_id, id)
);
select app.guard('revision');
select app.append_only('revision');

create table revision_cell (
  like app.tenant_row including all,
  revision_id bigint not null,
  section_code text not null,
  row_code text not null,
  column_code text not null,
  face text not null check (face in ('computed', 'adjusted', 'manual')),
  computed numeric,
  value numeric,
  text_value text,
  member_set_id bigint,
  adjustment_reason text not null default '',
  adjusted_by_name text not null default '',
  adjusted_until date,
  constraint pk_revision_cell primary key (region_id, id),
  constraint uq_revision_cell_place unique (region_id, organization_id, revision_id, section_code, row_code, column_code),
  constraint fk_revision_cell_revision foreign key (region_id, organization_id, revision_id)
    references revision (region_id, organization_id, id),
  constraint fk_revision_cell_member_set foreign key (region_id, organization_id, member_set_id)
    references member_set (region_id, organization_id, id)
);
select app.guard('revision_cell');
select app.append_only('revision_cell');

create table explanation (
  like app.tenant_row including all,
  submission_id bigint not null,
  control_id text not null,
  condition_key text not null,
  cells jsonb not null default '[]',
  text text not null check (char_length(text) between 1 and 2000),
  at timestamptz not null,
  user_id bigint,
  author_name text not null default '',
  version integer not null default 1,
  constraint pk_explanation primary key (region_id, id),
  constraint uq_explanation_condition unique (region_id, organization_id, submission_id, condition_key),
  constraint fk_explanation_submission foreign key (region_id, organization_id, submission_id)
    references submission (region_id, organization_id, id)
);
select app.guard('explanation');

create table fact (
  like app.tenant_row including all,
  submission_id bigint not null,
  edition_id bigint not null,
  period_start date not null,
  period_district_id integer not null,
  revision_n integer not null,
  section_code text not null,
  row_code text not null,
  column_code text not null,
  value numeric not null,
  constraint pk_fact primary key (region_id, id),
  constraint uq_fact_place unique (region_id, organization_id, edition_id, period_start, section_code, row_code, column_code),
  constraint fk_fact_submission foreign key (region_id, organization_id, submission_id)
    references submission (region_id, organization_id, id),
  constraint fk_fact_edition foreign key (region_id, edition_id) references edition (region_id, id)
);
select app.guard_reviewed('fact', true);
create index ix_fact_period on fact (region_id, edition_id, period_start, period_district_id);
create index ix_fact_place on fact (region_id, period_start, section_code, row_code, column_code, organization_id);
create index ix_fact_district_id on fact (region_id, district_id, edition_id, period_start);

-- The row belongs to the node it sums; the region's job writes those of its districts, since only it sees a school that has moved on.
create table rollup (
  like app.tenant_row including all,
  edition_id bigint not null,
  period_start date not null,
  section_code text not null,
  row_code text not null,
  column_code text not null,
  value numeric not null,
  organization_count integer not null,
  expected_count integer not null,
  recomputed_at timestamptz not null,
  constraint pk_rollup primary key (region_id, id),
  constraint uq_rollup_place unique (region_id, organization_id, edition_id, period_start, section_code, row_code, column_code),
  constraint fk_rollup_edition foreign key (region_id, edition_id) references edition (region_id, id)
);
select app.guard_reviewed('rollup', true);
"""

DOWN = """
drop table rollup, fact, explanation, revision_cell, revision, submission_cell, member_set, submission_remark_draft,
  submission_remark_answer, submission_remark, submission_event, submission_state, submission, submission_window, edition;
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
