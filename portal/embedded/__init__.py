"""PostgreSQL and Valkey that live in a folder: for the demonstration, the tests and a machine without servers."""

from portal.embedded.errors import ServerFailedError
from portal.embedded.places import scratch_directory
from portal.embedded.postgres import Postgres, postgres_status, start_postgres, stop_postgres
from portal.embedded.valkey import Valkey, start_valkey, stop_valkey, valkey_status

__all__ = [
    "Postgres",
    "ServerFailedError",
    "Valkey",
    "postgres_status",
    "scratch_directory",
    "start_postgres",
    "start_valkey",
    "stop_postgres",
    "stop_valkey",
    "valkey_status",
]
