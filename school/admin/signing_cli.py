"""The registry's signing keys: ``tools keys list``, ``rotate``, ``trust``. Keys of the HTTP server are ``keys``."""

from __future__ import annotations

from typing import Annotated

import typer

from registry import KeyEntry
from school import show
from school.admin.options import ACTOR, Json, Yes, give, require_yes, said
from school.app import School
from school.console import plain_error, run

app = typer.Typer(no_args_is_help=True, help="Keys that sign versions and export files.")


@app.command("list")
def list_keys(as_json: Json = False) -> None:
    """List the key that signs here and all that are trusted. Only public parts are shown."""

    async def use(school: School) -> tuple[KeyEntry, ...]:
        return school.registry.trusted_keys()

    rows = [key.model_dump() for key in run(use, as_json=as_json, on_error=plain_error)]
    give(as_json, {"keys": rows}, lambda: show.table("signing keys", rows, ("key_id", "active", "public_key")))


@app.command()
def rotate(yes: Yes = False, as_json: Json = False) -> None:
    """Sign with a new key from now on; what old keys signed stays valid."""

    async def use(school: School) -> str:
        require_yes("The present signing key would be replaced.", yes=yes, as_json=as_json)
        return school.registry.rotate_key(actor=ACTOR)

    key_id = run(use, as_json=as_json, on_error=plain_error)
    give(as_json, {"key_id": key_id}, said(f"signing with {key_id} from now on"))


@app.command()
def trust(
    public_key: Annotated[str, typer.Argument(help="Public key of the other registry (its tools keys list).")],
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Trust what another registry's key signed: its export files can be imported here."""

    async def use(school: School) -> str:
        require_yes("Every file that this key signed could be imported here.", yes=yes, as_json=as_json)
        return school.registry.trust_key(public_key, actor=ACTOR)

    key_id = run(use, as_json=as_json, on_error=plain_error)
    give(as_json, {"key_id": key_id}, said(f"{key_id} is trusted"))
