"""OpenTelemetry traces, an extra (``agent-school[otel]``): a span for each call of a tool and each stage of learning.

Off unless OTEL_TRACES_EXPORTER says ``otlp`` or ``console``; where to, how often and under which name are the usual
OTEL_ variables, which the SDK reads by itself. Spans carry ids (tool, run, job, request) and outcomes, never arguments,
rows, keys or page text. The MCP SDK's own spans, which continue a client's trace, are the parents.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import structlog

from domain.errors import SettingsProblem

if TYPE_CHECKING:  # an extra
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Tracer
    from structlog.typing import EventDict

NAME = "agent-school"
IDS = ("tool", "run", "job", "request")
EXPORTERS = ("otlp", "console")

_tracers: list[Tracer] = []  # one when traces are on


@contextmanager
def traced(exporter: str) -> Iterator[None]:
    """Trace what happens in the block with an exporter of EXPORTERS; nothing for "" and "none".

    What is not sent yet is sent at the end of the block.

    Raises:
        SettingsProblem: the exporter is unknown, or the extra is not installed.
    """
    if exporter in {"", "none"}:
        yield
        return
    if exporter not in EXPORTERS:
        raise SettingsProblem(f"OTEL_TRACES_EXPORTER: {exporter!r} is not one of {', '.join(EXPORTERS)}, none.")
    with using(_provider(exporter)):
        yield


@contextmanager
def using(provider: TracerProvider) -> Iterator[None]:
    """Trace what happens in the block with a provider, and shut it down at the end."""
    from opentelemetry import trace  # noqa: PLC0415 - only where traces are on

    trace.set_tracer_provider(provider)  # the MCP SDK asks for the global one
    _tracers.append(provider.get_tracer(NAME))
    try:
        yield
    finally:
        _tracers.clear()
        provider.shutdown()


def is_on() -> bool:
    """Return whether anything is traced."""
    return bool(_tracers)


@contextmanager
def span(name: str) -> Iterator[None]:
    """Make the block a span with the ids that are bound; an error that leaves it is told by its kind alone."""
    if not _tracers:
        yield
        return
    from opentelemetry.trace import StatusCode  # noqa: PLC0415 - only where traces are on

    with _tracers[0].start_as_current_span(name, record_exception=False, set_status_on_exception=False) as current:
        try:
            yield
        except BaseException as problem:
            current.set_status(StatusCode.ERROR, getattr(problem, "code", type(problem).__name__))
            raise
        finally:
            current.set_attributes(_ids())


def note(**facts: str | float) -> None:
    """Put facts on the present span, such as how a call ended."""
    if _tracers:
        from opentelemetry import trace  # noqa: PLC0415 - only where traces are on

        trace.get_current_span().set_attributes({f"school.{name}": value for name, value in facts.items()})


def with_trace(_: Any, __: str, event: EventDict) -> EventDict:
    """Put the ids of the present trace and span on a log line (a structlog processor)."""
    if _tracers:
        from opentelemetry import trace  # noqa: PLC0415 - only where traces are on

        context = trace.get_current_span().get_span_context()
        if context.is_valid:
            event["trace_id"], event["span_id"] = f"{context.trace_id:032x}", f"{context.span_id:016x}"
    return event


def _ids() -> dict[str, str]:
    bound = structlog.contextvars.get_contextvars()
    return {f"school.{name}": str(bound[name]) for name in IDS if bound.get(name)}


def _provider(exporter: str) -> TracerProvider:
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 - an extra
        from opentelemetry.sdk.resources import SERVICE_NAME, Resource  # noqa: PLC0415 - as above
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 - as above
        from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter  # noqa: PLC0415 - as above
    except ImportError as problem:
        raise SettingsProblem(
            "OTEL_TRACES_EXPORTER asks for traces, and the packages for them are not installed.",
            remedy="Install agent-school[otel], or leave OTEL_TRACES_EXPORTER empty.",
        ) from problem
    resource = Resource.create()
    if str(resource.attributes.get(SERVICE_NAME, "")).startswith("unknown_service"):
        resource = resource.merge(Resource({SERVICE_NAME: NAME}))
    provider = TracerProvider(resource=resource)
    # stdout belongs to the protocol and to --json.
    sink = OTLPSpanExporter() if exporter == "otlp" else ConsoleSpanExporter(out=sys.stderr)
    provider.add_span_processor(BatchSpanProcessor(sink))
    return provider
