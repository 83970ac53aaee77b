"""The registry's signing keys: ``tools keys list``, ``rotate``, ``trust``, ``distrust``.

Keys of the HTTP server are another thing: ``keys``.
"""

from __future__ import annotations

from typing import Annotated

import typer

from registry import KeyEntry, Resigned
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
    give(
        as_json,
        {"keys": rows},
        lambda: show.table("signing keys", rows, ("key_id", "active", "versions", "public_key")),
    )


@app.command()
def rotate(
    resign: Annotated[
        bool, typer.Option("--resign", help="Sign everything that verifies with the new key too.")
    ] = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Sign with a new key from now on; what old keys signed stays valid until they are distrusted."""

    async def use(school: School) -> tuple[str, Resigned | None]:
        require_yes("The present signing key would be replaced.", yes=yes, as_json=as_json)
        key_id = school.registry.rotate_key(actor=ACTOR)
        return key_id, school.registry.resign(actor=ACTOR) if resign else None

    key_id, again = run(use, as_json=as_json, on_error=plain_error)
    text = f"signing with {key_id} from now on"
    if again is not None:
        text += f"; {again.versions} versions signed anew, {again.refused_tools} tools refused"
    value = {"key_id": key_id, "resigned": None if again is None else again.model_dump()}
    give(as_json, value, said(text))


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


@app.command()
def distrust(
    key_id: Annotated[str, typer.Argument(help="Id of the key, as tools keys list shows it.")],
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Stop trusting a key: what it signed, versions here and files from elsewhere, is refused from now on."""

    async def use(school: School) -> int:
        count = next((key.versions for key in school.registry.trusted_keys() if key.key_id == key_id), 0)
        require_yes(f"{count} versions that {key_id} signed would be refused.", yes=yes, as_json=as_json)
        school.registry.distrust_key(key_id, actor=ACTOR)
        return count

    count = run(use, as_json=as_json, on_error=plain_error)
    give(as_json, {"key_id": key_id, "refused_versions": count}, said(f"{key_id} is trusted no more"))
