"""Source is read from several threads at once."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Iterator

import pytest

from domain.syntax import parse_expression, parse_module
from tests.requirements import requirement

SOURCE = "\n".join(f"def f{i}(a, b):\n    return [x + y * {i} for x in a for y in b if x > {i}]" for i in range(60))


class Loud:
    """Ends in Python code when it is collected, so that another thread may take over in the middle of a tree."""

    def __init__(self) -> None:
        self.itself = self

    def __del__(self) -> None:
        sum(range(50))


@pytest.fixture
def restless() -> Iterator[None]:
    """Let threads take turns, and rubbish be collected, all the time."""
    interval, thresholds = sys.getswitchinterval(), gc.get_threshold()
    sys.setswitchinterval(1e-6)
    gc.set_threshold(20)
    yield
    sys.setswitchinterval(interval)
    gc.set_threshold(*thresholds)


@requirement("BOX-1")
@pytest.mark.usefixtures("restless")
def test_threads_of_different_depth_read_source_at_once() -> None:
    read: list[int] = []

    def work(depth: int) -> None:
        if depth:
            work(depth - 1)
            return
        for _ in range(12):
            Loud()
            read.append(len(parse_module(SOURCE).body))

    threads = [threading.Thread(target=work, args=(depth,)) for depth in (1, 20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read == [60] * 24


def test_an_expression_is_no_statement() -> None:
    assert parse_expression("a + 1").lineno == 1
    with pytest.raises(SyntaxError):
        parse_expression("a = 1")
