"""The commands that answer, learn and call. ``main.py`` composes them with those of the other rooms."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from domain.errors import InvalidArguments, NeedsApproval, NeedsInput
from domain.plan import PlannerKind, Query, SourceKind
from domain.policy import Method
from domain.values import JsonObject
from domain.workflow import Status
from school import show
from school.admin.options import complete_name
from school.app import School
from school.console import ASKS, plain_error, print_json, run
from school.questions import with_answer

if TYPE_CHECKING:
    from domain.workflow import WorkflowVersion
    from school.ask import Answer
    from school.called import Called

MOST_QUESTIONS = 5  # that are asked back for one question at a terminal


class AgreedMethod(StrEnum):
    """What a person can agree to beside reading."""

    POST = "POST"


app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)

Site = Annotated[str | None, typer.Option("--site", help="Where to begin: the address of a page or API.")]
Document = Annotated[str | None, typer.Option("--openapi", help="An OpenAPI document: file or address.")]
Planner = Annotated[PlannerKind, typer.Option("--planner", help="Who plans; auto is a model when a key is set.")]
Kind = Annotated[SourceKind | None, typer.Option("--source", help="Take this kind of source and no other.")]
Fresh = Annotated[bool, typer.Option("--fresh", help="Learn anew, even if a tool would answer.")]
Hosts = Annotated[list[str] | None, typer.Option("--allow-host", help="A further host that the tool may ask.")]
Methods = Annotated[
    list[AgreedMethod] | None,
    typer.Option("--allow-method", help="POST: the tool may send forms and searches, which reading alone does not."),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout, nothing else.")]


@app.command()
def ask(
    text: Annotated[str, typer.Argument(help="The question, in plain language.")],
    site: Site = None,
    openapi: Document = None,
    planner: Planner = PlannerKind.AUTO,
    source: Kind = None,
    fresh: Fresh = False,
    allow_host: Hosts = None,
    allow_method: Methods = None,
    as_json: Json = False,
) -> None:
    """Answer a question: reuse a tool or learn one, then call it."""
    query = Query(
        text=text,
        site=site,
        api_document=openapi,
        planner=planner,
        source=source,
        methods=agreed(allow_method),
    )
    answer_query(query, fresh=fresh, allow_hosts=tuple(allow_host or ()), as_json=as_json)


def agreed(methods: list[AgreedMethod] | None) -> tuple[Method, ...]:
    """Return the methods that the person at the terminal agreed to."""
    return ("POST",) if methods else ()


def answer_query(query: Query, *, fresh: bool, allow_hosts: tuple[str, ...], as_json: bool) -> None:
    """Answer a question at the terminal and end with the right status."""
    from school.answers import answered  # noqa: PLC0415 - learning is loaded by commands that learn

    asking = not as_json and show.asks()
    for _ in range(MOST_QUESTIONS):
        try:
            done = _answer_once(query, fresh=fresh, allow_hosts=allow_hosts, as_json=as_json, asking=asking)
            break
        except NeedsInput as problem:
            query = with_answer(query, problem.field, _reply_to(problem))
    else:
        asking = False  # enough asked: what is still open ends the command
        done = _answer_once(query, fresh=fresh, allow_hosts=allow_hosts, as_json=as_json, asking=asking)
    result = answered(done)
    if as_json:
        print_json(result)
        return
    show.table(f"{result['count']} rows", result["rows"])
    verb = "learned and published" if done.learned else "answered by"
    show.out.print(f"[dim]{verb} {done.version.name} version {done.version.number} ({result['source']['kind']})[/]")


def _answer_once(query: Query, *, fresh: bool, allow_hosts: tuple[str, ...], as_json: bool, asking: bool) -> Answer:
    from school.answers import refused  # noqa: PLC0415 - see answer_query
    from school.ask import ask as answer  # noqa: PLC0415 - as above

    with show.progress(quiet=as_json) as sink:

        async def use(school: School) -> Answer:
            return await answer(school, query, fresh=fresh, at_terminal=True, allow_hosts=allow_hosts, on_progress=sink)

        return run(use, as_json=as_json, on_error=refused, passing=NeedsInput if asking else ())


def _reply_to(problem: NeedsInput) -> str:
    """Ask the person at the terminal; a number takes a choice, nothing ends the command with its usual status."""
    show.problem(problem)
    reply = typer.prompt("Your answer (empty: stop)", default="", show_default=False, err=True).strip()
    if not reply or isinstance(problem, NeedsApproval):
        raise typer.Exit(ASKS)
    chosen = int(reply) - 1 if reply.isdecimal() else -1
    return problem.choices[chosen] if 0 <= chosen < len(problem.choices) else reply


@app.command()
def learn(
    text: Annotated[str | None, typer.Argument(help="What the tool shall answer.")] = None,
    site: Site = None,
    openapi: Document = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Import every operation of the API document as a draft.")
    ] = False,
    operation: Annotated[
        list[str] | None, typer.Option("--operation", help='Import this operation of it only, such as "GET /pets".')
    ] = None,
    planner: Planner = PlannerKind.AUTO,
    source: Kind = None,
    allow_host: Hosts = None,
    allow_method: Methods = None,
    background: Annotated[
        bool, typer.Option("--background", help="Leave an import to a server or worker, as a job.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Learn a tool anew and publish it, or import the operations of an API document as drafts."""
    hosts = tuple(allow_host or ())
    if everything or operation:
        from school.import_cli import import_at_terminal  # noqa: PLC0415 - see answer_query

        chosen = tuple(operation or ())
        import_at_terminal(openapi, site, chosen=chosen, allow_hosts=hosts, background=background, as_json=as_json)
        return
    if background:
        raise typer.BadParameter("only an import is left to a job here; give --openapi with --all")
    if not text:
        raise typer.BadParameter("say what the tool shall answer, or give --openapi with --all")
    query = Query(
        text=text,
        site=site,
        api_document=openapi,
        planner=planner,
        source=source,
        methods=agreed(allow_method),
    )
    answer_query(query, fresh=True, allow_hosts=hosts, as_json=as_json)


@app.command("call")
def call_command(
    tool: Annotated[
        str,
        typer.Argument(help="Name of a published tool, or of an imported draft.", autocompletion=complete_name),
    ],
    param: Annotated[list[str] | None, typer.Option("--param", help="name=value; a value may be JSON.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Call it without asking, though it changes things.")] = False,
    as_json: Json = False,
) -> None:
    """Call a tool; the first proved call of an imported draft publishes it."""
    from school.approvals import confirm_at_terminal  # noqa: PLC0415 - see answer_query
    from school.call import call  # noqa: PLC0415 - see answer_query

    async def use(school: School) -> Called:
        given = arguments(school, tool, param or [])

        def admit(version: WorkflowVersion) -> None:
            confirm_at_terminal(school, version, given, yes=yes, can_ask=not as_json)

        return await call(school, tool, given, admit=admit)

    done = run(use, as_json=as_json, on_error=plain_error)
    if as_json:
        told = {"status": "ok", "tool": tool, "version": done.version.number, "result": done.run.output}
        print_json({**told, **trial_of(done)})
        return
    show.table(f"{tool}: {len(done.run.rows)} rows in {done.run.spent.wall_ms:.0f} ms", done.run.rows)
    if done.trial is not None:
        show.out.print(f"[dim]its first call; {trial_of(done)['trial']['told']}[/]")


def trial_of(done: Called) -> dict[str, Any]:
    """Return what the first call of a draft proved; nothing for a published tool."""
    if done.trial is None:
        return {}
    state = done.version.status
    told = "proved, and published now" if state is Status.PUBLISHED else "proved, and waits for approval"
    if not done.trial.passed:
        told = "still a draft: " + "; ".join(f.evidence for f in done.trial.failures)
    checks = {f.check: f.outcome.value for f in done.trial.findings}
    return {"trial": {"published": state is Status.PUBLISHED, "told": told, "checks": checks}}


def arguments(school: School, tool: str, pairs: list[str]) -> JsonObject:
    """Return the arguments of ``name=value`` pairs, each value read as the tool's schema types it.

    Raises:
        InvalidArguments: a pair has no "=".
    """
    properties: Any = school.registry.tool(tool, "local").tool.input_schema.get("properties", {})
    given: JsonObject = {}
    for pair in pairs:
        name, sign, text = pair.partition("=")
        if not sign:
            raise InvalidArguments(f"{pair!r} is no name=value pair.", remedy="Write --param name=value")
        given[name] = _typed(text, properties.get(name, {}))
    return given


def _typed(text: str, schema: dict[str, Any]) -> Any:
    kinds = schema.get("type", "string")
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if text == "null" and "null" in kinds:
        return None
    if "string" in kinds:
        return text
    try:
        value = json.loads(text)
    except ValueError:
        return [part.strip() for part in text.split(",")] if "array" in kinds else text
    return [value] if "array" in kinds and not isinstance(value, list) else value


@app.command()
def doctor(as_json: Json = False) -> None:
    """Show what the sandbox enforces on this machine."""
    from sandbox.doctor import report  # noqa: PLC0415 - probes the machine

    found = [
        {"mechanism": e.name, "enforced": "yes" if e.enforced else "NO", "how": e.how, "without it": e.consequence}
        for e in report()
    ]
    if as_json:
        print_json({"status": "ok", "mechanisms": found})
        return
    show.table("What the sandbox enforces here", found)


@app.command()
def test(
    arguments: Annotated[list[str] | None, typer.Argument(help="Arguments for pytest.")] = None,
) -> None:
    """Run the project's own tests."""
    import subprocess  # noqa: PLC0415 - this command only
    import sys  # noqa: PLC0415 - as above

    raise typer.Exit(subprocess.call([sys.executable, "-m", "pytest", *(arguments or [])]))
