"""A service handbook for boilers: one long static page with definition lists and tables whose headers span rows."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tests.town_sites.asking import Question, TownSite

FAMILIES: dict[str, tuple[tuple[str, int, int, int], ...]] = {
    "Calor": (("Calor 12", 12, 42, 31), ("Calor 18", 18, 44, 34), ("Calor 24", 24, 47, 38)),
    "Calor Duo": (("Duo 24", 24, 46, 44), ("Duo 30", 30, 49, 47), ("Duo 36", 36, 51, 52)),
    "Hestia": (("Hestia S", 14, 39, 36), ("Hestia M", 20, 41, 41), ("Hestia L", 28, 48, 49), ("Hestia XL", 38, 53, 61)),
    "Fornax": (("Fornax 50", 50, 54, 88), ("Fornax 70", 70, 57, 104)),
}
"""Models by family: name, output in kW, noise in dB(A), weight in kg."""

UPKEEP: dict[str, tuple[tuple[str, int, str], ...]] = {
    "Burner": (
        ("Ignition electrode", 12, "engineer"),
        ("Burner gasket", 24, "engineer"),
        ("Flame sensor", 12, "engineer"),
        ("Combustion fan", 36, "engineer"),
    ),
    "Hydraulics": (
        ("Expansion vessel", 12, "engineer"),
        ("Safety valve", 6, "owner"),
        ("Circulation pump", 24, "engineer"),
        ("Dirt filter", 6, "owner"),
        ("Plate exchanger", 48, "engineer"),
    ),
    "Flue": (("Flue seal", 12, "engineer"), ("Condensate trap", 12, "owner"), ("Terminal grille", 3, "owner")),
    "Electrics": (("Earth terminal", 24, "engineer"), ("Backup battery", 60, "owner")),
}
"""Parts by assembly: name, interval in months, who does it."""

TROUBLED = (
    *("Flow sensor", "Return sensor", "Outdoor sensor", "Cylinder sensor", "Flue gas sensor", "Pressure sensor"),
    *("Fan", "Gas valve", "Ignition transformer"),
)
TROUBLES = ("gives no signal", "is short-circuited", "reports values out of range", "does not answer on the bus")
GROUPS = ("Lockouts", "Warnings", "Service notes")


def _faults() -> dict[str, dict[str, str]]:
    """Codes by group: every fourth number is left out, as codes of retired parts are."""
    numbers = [number for number in range(11, 70) if number % 4]
    texts = [f"{part} {trouble}" for trouble in TROUBLES for part in TROUBLED]
    faults: dict[str, dict[str, str]] = {group: {} for group in GROUPS}
    for at, (number, text) in enumerate(zip(numbers, texts, strict=False)):
        faults[GROUPS[at // 12]][f"E{number}"] = text
    return faults


FAULTS = _faults()

GLOSSARY = {
    "Anti-cycling time": "Shortest time between two starts of the burner.",
    "Flow": "Water on its way from the boiler to the radiators.",
    "Lockout": "The boiler stays off until somebody presses reset.",
    "Modulation": "Running at less than full output.",
    "Return": "Water on its way back to the boiler.",
}


def _frame(title: str, body: str) -> Response:
    return HTMLResponse(
        f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title} — Pyrrha Service Handbook 4.2</title></head><body>
<div class="sphinxsidebar"><h3>Contents</h3><ul><li><a href="handbook.html#models">Models</a></li>
<li><a href="handbook.html#upkeep">Maintenance</a></li><li><a href="handbook.html#faults">Fault codes</a></li>
<li><a href="handbook.html#glossary">Glossary</a></li><li><a href="changes.html">What is new</a></li></ul></div>
<div class="document" role="main">{body}</div>
<div class="footer">© 2019-2026 Pyrrha Heating. Built with Quill 2.1.</div></body></html>"""
    )


def home(request: Request) -> Response:
    return _frame(
        "Welcome",
        """<h1>Service handbook</h1><p>For installers of Pyrrha boilers. Everything is on
<a href="handbook.html">one long page</a>, so that it can be printed.</p>
<div class="admonition tip"><p>Looking for a code on the display? Go to
<a href="handbook.html#faults">Fault codes</a>.</p></div>""",
    )


def _models() -> str:
    rows = []
    for family, models in FAMILIES.items():
        for at, (name, output, noise, weight) in enumerate(models):
            head = f'<th rowspan="{len(models)}" scope="rowgroup">{family}</th>' if not at else ""
            rows.append(f"<tr>{head}<td>{name}</td><td>{output} kW</td><td>{noise} dB(A)</td><td>{weight} kg</td></tr>")
    return "\n".join(rows)


def _upkeep() -> str:
    rows = []
    for assembly, parts in UPKEEP.items():
        for at, (part, months, who) in enumerate(parts):
            head = f'<th rowspan="{len(parts)}" scope="rowgroup">{assembly}</th>' if not at else ""
            rows.append(f"<tr>{head}<td>{part}</td><td>{months}</td><td>{who}</td></tr>")
    return "\n".join(rows)


def _slug(text: str) -> str:
    return text.lower().replace(" ", "-")


def _described(entries: dict[str, str], marked: str) -> str:
    listed = (f'<dt id="{_slug(term)}">{term}</dt><dd>{text}</dd>' for term, text in entries.items())
    return f'<dl class="{marked}">{"".join(listed)}</dl>'


def handbook(request: Request) -> Response:
    faults = "".join(
        f'<section id="{_slug(group)}"><h3>{group}</h3>{_described(entries, "faults")}</section>'
        for group, entries in FAULTS.items()
    )
    return _frame(
        "Handbook",
        f"""<h1>Handbook<a class="headerlink" href="#">¶</a></h1>
<section id="models"><h2>Models</h2><p>Noise is measured at one metre.</p>
<table class="docutils"><caption>Models and their data</caption>
<thead><tr><th rowspan="2">Family</th><th rowspan="2">Model</th><th colspan="3">At full load</th></tr>
<tr><th>Output</th><th>Noise level</th><th>Weight</th></tr></thead><tbody>{_models()}</tbody></table></section>
<section id="upkeep"><h2>Maintenance</h2><p>Write every visit into the log book.</p>
<table class="docutils"><thead><tr><th>Assembly</th><th>Part</th><th>Interval (months)</th><th>Done by</th></tr></thead>
<tbody>{_upkeep()}</tbody></table></section>
<section id="faults"><h2>Fault codes</h2><p>Codes of retired parts are not listed.</p>{faults}</section>
<section id="glossary"><h2>Glossary</h2>{_described(GLOSSARY, "glossary")}</section>""",
    )


def changes(request: Request) -> Response:
    return _frame(
        "What is new",
        """<h1>What is new</h1><h2>4.2</h2><ul><li>Hestia XL added.</li><li>Text of E42 reworded.</li></ul>
<h2>4.1</h2><ul><li>Filter interval shortened.</li></ul>""",
    )


QUESTIONS = (
    Question(
        id="boilers-1",
        text="what does error E42 mean",
        rows=tuple((code, text) for codes in FAULTS.values() for code, text in codes.items() if code == "E42"),
    ),
    Question(
        id="boilers-2",
        text="maintenance intervals of all parts of the hydraulics",
        rows=tuple((part, months) for part, months, _ in UPKEEP["Hydraulics"]),
    ),
    Question(
        id="boilers-3",
        text="boiler models with a noise level below 45 dB",
        rows=tuple((name, noise) for models in FAMILIES.values() for name, _, noise, _ in models if noise < 45),
    ),
)

SITE = TownSite(
    name="boilers",
    app=Starlette(routes=[Route("/", home), Route("/handbook.html", handbook), Route("/changes.html", changes)]),
    questions=QUESTIONS,
)
