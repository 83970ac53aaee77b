"""The stable tools that every client can use, since some never see tools that are added later."""

from __future__ import annotations

import mcp_types as types

from mcp_server.author_tools import AUTHOR_TOOLS
from mcp_server.tool_shapes import FULL, LEARN, READ, RUN, detail_of, object_of

PROOF = detail_of("to the text how the answer was proved, which sources were passed over, times and model use")
SEARCH_TOOLS = types.Tool(
    name="search_tools",
    title="Search the published tools",
    description=(
        "Find published tools by what they do. Returns names, descriptions and input schemas, best first, so that "
        'call_tool works at once. Example: {"query": "hip-hop events near San Francisco"}. '
        "When nothing fits, learn_tool makes a new tool."
    ),
    input_schema=object_of(
        {
            "query": {"type": "string", "minLength": 1, "description": "What the tool should do, in plain language."},
            "host": {"type": "string", "description": "Only tools for this site, such as example.org."},
            "limit": {"type": "integer", "minimum": 1, "maximum": 50, "default": 10, "description": "Most results."},
            "detail": detail_of("each tool's output schema, source, hosts, proof and example calls"),
        },
        ["query"],
    ),
    annotations=READ,
)
DESCRIBE_TOOL = types.Tool(
    name="describe_tool",
    title="Describe one tool",
    description="Give everything about one published tool: parameters, output, source, proof, example calls.",
    input_schema=object_of(
        {
            "name": {"type": "string", "description": "The tool's name."},
            "detail": detail_of("output schema, source, hosts, proof and example calls", default=FULL),
        },
        ["name"],
    ),
    annotations=READ,
)
CALL_TOOL = types.Tool(
    name="call_tool",
    title="Call a published tool",
    description=(
        "Run a published tool by name. No model is involved: same arguments, same steps. "
        'Example: {"name": "events_example_org", "arguments": {"city": "Berkeley", "limit": 10}}.'
    ),
    input_schema=object_of(
        {
            "name": {"type": "string", "description": "The tool's name, from search_tools."},
            "arguments": {"type": "object", "description": "Arguments by the tool's input schema.", "default": {}},
            "detail": detail_of("the run's id, the tool's version and source, and what the run spent"),
        },
        ["name"],
    ),
    annotations=RUN,
)
LEARN_TOOL = types.Tool(
    name="learn_tool",
    title="Learn a new tool from a site or API",
    description=(
        "Make a tool that answers a question from a website or API, prove it on live data, publish it, and return the "
        "first answer. A published tool that already answers is reused. Takes some seconds and reports progress. "
        'Example: {"query": "tech conferences next month under $100", "site": "https://example.org/events"}.'
    ),
    input_schema=object_of(
        {
            "query": {"type": "string", "minLength": 1, "description": "The question, in plain language."},
            "site": {"type": "string", "description": "Address of the page or API to learn from."},
            "fresh": {"type": "boolean", "default": False, "description": "Learn anew even if a tool would answer."},
            "background": {
                "type": "boolean",
                "default": False,
                "description": "Return a job_id at once, for get_job, instead of waiting for the answer.",
            },
            "detail": PROOF,
        },
        ["query"],
    ),
    annotations=LEARN,
)
JOB_ID = {"type": "string", "description": "The job_id that learn_tool gave."}
GET_JOB = types.Tool(
    name="get_job",
    title="See how a job stands",
    description=(
        "Tell a job's state (running, needs_input, done, failed, cancelled), stage and percent, and its result once it "
        'is done. With wait_s it answers as soon as the job ends or asks. Example: {"job_id": "job_…", "wait_s": 20}.'
    ),
    input_schema=object_of(
        {
            "job_id": JOB_ID,
            "wait_s": {
                "type": "number",
                "minimum": 0,
                "maximum": 30,
                "default": 0,
                "description": "Seconds to wait for the job's end.",
            },
            "detail": PROOF,
        },
        ["job_id"],
    ),
    annotations=READ,
)
ANSWER_JOB = types.Tool(
    name="answer_job",
    title="Answer a job's question",
    description=(
        "Answer the question of a job whose state is needs_input; it then goes on. Ask the person when the answer is "
        'not known. Example: {"job_id": "job_…", "answer": "https://example.org/events"}.'
    ),
    input_schema=object_of(
        {
            "job_id": JOB_ID,
            "answer": {"type": "string", "minLength": 1, "maxLength": 2000, "description": "The answer."},
        },
        ["job_id", "answer"],
    ),
    annotations=LEARN,
)
CANCEL_JOB = types.Tool(
    name="cancel_job",
    title="Cancel a job",
    description='End a job that is at work or waits for an answer. Example: {"job_id": "job_…"}.',
    input_schema=object_of({"job_id": JOB_ID}, ["job_id"]),
    annotations=types.ToolAnnotations(
        read_only_hint=False, destructive_hint=False, idempotent_hint=True, open_world_hint=False
    ),
)
META_TOOLS: tuple[types.Tool, ...] = (
    SEARCH_TOOLS,
    DESCRIBE_TOOL,
    CALL_TOOL,
    LEARN_TOOL,
    GET_JOB,
    ANSWER_JOB,
    CANCEL_JOB,
    *AUTHOR_TOOLS,
)
