"""How the heavy collaborators are opened, each at its first use; what they need is imported only then."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from domain.cost import SpendLimit
from domain.ports import Clock
from registry import Registry
from school.settings import Settings

if TYPE_CHECKING:  # a browser's client, the jail and the models are loaded when they are first needed
    from generators.llm import Llm
    from sandbox.observe import Observer
    from sandbox.runner import Runner


@dataclass(frozen=True, kw_only=True)
class Openers:
    """Opens runner, observer and models on one stack, which closes them."""

    stack: AsyncExitStack
    settings: Settings
    registry: Registry
    clock: Clock

    async def runner(self) -> Runner:
        """Start the first zygote; while it warms up, the rest is imported."""
        from sandbox.ahead import begin_pool  # noqa: PLC0415 - at its first use: see the module

        pool = await begin_pool(self.settings.allow_weaker)
        self.stack.push_async_callback(pool.aclose)
        from sandbox.appearance import Appearance  # noqa: PLC0415 - as above
        from sandbox.keeping import keep_in  # noqa: PLC0415 - as above
        from sandbox.manners import Manners  # noqa: PLC0415 - as above
        from sandbox.pool import Level  # noqa: PLC0415 - as above
        from sandbox.runner import RunnerOptions, open_runner  # noqa: PLC0415 - as above

        options = RunnerOptions(
            level=Level(self.settings.isolation),
            ca_file=self.settings.tls_ca_file,
            secrets_folder=self.settings.home / "secrets",
            browser=Path(self.settings.browser) if self.settings.browser else None,
            keep_artifacts=keep_in(self.settings.home / "artifacts"),
            keep_cancelled=self.registry.record_run,
            cache=self.settings.home / "cache",
            appearance=Appearance(self.settings.appearance),
            manners=Manners(requests_per_s=self.settings.requests_per_host),
        )
        return await self.stack.enter_async_context(open_runner(options, pool=pool))

    async def observer(self) -> Observer:
        """Open the observer; its browser starts with the first page."""
        from sandbox.appearance import Appearance  # noqa: PLC0415 - at its first use: see the module
        from sandbox.broker import Broker, BrokerOptions  # noqa: PLC0415 - as above
        from sandbox.browsers import BrowserOptions  # noqa: PLC0415 - as above
        from sandbox.manners import Manners  # noqa: PLC0415 - as above
        from sandbox.observe import Observer, ObserverOptions  # noqa: PLC0415 - as above
        from sandbox.secrets import SecretStore  # noqa: PLC0415 - as above

        secrets = SecretStore(self.settings.home / "secrets")
        ca_file, appearance = self.settings.tls_ca_file, Appearance(self.settings.appearance)
        manners = Manners(requests_per_s=self.settings.requests_per_host)
        asking = BrokerOptions(secrets=secrets, ca_file=ca_file, appearance=appearance, manners=manners)
        broker = await self.stack.enter_async_context(Broker(asking))
        executable = Path(self.settings.browser) if self.settings.browser else None
        browser = BrowserOptions(executable=executable, ca_file=ca_file, appearance=appearance)
        options = ObserverOptions(browser=browser, clock=self.clock.now)
        return await self.stack.enter_async_context(Observer(options, broker=broker))

    async def llm(self) -> Llm:
        """Open the model layer; nothing is connected before the first question."""
        from generators.llm import LlmOptions, Ports, Stage, open_llm  # noqa: PLC0415 - at its first use: see the module

        settings = self.settings
        urls: dict[str, Any] = {"openai_url": settings.openai_base_url, "anthropic_url": settings.anthropic_base_url}
        options = LlmOptions(
            openai_key=settings.openai_api_key,
            anthropic_key=settings.anthropic_api_key,
            job_limit=SpendLimit(tokens=settings.job_tokens, cost_usd=settings.job_cost_usd),
            day_limit=SpendLimit(tokens=settings.day_tokens, cost_usd=settings.day_cost_usd),
            timeout_s=settings.model_timeout_s,
            attempts=settings.model_attempts,
            requests_per_minute=settings.model_requests_per_minute,
            **{name: url for name, url in urls.items() if url},
        )
        options = options.with_models(
            {
                Stage.PLAN: settings.plan_models,
                Stage.GENERATE: settings.generate_models,
                Stage.REPAIR: settings.repair_models,
                Stage.CHAT: settings.chat_models,
            }
        )
        ports = Ports(
            cache=self.registry.reply_cache,
            ledger=self.registry.ledger,
            clock=self.clock,
            paid=self.registry.paid_replies,
        )
        return await self.stack.enter_async_context(open_llm(options, ports))
