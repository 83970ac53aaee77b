"""A command-line program's manual: static pages, a tree of links, definition lists, a table with cells that span rows."""

# ruff: noqa: E501 - a page is written as a browser gets it

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from itertools import groupby

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tests.town_sites.asking import Fact, Question, TownSite


@dataclass(frozen=True, kw_only=True)
class Flag:
    name: str
    value: str
    text: str
    since: str = "1.0"
    deprecated: bool = False


@dataclass(frozen=True, kw_only=True)
class Fault:
    group: str
    code: str
    meaning: str
    retry: bool


COMMANDS: dict[str, tuple[str, tuple[Flag, ...]]] = {
    "init": (
        "Create a new project in the current directory.",
        (
            Flag(name="--template", value="NAME", text="Begin from a named template."),
            Flag(name="--bare", value="", text="Write the configuration file only."),
            Flag(name="--git", value="", text="Create a repository too.", since="1.2"),
        ),
    ),
    "deploy": (
        "Send the project to a target and start it.",
        (
            Flag(name="--target", value="NAME", text="Where to deploy to; the default target otherwise."),
            Flag(name="--wait", value="SECONDS", text="How long to wait for the first healthy answer.", since="1.4"),
            Flag(name="--no-build", value="", text="Take the last image as it is."),
            Flag(
                name="--canary",
                value="PERCENT",
                text="Send only a share of the traffic to the new version.",
                since="2.1",
            ),
            Flag(name="--force", value="", text="Deploy though checks failed.", deprecated=True),
            Flag(name="--label", value="KEY=VALUE", text="Attach a label; may be repeated.", since="2.1"),
        ),
    ),
    "logs": (
        "Show what the running project writes.",
        (
            Flag(name="--follow", value="", text="Go on as lines arrive."),
            Flag(name="--since", value="DURATION", text="Only lines younger than this."),
            Flag(name="--json", value="", text="One object a line.", since="2.0"),
        ),
    ),
    "scale": (
        "Change how many copies run.",
        (
            Flag(name="--min", value="COUNT", text="The least number of copies."),
            Flag(name="--max", value="COUNT", text="The greatest number of copies."),
            Flag(name="--cpu", value="PERCENT", text="Add a copy above this load.", since="1.3"),
        ),
    ),
    "rollback": (
        "Go back to an earlier version.",
        (Flag(name="--to", value="VERSION", text="Which version; the one before otherwise."),),
    ),
    "secrets": (
        "Keep passwords out of the project.",
        (Flag(name="--stdin", value="", text="Read the value from standard input."),),
    ),
}
FAULTS = tuple(
    Fault(group=group, code=code, meaning=meaning, retry=retry)
    for group, code, meaning, retry in (
        ("Network", "K101", "The target's name could not be resolved", True),
        ("Network", "K102", "The target refused the connection", True),
        ("Network", "K103", "The transfer broke off", True),
        ("Network", "K104", "The certificate is not trusted", False),
        ("Build", "K201", "The base image was not found", False),
        ("Build", "K202", "A build step failed", False),
        ("Build", "K203", "The image is larger than allowed", False),
        ("Access", "K301", "You are not logged in", False),
        ("Access", "K302", "Your role may not do this", False),
        ("Access", "K303", "The token has expired", True),
        ("Runtime", "K401", "No healthy answer in time", True),
        ("Runtime", "K402", "The project ran out of memory", True),
        ("Runtime", "K403", "The port is taken", False),
    )
)
VARIABLES = (
    ("KEELSON_TARGET", "string", "default", "Which target commands act on"),
    ("KEELSON_TOKEN", "string", "", "Access token, instead of logging in"),
    ("KEELSON_TIMEOUT", "integer", "30", "Seconds to wait for an answer"),
    ("KEELSON_COLOR", "boolean", "true", "Coloured output"),
    ("KEELSON_RETRIES", "integer", "3", "How often to try again"),
    ("KEELSON_PROXY", "string", "", "Address of a proxy"),
    ("KEELSON_CACHE", "string", "~/.keelson", "Folder for cached images"),
    ("KEELSON_JOBS", "integer", "4", "Builds at the same time"),
)


def _page(title: str, body: str) -> HTMLResponse:
    commands = "".join(f'<li><a href="/docs/commands/{name}">keelson {name}</a></li>' for name in COMMANDS)
    return HTMLResponse(
        f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)} — Keelson documentation</title></head><body>
<nav class="toc"><ul><li><a href="/docs">Overview</a></li><li><a href="/docs/install">Installation</a></li><li><a href="/docs/commands">Commands</a><ul>{commands}</ul></li>
<li>Reference<ul><li><a href="/docs/errors">Error codes</a></li><li><a href="/docs/environment">Environment variables</a></li></ul></li></ul></nav>
<article><h1>{escape(title)}</h1>{body}</article><footer>Built with care. Last updated 2027-02-11.</footer></body></html>"""
    )


def overview(request: Request) -> Response:
    return _page(
        "Keelson",
        """<p>Keelson puts small projects on your own machines.</p><h2>Where to begin</h2><ol><li>Install it</li><li>Run <code>keelson init</code></li><li>Deploy</li></ol>
<p>See the <a href="/docs/commands">commands</a>, the <a href="/docs/errors">error codes</a> and the <a href="/docs/environment">environment variables</a>.</p>""",
    )


def install(request: Request) -> Response:
    return _page(
        "Installation",
        "<p>Unpack the archive and put <code>keelson</code> on your path.</p><pre>tar xf keelson.tar.gz</pre>",
    )


def commands(request: Request) -> Response:
    rows = "".join(
        f'<tr><td><a href="/docs/commands/{name}"><code>{name}</code></a></td><td>{escape(text)}</td></tr>'
        for name, (text, _) in COMMANDS.items()
    )
    return _page(
        "Commands", f"<table><thead><tr><th>Command</th><th>Description</th></tr></thead><tbody>{rows}</tbody></table>"
    )


def command(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in COMMANDS:
        return HTMLResponse("<h1>Not found</h1>", status_code=404)
    text, flags = COMMANDS[name]
    options = "".join(
        f"""<dt id="{name}{flag.name}"><code>{flag.name}{" " + flag.value if flag.value else ""}</code>{' <span class="badge">deprecated</span>' if flag.deprecated else ""}</dt>
<dd><p>{escape(flag.text)}</p><p class="since">Since version {flag.since}</p></dd>"""
        for flag in flags
    )
    return _page(
        f"keelson {name}",
        f"<p>{escape(text)}</p><h2>Usage</h2><pre>keelson {name} [OPTIONS]</pre><h2>Options</h2><dl>{options}</dl>",
    )


def errors(request: Request) -> Response:
    rows = ""
    for group, members in groupby(FAULTS, key=lambda one: one.group):
        listed = list(members)
        for at, one in enumerate(listed):
            head = f'<th rowspan="{len(listed)}" scope="rowgroup">{group}</th>' if at == 0 else ""
            rows += f"<tr>{head}<td><code>{one.code}</code></td><td>{escape(one.meaning)}</td><td>{'yes' if one.retry else 'no'}</td></tr>"
    return _page(
        "Error codes",
        f"<p>Keelson ends with one of these.</p><table><thead><tr><th>Category</th><th>Code</th><th>Meaning</th><th>Retried</th></tr></thead><tbody>{rows}</tbody></table>",
    )


def environment(request: Request) -> Response:
    rows = "".join(
        f"<tr><td><code>{name}</code></td><td>{kind}</td><td>{default or '—'}</td><td>{escape(text)}</td></tr>"
        for name, kind, default, text in VARIABLES
    )
    return _page(
        "Environment variables",
        f"<table><thead><tr><th>Variable</th><th>Type</th><th>Default</th><th>Description</th></tr></thead><tbody>{rows}</tbody></table>",
    )


def _flags(name: str) -> tuple[Flag, ...]:
    return COMMANDS[name][1]


def _shown(flag: Flag) -> str:
    return f"{flag.name} {flag.value}".strip()


FAULT_ROWS: tuple[tuple[Fact, ...], ...] = tuple((one.group, one.code, one.meaning) for one in FAULTS)

QUESTIONS = (
    Question(id="manual-errors", text="all error codes with their meaning", begin="/docs", rows=FAULT_ROWS),
    Question(
        id="manual-network",
        text="error codes in the network category",
        begin="/docs",
        rows=tuple(row for row in FAULT_ROWS if row[0] == "Network"),
    ),
    Question(
        id="manual-not-retried",
        text="access errors that are not retried",
        begin="/docs/errors",
        rows=tuple((one.group, one.code) for one in FAULTS if one.group == "Access" and not one.retry),
    ),
    Question(
        id="manual-deploy",
        text="options of the deploy command",
        begin="/docs",
        rows=tuple((_shown(one), one.text) for one in _flags("deploy")),
    ),
    Question(
        id="manual-since",
        text="options added in version 2.1",
        begin="/docs/commands/deploy",
        rows=tuple((_shown(one), one.text) for one in _flags("deploy") if one.since == "2.1"),
    ),
    Question(
        id="manual-variables",
        text="environment variables and their defaults",
        begin="/docs",
        rows=tuple((name, default or "—") for name, _, default, _ in VARIABLES),
    ),
    Question(
        id="manual-integers",
        text="integer environment variables",
        begin="/docs/environment",
        rows=tuple((name, default) for name, kind, default, _ in VARIABLES if kind == "integer"),
    ),
    Question(
        id="manual-commands",
        text="all commands",
        begin="/docs",
        rows=tuple((name, text) for name, (text, _) in COMMANDS.items()),
    ),
)

SITE = TownSite(
    name="manual",
    app=Starlette(
        routes=[
            Route("/docs", overview),
            Route("/docs/install", install),
            Route("/docs/commands", commands),
            Route("/docs/commands/{name}", command),
            Route("/docs/errors", errors),
            Route("/docs/environment", environment),
        ]
    ),
    questions=QUESTIONS,
)
