from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

import pytest

from sandbox import driver
from tests.requirements import requirement

pytestmark = requirement("GEN-4")


class Echo:
    """A broker's end that answers each question with its own address; ``never`` stays unanswered."""

    def __init__(self, *, newest_first: bool = False) -> None:
        self.sent: list[dict[str, Any]] = []
        self._waiting: deque[tuple[dict[str, Any], bytes]] = deque()
        self._newest_first = newest_first

    def send(self, meta: dict[str, Any], body: bytes = b"") -> None:
        self.sent.append(meta)
        if meta["u"] != "never":
            self._waiting.append((meta, body))

    def receive(self, timeout_s: float | None = None) -> tuple[dict[str, Any], bytes] | None:
        if not self._waiting:
            assert timeout_s is not None, "the driver would wait for ever"
            return None
        meta, body = self._waiting.pop() if self._newest_first else self._waiting.popleft()
        return {"e": meta["e"], "id": meta["id"], "u": meta["u"]}, body


async def _ask(address: str) -> str:
    meta, _ = await driver.Call({"t": "http", "u": address})
    return str(meta["u"])


def _drive(coro: Any, channel: Echo | None = None) -> Any:
    return driver.drive(coro, channel or Echo(), 7)


def test_a_question_is_answered_with_the_calls_number_on_it() -> None:
    channel = Echo()
    assert _drive(_ask("a"), channel) == "a"
    assert channel.sent == [{"t": "http", "u": "a", "e": 7, "id": 1}]


def test_gathered_questions_are_asked_together_and_answered_in_order_of_the_arguments() -> None:
    channel = Echo(newest_first=True)
    assert _drive(driver.gather(_ask("a"), _ask("b"), driver.sleep(0, "c")), channel) == ["a", "b", "c"]


def test_gather_of_nothing_is_empty() -> None:
    assert _drive(driver.gather()) == []


def test_the_first_error_of_a_gather_cancels_the_others() -> None:
    ended: list[str] = []

    async def wait() -> None:
        try:
            await _ask("never")
        finally:
            ended.append("cancelled")

    async def fail() -> None:
        raise KeyError("no")

    with pytest.raises(KeyError, match="no"):
        _drive(driver.gather(wait(), fail()))
    assert ended == ["cancelled"]


def test_gather_returns_exceptions_on_request() -> None:
    async def fail() -> None:
        raise KeyError("no")

    first, second = _drive(driver.gather(_ask("a"), fail(), return_exceptions=True))
    assert first == "a"
    assert isinstance(second, KeyError)


def test_a_timeout_interrupts_a_question() -> None:
    async def body() -> str:
        try:
            async with driver.timeout(0.01):
                await _ask("never")
        except TimeoutError:
            return "over"
        return "answered"

    assert _drive(body()) == "over"


def test_a_timeout_that_is_not_over_changes_nothing() -> None:
    async def body() -> str:
        async with driver.timeout(60):
            return await _ask("a")

    assert _drive(body()) == "a"


def test_an_outer_timeout_passes_through_an_inner_one_and_through_gather() -> None:
    async def inner() -> None:
        async with driver.timeout(60):
            await driver.gather(_ask("never"), driver.sleep(60))

    with pytest.raises(TimeoutError):
        _drive(driver.wait_for(inner(), 0.01))


def test_wait_for_returns_what_is_in_time() -> None:
    assert _drive(driver.wait_for(_ask("a"), 60)) == "a"
    assert _drive(driver.wait_for(_ask("a"), None)) == "a"


def test_a_semaphore_lets_only_so_many_in() -> None:
    inside: list[int] = []
    most: list[int] = []

    async def body() -> None:
        gate = driver.Semaphore(2)

        async def work(number: int) -> None:
            async with gate:
                inside.append(number)
                most.append(len(inside))
                await driver.sleep(0)
                inside.remove(number)

        await driver.gather(*(work(number) for number in range(5)))
        assert not gate.locked()

    _drive(body())
    assert max(most) == 2
    assert len(most) == 5


def test_one_that_stopped_waiting_for_a_semaphore_takes_no_place() -> None:
    async def body() -> str:
        gate = driver.Semaphore(1)
        await gate.acquire()
        with pytest.raises(TimeoutError):
            await driver.wait_for(gate.acquire(), 0.01)
        gate.release()
        await gate.acquire()
        return "taken"

    assert _drive(body()) == "taken"


def test_a_semaphore_below_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="initial value"):
        driver.Semaphore(-1)


def test_waiting_for_what_can_never_come_is_an_error() -> None:
    async def body() -> None:
        gate = driver.Semaphore(0)
        await gate.acquire()

    with pytest.raises(RuntimeError, match="never come"):
        _drive(body())


def test_awaiting_something_of_another_loop_is_an_error() -> None:
    async def body() -> None:
        await asyncio.sleep(0)

    with pytest.raises(TypeError, match="cannot await"):
        _drive(body())


def test_an_answer_to_another_call_is_dropped() -> None:
    class Late(Echo):
        def receive(self, timeout_s: float | None = None) -> tuple[dict[str, Any], bytes] | None:
            if not self.sent[-1].get("late"):
                self.sent[-1]["late"] = True
                return {"e": 6, "id": 1, "u": "of another call"}, b""
            return super().receive(timeout_s)

    assert _drive(_ask("a"), Late()) == "a"


def test_gather_takes_awaitables_that_are_no_coroutines() -> None:
    (answer,) = _drive(driver.gather(driver.Call({"t": "http", "u": "a"})))
    assert answer[0]["u"] == "a"


def test_of_many_gathered_questions_only_some_are_under_way_at_a_time() -> None:
    class Counting(Echo):
        under_way = most = 0

        def send(self, meta: dict[str, Any], body: bytes = b"") -> None:
            super().send(meta, body)
            self.under_way += 1
            self.most = max(self.most, self.under_way)

        def receive(self, timeout_s: float | None = None) -> tuple[dict[str, Any], bytes] | None:
            self.under_way -= 1
            return super().receive(timeout_s)

    channel = Counting()
    assert _drive(driver.gather(*(_ask(str(n)) for n in range(200))), channel) == [str(n) for n in range(200)]
    assert channel.most == driver.UNDER_WAY


def test_questions_that_nobody_waits_for_any_more_are_never_sent() -> None:
    async def refused() -> None:
        await _ask("first")
        raise ValueError("no")

    async def asked() -> None:
        with pytest.raises(ValueError, match="no"):
            await driver.gather(refused(), *(_ask(str(n)) for n in range(100)))

    channel = Echo()
    _drive(asked(), channel)
    assert len(channel.sent) <= driver.UNDER_WAY + 1
