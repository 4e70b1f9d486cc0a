"""The login of the database must be weak: row security guards nothing against a login that stands above it."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from tenants.db import REGISTRY, Level, role_of, transaction

_FAULTS = text("""
    with login as (select * from pg_roles where rolname = session_user)
    select said from login, lateral (values
      (rolsuper, 'superuser'),
      (rolbypassrls, 'bypasses row security'),
      (rolinherit, 'inherits the roles it is a member of'),
      (rolcreaterole or rolcreatedb or rolreplication, 'may create roles or databases, or replicate'),
      (exists (select 1 from pg_roles other
         where other.oid <> login.oid and pg_has_role(login.oid, other.oid, 'usage')),
       'has the rights of another role without taking it'),
      (exists (select 1 from pg_roles other
         where other.oid <> login.oid and pg_has_role(login.oid, other.oid, 'member')
         and cast(other.rolname as text) <> all (cast(:levels as text[]))), 'may take a role beyond the levels'),
      (exists (select 1 from pg_class c where c.relowner = login.oid), 'owns tables'),
      (exists (select 1 from pg_class c, lateral aclexplode(c.relacl) a where a.grantee in (login.oid, 0)
         and c.relnamespace in ('public'::regnamespace, 'app'::regnamespace)), 'is granted tables directly')
    ) as found (wrong, said) where wrong
""")


def faults_of_login(session: Session) -> list[str]:
    """Return what is wrong with the login of this process, in the words of an administrator; empty when it is weak."""
    return list(session.scalars(_FAULTS, {"levels": [role_of(level) for level in Level]}))


def refuse_powerful_login() -> None:
    """Refuse to start with a login that could pass row security by.

    Raises:
        RuntimeError: naming each fault.

    """
    with transaction(REGISTRY.reading()) as session:
        faults = faults_of_login(session)
    if faults:
        raise RuntimeError(f"DATABASE_URL must name a weak login; this one: {'; '.join(faults)}")
