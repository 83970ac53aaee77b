"""What is asked of a model, and what comes back, without any vendor's shapes."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Generic, Literal, Self, TypeVar

from domain.cost import Usage
from domain.events import EventSink, ignore
from domain.values import JsonObject, Value, content_hash

T = TypeVar("T")


class Provider(StrEnum):
    """Vendors of models."""

    OPENAI = "openai"
    ANTHROPIC = "anthropic"


class Stage(StrEnum):
    """What a model is asked for; models and limits are set per stage."""

    PLAN = "plan"
    GENERATE = "generate"
    REPAIR = "repair"
    CHAT = "chat"


class Model(Value):
    """One model of one vendor."""

    provider: Provider
    name: str

    def __str__(self) -> str:
        """Return ``provider:name``."""
        return f"{self.provider.value}:{self.name}"


class Turn(Value):
    """One message of the conversation after the instructions."""

    role: Literal["user", "assistant"] = "user"
    text: str


@dataclass(frozen=True, kw_only=True)
class Picture:
    """An image beside the last user message: raw bytes of a PNG or JPEG."""

    media_type: Literal["image/png", "image/jpeg"] = "image/png"
    data: bytes


@dataclass(frozen=True, kw_only=True)
class ModelRequest:
    """One question to a model.

    ``schema`` is a strict JSON Schema of the wanted reply, or None for text. ``prompt_version``
    names the prompt file's number and hash. ``max_output_tokens`` bounds what is paid for.
    """

    stage: Stage
    system: str
    turns: tuple[Turn, ...]
    prompt_version: str
    schema_name: str = "reply"
    schema: JsonObject | None = None
    pictures: tuple[Picture, ...] = ()
    max_output_tokens: int = 8_000

    def followed_by(self, reply: str, correction: str) -> Self:
        """Return the request again with the model's reply and what was wrong with it."""
        turns = (*self.turns, Turn(role="assistant", text=reply), Turn(text=correction))
        return replace(self, turns=turns)

    def key(self, model: Model) -> str:
        """Return the hash that tells equal questions to a model (for the cache)."""
        schema = json.dumps(self.schema, sort_keys=True)
        pictures = [content_hash(picture.media_type, picture.data.hex()) for picture in self.pictures]
        turns = [part for turn in self.turns for part in (turn.role, turn.text)]
        return content_hash(model.provider.value, model.name, self.system, schema, *turns, *pictures)


class Reply(Value):
    """A model's reply as text. ``complete`` is False when the vendor cut it at the length limit.

    ``passed_over`` tells which models were asked before and why they did not serve ("openai:gpt: rate_limited").
    """

    text: str
    complete: bool = True
    model: Model
    usage: Usage = Usage()
    cache_hit: bool = False
    passed_over: tuple[str, ...] = ()
    prompt_version: str = ""


@dataclass(frozen=True, kw_only=True)
class Answer(Generic[T]):
    """A reply that was read and found valid; ``usage`` sums all the calls it took."""

    value: T
    model: Model
    usage: Usage
    prompt_version: str
    passed_over: tuple[str, ...] = ()
    rejected: int = 0


@dataclass(frozen=True, kw_only=True)
class Scope:
    """On whose behalf a model is asked, for the ledger and the budget.

    ``percent`` is the job's progress at this point, so that a warning never makes it fall.
    """

    job_id: str | None = None
    tool: str | None = None
    owner: str = "local"
    on_progress: EventSink = ignore
    percent: float = 0.0
