"""Who did what, the former states of records, repeated requests, files, and the region's calendar.

The journal is append-only and holds no personal data; former states of names stand apart, where destruction can reach
them without breaking the chain of seals.
"""

from alembic import op

revision = "0003"
down_revision = "0002"

UP = """
create table journal (
  like app.tenant_row including all,
  at timestamptz not null default app.now(),
  user_id bigint,
  actor_name text not null default '',
  event text not null,
  subject_kind text not null default '',
  subject_id bigint,
  detail jsonb not null default '{}',
  constraint pk_journal primary key (region_id, id)
);
select app.guard('journal');
select app.append_only('journal');
create index ix_journal_subject on journal (region_id, organization_id, subject_kind, subject_id);
create index ix_journal_organization_id on journal (region_id, organization_id, id);

create table journal_seal (
  like app.tenant_row including all,
  sealed_at timestamptz not null default app.now(),
  last_journal_id bigint not null,
  entry_count integer not null,
  previous_sha256 bytea not null,
  sha256 bytea not null,
  constraint pk_journal_seal primary key (region_id, id),
  constraint uq_journal_seal_last unique (region_id, organization_id, last_journal_id)
);
select app.guard('journal_seal');
select app.append_only('journal_seal');

create table record_history (
  like app.tenant_row including all,
  recorded_at timestamptz not null default app.now(),
  user_id bigint,
  table_name text not null,
  record_id bigint not null,
  operation text not null check (operation in ('update', 'delete')),
  before jsonb not null,
  constraint pk_record_history primary key (region_id, id)
);
select app.guard('record_history');
select app.append_only('record_history');
create index ix_record_history_record on record_history (region_id, organization_id, table_name, record_id);

-- A creating request carries a key: the second arrival gets the answer of the first.
create table request_key (
  like app.tenant_row including all,
  user_id bigint not null,
  key text not null check (char_length(key) between 8 and 80),
  endpoint text not null,
  location text,
  created_at timestamptz not null default app.now(),
  constraint pk_request_key primary key (region_id, id),
  constraint uq_request_key unique (region_id, organization_id, user_id, key)
);
select app.guard('request_key');

create table file (
  like app.tenant_row including all,
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  size bigint not null check (size >= 0),
  media_type text not null,
  name text not null check (char_length(name) between 1 and 255),
  created_at timestamptz not null default app.now(),
  created_by bigint,
  constraint pk_file primary key (region_id, id)
);
select app.guard('file');
create index ix_file_sha256 on file (region_id, organization_id, sha256);

-- The region's reporting days; a row holds from its date on, older months keep the older row.
create table calendar (
  like app.tenant_row including all,
  valid_from date not null,
  cut_day integer not null check (cut_day between 1 and 31),
  due_day integer not null check (due_day between 1 and 31),
  open_day integer not null check (open_day between 1 and 31),
  constraint pk_calendar primary key (region_id, id),
  constraint uq_calendar_valid_from unique (region_id, organization_id, valid_from)
);
select app.guard_published('calendar');
"""

DOWN = """
drop table calendar, file, request_key, record_history, journal_seal, journal;
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
