"""The catalogue of known sites (PLAN-5): where to begin when a question names no site.

It ships with a few, in ``sites.toml`` beside this file; a person's own are in ``sites.toml`` of the home folder.
What is suggested is only where to begin: what may be asked there is for the policy to say, as for any site.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.networks import HttpUrl

from domain.errors import SettingsProblem
from domain.meaning import gazetteer
from domain.meaning.geo import distance_miles
from domain.meaning.words import fold, matches
from domain.plan import Intent, Topic
from domain.values import Value

SHIPPED: Final = Path(__file__).with_name("sites.toml")
_OWN = "sites.toml"


def _checked(url: str) -> str:
    TypeAdapter(HttpUrl).validate_python(url)
    return url


Address = Annotated[str, AfterValidator(_checked)]


class KnownSite(Value):
    """One site. ``cities`` are pages by the name of a city, taken for places up to ``reach_miles`` away."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=80)
    answers: tuple[str, ...] = ()
    url: Address | None = None
    cities: dict[str, Address] = {}
    reach_miles: float = Field(default=30.0, gt=0, le=500)
    hidden: bool = False


class Suggestion(Value):
    """A site that would answer, the address to begin from, and how well it fits (more is better)."""

    site: KnownSite
    url: str
    fit: int


def known_sites(home: Path) -> tuple[KnownSite, ...]:
    """Return the shipped sites and the person's own, which come first and replace those of their name.

    Raises:
        SettingsProblem: the person's file cannot be read; the message says where.
    """
    sites: dict[str, KnownSite] = {}
    for site in (*reversed(_read(home / _OWN)), *_read(SHIPPED)):
        sites.setdefault(fold(site.name), site)
    return tuple(site for site in sites.values() if not site.hidden)


def suggest(sites: tuple[KnownSite, ...], intent: Intent) -> tuple[Suggestion, ...]:
    """Return the sites that fit the question best, all of the same fit; none when none does."""
    fitting = [
        Suggestion(site=site, url=url, fit=fit)
        for site in sites
        if (fit := _fit(site, intent)) and (url := _address(site, intent)) is not None
    ]
    best = max((suggestion.fit for suggestion in fitting), default=0)
    return tuple(suggestion for suggestion in fitting if suggestion.fit == best)


def without_name(intent: Intent, site: KnownSite) -> Intent:
    """Return the intent without the site's own name, which a question may carry as if it were a keyword."""
    kept = tuple(
        constraint
        for constraint in intent.constraints
        if not (constraint.topic is Topic.KEYWORDS and matches([site.name], str(constraint.value)))
    )
    return intent.model_copy(update={"constraints": kept})


def add_site(home: Path, site: KnownSite) -> Path:
    """Write a site at the end of the person's own file, and return the file. The last entry of a name counts.

    Raises:
        SettingsProblem: the file there cannot be read; it is left as it is.
    """
    own = home / _OWN
    _read(own)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with own.open("a", encoding="utf-8") as file:
        file.write("\n" + _as_toml(site))
    return own


def _fit(site: KnownSite, intent: Intent) -> int:
    if matches([intent.text], site.name):
        return 100
    asked = [intent.subject, *(str(c.value) for c in intent.about(Topic.KEYWORDS))]
    return sum(1 for word in asked if word and matches(site.answers, word))


def _address(site: KnownSite, intent: Intent) -> str | None:
    """Return the page of the nearest city in reach of the place that was named, else the site's own."""
    distances = [
        (distance_miles(place.latitude, place.longitude, there.latitude, there.longitude), url)
        for place in intent.places[:1]
        for city, url in site.cities.items()
        if (there := gazetteer.find(city)) is not None
    ]
    distance, nearest = min(distances, default=(float("inf"), None))
    return nearest if distance <= site.reach_miles else site.url


def _read(path: Path) -> tuple[KnownSite, ...]:
    try:
        text = path.read_text(encoding="utf-8")
        found = tomllib.loads(text)
        return TypeAdapter(tuple[KnownSite, ...]).validate_python(found.get("site", []))
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsProblem(f"The catalogue of sites {path} cannot be read: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise SettingsProblem(
            f"The catalogue of sites {path} has a fault at site {where}: {first['msg']}.",
            remedy="Mend that entry, or take it out.",
        ) from error


def _as_toml(site: KnownSite) -> str:
    """Return the entry as TOML, whose basic strings are written as JSON's."""
    lines = ["[[site]]", f"name = {json.dumps(site.name)}"]
    if site.hidden:
        return "\n".join([*lines, "hidden = true", ""])
    lines.append(f"answers = {json.dumps(list(site.answers))}")
    if site.url:
        lines.append(f"url = {json.dumps(site.url)}")
    lines.append(f"reach_miles = {site.reach_miles}")
    if site.cities:
        lines += [
            "",
            "[site.cities]",
            *(f"{json.dumps(city)} = {json.dumps(url)}" for city, url in site.cities.items()),
        ]
    return "\n".join([*lines, ""])
