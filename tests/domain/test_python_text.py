from __future__ import annotations

import ast
import gc
import sys
from concurrent.futures import ThreadPoolExecutor

from domain.python_text import parse_expression, parse_module
from tests.requirements import requirement

MODULE = (
    "async def run(request, http):\n"
    + "    rows = [{'name': row['name'][1:2], 'of': (1, [2, 3])} for row in []]\n" * 20
)


class Finalised:
    """Garbage whose end runs Python code, so that another thread may go on in the middle of anything."""

    def __init__(self) -> None:
        self.me = self

    def __del__(self) -> None:
        sum(range(50))


@requirement("GEN-5")
def test_many_threads_read_python_at_once() -> None:
    def read(_: int) -> None:
        for _ in range(50):
            for _ in range(20):
                Finalised()
            assert len(parse_module(MODULE).body) == 1
            assert parse_expression("a[1].b").attr == "b"

    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(6) as threads:
            list(threads.map(read, range(12)))
    finally:
        sys.setswitchinterval(usual)


class Nested:
    """Garbage whose end reads Python itself, as printing a traceback does."""

    def __init__(self) -> None:
        self.me = self

    def __del__(self) -> None:
        ast.parse("f(1)")


@requirement("GEN-5")
def test_python_is_read_although_what_ends_meanwhile_reads_python_too() -> None:
    usual = gc.get_threshold()
    gc.set_threshold(60)
    try:
        for _ in range(40):
            Nested()
            assert len(parse_module(MODULE).body) == 1
    finally:
        gc.set_threshold(*usual)
