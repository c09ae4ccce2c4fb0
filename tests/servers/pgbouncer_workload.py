"""Runs in a render: one process of a service under load, which counts what was acknowledged.

Arguments: its letter, how many units of work, and `safe` or `driver-defaults`.
"""

import asyncio
import json
import sys
from collections import Counter

from app.chassis.db.database import Database
from app.chassis.db.driver import PostgresSettings
from app.chassis.db.engine import DatabaseSettings, open_database
from app.config import Settings
from app.db.repositories.users import UserRepository
from sqlalchemy import text

CLIENTS = 32

# What a process writes stands in its statement, so that what is stored tells whose statement ran.
INSERT = {
    letter: text(
        "INSERT INTO users (id, email, name, created_at, updated_at) VALUES"
        f" (gen_random_uuid(), :email, '{letter}', now(), now()) RETURNING id"
    )
    for letter in "AB"
}


async def client(database: Database, letter: str, numbers: range, counts: "Counter[str]") -> None:
    for number in numbers:
        name = f"{letter}-{number}"
        try:
            async with database.transaction() as session:
                written = await session.execute(INSERT[letter], {"email": f"{name}@example.org"})
                user_id = written.scalar_one()
            counts["acknowledged"] += 1
            row = await UserRepository(database.reader).read(user_id)
            counts["right" if row and row.email == f"{name}@example.org" else "wrong"] += 1
        except Exception as error:
            counts["errors"] += 1
            counts[f"{type(error).__name__}: {error}"[:120]] += 1


async def main(letter: str, units: int, how: str) -> None:
    settings = Settings().database
    if how == "driver-defaults":
        DatabaseSettings.connection_arguments = PostgresSettings.connection_arguments
    counts: Counter[str] = Counter()
    share = units // CLIENTS
    async with open_database(settings) as database, asyncio.TaskGroup() as tasks:
        for index in range(CLIENTS):
            numbers = range(index * share, (index + 1) * share)
            tasks.create_task(client(database, letter, numbers, counts))
    print("RESULT " + json.dumps(counts))


asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
