"""Traces: off unless asked for, with ids and outcomes and never with what a call was about."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator

import pytest
import structlog
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode
from opentelemetry.util._once import Once

from domain.errors import NothingFound, SettingsProblem
from school.stopwatch import Stopwatch
from school.tracing import note, span, traced, using, with_trace
from tests.conftest import Command
from tests.requirements import requirement


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    """What is traced, kept in memory; the process' own provider is put back afterwards."""
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", None)
    monkeypatch.setattr(trace, "_TRACER_PROVIDER_SET_ONCE", Once())
    kept = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(kept))
    with using(provider):
        yield kept


@requirement("OPS-3")
def test_a_stage_of_learning_is_a_span_within_its_call_with_the_ids_that_are_bound(spans: InMemorySpanExporter) -> None:
    watch = Stopwatch()
    bound = structlog.contextvars.bound_contextvars(tool="teas", job="job_1", run="", owner="ada")
    with bound, span("call learn"), watch.stage("observe"):
        note(outcome="ok")
    inner, outer = spans.get_finished_spans()
    assert (inner.name, outer.name) == ("observe", "call learn")
    assert inner.parent is not None
    assert inner.parent.span_id == outer.context.span_id
    assert dict(inner.attributes or {}) == {"school.tool": "teas", "school.job": "job_1", "school.outcome": "ok"}


@requirement("OPS-3")
def test_an_error_is_told_by_its_code_and_never_by_its_text(spans: InMemorySpanExporter) -> None:
    with pytest.raises(NothingFound), span("observe"):
        raise NothingFound("a page said: secret words")
    (found,) = spans.get_finished_spans()
    assert (found.status.status_code, found.status.description) == (StatusCode.ERROR, "nothing_found")
    assert not found.events
    assert "secret words" not in found.to_json()


def test_a_line_of_the_log_names_its_trace(spans: InMemorySpanExporter) -> None:
    assert with_trace(None, "info", {"event": "x"}) == {"event": "x"}
    with span("call"):
        line = with_trace(None, "info", {"event": "x"})
    (found,) = spans.get_finished_spans()
    assert line == {
        "event": "x",
        "trace_id": f"{found.context.trace_id:032x}",
        "span_id": f"{found.context.span_id:016x}",
    }


@pytest.mark.parametrize("exporter", ["", "none"])
def test_nothing_is_traced_unless_asked_for(exporter: str) -> None:
    with traced(exporter), span("call"):
        note(outcome="ok")
        assert with_trace(None, "info", {"event": "x"}) == {"event": "x"}


def test_an_unknown_exporter_is_refused() -> None:
    with pytest.raises(SettingsProblem, match="OTEL_TRACES_EXPORTER"), traced("carrier-pigeon"):
        raise AssertionError


class Collector(http.server.BaseHTTPRequestHandler):
    got: list[tuple[str, bytes]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append((self.path, body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        return


@requirement("OPS-3")
def test_spans_of_a_command_reach_the_collector_that_the_usual_variables_name(command: Command) -> None:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        command(
            "--query",
            "teas",
            "--site",
            "http://127.0.0.1:9/",
            "--json",
            OTEL_TRACES_EXPORTER="otlp",
            OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{server.server_address[1]}",
            OTEL_SERVICE_NAME="tea-house",
        )
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    paths, bodies = zip(*Collector.got, strict=True)
    assert set(paths) == {"/v1/traces"}
    assert b"tea-house" in b"".join(bodies)
    assert b"understand" in b"".join(bodies)
