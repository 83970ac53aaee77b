"""Learning with a model: recorded replies of both vendors through the real SDKs, then the same proof as without one."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest

from domain.errors import ModelUnavailable, NeedsApproval
from domain.plan import PlannerKind, Query, SourceKind
from examples.events_site.app import build
from examples.events_site.members import MEMBER, PASSWORD, Venue, venues
from examples.events_site.model import CATEGORIES
from examples.truth import QUERIES_PATH
from generators.llm import Llm, LlmOptions, Ports, open_llm
from generators.llm.replay import ReplayTransport
from sandbox.secrets import Secret, SecretStore
from school.answers import answered
from school.app import OnNeed, School
from school.ask import ask
from tests.generators.write.reading_room import books, reading_room
from tests.requirements import requirement

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "models"
HIP_HOP = "hip-hop-parties-sf"
RECORDED_SITE = "https://site.example"
MOST_INPUT = 9_000  # tokens that the prompts for one tool are kept within
VENUES = "venues in London for at least 100 people, with their rent per evening"


def example(identifier: str) -> dict[str, Any]:
    document = json.loads(Path(QUERIES_PATH).read_text())
    return next(query for query in document["queries"] if query["id"] == identifier)


def recorded(vendor: str, label: str, folder: Path) -> ReplayTransport:
    lines = (FIXTURES / f"plan-{vendor}.jsonl").read_text().splitlines()
    chosen = [line for line in lines if json.loads(line)["label"] == f"plan {label}"]
    assert chosen
    file = folder / f"{vendor}.jsonl"
    file.write_text("\n".join(chosen))
    # The site's port stands in the prompt and differs from run to run; the reply still has to prove itself.
    return ReplayTransport([file], exact=False)


def moved(name: str, site: str, folder: Path) -> ReplayTransport:
    """Return the conversation of a learned task, at the address where the site is now."""
    file = folder / f"{name}.jsonl"
    file.write_text((FIXTURES / f"learn-{name}.jsonl").read_text().replace(RECORDED_SITE, site))
    return ReplayTransport([file], exact=False)


def mistaken_at_first(name: str, site: str, folder: Path) -> ReplayTransport:
    """Return a learned task's conversation in which the first code looks for a label that is not there."""
    plan, code = (FIXTURES / f"learn-{name}.jsonl").read_text().replace(RECORDED_SITE, site).splitlines()
    right, wrong = (f'get_by_label(\\"{label}\\").fill(user_of(\\"gather\\")' for label in ("E-mail", "Login name"))
    assert right in code
    file = folder / f"{name}.jsonl"
    file.write_text("\n".join((plan, code.replace(right, f"{wrong}, timeout=3000"), code)))
    return ReplayTransport([file], exact=False)


@asynccontextmanager
async def asking(school: School, vendor: str, transport: ReplayTransport) -> AsyncIterator[School]:
    """Give the school a model layer that answers from recordings of one vendor."""
    keys = {f"{vendor}_key": "a-key-that-no-vendor-gave"}
    ports = Ports(cache=school.registry.reply_cache, ledger=school.registry.ledger, clock=school.clock)
    settings = school.settings.model_copy(update={f"{vendor}_api_key": "a-key-that-no-vendor-gave"})
    async with open_llm(LlmOptions.model_validate(keys), ports, transport=transport) as llm:

        async def give() -> Llm:
            return llm

        yield replace(school, settings=settings, llm=OnNeed(give))


@pytest.fixture
async def with_model(school: School, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[School]:
    vendor = request.param
    async with asking(school, vendor, recorded(vendor, HIP_HOP, tmp_path)) as given:
        yield given


@pytest.mark.browser
@pytest.mark.parametrize("with_model", ["openai", "anthropic"], indirect=True)
@requirement("PLAN-6", "LLM-1", "LLM-3", "PLAN-1", "PROVE-3")
async def test_a_models_plan_is_proved_and_published_like_any_other(
    with_model: School, events_site: str, request: pytest.FixtureRequest
) -> None:
    vendor = request.node.callspec.params["with_model"]
    question = example(HIP_HOP)
    query = Query(text=question["query"], site=f"{events_site}/sf", planner=PlannerKind(vendor))
    answer = await ask(with_model, query, at_terminal=True, fresh=True)
    # The model names the fields; the slug is what the true rows begin with.
    assert sorted(str(row["url"]) for row in answer.run.rows) == sorted(row[0] for row in question["expect"]["rows"])
    made = answer.version.provenance
    assert made.planner == vendor
    assert made.model
    assert made.prompt_version
    assert (made.usage.calls, made.usage.input_tokens > 0) == (1, True)
    assert answer.version.verdict.passed
    assert with_model.registry.ledger.spent().calls == 1


@pytest.mark.browser
@requirement("PLAN-6")
async def test_without_a_key_the_built_in_planner_serves_and_says_so(school: School, events_site: str) -> None:
    said: list[str] = []
    query = Query(text="yoga in Oakland", site=f"{events_site}/sf", planner=PlannerKind.OPENAI)
    answer = await ask(school, query, at_terminal=True, on_progress=lambda event: said.append(event.message))
    assert answer.version.provenance.planner == "builtin"
    assert any("built-in planner is used" in message for message in said)
    assert answered(answer)["llm"]["passed_over"] == ["openai: no_key"]


@pytest.mark.browser
@requirement("LLM-1", "PLAN-6")
async def test_when_the_model_does_not_serve_the_built_in_planner_takes_over(school: School, events_site: str) -> None:
    class Down:
        async def ask(self, *_: object, **__: object) -> None:
            raise ModelUnavailable("The vendor is down.", reason="overloaded")

    async def give() -> Down:
        return Down()

    settings = school.settings.model_copy(update={"openai_api_key": "a-key-that-no-vendor-gave"})
    broken = replace(school, settings=settings, llm=OnNeed(give))  # type: ignore[arg-type]  # a double at the vendor's edge
    said: list[str] = []
    query = Query(text="yoga in Oakland", site=f"{events_site}/sf", planner=PlannerKind.OPENAI)
    answer = await ask(broken, query, at_terminal=True, on_progress=lambda event: said.append(event.message))
    assert answer.version.provenance.planner == "builtin"
    assert any("model_unavailable" in message for message in said)


@pytest.mark.browser
@requirement("GEN-1", "OPS-7", "PROVE-3", "LLM-1")
async def test_a_tool_behind_login_search_and_venue_pages_is_learned_and_shows_no_secret(
    school: School, events_site: str, tmp_path: Path
) -> None:
    keep_member(school)
    query = Query(text=VENUES, site=f"{events_site}/members", planner=PlannerKind.OPENAI, methods=("POST",))
    async with asking(school, "openai", moved("members-openai", events_site, tmp_path)) as with_model:
        answer = await ask(with_model, query, at_terminal=True, fresh=True)
        again = await ask(with_model, query.model_copy(update={"text": "venues in Berlin"}), at_terminal=True)
    assert [(row["name"], row["capacity"], row["rent_per_evening"]) for row in answer.run.rows] == [
        (v.name, v.capacity, v.rent) for v in venues_in("London") if v.capacity >= 100
    ]
    made = answer.version.provenance
    assert (made.generator, made.usage.calls, made.usage.input_tokens < MOST_INPUT) == ("model", 2, True)
    assert answer.version.policy.methods == ("GET", "HEAD", "POST")
    assert again.version.name == answer.version.name
    everything = b"".join(file.read_bytes() for file in (tmp_path / "home").glob("registry*") if file.is_file())
    assert PASSWORD.encode() not in everything
    assert PASSWORD not in answer.model_dump_json()


@pytest.mark.browser
@requirement("LLM-4", "MCP-5")
async def test_forms_are_sent_only_where_a_person_agreed(school: School, events_site: str, tmp_path: Path) -> None:
    keep_member(school)
    query = Query(text=VENUES, site=f"{events_site}/members", planner=PlannerKind.OPENAI)
    async with asking(school, "openai", moved("members-openai", events_site, tmp_path)) as with_model:
        with pytest.raises(NeedsApproval, match="send forms") as caught:
            await ask(with_model, query, at_terminal=True, fresh=True)
    assert "--allow-method POST" in caught.value.remedy


@pytest.mark.browser
@requirement("GEN-1", "LLM-1")
async def test_pages_are_joined_by_code_that_a_model_wrote(school: School, events_site: str, tmp_path: Path) -> None:
    text = "how many events each topic has and the first one of each"
    query = Query(text=text, site=f"{events_site}/discover", planner=PlannerKind.ANTHROPIC)
    async with asking(school, "anthropic", moved("topics-anthropic", events_site, tmp_path)) as with_model:
        answer = await ask(with_model, query, at_terminal=True, fresh=True)
    store = build().state.store
    assert [(row["topic"], row["event_count"], row["first_event"]) for row in answer.run.rows] == [
        (c.name, len(found), found[0].name) for c in CATEGORIES if (found := store.in_category(c.slug))
    ]
    assert answer.version.provenance.usage.calls == 2


def keep_member(school: School) -> None:
    store = SecretStore(school.settings.home / "secrets")
    secret = {"name": "gather", "host": "127.0.0.1", "place": "form", "key": MEMBER, "value": PASSWORD}
    store.add("local", Secret.model_validate(secret))


def venues_in(city: str) -> list[Venue]:
    return [venue for venue in venues(build().state.store) if venue.city == city]


@pytest.mark.browser
@requirement("GEN-1", "LLM-1", "PROVE-3", "PROVE-7")
async def test_a_column_that_is_always_empty_goes_back_with_its_evidence_and_the_corrected_code_is_published(
    school: School, tmp_path: Path
) -> None:
    text = "poetry books at the Harbour branch that can be borrowed now, with their shelf marks"
    async with reading_room() as url, asking(school, "anthropic", moved("books-anthropic", url, tmp_path)) as given:
        query = Query(text=text, site=f"{url}/", planner=PlannerKind.ANTHROPIC, methods=("POST",))
        answer = await ask(given, query, at_terminal=True, fresh=True)
    wanted = [b for b in books() if b["topic"] == "Poetry" and b["branch"] == "Harbour" and b["available"] == "yes"]
    rows = [(row["title"], row["branch"], row["shelf_mark"]) for row in answer.run.rows]
    assert rows == [(b["title"], b["branch"], b["shelf"]) for b in wanted]
    made = answer.version.provenance
    assert (made.usage.calls, made.usage.input_tokens < MOST_INPUT) == (3, True)


@pytest.mark.browser
@requirement("GEN-1", "LLM-1")
async def test_what_a_list_does_not_tell_is_read_on_the_pages_of_its_records(
    school: School, events_site: str, tmp_path: Path
) -> None:
    text = "street addresses and organisers of jazz events this week"
    query = Query(text=text, site=f"{events_site}/archive", planner=PlannerKind.OPENAI)
    async with asking(school, "openai", moved("addresses-openai", events_site, tmp_path)) as with_model:
        answer = await ask(with_model, query, at_terminal=True, fresh=True)
    store = build().state.store
    by_slug = {str(row["url"]).rsplit("/", 1)[1]: row for row in answer.run.rows}
    assert by_slug
    for slug, row in by_slug.items():
        event = store.by_slug[slug]
        shown = event.location is not None and not event.location.hidden
        assert (row["street_address"] or "") == (event.location.street if shown and event.location else "")
    made = answer.version.provenance
    assert (made.usage.calls, made.generator) == (2, "model")


@pytest.mark.browser
@pytest.mark.timeout(300)  # four trials and three replays in a browser
@requirement("PROVE-3", "BOX-8")
async def test_a_browser_workflow_that_fails_goes_back_with_a_picture_and_the_page(
    school: School, events_site: str, tmp_path: Path
) -> None:
    keep_member(school)
    seen: list[str] = []
    transport = mistaken_at_first("members-page-anthropic", events_site, tmp_path)
    answered = transport.handle_async_request

    async def noting(request: httpx2.Request) -> httpx2.Response:
        seen.append((await request.aread()).decode())
        return await answered(request)

    transport.handle_async_request = noting  # type: ignore[method-assign]  # looks at the wire, changes nothing
    query = Query(
        text=VENUES,
        site=f"{events_site}/members",
        planner=PlannerKind.ANTHROPIC,
        source=SourceKind.BROWSER,
        methods=("POST",),
    )
    async with asking(school, "anthropic", transport) as with_model:
        answer = await ask(with_model, query, at_terminal=True, fresh=True)
    assert [row["name"] for row in answer.run.rows] == [v.name for v in venues_in("London") if v.capacity >= 100]
    assert answer.version.artifact.interface == "page"
    [kept] = school.registry.replays(answer.version.name, "local")
    assert kept.bundle.cases, kept.bundle.notes  # pages behind a login replay too
    assert [("image/png" in body, "page at the failure" in body) for body in seen] == [
        (False, False),
        (False, False),
        (True, True),
    ]
    assert not any(PASSWORD in body for body in seen)
