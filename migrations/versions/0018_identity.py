"""One person in several organizations: counted once above them, and asked about on both sides without showing either.

A question stands in the school it is put to and names nothing of the other one: the key in it is the school's own.
"""

from alembic import op

revision = "0018"
down_revision = "0017"

UP = """
alter table participant add column identity_hint bytea;
comment on column participant.identity_hint is 'Keyed hash of last name, first name and birth date: the same person perhaps, where a middle name is missing.';
do $$ declare level text; begin
  foreach level in array array['district', 'region'] loop
    execute format('grant select (identity_hint) on participant to %I', app.role(level));
  end loop;
end $$;
create index ix_participant_identity_key on participant (region_id, identity_key) where identity_key is not null;
create index ix_participant_identity_hint on participant (region_id, identity_hint) where identity_hint is not null;

alter table rollup add column people_count numeric;
comment on column rollup.people_count is 'Distinct people of the region behind the sum; null where the sum counts no people or is not counted yet.';

create table twin_question (
  like app.tenant_row including all,
  participant_id bigint not null,
  match_key bytea not null,
  certain boolean not null,
  asked_at timestamptz not null default app.now(),
  constraint pk_twin_question primary key (region_id, id),
  constraint uq_twin_question unique (region_id, organization_id, participant_id, match_key),
  constraint fk_twin_question_participant foreign key (region_id, organization_id, participant_id)
    references participant (region_id, organization_id, id)
);
select app.guard_reviewed('twin_question');
comment on column twin_question.certain is 'True where name and birth date agree wholly; false where a middle name is missing on one side.';

create table twin_answer (
  like app.tenant_row including all,
  question_id bigint not null,
  answer text not null check (answer in ('same', 'moved', 'other')),
  at timestamptz not null default app.now(),
  user_id bigint,
  constraint pk_twin_answer primary key (region_id, id),
  constraint fk_twin_answer_question foreign key (region_id, organization_id, question_id)
    references twin_question (region_id, organization_id, id)
);
select app.guard('twin_answer');
select app.append_only('twin_answer');
create index ix_twin_answer_question on twin_answer (region_id, organization_id, question_id);
"""

DOWN = """
drop table twin_answer, twin_question;
alter table rollup drop column people_count;
alter table participant drop column identity_hint;
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
