"""The client's own model as the author (MCP-8): it sees a source, writes code, and the same proof decides.

Policy and judge are the server's. What an author says can never widen the policy: that was made from the address.
"""

from __future__ import annotations

import ast
from functools import partial
from typing import Literal
from urllib.parse import urlsplit

import anyio

from domain.errors import (
    InvalidArguments,
    NameRefused,
    NeedsInput,
    NothingFound,
    SourceBlocked,
    UnknownTool,
)
from domain.events import EventSink
from domain.observation import Findings, Observation, RecordCandidate
from domain.plan import (
    Field,
    Intent,
    Plan,
    PlannerKind,
    Query,
    RecordSource,
    RequestTemplate,
    Source,
    SourceKind,
    Trial,
)
from domain.policy import CheckReport, Policy, Violation
from domain.python_text import parse_module
from domain.run import Run, Verdict
from domain.tool import DESCRIPTION_CHARACTERS, require_publishable
from domain.values import Value
from domain.workflow import Artifact, WorkflowVersion
from generators.emit import describe
from generators.language import understand
from generators.planner import plan as make_plans
from sandbox.check import check
from school.app import School
from school.approvals import granted_methods, method_question, publish_or_wait
from school.author_models import with_models
from school.modelling import Draft
from school.policies import form_credentials, policy_for, with_methods, with_secrets
from school.proving import Bench, Proved, Seen, examine
from school.recording import bundle_of, profile_of
from school.replay import declare_outgrown, faithful
from school.seeing import ground, observe
from school.stopwatch import Stopwatch

FEWEST_TRIALS = 3  # PROVE-1
MOST_TRIALS = 12
CONTROLS = ("limit", "sort", "sort_by")


class Observed(Value):
    """A source as an author may use it: what was seen, the policy, and the plan (``planned`` or only a frame)."""

    query: Query
    policy: Policy
    seen: Seen
    plan: Plan
    planned: bool
    note: str = ""
    credentials: tuple[str, ...] = ()


class Attempted(Value):
    """What became of an author's code: the check, the trials' runs in the plan's order, the verdict.

    ``reason`` is "" when all passed, and then ``version`` is what may be published.
    """

    report: CheckReport
    plan: Plan
    reason: str = ""
    runs: tuple[Run, ...] = ()
    verdict: Verdict | None = None
    proved: Proved | None = None


async def observe_for_author(
    school: School, site: str, text: str, *, owner: str, send_forms: bool = False, on_progress: EventSink
) -> Observed:
    """Observe and study a source under the policy that its address gives.

    ``send_forms``: the author means to send forms (POST), which a person has to agree to for this site.

    Raises:
        InvalidQuery, SourceProblem, EgressDenied: the address cannot be observed.
        NeedsApproval: forms are to be sent, and no person has agreed.
    """
    query = Query(text=text or "all records", site=site, planner=PlannerKind.CLIENT)
    policy = with_secrets(policy_for(site, school.settings), school.settings, owner=owner)
    if send_forms:
        granted = granted_methods(school, site, owner=owner)
        if not granted:
            raise method_question(site)
        policy = with_methods(policy, granted)
    credentials = form_credentials(policy, school.settings, owner=owner)
    intent = understand(query.text, school.clock.now())
    watch = Stopwatch()
    observation = await observe(school, query, policy, on_progress=on_progress, watch=watch)
    findings = await ground(school, observation, intent, policy, on_progress=on_progress, watch=watch)
    note = ""
    try:
        think = partial(make_plans, query, intent, findings, observation, now=school.clock.now())
        plan = (await anyio.to_thread.run_sync(think))[0]
    except (NothingFound, NeedsInput, SourceBlocked) as problem:
        note = problem.message
        plan = frame(query, intent, findings, observation)
    plan = plan.model_copy(update={"planner": PlannerKind.CLIENT})
    seen = Seen(observation=observation, findings=findings, plans=(plan,))
    return Observed(
        query=query, policy=policy, seen=seen, plan=plan, planned=not note, note=note, credentials=credentials
    )


def check_code(observed: Observed, code: str) -> CheckReport:
    """Return what the code rules say under the source's policy, and what lacks for a workflow."""
    report = check(code, observed.policy, _interface(code, observed.plan))
    lacking = tuple(_lacking(code)) if report.passed else ()
    return report.model_copy(update={"violations": (*report.violations, *lacking)})


async def attempt(
    school: School,
    observed: Observed,
    code: str,
    trials: tuple[Trial, ...],
    *,
    owner: str,
    on_progress: EventSink,
    face: Plan | None = None,
) -> Attempted:
    """Check the code, try it on the plan's own trials and the given ones, and judge it.

    ``face`` is the plan with the name, title and description to publish under.

    Raises:
        InvalidArguments: too few trials, or arguments that the code's Request does not take.
    """
    base = face or observed.plan
    report = check_code(observed, code)
    if not report.passed:
        reason = "; ".join(f"line {v.line}: {v.message}" for v in report.violations[:3])
        return Attempted(report=report, plan=base, reason=reason)
    plan = with_models(code, base)
    plan = plan.model_copy(update={"trials": _trials(plan, trials, own=observed.planned)})
    bench = Bench(
        school=school,
        policy=observed.policy,
        seen=observed.seen,
        helper=None,
        on_progress=on_progress,
        watch=Stopwatch(),
        owner=owner,
    )
    draft = Draft(artifact=Artifact(code=code, interface=_interface(code, plan)), generator="client")
    outcome = await examine(bench, plan, draft)
    if isinstance(outcome, Proved):
        runs = tuple(tried.run for tried in outcome.trials)
        return Attempted(report=report, plan=plan, runs=runs, verdict=outcome.version.verdict, proved=outcome)
    return Attempted(report=report, plan=plan, reason=outcome.reason, runs=outcome.runs, verdict=outcome.verdict)


async def publish(school: School, observed: Observed, proved: Proved, *, owner: str) -> WorkflowVersion:
    """Publish what was proved, with its recordings.

    Raises:
        NeedsApproval: a person must see it first; it waits.
    """
    artifact = proved.version.artifact
    bundle = await faithful(
        school,
        artifact,
        observed.policy,
        bundle_of(proved.trials),
        owner=owner,
        tool=proved.version.name,
    )
    published = publish_or_wait(school, proved.version, owner=owner, bundle=bundle, profile=profile_of(proved.trials))
    await declare_outgrown(school, published, owner=owner)
    return published


def face_of(school: School, observed: Observed, *, name: str, title: str, description: str, owner: str) -> Plan:
    """Return the plan under the name, title and description that the author wishes.

    Raises:
        NameRefused: a client would choke on them, or the name is that of a tool for other hosts.
    """
    plan = observed.plan.model_copy(update={"tool_name": name, "title": title, "description": description})
    if len(description) > DESCRIPTION_CHARACTERS:
        raise NameRefused("The description is too long.", remedy=f"At most {DESCRIPTION_CHARACTERS} characters.")
    require_publishable(describe(plan))
    try:
        known = school.registry.tool(name, owner)
    except UnknownTool:
        known = None
    if known is not None and known.policy.widened_by(observed.policy):
        raise NameRefused(
            f"{name} is already a tool for other hosts.", remedy="Publish under another name; it keeps its own policy."
        )
    return plan


def frame(query: Query, intent: Intent, findings: Findings, observation: Observation) -> Plan:
    """Return a plan that knows only the records found: what the rules could not plan, the author may."""
    best = findings.candidates[0] if findings.candidates else None
    host = (urlsplit(observation.url).hostname or "site").replace(".", "_").replace("-", "_")
    kind = best.kind if best is not None else SourceKind.HTML
    return Plan(
        query=query.text,
        intent=intent,
        tool_name=host[:60].lower(),
        title=f"Records of {host}"[:100],
        description=f"Find what {urlsplit(observation.url).hostname} lists.",
        parameters=(),
        fields=_columns(best) if best is not None else (),
        steps=(),
        source=Source(kind=kind, url=best.url if best else observation.url, reason="chosen by the client's model"),
        records=best.source if best else RecordSource(request=RequestTemplate(url=observation.url), records=""),
        paging=best.paging if best else None,
        identity=best.identity if best else (),
        planner=PlannerKind.CLIENT,
        browser=kind is SourceKind.BROWSER,
        page=observation.url,
    )


def _columns(candidate: RecordCandidate) -> tuple[Field, ...]:
    return tuple(Field(name=c.name, type=c.type, locator=c.locator) for c in candidate.columns)


def _trials(plan: Plan, given: tuple[Trial, ...], *, own: bool) -> tuple[Trial, ...]:
    """Return the plan's own trials that the parameters still take, then the given ones.

    Raises:
        InvalidArguments: fewer than three, or none that must have rows, or none that must be empty.
    """
    known = {p.name for p in plan.parameters}
    needed = {p.name for p in plan.parameters if p.required}
    for trial in given:
        strange, lacking = set(trial.arguments) - known, needed - set(trial.arguments)
        if strange or lacking:
            wrong = f"unknown {', '.join(sorted(strange))}" if strange else f"lacking {', '.join(sorted(lacking))}"
            raise InvalidArguments(
                f"Trial {trial.name!r}: {wrong}.", remedy=f"Request takes: {', '.join(sorted(known)) or 'nothing'}."
            )
    kept = [t for t in plan.trials if own and needed <= set(t.arguments) <= known]
    trials = list({repr(sorted(t.arguments.items())): t for t in (*kept, *given)}.values())
    narrowing = known - set(CONTROLS)
    if not known:  # one set of arguments is all there is; it is tried as often as others are
        trials = [t.model_copy(update={"name": f"run {n}"}) for n in range(1, 4) for t in trials[:1]]
    expected = {t.expect for t in trials}
    if len(trials) < FEWEST_TRIALS or "rows" not in expected or (narrowing and not own and "empty" not in expected):
        raise InvalidArguments(
            f"{len(trials)} different trials are not enough of a proof.",
            remedy="Give at least three different sets of arguments: the question's own, one with rows (expect: rows), "
            "and one that nothing can satisfy (expect: empty).",
        )
    return tuple(trials[:MOST_TRIALS])


def _interface(code: str, plan: Plan) -> Literal["http", "page"]:
    """Return what ``run`` takes as its second argument; what cannot be read is as the plan says."""
    run = next((n for n in _body(code) if isinstance(n, ast.AsyncFunctionDef) and n.name == "run"), None)
    names = [a.arg for a in run.args.args] if run is not None else []
    page = names[1] == "page" if len(names) > 1 else plan.browser
    return "page" if page else "http"


def _lacking(code: str) -> list[Violation]:
    """What the tool's schemas need beyond the rules: the row's model under its own name."""
    if any(isinstance(node, ast.ClassDef) and node.name == "Item" for node in _body(code)):
        return []
    return [
        Violation(
            code="GEN-2",
            line=1,
            column=0,
            message="there is no class Item",
            reason="The tool's output schema is read from it.",
            remedy="Declare Item, one row, as a pydantic model, and Response with rows: list[Item].",
        )
    ]


def _body(code: str) -> list[ast.stmt]:
    try:
        return parse_module(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # the check tells about it
        return []
