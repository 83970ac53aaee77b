"""Everything that can go wrong, as one tree. Each error has a code, a message and a remedy.

SchoolError
├── UsageProblem              bad input by the caller
│   ├── InvalidArguments      arguments that break a tool's schema
│   ├── UnknownTool           no such tool for this owner
│   ├── SettingsProblem       a setting that does not validate
│   ├── InvalidQuery          a question that cannot mean anything (an impossible date)
│   └── NotConfirmed          something that cannot be undone, without a person's yes
├── NeedsInput                something is lacking that must not be guessed
│   └── NeedsApproval         a person must approve; no model's answer counts
├── SourceProblem             the site or API
│   ├── SourceUnreachable     no answer, or not the kind of answer a site gives
│   ├── SourceBlocked         captcha, login wall, robots
│   ├── NothingFound          no records at the source that could answer
│   └── SourceChangedError    a published tool's site is not what it was
├── LearnProblem              learning ended without a tool
│   ├── NotProved             every source kind failed its proof
│   └── TookTooLong           the time for learning was over
├── SandboxProblem            the boundary
│   ├── EgressDenied          a request outside the policy
│   ├── CodeRefused           the code check found violations
│   ├── RunFailed             the workflow itself raised
│   ├── RunKilled             a limit ended the run
│   ├── OutputInvalid         the result breaks the tool's schema
│   └── IsolationMissing      the machine lacks a mechanism that the settings demand
├── RegistryProblem           the store
│   ├── RegistryUnusable      not a database, of a later version, or locked
│   ├── IllegalMove           a state change that the lifecycle does not know
│   ├── IntegrityBroken       a row whose hash or signature does not match
│   ├── NameRefused           a tool definition that some client would choke on
│   └── ImportRefused         an export file of another kind, too large, or asking for too much
└── ModelProblem              a model provider
    ├── ModelUnavailable      no key, no network, time-out, refusal
    ├── ModelReplyInvalid     a reply that does not validate after all retries
    └── BudgetExhausted       the job's or the day's budget is spent
"""

from __future__ import annotations

from typing import Any, ClassVar

APPROVAL = "approve:"  # begins the field of a question that only a person may answer
APPROVE, REFUSE = "approve", "refuse"


class SchoolError(Exception):
    """Root of all errors that a person or a client gets to see.

    ``code`` is stable and machine readable; ``facts`` are JSON values; ``remedy`` says what to do.
    No secret and no page text may stand in any of them.
    """

    code: ClassVar[str] = "error"
    default_remedy: ClassVar[str] = ""

    def __init__(self, message: str, *, remedy: str | None = None, **facts: Any) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = self.default_remedy if remedy is None else remedy
        self.facts = facts

    def as_json(self) -> dict[str, Any]:
        """Return ``{"code", "message", "remedy"}``, the shape of CLI-2 and of MCP error results."""
        return {"code": self.code, "message": self.message, "remedy": self.remedy}


class UsageProblem(SchoolError):
    """The caller's input cannot be used."""

    code = "usage"


class InvalidArguments(UsageProblem):
    """Arguments break the tool's input schema."""

    code = "invalid_arguments"
    default_remedy = "Compare the arguments with the tool's input schema (describe_tool, or tools show)."


class UnknownTool(UsageProblem):
    """No tool of this name is visible to this owner."""

    code = "unknown_tool"
    default_remedy = "Look for it with search_tools, or with: main.py tools list"


class SettingsProblem(UsageProblem):
    """A setting does not validate."""

    code = "settings"
    default_remedy = "See .env.example for every setting and its meaning."


class InvalidQuery(UsageProblem):
    """The question contains something that cannot be, such as the 31st of June."""

    code = "invalid_query"


class NotConfirmed(UsageProblem):
    """What cannot be undone was asked for without a person's yes."""

    code = "not_confirmed"
    default_remedy = "Look at what it would do, then repeat the command with --yes."


class NeedsInput(SchoolError):
    """Something is lacking that must not be guessed; the caller is asked.

    ``field`` names what is lacking, ``choices`` lists sensible answers (may be empty).
    """

    code = "needs_input"

    def __init__(self, text: str, *, field: str, choices: tuple[str, ...] = (), remedy: str = "") -> None:
        super().__init__(text, remedy=remedy, field=field, choices=list(choices))
        self.field = field
        self.choices = choices


class NeedsApproval(NeedsInput):
    """A person must approve; what a client's model answers does not count (MCP-5).

    ``subject`` says what exactly: a host, a tool's call, a version. ``field`` carries both, after APPROVAL.
    """

    code = "needs_approval"

    def __init__(self, text: str, *, kind: str, subject: str, remedy: str = "") -> None:
        super().__init__(text, field=f"{APPROVAL}{kind}:{subject}", choices=(APPROVE, REFUSE), remedy=remedy)
        self.kind = kind
        self.subject = subject


class SourceProblem(SchoolError):
    """The site or API did not serve."""

    code = "source"


class SourceUnreachable(SourceProblem):
    """The source did not answer."""

    code = "source_unreachable"
    default_remedy = "Check the address and that the site is up, then ask again."


class SourceBlocked(SourceProblem):
    """The source answered with a wall: captcha, login, or robots.txt."""

    code = "source_blocked"


class NothingFound(SourceProblem):
    """The source has no records that could answer the question."""

    code = "nothing_found"
    default_remedy = "Give the address of the page that shows the list itself with --site."


class SourceChangedError(SourceProblem):
    """An expected structure is missing at the source of a published tool."""

    code = "source_changed"
    default_remedy = "Repair it with: main.py tools repair NAME; or go back with: main.py tools rollback NAME"


class LearnProblem(SchoolError):
    """Learning ended without a tool."""

    code = "learn_failed"


class NotProved(LearnProblem):
    """No candidate passed its proof; nothing was published."""

    code = "not_proved"
    default_remedy = "See what was tried in the verdict; try another --site or --source, or a planner with a model."


class TookTooLong(LearnProblem):
    """The time for learning one tool is over; nothing was published."""

    code = "took_too_long"
    default_remedy = "Try a page that shows less, or raise AGENT_SCHOOL_LEARN_TIMEOUT_S."


class SandboxProblem(SchoolError):
    """The boundary refused, or a run ended badly."""

    code = "sandbox"


class EgressDenied(SandboxProblem):
    """A request outside the policy was refused."""

    code = "egress_denied"


class CodeRefused(SandboxProblem):
    """The code check found violations."""

    code = "code_refused"


class RunFailed(SandboxProblem):
    """The workflow raised."""

    code = "run_failed"


class RunKilled(SandboxProblem):
    """A limit (time, memory, CPU, output) ended the run."""

    code = "run_killed"


class OutputInvalid(SandboxProblem):
    """The result breaks the tool's output schema."""

    code = "output_invalid"


class IsolationMissing(SandboxProblem):
    """A mechanism is missing on this machine and the settings do not allow the weaker level."""

    code = "isolation_missing"
    default_remedy = "Run: main.py doctor"


class RegistryProblem(SchoolError):
    """The store refused."""

    code = "registry"


class RegistryUnusable(RegistryProblem):
    """The file or server is not a registry that this version can use; it was left untouched.

    The fact ``passing`` says that the same may work a moment later: it was locked, or out of reach.
    """

    code = "registry_unusable"


class IllegalMove(RegistryProblem):
    """A state change that the lifecycle does not know."""

    code = "illegal_move"


class IntegrityBroken(RegistryProblem):
    """A stored version does not match its hash or signature."""

    code = "integrity_broken"


class NameRefused(RegistryProblem):
    """A tool definition that some client would choke on."""

    code = "definition_refused"


class ImportRefused(RegistryProblem):
    """An export file is of another kind or format, too large, or asks for more than is allowed."""

    code = "import_refused"


class ModelProblem(SchoolError):
    """A model provider did not serve."""

    code = "model"


class ModelUnavailable(ModelProblem):
    """No key, no network, a time-out or a refusal."""

    code = "model_unavailable"


class ModelReplyInvalid(ModelProblem):
    """The reply does not validate after all retries."""

    code = "model_reply_invalid"


class BudgetExhausted(ModelProblem):
    """The budget of the job or of the day is spent."""

    code = "budget_exhausted"
