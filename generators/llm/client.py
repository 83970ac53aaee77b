"""The door to models: one question at a time, with cache, budget, retries, fallback and ledger.

This is the only layer that retries: the SDKs' own retries are off. A prompt's text and the vendors'
texts never stand in errors, events or logs.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from aiolimiter import AsyncLimiter

from domain.cost import LedgerEntry, Usage
from domain.errors import ModelReplyInvalid, ModelUnavailable
from domain.events import Progress
from domain.ports import Clock, Ledger, PaidReplies, ReplyCache
from generators.llm.anthropic_vendor import AnthropicVendor
from generators.llm.failure import REMEDIES, Failure, Reason
from generators.llm.openai_vendor import OpenAiVendor
from generators.llm.options import LlmOptions
from generators.llm.prices import price
from generators.llm.purse import Purse
from generators.llm.rejection import ReplyRejected, correction, reject
from generators.llm.values import Answer, Model, ModelRequest, Provider, Reply, Scope
from generators.llm.vendor import RawReply, Vendor

if TYPE_CHECKING:
    import httpx2

T = TypeVar("T")

REASKS = 2
RESTING_S = 60.0  # so long a provider that did not serve is asked last
CHARACTERS_PER_TOKEN = 3.5  # of code and JSON; errs towards more tokens
EXPECTED_OUTPUT = 1_500  # tokens that a budget must still hold for the reply
Sleep = Callable[[float], Awaitable[object]]


@dataclass(frozen=True, kw_only=True)
class Ports:
    """What the layer is handed from outside. ``sleep`` and ``jitter`` are held by tests."""

    cache: ReplyCache
    ledger: Ledger
    clock: Clock
    paid: PaidReplies | None = None
    sleep: Sleep = asyncio.sleep
    jitter: Callable[[], float] = random.random


@asynccontextmanager
async def open_llm(
    options: LlmOptions, ports: Ports, *, transport: httpx2.AsyncBaseTransport | None = None
) -> AsyncIterator[Llm]:
    """Open the model layer; nothing is loaded or connected before the first question.

    ``transport`` replaces the network beneath the vendors' SDKs (recorded replies).
    """
    vendors: dict[Provider, Vendor] = {}
    if key := options.key(Provider.OPENAI):
        vendors[Provider.OPENAI] = OpenAiVendor(
            key=key,
            url=options.openai_url,
            wire="chat" if options.openai_wire == "chat" else "responses",
            detect=options.openai_wire == "auto" and not options.official_openai,
            transport=transport,
        )
    if key := options.key(Provider.ANTHROPIC):
        vendors[Provider.ANTHROPIC] = AnthropicVendor(key=key, url=options.anthropic_url, transport=transport)
    try:
        yield Llm(options, ports, vendors)
    finally:
        for vendor in vendors.values():
            await vendor.aclose()


class Llm:
    """Answers questions by models. One object serves a whole process; safe for tasks side by side."""

    def __init__(self, options: LlmOptions, ports: Ports, vendors: dict[Provider, Vendor]) -> None:
        self.options = options
        self._ports = ports
        self._vendors = vendors
        self._purse = Purse(options, ports.ledger, ports.clock)
        self._limiters: dict[Provider, AsyncLimiter] = {}
        self._resting: dict[Provider, float] = {}

    async def ask(
        self,
        request: ModelRequest,
        read: Callable[[str], T],
        scope: Scope,
        *,
        first: Provider | None = None,
    ) -> Answer[T]:
        """Return the value that ``read`` makes of the reply.

        What ``read`` rejects goes back to the model with the problems, at most twice; a model that
        gives the same answer again is not asked a third time.

        Raises:
            ModelUnavailable: no provider served.
            ModelReplyInvalid: no reply was valid; ``facts["where"]`` lists the places of the last problems.
            BudgetExhausted: the job's or the day's budget is spent.
        """
        usage, seen = Usage(), set[str]()
        where: list[str] = []
        passed_over: tuple[str, ...] = ()
        for asked in range(REASKS + 1):
            reply = await self.complete(request, scope, first=first)
            first, usage = reply.model.provider, usage.plus(reply.usage)
            passed_over = passed_over or reply.passed_over
            try:
                value = _read(reply, read)
            except ReplyRejected as rejected:
                where = [problem.where[:60] for problem in rejected.problems]
                request = request.followed_by(reply.text, correction(rejected.problems))
            else:
                return Answer(
                    value=value,
                    model=reply.model,
                    usage=usage,
                    prompt_version=request.prompt_version,
                    passed_over=passed_over,
                    rejected=asked,
                )
            digest = hashlib.sha256(reply.text.encode()).hexdigest()
            if digest in seen:
                break
            seen.add(digest)
        raise ModelReplyInvalid(
            f"{reply.model} gave no valid reply to the {request.stage.value} prompt.",
            remedy="Use another model, or --planner builtin.",
            where=where,
            stage=request.stage.value,
            model=str(reply.model),
        )

    async def complete(self, request: ModelRequest, scope: Scope, *, first: Provider | None = None) -> Reply:
        """Return one reply, from the cache or from the first model of the stage that serves.

        Raises:
            ModelUnavailable: no model of the stage served; ``facts["tried"]`` tells why.
            BudgetExhausted: the job's or the day's budget is spent.
        """
        chain = sorted(self.options.chain(request.stage, first), key=self._is_resting)
        if not chain:
            raise ModelUnavailable("There is no key for any model.", remedy=REMEDIES[Reason.NO_KEY], reason="no_key")
        keyless = first is not None and not self.options.has_key(first)
        passed_over = [f"{first}: {Reason.NO_KEY.value}"] if keyless else []
        last = Failure(Reason.NO_KEY)
        for model in chain:
            kept = self._paid_before(request, model, scope) or self._from_cache(request, model, scope)
            if kept is not None:
                return kept.model_copy(update={"passed_over": tuple(passed_over)})
            try:
                reply = await self._ask_patiently(request, model, scope)
            except Failure as failure:
                last = failure
                passed_over.append(f"{model}: {failure.reason.value}")
                self._rest(model.provider, failure)
                message = f"{model} did not serve: {failure.reason.value}"
                scope.on_progress(Progress(stage="model", message=message, percent=scope.percent))
                continue
            return reply.model_copy(update={"passed_over": tuple(passed_over)})
        raise ModelUnavailable(
            f"No model served the {request.stage.value} prompt: {'; '.join(passed_over)}.",
            remedy=REMEDIES[last.reason],
            reason=last.reason.value,
            tried=passed_over,
        )

    async def _ask_patiently(self, request: ModelRequest, model: Model, scope: Scope) -> Reply:
        for attempt in range(1, self.options.attempts + 1):
            try:
                return await self._ask_once(request, model, scope)
            except Failure as failure:
                if not failure.passing or attempt == self.options.attempts:
                    raise
                pause = self._pause(failure, attempt)
                if pause > self.options.longest_pause_s:
                    raise
            await self._ports.sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    def _pause(self, failure: Failure, attempt: int) -> float:
        wait = self.options.backoff_s * float(2 ** (attempt - 1)) * (1 + self._ports.jitter())
        return max(wait, failure.retry_after_s or 0.0)

    async def _ask_once(self, request: ModelRequest, model: Model, scope: Scope) -> Reply:
        expected = _expected(request, model)
        with self._purse.reserve(expected, scope):
            await self._limiter(model.provider).acquire()
            started = time.perf_counter()
            try:
                async with asyncio.timeout(self.options.timeout_s):
                    raw = await self._vendors[model.provider].ask(model, request)
            except TimeoutError:
                raise Failure(Reason.TIMEOUT) from None
        reply = _priced(raw, request, model)
        entry = self._entry(reply, request, scope, latency_ms=(time.perf_counter() - started) * 1000)
        usable = raw.end != "refused" and reply.complete and bool(reply.text.strip())
        if usable and scope.job_id is not None and self._ports.paid is not None:
            self._ports.paid.keep(scope.job_id, request.key(model), reply.model_dump_json(), entry)
        else:
            self._ports.ledger.record(entry)
            if usable:
                self._ports.cache.put(request.key(model), reply.model_dump_json())
        self._purse.warn(scope)
        if raw.end == "refused":
            raise Failure(Reason.REFUSED)
        return reply

    def _paid_before(self, request: ModelRequest, model: Model, scope: Scope) -> Reply | None:
        """Return what this job was answered before a crash: with its cost, which is in the ledger already."""
        if scope.job_id is None or self._ports.paid is None:
            return None
        kept = self._ports.paid.get(scope.job_id, request.key(model))
        return None if kept is None else Reply.model_validate_json(kept)

    def _from_cache(self, request: ModelRequest, model: Model, scope: Scope) -> Reply | None:
        kept = self._ports.cache.get(request.key(model))
        if kept is None:
            return None
        paid = Reply.model_validate_json(kept)
        reply = paid.model_copy(update={"usage": Usage(), "cache_hit": True})
        self._ports.ledger.record(self._entry(reply, request, scope, latency_ms=0.0))
        return reply

    def _entry(self, reply: Reply, request: ModelRequest, scope: Scope, *, latency_ms: float) -> LedgerEntry:
        _, table = price(reply.model, input_tokens=0, output_tokens=0)
        return LedgerEntry(
            at=self._ports.clock.now(),
            provider=reply.model.provider.value,
            model=reply.model.name,
            stage=request.stage.value,
            prompt_version=request.prompt_version,
            usage=reply.usage,
            price_table=table,
            latency_ms=round(latency_ms, 1),
            cache_hit=reply.cache_hit,
            job_id=scope.job_id,
            tool=scope.tool,
            owner=scope.owner,
        )

    def _limiter(self, provider: Provider) -> AsyncLimiter:
        if provider not in self._limiters:
            self._limiters[provider] = AsyncLimiter(self.options.requests_per_minute, 60.0)
        return self._limiters[provider]

    def _rest(self, provider: Provider, failure: Failure) -> None:
        if failure.reason not in {Reason.REFUSED, Reason.BAD_REQUEST}:
            self._resting[provider] = time.monotonic() + RESTING_S

    def _is_resting(self, model: Model) -> bool:
        return self._resting.get(model.provider, 0.0) > time.monotonic()


def _read(reply: Reply, read: Callable[[str], T]) -> T:
    if not reply.complete:
        raise reject("reply", "cut off at the length limit; be briefer")
    if not reply.text.strip():
        raise reject("reply", "empty")
    return read(reply.text)


def _expected(request: ModelRequest, model: Model) -> Usage:
    characters = len(request.system) + sum(len(turn.text) for turn in request.turns)
    tokens = round(characters / CHARACTERS_PER_TOKEN)
    output = min(request.max_output_tokens, EXPECTED_OUTPUT)
    cost, _ = price(model, input_tokens=tokens, output_tokens=output)
    return Usage(calls=1, input_tokens=tokens, output_tokens=output, cost_usd=cost)


def _priced(raw: RawReply, request: ModelRequest, model: Model) -> Reply:
    cost, _ = price(model, input_tokens=raw.input_tokens, output_tokens=raw.output_tokens)
    usage = Usage(calls=1, input_tokens=raw.input_tokens, output_tokens=raw.output_tokens, cost_usd=cost)
    return Reply(
        text=raw.text,
        complete=raw.end == "complete",
        model=model,
        usage=usage,
        prompt_version=request.prompt_version,
    )
