"""A further host is a proposal: a person lets a site's tools ask it, and nothing on a page does (LLM-4, MCP-5)."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from domain.observation import Denial, Observation, Page, Probe, ProbeAnswer, ProbePurpose
from domain.policy import HostRule, Policy
from school.outside import hosts_outside
from tests.mcp_server.serving import MODES, connected, running
from tests.mcp_server.test_approvals import Person, told
from tests.requirements import requirement

TEAS = [{"id": n, "name": f"Tea {n} {'green' if n % 2 else 'black'}", "origin": f"Hill {n}"} for n in range(1, 13)]
PAGE = """<!doctype html><html><head><title>Teas</title></head><body><h1>Teas</h1><div id="list">Loading</div>
<script>fetch("@API@/teas.json").then(r => r.json()).then(d => {
  const item = t => `<p class="tea"><b>${t.name}</b> ${t.origin}</p>`;
  document.getElementById("list").innerHTML = d.teas.map(item).join("");
}).catch(() => { document.getElementById("list").textContent = "Nothing came." });</script></body></html>"""


@contextmanager
def answering(path: str, kind: str, body: str) -> Iterator[str]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = self.path.split("?")[0] == path
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.end_headers()
            self.wfile.write(body.encode() if found else b"")

        def log_message(self, *args: object) -> None:
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.browser
@pytest.mark.parametrize("mode", MODES)
@requirement("MCP-5")
async def test_a_host_that_the_data_comes_from_is_asked_for_and_kept_for_the_site(
    tmp_path_factory: pytest.TempPathFactory, mode: str
) -> None:
    with (
        answering("/teas.json", "application/json", json.dumps({"teas": TEAS})) as api,
        answering("/", "text/html", PAGE.replace("@API@", api)) as site,
    ):
        hosts = ",".join(url.split("//")[1] for url in (api, site))
        with running(tmp_path_factory.mktemp("hosts") / "home", private_hosts=hosts) as server:
            query = {"query": "green tea", "site": f"{site}/"}
            async with connected(server, mode) as client:
                asked = await told(client, "learn_tool", **query)
                assert asked["status"] == "needs_input", asked
                assert asked["question"]["field"].startswith("approve:host:")
                assert f"--allow-host {api.split('//')[1]}" in asked["remedy"]
            person = Person("approve")
            async with connected(server, mode, elicitation_callback=person) as client:
                learned = await told(client, "learn_tool", **query)
                assert learned["status"] == "ok", learned
                assert api.split("//")[1] in person.shown[0]
                again = await told(client, "learn_tool", query="black tea", site=f"{site}/", fresh=True)
                assert again["status"] == "ok"
                assert len(person.shown) == 1


POLICY = Policy(hosts=(HostRule(host="example.org", subdomains=True),))
AT = datetime(2027, 5, 12, tzinfo=UTC)


def answer(url: str, error: str) -> ProbeAnswer:
    return ProbeAnswer(probe=Probe(id=url, purpose=ProbePurpose.GROUND, url=url), error=error)


@requirement("MCP-5")
def test_only_what_study_wanted_to_ask_and_what_the_operator_named_is_proposed(observed: Observation) -> None:
    answers = (
        answer("https://api.example.net/teas?page=2", "denied: outside this tool's policy"),
        answer("https://slow.example.com/", "timeout"),
        answer("https://www.example.org/x", "denied: robots"),
    )
    denials = tuple(
        Denial(url=url, reason="outside the policy")
        for url in ("https://counter.example/", "http://10.0.0.5:80/", "http://10.0.0.6:8080/data", "data:x")
    )
    seen = observed.model_copy(update={"denials": denials})
    found = hosts_outside(POLICY, seen, answers, private_hosts=("10.0.0.6:8080",))
    assert found == ("api.example.net", "10.0.0.6:8080")


@pytest.fixture
def observed() -> Observation:
    page = Page(requested_url="https://example.org/", final_url="https://example.org/", status=200)
    return Observation(url="https://example.org/", captured_at=AT, pages=(page,))
