import asyncio
import json
import logging
import subprocess
import sys

import pytest
from pydantic import BaseModel

from domain.cost import SpendLimit
from domain.errors import BudgetExhausted, ModelReplyInvalid, ModelUnavailable, SettingsProblem
from generators.llm import Provider, Scope, Stage
from generators.llm.rejection import read_json
from tests.generators.llm.vendor_server import Said, vendor_server
from tests.generators.modelling import KEY, opened, request
from tests.requirements import requirement

BOTH = pytest.mark.parametrize(
    ("provider", "wire"),
    [(Provider.OPENAI, "responses"), (Provider.ANTHROPIC, "messages")],
    ids=["openai", "anthropic"],
)


class Colour(BaseModel):
    colour: str


def read(text: str) -> str:
    return read_json(text, Colour).colour


@requirement("LLM-1")
@BOTH
async def test_a_question_reaches_the_vendor_with_schema_key_and_token_bound(provider: Provider, wire: str) -> None:
    async with vendor_server() as server, opened(server.url) as desk:
        server.says(wire, Said(text="blue"))
        asked = request()
        object.__setattr__(asked, "schema", {"type": "object", "properties": {}, "required": []})
        reply = await desk.llm.complete(asked, Scope(), first=provider)
    path, body, headers = server.asked[0]
    assert (reply.text, reply.model.provider) == ("blue", provider)
    assert path == ("/v1/responses" if wire == "responses" else "/v1/messages")
    assert KEY in (headers.get("Authorization", "") + headers.get("x-api-key", "") + headers.get("X-Api-Key", ""))
    assert body.get("max_output_tokens", body.get("max_tokens")) == 8_000
    form = body["text"]["format"] if wire == "responses" else body["output_config"]["format"]
    assert (form["type"], form["schema"]["type"]) == ("json_schema", "object")


@requirement("LLM-1")
async def test_a_compatible_server_without_responses_is_asked_by_chat_completions_from_then_on() -> None:
    async with vendor_server() as server, opened(server.url, anthropic_key=None) as desk:
        server.says("chat", Said(text="blue"))
        assert (await desk.llm.complete(request("one"), Scope())).text == "blue"
        await desk.llm.complete(request("two"), Scope())
    assert server.paths() == ["/v1/responses", "/v1/chat/completions", "/v1/chat/completions"]


@requirement("LLM-2")
@BOTH
@pytest.mark.parametrize("status", [429, 500, 503, 529])
async def test_a_passing_storm_is_waited_out_in_one_layer_of_retries(
    provider: Provider, wire: str, status: int
) -> None:
    async with vendor_server() as server, opened(server.url) as desk:
        server.says(
            wire, Said(status=status, raw='{"error": {}}'), Said(status=status, raw='{"error": {}}'), Said(text="ok")
        )
        reply = await desk.llm.complete(request(), Scope(), first=provider)
    assert (reply.text, len(server.asked)) == ("ok", 3)
    assert desk.pauses == [1.5, 3.0]


@requirement("LLM-2")
async def test_the_vendors_retry_after_is_kept_and_a_long_one_goes_to_the_other_provider() -> None:
    async with vendor_server() as server, opened(server.url) as desk:
        server.says("responses", Said(status=429, raw="{}", headers={"Retry-After": "7"}), Said(text="late"))
        assert (await desk.llm.complete(request("a"), Scope(), first=Provider.OPENAI)).text == "late"
        server.says("responses", Said(status=429, raw="{}", headers={"Retry-After": "600"}))
        server.says("messages", Said(text="other"))
        reply = await desk.llm.complete(request("b"), Scope(), first=Provider.OPENAI)
    assert desk.pauses == [7.0]
    assert (reply.text, reply.passed_over) == ("other", ("openai:gpt-5.4-mini: rate_limited",))


@requirement("LLM-2")
@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (Said(status=401, raw=f'{{"error": {{"message": "Incorrect API key provided: {KEY}"}}}}'), "wrong_key"),
        (Said(status=403, raw="{}"), "wrong_key"),
        (Said(status=429, raw='{"error": {"code": "insufficient_quota", "type": "x", "message": "pay"}}'), "no_quota"),
        (Said(status=400, raw='{"error": {"message": "the page said: secret plans"}}'), "bad_request"),
        (Said(text="I cannot help with that.", end="refusal"), "refused"),
        (Said(raw="<html>Login to the proxy</html>"), "bad_answer"),
        (Said(raw='{"id": "resp_1", "output": [{"type": "mess'), "bad_answer"),
        (Said(raw="{}"), "bad_answer"),
        (Said(status=500, raw="{}"), "server_error"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_every_way_of_not_serving_is_a_typed_error_without_the_vendors_words(said: Said, reason: str) -> None:
    async with vendor_server() as server, opened(server.url, anthropic_key=None, openai_wire="responses") as desk:
        server.says("responses", said)
        with pytest.raises(ModelUnavailable) as caught:
            await desk.llm.complete(request(), Scope())
    told = json.dumps([str(caught.value), caught.value.facts, caught.value.remedy])
    assert caught.value.facts["reason"] == reason
    assert caught.value.remedy
    assert KEY not in told
    assert "secret plans" not in told
    attempts = 3 if reason in {"bad_answer", "server_error"} else 1
    assert len(server.asked) == attempts


@requirement("LLM-2")
@BOTH
async def test_a_vendor_that_hangs_ends_at_the_time_limit(provider: Provider, wire: str) -> None:
    options = {"timeout_s": 0.3, "attempts": 1, "anthropic_key" if provider is Provider.OPENAI else "openai_key": None}
    async with vendor_server() as server, opened(server.url, **options) as desk:
        server.says(wire, Said(hangs=True, text="never"))
        with pytest.raises(ModelUnavailable) as caught:
            await desk.llm.complete(request(), Scope())
        server.gone.set()
    assert caught.value.facts["reason"] == "timeout"


@requirement("LLM-2")
async def test_no_server_at_all_is_unreachable() -> None:
    async with opened("http://127.0.0.1:9", attempts=1) as desk:
        with pytest.raises(ModelUnavailable) as caught:
            await desk.llm.complete(request(), Scope())
    assert caught.value.facts["tried"] == [
        "openai:gpt-5.4-mini: unreachable",
        "anthropic:claude-haiku-4-5: unreachable",
    ]


@requirement("LLM-1", "PLAN-6")
async def test_without_any_key_the_error_names_the_planner_that_needs_none() -> None:
    async with opened(openai_key=None, anthropic_key=None) as desk:
        with pytest.raises(ModelUnavailable) as caught:
            await desk.llm.complete(request(), Scope())
    assert caught.value.facts["reason"] == "no_key"
    assert "builtin" in caught.value.remedy


@requirement("LLM-2")
async def test_a_provider_that_failed_rests_and_the_other_is_asked_first_for_a_while() -> None:
    async with vendor_server() as server, opened(server.url, attempts=1) as desk:
        server.says("responses", Said(status=529, raw="{}"))
        server.says("messages", Said(text="here"))
        await desk.llm.complete(request("one"), Scope(), first=Provider.OPENAI)
        second = await desk.llm.complete(request("two"), Scope(), first=Provider.OPENAI)
    assert server.paths() == ["/v1/responses", "/v1/messages", "/v1/messages"]
    assert second.passed_over == ()


@requirement("LLM-2")
async def test_a_reply_that_does_not_validate_goes_back_with_the_errors_at_most_twice() -> None:
    async with vendor_server() as server, opened(server.url) as desk:
        server.says(
            "responses", Said(text="{"), Said(text='{"color": "red"}'), Said(text='```json\n{"colour": "red"}\n```')
        )
        answer = await desk.llm.ask(request(), read, Scope(), first=Provider.OPENAI)
        server.says("responses", *(Said(text=f'{{"nothing": {n}}}') for n in range(9)))
        with pytest.raises(ModelReplyInvalid) as caught:
            await desk.llm.ask(request("again"), read, Scope(), first=Provider.OPENAI)
    assert (answer.value, answer.rejected, answer.usage.calls) == ("red", 2, 3)
    assert "colour: Field required" in server.asked[2][1]["input"][-1]["content"]
    assert len(server.asked) == 6
    assert caught.value.facts["where"] == ["colour"]


@requirement("PROVE-7")
async def test_a_repeated_answer_is_noticed_and_not_asked_for_again() -> None:
    async with vendor_server() as server, opened(server.url) as desk:
        server.says("responses", Said(text="no JSON here"))
        with pytest.raises(ModelReplyInvalid):
            await desk.llm.ask(request(), read, Scope(), first=Provider.OPENAI)
    assert len(server.asked) == 2


@requirement("LLM-2")
async def test_a_reply_cut_at_the_length_limit_is_asked_for_again_and_never_kept() -> None:
    async with vendor_server() as server, opened(server.url) as desk:
        server.says("messages", Said(text='{"colour": "r', end="length"), Said(text='{"colour": "red"}'))
        answer = await desk.llm.ask(request(), read, Scope(), first=Provider.ANTHROPIC)
        server.says("messages", Said(text='{"colour": "green"}'))
        again = await desk.llm.ask(request(), read, Scope(), first=Provider.ANTHROPIC)
    assert (answer.value, again.value) == ("red", "green")


@requirement("LLM-3")
async def test_an_equal_question_within_an_hour_is_answered_from_the_cache_and_costs_nothing() -> None:
    async with vendor_server() as server, opened(server.url) as desk:
        server.says("responses", Said(text="blue"))
        first = await desk.llm.complete(request(), Scope(job_id="j"))
        second = await desk.llm.complete(request(), Scope(job_id="j"))
        desk.clock.move(minutes=61)
        await desk.llm.complete(request(), Scope(job_id="j"))
        await desk.llm.complete(request("another"), Scope(job_id="j"))
    assert [e.cache_hit for e in desk.ledger.entries] == [False, True, False, False]
    assert (second.text, second.usage.calls, first.usage.calls) == ("blue", 0, 1)
    assert len(server.asked) == 3


@requirement("LLM-3")
async def test_the_ledger_gets_tokens_cost_stage_and_the_price_table() -> None:
    async with vendor_server() as server, opened(server.url) as desk:
        server.says("responses", Said(text="blue", tokens=(1_000_000, 100_000)))
        await desk.llm.complete(request(stage=Stage.GENERATE), Scope(job_id="j1", tool="t", owner="ann"))
    entry = desk.ledger.entries[0]
    assert (entry.provider, entry.stage, entry.job_id, entry.tool, entry.owner) == (
        "openai",
        "generate",
        "j1",
        "t",
        "ann",
    )
    assert (entry.usage.input_tokens, entry.usage.output_tokens) == (1_000_000, 100_000)
    assert entry.usage.cost_usd > 0.5
    assert entry.price_table.startswith("genai-prices ")
    assert entry.prompt_version == "test-1"


@requirement("LLM-3")
async def test_a_model_without_a_known_price_is_told_as_such_and_its_tokens_count() -> None:
    models = {"plan": [{"provider": "openai", "name": "llama-of-our-own"}]}
    async with vendor_server() as server, opened(server.url, models=models) as desk:
        server.says("responses", Said(text="blue"))
        await desk.llm.complete(request(), Scope())
    entry = desk.ledger.entries[0]
    assert (entry.price_table, entry.usage.cost_usd, entry.usage.input_tokens) == ("unknown", 0.0, 1000)


@requirement("LLM-3")
@pytest.mark.parametrize("budget", ["job_limit", "day_limit"])
async def test_a_spent_budget_stops_the_next_call_before_it_is_made(budget: str) -> None:
    async with vendor_server() as server, opened(server.url, **{budget: SpendLimit(tokens=12_000)}) as desk:
        server.says("responses", Said(text="blue", tokens=(11_000, 500)))
        await desk.llm.complete(request("one"), Scope(job_id="j"))
        with pytest.raises(BudgetExhausted) as caught:
            await desk.llm.complete(request("two"), Scope(job_id="j"))
        if budget == "day_limit":
            desk.clock.move(hours=25)
            await desk.llm.complete(request("three"), Scope(job_id="j"))
        else:
            await desk.llm.complete(request("three"), Scope(job_id="another"))
    assert caught.value.facts["budget"] == budget.removesuffix("_limit")
    assert len(server.asked) == 2


@requirement("LLM-3")
async def test_a_budget_warns_once_at_four_fifths() -> None:
    events = []
    async with vendor_server() as server, opened(server.url, job_limit=SpendLimit(tokens=100_000)) as desk:
        scope = Scope(job_id="j", on_progress=events.append, percent=42.0)
        server.says(
            "responses", Said(text="blue", tokens=(40_000, 100)), Said(text="red", tokens=(41_000, 100)), Said(text="x")
        )
        for text in ("one", "two", "three"):
            await desk.llm.complete(request(text), scope)
    assert [(e.stage, e.percent, e.message) for e in events] == [
        ("budget", 42.0, "81% of the job's model budget is spent")
    ]


@requirement("LLM-3", "LLM-4")
async def test_neither_key_nor_prompt_nor_reply_reaches_a_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with vendor_server() as server, opened(server.url) as desk:
        server.says("responses", Said(status=401, raw=f'{{"error": {{"message": "bad {KEY} in private page text"}}}}'))
        server.says("messages", Said(text="a private reply"))
        await desk.llm.complete(request("private page text"), Scope())
    assert [word for word in (KEY, "private page text", "a private reply") if word in caplog.text] == []


def test_the_vendors_libraries_are_not_loaded_before_a_model_is_asked() -> None:
    heavy = ("openai", "anthropic", "genai_prices", "jinja2")
    code = (
        "import sys, generators.model_planner, generators.write, generators.repair;"
        f"print([m for m in {heavy} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@requirement("LLM-1")
async def test_models_are_chosen_per_stage_and_a_wrong_name_is_a_settings_problem() -> None:
    async with vendor_server() as server, opened(server.url) as desk:
        options = desk.llm.options.with_models({Stage.PLAN: ("anthropic:claude-opus-5", "openai:gpt-5")})
        with pytest.raises(SettingsProblem, match="gpt-5"):
            desk.llm.options.with_models({Stage.PLAN: ("gpt-5",)})
    assert [str(model) for model in options.chain(Stage.PLAN)] == ["anthropic:claude-opus-5", "openai:gpt-5"]
    assert [str(model) for model in options.chain(Stage.REPAIR)] == ["openai:gpt-5.4", "anthropic:claude-sonnet-5"]
    assert str(options.chain(Stage.PLAN, Provider.OPENAI)[0]) == "openai:gpt-5"


@requirement("LLM-2")
async def test_requests_beyond_the_limit_per_minute_wait() -> None:
    async with vendor_server() as server, opened(server.url, requests_per_minute=1) as desk:
        server.says("responses", Said(text="blue"))
        await desk.llm.complete(request("one"), Scope(), first=Provider.OPENAI)
        second = asyncio.create_task(desk.llm.complete(request("two"), Scope(), first=Provider.OPENAI))
        done, _ = await asyncio.wait({second}, timeout=0.5)
        second.cancel()
    assert (done, len(server.asked)) == (set(), 1)


@requirement("LLM-2")
async def test_calls_side_by_side_cannot_overspend_together() -> None:
    async with vendor_server() as server, opened(server.url, job_limit=SpendLimit(tokens=2_000)) as desk:
        server.says("responses", Said(text="blue"))
        ended = await asyncio.gather(
            *(desk.llm.complete(request(text), Scope(job_id="j")) for text in ("one", "two")), return_exceptions=True
        )
    assert sorted(type(e).__name__ for e in ended) == ["BudgetExhausted", "Reply"]
    assert len(server.asked) == 1


@requirement("LLM-1", "PLAN-6")
async def test_a_provider_asked_for_by_name_without_a_key_is_told_as_passed_over() -> None:
    async with vendor_server() as server, opened(server.url, openai_key=None) as desk:
        server.says("messages", Said(text="here"))
        reply = await desk.llm.complete(request(), Scope(), first=Provider.OPENAI)
    assert (reply.model.provider, reply.passed_over) == (Provider.ANTHROPIC, ("openai: no_key",))
