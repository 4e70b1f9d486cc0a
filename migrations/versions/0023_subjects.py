"""Data that outlive their organization or their act: keepers of an archived organization, keys of twin questions.

A keeper holds a role that works in the archive alone, so names, consents and terms have somebody who answers for them.
The key in a question about twins goes with the person: the question stays (an answer names it), its key does not.
"""

from alembic import op

revision = "0023"
down_revision = "0022"

UP = """
alter table membership drop constraint membership_role_check,
  add constraint membership_role_check check (role in ('curator', 'director', 'keeper', 'district_reviewer',
    'district_head', 'region_admin', 'region_analyst', 'auditor'));
alter table invitation drop constraint invitation_role_check,
  add constraint invitation_role_check check (role in ('curator', 'director', 'keeper', 'district_reviewer',
    'district_head', 'region_admin', 'region_analyst', 'auditor'));

alter table twin_question alter column match_key drop not null;
comment on column twin_question.match_key is 'The own key or hint that was met elsewhere; null once the person''s data are destroyed.';
do $$ begin
  execute format('grant update (match_key) on twin_question to %I', app.role('organization'));
  execute format('create policy blank_organization on twin_question for update to %I using (%s)', app.role('organization'),
    app.reach('organization') || ' and app.signed_away(region_id, organization_id, participant_id)');
end $$;
"""

DOWN = """
drop policy blank_organization on twin_question;
do $$ begin
  execute format('revoke update (match_key) on twin_question from %I', app.role('organization'));
end $$;
update twin_question set match_key = decode(md5(id::text), 'hex') where match_key is null;
alter table twin_question alter column match_key set not null;
delete from membership where role = 'keeper';
delete from invitation where role = 'keeper';
alter table invitation drop constraint invitation_role_check,
  add constraint invitation_role_check check (role in ('curator', 'director', 'district_reviewer', 'district_head',
    'region_admin', 'region_analyst', 'auditor'));
alter table membership drop constraint membership_role_check,
  add constraint membership_role_check check (role in ('curator', 'director', 'district_reviewer', 'district_head',
    'region_admin', 'region_analyst', 'auditor'));
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
