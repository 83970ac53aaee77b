"""``learn --openapi … --all`` at the terminal: what was imported, what was skipped, which secrets are needed."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from domain.errors import UsageProblem
from domain.values import JsonObject
from school import show
from school.app import School
from school.console import plain_error, print_json, run
from school.documents import placed
from school.importing import Entry, Imported, ImportRequest, as_object, import_document

SHOWN = 8  # tools in the table; all of them are in --json and in ``tools list``


def import_at_terminal(
    openapi: str | None,
    site: str | None,
    *,
    chosen: tuple[str, ...],
    allow_hosts: tuple[str, ...],
    background: bool,
    as_json: bool,
) -> None:
    """Import a document and print what became of it; in the background it is a job of a server or worker."""
    if background and openapi:
        from school.jobs.cli import begin_at_terminal  # noqa: PLC0415 - few imports are jobs

        request = ImportRequest(source=placed(openapi), site=site or "", chosen=chosen, allow_hosts=allow_hosts)
        given: JsonObject = {"request": request.model_dump(mode="json"), "at_terminal": True}
        begin_at_terminal("import", given, owner="local", as_json=as_json)
        return
    with show.progress(quiet=as_json) as sink:

        async def use(school: School) -> Imported:
            if not openapi:
                raise UsageProblem("There is no document to import.", remedy="Give one with --openapi FILE or URL.")
            request = ImportRequest(source=openapi, site=site or "", chosen=chosen, allow_hosts=allow_hosts)
            return await import_document(school, request, at_terminal=True, on_progress=sink)

        done = run(use, as_json=as_json, on_error=plain_error)
    if as_json:
        print_json(as_object(done))
        return
    _show(done)


def _show(done: Imported) -> None:
    show.table(f"{done.document}: {len(done.entries)} operations", [_row(entry) for entry in done.entries[:SHOWN]])
    if len(done.entries) > SHOWN:
        show.out.print(f"… and {len(done.entries) - SHOWN} more: main.py tools list --status draft")
    if done.skipped:
        show.table(f"{len(done.skipped)} skipped", [s.model_dump(mode="json") for s in done.skipped])
    for secret in done.secrets:
        show.out.print(f"needs a secret: {secret.command}", markup=False, highlight=False, soft_wrap=True)
    if any(entry.status == "draft" for entry in done.entries):
        show.out.print("[dim]Drafts: the first call of each is its trial and publishes it.[/]")


def _row(entry: Entry) -> dict[str, Any]:
    method, _, url = entry.operation.partition(" ")
    return {
        "tool": entry.name,
        "operation": f"{method} {urlsplit(url).path}",
        "here": entry.state,
        "status": entry.status.value,
        "changes something": "yes" if entry.writes else "",
    }
