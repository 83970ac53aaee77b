"""Settings of the model layer, handed in: keys, addresses, models per stage, limits."""

from __future__ import annotations

from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr

from domain.cost import SpendLimit
from domain.errors import SettingsProblem
from domain.values import Value
from generators.llm.values import Model, Provider, Stage

OPENAI_URL = "https://api.openai.com/v1"
ANTHROPIC_URL = "https://api.anthropic.com"

_QUICK = (
    Model(provider=Provider.OPENAI, name="gpt-5.4-mini"),
    Model(provider=Provider.ANTHROPIC, name="claude-haiku-4-5"),
)
_CAREFUL = (
    Model(provider=Provider.OPENAI, name="gpt-5.4"),
    Model(provider=Provider.ANTHROPIC, name="claude-sonnet-5"),
)
DEFAULT_MODELS: dict[Stage, tuple[Model, ...]] = {
    Stage.PLAN: _QUICK,
    Stage.GENERATE: _CAREFUL,
    Stage.REPAIR: _CAREFUL,
    Stage.CHAT: _QUICK,
}


class LlmOptions(Value):
    """Everything that the model layer needs to know.

    A provider without a key is not there. ``models`` lists per stage the primary model and its
    fallbacks. ``openai_wire``: ``auto`` asks for Responses and, where a compatible server knows no
    such address, for Chat Completions. Times in seconds; ``backoff_s`` is the first pause of a
    retry, doubled each time, with as much jitter again at most.
    """

    openai_key: SecretStr | None = None
    openai_url: str = OPENAI_URL
    openai_wire: Literal["auto", "responses", "chat"] = "auto"
    anthropic_key: SecretStr | None = None
    anthropic_url: str = ANTHROPIC_URL
    models: dict[Stage, tuple[Model, ...]] = DEFAULT_MODELS
    timeout_s: float = Field(default=90.0, gt=0)
    attempts: int = Field(default=3, ge=1, le=5)
    backoff_s: float = Field(default=1.0, ge=0)
    longest_pause_s: float = Field(default=20.0, ge=0)
    requests_per_minute: int = Field(default=60, ge=1)
    job_limit: SpendLimit = SpendLimit(tokens=200_000, cost_usd=1.0)
    day_limit: SpendLimit = SpendLimit(tokens=5_000_000, cost_usd=20.0)

    def has_key(self, provider: Provider) -> bool:
        """Return whether a provider can be asked at all."""
        return self.key(provider) is not None

    def key(self, provider: Provider) -> str | None:
        """Return a provider's key, or None when it has none."""
        secret = self.openai_key if provider is Provider.OPENAI else self.anthropic_key
        return (secret.get_secret_value().strip() or None) if secret is not None else None

    def chain(self, stage: Stage, first: Provider | None = None) -> tuple[Model, ...]:
        """Return the models of a stage that have a key, those of ``first`` in front."""
        usable = [model for model in self.models.get(stage, ()) if self.has_key(model.provider)]
        return tuple(sorted(usable, key=lambda model: first is not None and model.provider is not first))

    def with_models(self, named: dict[Stage, tuple[str, ...]]) -> Self:
        """Return the options with other models per stage, each named ``provider:model``.

        Raises:
            SettingsProblem: a name has no known provider in front.
        """
        chosen = {stage: tuple(_model(text) for text in texts) for stage, texts in named.items() if texts}
        return self.model_copy(update={"models": {**self.models, **chosen}})

    @property
    def official_openai(self) -> bool:
        """Whether the OpenAI address is the vendor's own."""
        host = urlsplit(self.openai_url).hostname or ""
        return host == "openai.com" or host.endswith(".openai.com")


def _model(text: str) -> Model:
    provider, _, name = text.strip().partition(":")
    if provider not in set(Provider) or not name:
        raise SettingsProblem(f"{text!r} names no model.", remedy="Write provider:model, such as openai:gpt-5.4-mini")
    return Model(provider=Provider(provider), name=name)
