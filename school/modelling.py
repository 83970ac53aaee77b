"""A model's part in learning: it may plan, write and repair; the checks and the proof are the same as without one.

Owns the choice whether a model is asked at all. When none can serve, the built-in planner goes on alone.
"""

from __future__ import annotations

import base64
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from domain.cost import ModelUse, Usage
from domain.errors import ModelProblem
from domain.events import EventSink, Progress
from domain.observation import Findings, Observation
from domain.plan import Intent, Plan, PlannerKind, Query
from domain.policy import CheckReport, Policy
from domain.run import Run, Verdict
from domain.values import Value
from domain.workflow import Artifact
from school.app import School
from school.approvals import method_question
from school.policies import form_credentials

if TYPE_CHECKING:  # the prompts and the vendors' layer are loaded when a model is first needed
    from generators.llm import Llm, Scope
    from sandbox.gate import Artifacts

PLAN_VIEW_TOKENS = 250
WRITE_VIEW_TOKENS = 800
COARSER_VIEW_TOKENS = (500, 250)
PLAN_SHARE = 0.44  # of a tool's input tokens that its plan may take, and of what is left then, its code
WRITE_SHARE = 0.55
CANDIDATES_SHOWN = 5
GAVE_UP = {"rounds": "three repairs did not help", "repeated": "the model repeated code that had failed"}


class Draft(Value):
    """Code for a plan, and who made it at what price; ``passed_over`` are models that were asked for it in vain."""

    artifact: Artifact
    generator: str = "template"
    model: str = ""
    prompt_version: str = ""
    usage: Usage = Usage()
    passed_over: tuple[str, ...] = ()


class NotMended(Value):
    """Why there is no corrected code, and which models did not serve."""

    reason: str
    passed_over: tuple[str, ...] = ()


class PageLeft(Value):
    """The page of a browser workflow as a trial left it: snapshot, and a PNG in base64 (for a model that sees)."""

    aria: str
    screenshot: str = ""

    @classmethod
    def of(cls, left: Artifacts) -> Self:
        """Return what a repair is shown of what a run left behind."""
        return cls(aria=left.aria, screenshot=base64.b64encode(left.screenshot_png).decode())


class Failure(Value):
    """Why a draft did not pass, with what a repair needs to see; ``left`` is the page of the run that is shown."""

    reason: str
    report: CheckReport | None = None
    verdict: Verdict | None = None
    runs: tuple[Run, ...] = ()
    left: PageLeft | None = None


class ModelPlan(Value):
    """A plan by a model; ``writes`` says that a model must write its code too."""

    plan: Plan
    writes: bool
    model: str
    prompt_version: str
    usage: Usage
    passed_over: tuple[str, ...] = ()


class NoModelPlan(Value):
    """No model served with a plan; the built-in planner goes on alone."""

    passed_over: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Helper:
    """The model layer, and on whose behalf it is asked; ``passed_over`` gathers who did not serve, and why."""

    llm: Llm
    scope: Scope
    passed_over: list[str] = field(default_factory=list)


async def helper_for(
    school: School, query: Query, *, owner: str, job_id: str | None = None, on_progress: EventSink
) -> Helper | None:
    """Return the model layer when a model shall plan and a key is set; else None, told when one was asked for."""
    wanted = _wanted(school, query)
    if wanted is PlannerKind.BUILTIN:
        return None
    if not _has_key(school):
        if wanted is not PlannerKind.AUTO:
            message = f"no key for {wanted.value}: the built-in planner is used"
            on_progress(Progress(stage="plan", message=message, percent=2))
        return None
    from generators.llm import Scope  # noqa: PLC0415 - only where a model serves

    # What is no job has a name too: under it its calls are summed against the budget of one job.
    spender = job_id or f"question-{uuid.uuid4().hex}"
    return Helper(
        llm=await school.llm.get(), scope=Scope(job_id=spender, owner=owner, on_progress=on_progress, percent=40)
    )


def model_use(school: School, query: Query, helper: Helper | None) -> ModelUse:
    """Return what models took so far for a question, and who was passed over."""
    if helper is not None:
        spent = school.registry.ledger.spent(job_id=helper.scope.job_id)
        return ModelUse(usage=spent, passed_over=tuple(dict.fromkeys(helper.passed_over)))
    wanted = _wanted(school, query)
    keyless = wanted in {PlannerKind.OPENAI, PlannerKind.ANTHROPIC} and not _has_key(school)
    return ModelUse(passed_over=(f"{wanted.value}: no_key",) if keyless else ())


def unserved(problem: ModelProblem) -> tuple[str, ...]:
    """Return who did not serve, and why, one line each."""
    tried = problem.facts.get("tried")
    return tuple(map(str, tried)) if tried else (f"{problem.facts.get('model', 'models')}: {problem.code}",)


def _wanted(school: School, query: Query) -> PlannerKind:
    return query.planner if query.planner is not PlannerKind.AUTO else school.settings.planner


def _has_key(school: School) -> bool:
    return bool(school.settings.openai_api_key or school.settings.anthropic_api_key)


async def plan_by_model(
    school: School,
    helper: Helper,
    query: Query,
    intent: Intent,
    *,
    findings: Findings,
    observation: Observation,
    policy: Policy,
    on_progress: EventSink,
) -> ModelPlan | NoModelPlan:
    """Return a model's plan, or who did not serve with one, and why.

    Raises:
        NeedsInput: the model is unsure of something that the question demands.
        NeedsApproval: its plan sends forms, and nobody has agreed to that.
    """
    from generators.model_planner import plan_with_model  # noqa: PLC0415 - only where a model serves
    from generators.view import view  # noqa: PLC0415 - as above

    shown = view(observation, intent=intent, candidates=(), max_tokens=PLAN_VIEW_TOKENS)
    try:
        planned = await plan_with_model(
            helper.llm,
            query,
            intent,
            findings,
            observation,
            now=school.clock.now(),
            scope=helper.scope,
            view=shown,
            credentials=form_credentials(policy, school.settings, owner=helper.scope.owner),
            most_tokens=round(PLAN_SHARE * school.settings.tool_input_tokens),
        )
    except ModelProblem as problem:
        message = f"no plan by a model ({problem.code}): the built-in planner is used"
        on_progress(Progress(stage="plan", message=message, percent=42))
        return NoModelPlan(passed_over=unserved(problem))
    if planned.sends_forms and "POST" not in policy.methods:
        raise method_question(query.site or observation.url)
    return ModelPlan(
        plan=planned.plan,
        writes=planned.generator == "model",
        model=planned.model,
        prompt_version=planned.prompt_version,
        usage=planned.usage,
        passed_over=planned.passed_over,
    )


def _input_left(school: School, helper: Helper) -> int:
    """Input tokens that are left for a tool; what it took so far is what the vendors counted."""
    spent = school.registry.ledger.spent(job_id=helper.scope.job_id)
    return max(0, school.settings.tool_input_tokens - spent.input_tokens)


async def write_draft(
    school: School,
    helper: Helper,
    origin: ModelPlan,
    policy: Policy,
    *,
    observation: Observation,
    findings: Findings,
) -> Draft:
    """Return code that a model wrote for its plan.

    Raises:
        ModelProblem: no model answered with code.
    """
    from generators.view import view  # noqa: PLC0415 - only where a model serves
    from generators.write import write  # noqa: PLC0415 - as above

    shown, *coarser = (
        view(
            observation,
            intent=origin.plan.intent,
            candidates=findings.candidates[:CANDIDATES_SHOWN],
            max_tokens=tokens,
        )
        for tokens in (WRITE_VIEW_TOKENS, *COARSER_VIEW_TOKENS)
    )
    written = await write(
        helper.llm,
        origin.plan,
        policy,
        now=school.clock.now(),
        scope=helper.scope,
        view=shown,
        coarser=coarser,
        credentials=form_credentials(policy, school.settings, owner=helper.scope.owner),
        most_tokens=round(WRITE_SHARE * _input_left(school, helper)),
    )
    return Draft(
        artifact=written.artifact,
        generator="model",
        model=written.model,
        prompt_version=written.prompt_version,
        usage=written.usage,
        passed_over=written.passed_over,
    )


async def repair_draft(
    school: School,
    helper: Helper,
    plan: Plan,
    draft: Draft,
    *,
    failure: Failure,
    policy: Policy,
    tried: tuple[str, ...],
) -> Draft | NotMended:
    """Return corrected code, or why there is none: the rounds are over, a model repeats itself, or none serves.

    ``tried`` holds the fingerprints of all code that failed so far, the draft's among them.
    """
    from generators.repair import GaveUp, diagnose, repair  # noqa: PLC0415 - only where a model serves

    diagnosis = diagnose(
        report=failure.report,
        verdict=failure.verdict,
        runs=failure.runs,
        aria=failure.left.aria if failure.left else "",
        screenshot=base64.b64decode(failure.left.screenshot) if failure.left else b"",
    )
    try:
        done = await repair(
            helper.llm,
            plan,
            draft.artifact,
            diagnosis,
            policy,
            tried=tried,
            scope=helper.scope,
            credentials=form_credentials(policy, school.settings, owner=helper.scope.owner),
            most_tokens=_input_left(school, helper),
        )
    except ModelProblem as problem:
        return NotMended(reason=f"no repair: {problem.message}", passed_over=unserved(problem))
    if isinstance(done, GaveUp):
        return NotMended(reason=GAVE_UP[done.reason])
    return Draft(
        artifact=done.artifact,
        generator="model",
        model=done.model,
        prompt_version=done.prompt_version,
        usage=draft.usage.plus(done.usage),
        passed_over=done.passed_over,
    )
