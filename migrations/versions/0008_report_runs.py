"""Runs of reports: who asked for what, how far it has come, the frozen figures and the files made of them.

A run is owned by the organization that asked. `attempt` is the fence: a worker whose lease has been taken over finds
another number here and publishes nothing. The same report asked for again while it is being made is the same run.
"""

from alembic import op

revision = "0008"
down_revision = "0007"

UP = """
create table report_run (
  like app.tenant_row including all,
  definition text not null check (definition in ('regional_summary', 'federal')),
  edition_id bigint not null,
  subject_id integer not null,
  period_start date not null,
  parameters jsonb not null default '{}',
  formats jsonb not null,
  series text not null,
  number integer not null check (number > 0),
  asking_key text not null,
  state text not null default 'pending' check (state in ('pending', 'running', 'ready', 'failed')),
  step integer not null default 1 check (step between 1 and 5),
  progress jsonb not null default '[]',
  attempt integer not null default 0,
  asked_by bigint,
  asked_by_name text not null default '',
  asked_at timestamptz not null default app.now(),
  started_at timestamptz,
  snapshot_at timestamptz,
  finished_at timestamptz,
  figures jsonb,
  fingerprint text check (fingerprint ~ '^[0-9a-f]{64}$'),
  protocol jsonb not null default '[]',
  error text not null default '',
  constraint pk_report_run primary key (region_id, id),
  constraint uq_report_run_number unique (region_id, organization_id, series, number),
  constraint fk_report_run_edition foreign key (region_id, edition_id) references edition (region_id, id),
  constraint fk_report_run_subject foreign key (region_id, subject_id) references organization (region_id, id),
  constraint ck_report_run_ready check (state <> 'ready' or (figures is not null and fingerprint is not null and finished_at is not null)),
  constraint ck_report_run_failed check (state <> 'failed' or error <> '')
);
select app.guard('report_run');
create index ix_report_run_history on report_run (region_id, organization_id, definition, id);
create unique index uq_report_run_asking on report_run (region_id, organization_id, asking_key) where state in ('pending', 'running');

create table report_run_file (
  like app.tenant_row including all,
  run_id bigint not null,
  file_id bigint not null,
  format text not null check (format in ('pdf', 'xlsx', 'xml')),
  constraint pk_report_run_file primary key (region_id, id),
  constraint uq_report_run_file_format unique (region_id, organization_id, run_id, format),
  constraint fk_report_run_file_run foreign key (region_id, organization_id, run_id)
    references report_run (region_id, organization_id, id),
  constraint fk_report_run_file_file foreign key (region_id, organization_id, file_id)
    references file (region_id, organization_id, id)
);
select app.guard('report_run_file');
"""

DOWN = """
drop table report_run_file, report_run;
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
