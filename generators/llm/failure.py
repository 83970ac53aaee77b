"""Why a vendor did not serve, in our words: never with the vendor's text, which may quote keys or pages."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Ways in which a vendor does not serve."""

    NO_KEY = "no_key"
    WRONG_KEY = "wrong_key"
    NO_QUOTA = "no_quota"
    RATE_LIMITED = "rate_limited"
    OVERLOADED = "overloaded"
    SERVER_ERROR = "server_error"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    UNKNOWN_MODEL = "unknown_model"
    BAD_REQUEST = "bad_request"
    BAD_ANSWER = "bad_answer"
    REFUSED = "refused"


PASSING = frozenset(
    {
        Reason.RATE_LIMITED,
        Reason.OVERLOADED,
        Reason.SERVER_ERROR,
        Reason.TIMEOUT,
        Reason.UNREACHABLE,
        Reason.BAD_ANSWER,
    }
)

REMEDIES: dict[Reason, str] = {
    Reason.NO_KEY: "Set OPENAI_API_KEY or ANTHROPIC_API_KEY, or use --planner builtin, which needs none.",
    Reason.WRONG_KEY: "The provider refuses the key: check OPENAI_API_KEY or ANTHROPIC_API_KEY.",
    Reason.NO_QUOTA: "The provider's account has no credit left.",
    Reason.RATE_LIMITED: "Wait a minute, or lower the requests per minute in the settings.",
    Reason.OVERLOADED: "The provider is overloaded; try again later.",
    Reason.SERVER_ERROR: "The provider has a problem; try again later.",
    Reason.TIMEOUT: "Raise the model time limit in the settings, or try a faster model.",
    Reason.UNREACHABLE: "Check the network and the provider's base URL.",
    Reason.UNKNOWN_MODEL: "The provider knows no such model or address: check the models and base URL settings.",
    Reason.BAD_REQUEST: "The provider refuses the request; the model may lack structured output.",
    Reason.BAD_ANSWER: "The base URL leads to something that is no model provider, or to a broken proxy.",
    Reason.REFUSED: "The model declined; ask in other words, or use another planner.",
}


class Failure(Exception):
    """One attempt at a vendor that did not serve.

    ``status`` is the HTTP status, 0 when there was none. ``retry_after_s`` is what the vendor asked for.
    """

    def __init__(self, reason: Reason, *, status: int = 0, retry_after_s: float | None = None) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.status = status
        self.retry_after_s = retry_after_s

    @property
    def passing(self) -> bool:
        """Whether asking the same vendor again may help."""
        return self.reason in PASSING


def failure_of_status(status: int, *, code: str = "", retry_after: str = "") -> Failure:
    """Return the failure that an HTTP status stands for; ``code`` is the vendor's own short code."""
    pause = float(retry_after) if retry_after.replace(".", "", 1).isdigit() else None
    if status == 429 and code == "insufficient_quota":
        return Failure(Reason.NO_QUOTA, status=status)
    by_status = {
        401: Reason.WRONG_KEY,
        402: Reason.NO_QUOTA,
        403: Reason.WRONG_KEY,
        404: Reason.UNKNOWN_MODEL,
        405: Reason.UNKNOWN_MODEL,
        408: Reason.TIMEOUT,
        409: Reason.SERVER_ERROR,
        429: Reason.RATE_LIMITED,
        503: Reason.OVERLOADED,
        504: Reason.TIMEOUT,
        529: Reason.OVERLOADED,
    }
    reason = by_status.get(status, Reason.SERVER_ERROR if status >= 500 else Reason.BAD_REQUEST)
    return Failure(reason, status=status, retry_after_s=pause)
