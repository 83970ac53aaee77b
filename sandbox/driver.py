"""Runs one coroutine, and what it gathers, without an event loop.

The child of a run blocks on one descriptor; an event loop would cost more than the call. Awaitable
here are only the operations of this module: ``Call`` (a question to the broker), ``gather``,
``sleep``, ``timeout``, ``wait_for`` and ``Semaphore``, with the meaning that they have in asyncio.
Two differences: when one of several gathered coroutines raises, the others are cancelled before the
exception is seen; and there are no tasks that outlive the await that made them. However much is gathered, the broker is
asked a few things at a time.

A question of kind ``http`` has the meta ``{"t": "http", "m": method, "u": url, "h": [[name, value], …],
"r": follow redirects, "s": seconds or null}`` and the request's body. Its answer has
``{"s": status, "h": [[name, value], …], "u": final url, "n": [[status, url], …]}`` (``n`` are the
redirects that were followed) and the response's body, decoded from its content encoding; or
``{"err": {"kind": KIND, "message": text, "host": host}}`` with a KIND of ``denied``, ``timeout``,
``connect``, ``limit`` or ``protocol``.
"""

from __future__ import annotations

import heapq
import itertools
import time
from collections import deque
from collections.abc import Awaitable, Coroutine, Generator
from types import TracebackType
from typing import Any, Protocol, Self

Meta = dict[str, Any]
Answer = tuple[Meta, bytes]
UNDER_WAY = 32  # questions at a time; the parent ends a child that has twice as many


class Channel(Protocol):
    """One end of the descriptor to the broker."""

    def send(self, meta: Meta, body: bytes = b"") -> None:
        """Send one frame."""

    def receive(self, timeout_s: float | None = None) -> Answer | None:
        """Return the next frame, or None when the time is over first."""


def drive(coro: Coroutine[Any, Any, Any], channel: Channel, number: int) -> Any:
    """Return what the coroutine returns.

    ``number`` is the call's number: every frame carries it, and answers to other calls are dropped.

    Raises:
        RuntimeError: the coroutine waits for something that can never come.
        ConnectionError: the broker is gone.
    """
    return _Driver(channel, number).run(coro)


class Cancelled(BaseException):
    """Thrown into a gathered coroutine whose result nobody waits for any more."""


class _Expired(BaseException):
    """Thrown into the coroutine whose ``timeout`` is over; becomes TimeoutError at that block's end."""

    def __init__(self, scope: timeout) -> None:
        super().__init__()
        self.scope = scope


class _Operation:
    """What a coroutine may yield to the driver."""

    __slots__ = ()

    def __await__(self) -> Generator[Any, Any, Any]:
        return (yield self)

    def start(self, driver: _Driver, task: _Task) -> None:
        """Begin; the driver resumes the task later."""
        raise NotImplementedError

    def interrupt(self, driver: _Driver, task: _Task, error: BaseException) -> None:
        """Give up waiting; the task sees the error."""
        driver.resume(task, None, error)


class _Task:
    """One coroutine. ``waiting`` is what it is suspended on, ``pending`` an error it will see next."""

    __slots__ = ("coro", "group", "index", "pending", "waiting")

    def __init__(self, coro: Coroutine[Any, Any, Any], group: _Group | None = None, index: int = 0) -> None:
        self.coro = coro
        self.group = group
        self.index = index
        self.waiting: _Operation | None = None
        self.pending: BaseException | None = None


class Call(_Operation):
    """A question to the broker; awaiting it gives ``(meta, body)`` of the answer."""

    __slots__ = ("body", "key", "meta")

    def __init__(self, meta: Meta, body: bytes = b"") -> None:
        self.meta = meta
        self.body = body
        self.key = 0

    def start(self, driver: _Driver, task: _Task) -> None:
        """Send the question."""
        self.key = driver.ask(self.meta, self.body, task)

    def interrupt(self, driver: _Driver, task: _Task, error: BaseException) -> None:
        """Forget the question; a late answer is dropped."""
        driver.asked.pop(self.key, None)
        driver.resume(task, None, error)


class _Sleep(_Operation):
    __slots__ = ("seconds", "timer")

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.timer: _Timer | None = None

    def start(self, driver: _Driver, task: _Task) -> None:
        if self.seconds <= 0:
            driver.resume(task)
        else:
            self.timer = driver.after(self.seconds, task, None)

    def interrupt(self, driver: _Driver, task: _Task, error: BaseException) -> None:
        if self.timer is not None:
            self.timer.task = None
        driver.resume(task, None, error)


class _Arm(_Operation):
    """Starts the clock of a ``timeout`` block."""

    __slots__ = ("scope",)

    def __init__(self, scope: timeout) -> None:
        self.scope = scope

    def start(self, driver: _Driver, task: _Task) -> None:
        if self.scope.seconds is not None:
            self.scope.timer = driver.after(self.scope.seconds, task, _Expired(self.scope))
        driver.resume(task)


class _Group(_Operation):
    """The coroutines of one ``gather``."""

    __slots__ = ("error", "left", "owner", "results", "return_exceptions", "tasks")

    def __init__(self, coros: tuple[Coroutine[Any, Any, Any], ...], *, return_exceptions: bool) -> None:
        self.tasks = [_Task(coro, self, index) for index, coro in enumerate(coros)]
        self.results: list[Any] = [None] * len(coros)
        self.left = len(coros)
        self.return_exceptions = return_exceptions
        self.error: BaseException | None = None
        self.owner: _Task | None = None

    def start(self, driver: _Driver, task: _Task) -> None:
        self.owner = task
        if not self.tasks:
            driver.resume(task, [])
        for member in self.tasks:
            driver.resume(member)

    def interrupt(self, driver: _Driver, task: _Task, error: BaseException) -> None:
        del task
        self.error = error
        self._cancel(driver)

    def finished(self, driver: _Driver, task: _Task, value: Any, error: BaseException | None) -> None:
        """Take one member's end; the owner goes on when all have ended."""
        self.left -= 1
        self.results[task.index] = value
        if error is not None and not isinstance(error, Cancelled):
            if self.return_exceptions and isinstance(error, Exception):
                self.results[task.index] = error
            elif self.error is None:
                self.error = error
                self._cancel(driver, but=task)
        if self.left == 0 and self.owner is not None:
            driver.resume(self.owner, self.results, self.error)

    def _cancel(self, driver: _Driver, but: _Task | None = None) -> None:
        for member in self.tasks:
            if member is not but:
                driver.interrupt(member, Cancelled())


class _Park(_Operation):
    """Waits until ``wake`` is called."""

    __slots__ = ("_driver", "_task")

    def __init__(self) -> None:
        self._driver: _Driver | None = None
        self._task: _Task | None = None

    def start(self, driver: _Driver, task: _Task) -> None:
        self._driver, self._task = driver, task

    def interrupt(self, driver: _Driver, task: _Task, error: BaseException) -> None:
        self._task = None
        driver.resume(task, None, error)

    def wake(self) -> bool:
        """Let the task go on; False when it no longer waits."""
        if self._driver is None or self._task is None:
            return False
        task, self._task = self._task, None
        self._driver.resume(task)
        return True


class _Timer:
    __slots__ = ("error", "task")

    def __init__(self, task: _Task, error: BaseException | None) -> None:
        self.task: _Task | None = task
        self.error = error


class timeout:  # noqa: N801 - the name that asyncio gives it
    """Limits the time of a block: ``async with timeout(5): …`` raises TimeoutError when it is over."""

    def __init__(self, delay: float | None) -> None:
        self.seconds = delay
        self.timer: _Timer | None = None

    async def __aenter__(self) -> Self:
        await _Arm(self)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.timer is not None:
            self.timer.task = None
        if isinstance(error, _Expired) and error.scope is self:
            raise TimeoutError from None


class Semaphore:
    """Lets at most ``value`` coroutines into a block at a time."""

    def __init__(self, value: int = 1) -> None:
        if value < 0:
            raise ValueError("Semaphore initial value must be >= 0")
        self._free = value
        self._queue: deque[_Park] = deque()

    async def acquire(self) -> bool:
        """Wait for a place, and take it."""
        if self._free > 0:
            self._free -= 1
            return True
        place = _Park()
        self._queue.append(place)
        await place
        return True

    def release(self) -> None:
        """Give the place to the longest waiting, or back."""
        while self._queue:
            if self._queue.popleft().wake():
                return
        self._free += 1

    def locked(self) -> bool:
        """Return whether the next one would wait."""
        return self._free == 0

    async def __aenter__(self) -> None:
        await self.acquire()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


async def gather(*awaitables: Awaitable[Any], return_exceptions: bool = False) -> list[Any]:
    """Return the results in the order of the arguments; they wait for the broker at the same time."""
    coros = tuple(_coroutine(awaitable) for awaitable in awaitables)
    results: list[Any] = await _Group(coros, return_exceptions=return_exceptions)
    return results


async def sleep(delay: float, result: Any = None) -> Any:
    """Wait for ``delay`` seconds."""
    await _Sleep(delay)
    return result


async def wait_for(awaitable: Awaitable[Any], timeout: float | None) -> Any:  # noqa: ASYNC109 - asyncio's signature
    """Return the awaitable's result, or raise TimeoutError after ``timeout`` seconds."""
    async with _scope(timeout):
        return await awaitable


_scope = timeout


async def _wait(awaitable: Awaitable[Any]) -> Any:
    return await awaitable


def _coroutine(awaitable: Awaitable[Any]) -> Coroutine[Any, Any, Any]:
    return awaitable if isinstance(awaitable, Coroutine) else _wait(awaitable)


class _Driver:
    """The loop: runs what is ready, then waits for the next answer or timer."""

    def __init__(self, channel: Channel, number: int) -> None:
        self.channel = channel
        self.number = number
        self.asked: dict[int, _Task] = {}
        self._unsent: deque[tuple[int, Meta, bytes]] = deque()
        self._under_way = 0
        self._ready: deque[tuple[_Task, Any, BaseException | None]] = deque()
        self._timers: list[tuple[float, int, _Timer]] = []
        self._keys = itertools.count(1)
        self._result: Answer | Any = None
        self._error: BaseException | None = None

    def run(self, coro: Coroutine[Any, Any, Any]) -> Any:
        root = _Task(coro)
        self.resume(root)
        while not self._advance(root):
            self._wait()
        if self._error is not None:
            raise self._error
        return self._result

    def resume(self, task: _Task, value: Any = None, error: BaseException | None = None) -> None:
        """Let the task go on with a value or an error at its turn."""
        task.waiting = None
        self._ready.append((task, value, error))

    def interrupt(self, task: _Task, error: BaseException) -> None:
        """Throw an error into a task, wherever it waits; one that has ended is left alone."""
        if task.waiting is not None:
            task.waiting.interrupt(self, task, error)
        else:
            task.pending = error

    def ask(self, meta: Meta, body: bytes, task: _Task) -> int:
        """Send a question, or keep it until fewer are on their way."""
        key = next(self._keys)
        self.asked[key] = task
        self._unsent.append((key, meta, body))
        self._send()
        return key

    def _send(self) -> None:
        while self._unsent and self._under_way < UNDER_WAY:
            key, meta, body = self._unsent.popleft()
            if key in self.asked:  # else nobody waits for it any more
                self._under_way += 1
                self.channel.send({**meta, "e": self.number, "id": key}, body)

    def after(self, seconds: float, task: _Task, error: BaseException | None) -> _Timer:
        timer = _Timer(task, error)
        heapq.heappush(self._timers, (time.monotonic() + seconds, next(self._keys), timer))
        return timer

    def _advance(self, root: _Task) -> bool:
        """Run all that is ready; True when the root has ended."""
        while self._ready:
            task, value, error = self._ready.popleft()
            if task.pending is not None:
                error, task.pending = task.pending, None
            if self._step(task, value, error) and task is root:
                return True
        return False

    def _step(self, task: _Task, value: Any, error: BaseException | None) -> bool:
        """Run one coroutine to its next await; True when it has ended."""
        try:
            wanted = task.coro.send(value) if error is None else task.coro.throw(error)
        except StopIteration as end:
            self._ended(task, end.value, None)
            return True
        except BaseException as raised:  # noqa: BLE001 - every end of a coroutine goes to the one that waits for it
            self._ended(task, None, raised)
            return True
        if isinstance(wanted, _Operation):
            task.waiting = wanted
            wanted.start(self, task)
        else:
            self.resume(task, None, TypeError(f"a workflow cannot await {type(wanted).__name__} here"))
        return False

    def _ended(self, task: _Task, value: Any, error: BaseException | None) -> None:
        if task.group is not None:
            task.group.finished(self, task, value, error)
        else:
            self._result, self._error = value, error

    def _wait(self) -> None:
        """Block until an answer or a timer makes something ready."""
        while self._timers and self._timers[0][2].task is None:
            heapq.heappop(self._timers)
        if not self._timers and not self.asked:
            raise RuntimeError("the workflow waits for something that can never come")
        now = time.monotonic()
        answer = self.channel.receive(max(0.0, self._timers[0][0] - now) if self._timers else None)
        if answer is not None:
            self._answered(*answer)
        self._fire()

    def _answered(self, meta: Meta, body: bytes) -> None:
        if meta.get("e") != self.number:
            return
        self._under_way -= 1
        self._send()
        task = self.asked.pop(meta.get("id", 0), None)
        if task is not None:
            self.resume(task, (meta, body))

    def _fire(self) -> None:
        now = time.monotonic()
        while self._timers and self._timers[0][0] <= now:
            timer = heapq.heappop(self._timers)[2]
            if timer.task is None:
                continue
            if timer.error is not None:
                self.interrupt(timer.task, timer.error)
            else:
                self.resume(timer.task)
