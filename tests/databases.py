"""Databases of one run, on the PostgreSQL for tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg2

from tests.faults import machine


@contextmanager
def database(name: str) -> Iterator[str]:
    """An empty one; its address."""
    connection = psycopg2.connect(machine.SERVER)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
        try:
            yield address(name)
        finally:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    connection.close()


def address(name: str) -> str:
    return urlunsplit(urlsplit(machine.SERVER)._replace(path=f"/{name}"))
