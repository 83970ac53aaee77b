"""An animal shelter: a page that says little, and an API told by an OpenAPI document."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from tests.town_sites.asking import TODAY, Question, TownSite

SPECIES = ("dog", "cat", "rabbit", "ferret")
BREEDS = {
    "dog": ("Labrador mix", "Beagle", "Terrier mix", "Shepherd mix", None),
    "cat": ("European Shorthair", "Siamese", "Maine Coon", None),
    "rabbit": ("Dwarf Lop", "Rex", None),
}
WEIGHTS = {"dog": range(52, 430), "cat": range(21, 80), "rabbit": range(9, 50)}
NAMES = (
    *("Biscuit", "Juniper", "Mossy", "Pepper", "Tango", "Waffle", "Domino", "Hazel", "Figaro", "Nacho", "Olive"),
    *("Pickle", "Quill", "Rolo", "Sesame", "Truffle", "Uno", "Velvet", "Willow", "Ziggy", "Acorn", "Basil"),
    *("Clover", "Dumpling", "Echo", "Fidget", "Ginger", "Hobbit", "Iris", "Jasper", "Kiwi", "Lentil", "Mango"),
    *("Noodle", "Otis", "Pumpkin", "Radish", "Sushi", "Taco", "Umber", "Violet", "Widget", "Yoyo", "Bandit"),
    *("Caramel", "Dolly", "Ember", "Freckle", "Gizmo", "Honey", "Inky", "Jellybean", "Koda", "Lottie", "Marmite"),
    *("Nutmeg", "Oreo", "Poppet", "Rusty", "Smudge", "Toffee", "Vesper", "Wotsit", "Zorro"),
)
PER_PAGE = 20


@dataclass(frozen=True, kw_only=True)
class Animal:
    id: int
    name: str
    species: str
    breed: str | None
    sex: str
    weight_kg: float
    good_with_children: bool | None
    arrived_on: date
    fee: int
    status: str

    def served(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "name": self.name,
            "species": self.species,
            "breed": self.breed,
            "sex": self.sex,
            "weight_kg": self.weight_kg,
            "good_with_children": self.good_with_children,
            "arrived_on": self.arrived_on.isoformat(),
            "fee": {"amount": f"{self.fee}.00", "currency": "EUR"},
            "status": self.status,
        }


def _animals() -> tuple[Animal, ...]:
    chance = random.Random(909)
    weights = {one: chance.sample(among, 40) for one, among in WEIGHTS.items()}
    ages = [at for at in range(3, 260) if at not in {28, 29, 30, 31}]
    made = []
    for at, name in enumerate(NAMES):
        species = chance.choice(("dog", "dog", "cat", "cat", "rabbit"))
        made.append(
            Animal(
                id=4010 + at,
                name=name,
                species=species,
                breed=chance.choice(BREEDS[species]),
                sex=chance.choice(("female", "male")),
                weight_kg=weights[species].pop() / 10,
                good_with_children=chance.choice((True, True, False, None)),
                arrived_on=TODAY - timedelta(days=chance.choice(ages[:24] if chance.random() < 0.3 else ages)),
                fee={"dog": 280, "cat": 140, "rabbit": 35}[species] - chance.choice((0, 0, 10)),
                status=chance.choice(("available", "available", "reserved")),
            )
        )
    return tuple(made)


ANIMALS = _animals()


def _number(name: str, default: int, told: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "description": told,
        "schema": {"type": "integer", "minimum": 1, "default": default},
    }


def _choice(name: str, among: tuple[str, ...]) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": {"type": "string", "enum": list(among)}}


def _answered(told: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"200": {"description": told, "content": {"application/json": {"schema": schema}}}}


ANIMAL_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["id", "name", "species", "arrived_on", "status"],
    "properties": {
        "id": {"type": "integer"},
        "name": {"type": "string"},
        "species": {"type": "string", "enum": list(SPECIES)},
        "breed": {"type": "string", "nullable": True},
        "sex": {"type": "string", "enum": ["female", "male"]},
        "weight_kg": {"type": "number", "description": "Weight at the last visit of the vet, in kilograms"},
        "good_with_children": {"type": "boolean", "nullable": True, "description": "null: not known yet"},
        "arrived_on": {"type": "string", "format": "date", "description": "Day on which the animal came to us"},
        "fee": {"$ref": "#/components/schemas/Money"},
        "status": {"type": "string", "enum": ["available", "reserved"]},
    },
}

DOCUMENT: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Westerkade Animal Shelter", "version": "1.6.0", "description": "For partners and curious cats."},
    "servers": [{"url": "/api/v1"}],
    "paths": {
        "/animals": {
            "get": {
                "operationId": "listAnimals",
                "summary": "Animals that live in the shelter",
                "parameters": [
                    _choice("species", SPECIES),
                    _choice("status", ("available", "reserved")),
                    _number("page", 1, "Which page"),
                    _number("per_page", PER_PAGE, "How many on a page, 50 at most"),
                ],
                "responses": _answered("A page of animals", {"$ref": "#/components/schemas/AnimalPage"}),
            }
        },
        "/animals/{animal_id}": {
            "get": {
                "operationId": "getAnimal",
                "summary": "One animal",
                "parameters": [
                    {"name": "animal_id", "in": "path", "required": True, "schema": {"type": "integer"}},
                ],
                "responses": _answered("The animal", {"$ref": "#/components/schemas/Animal"}),
            }
        },
        "/opening-hours": {
            "get": {
                "operationId": "getOpeningHours",
                "summary": "When visitors are welcome",
                "responses": _answered("Hours by day", {"type": "object", "additionalProperties": {"type": "string"}}),
            }
        },
    },
    "components": {
        "schemas": {
            "Animal": ANIMAL_SCHEMA,
            "Money": {
                "type": "object",
                "properties": {"amount": {"type": "string", "example": "120.00"}, "currency": {"type": "string"}},
            },
            "AnimalPage": {
                "type": "object",
                "properties": {
                    "items": {"type": "array", "items": {"$ref": "#/components/schemas/Animal"}},
                    "page": {"type": "integer"},
                    "pages": {"type": "integer"},
                    "total": {"type": "integer"},
                },
            },
        }
    },
}


def home(request: Request) -> Response:
    return HTMLResponse(
        """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Westerkade Animal Shelter</title>
<link rel="service-desc" type="application/json" href="/openapi.json"></head><body><h1>Westerkade Animal Shelter</h1>
<p>Meet our animals in the Westerkade app, or come by between two and five.</p>
<p><a href="/donate">Donate</a> · <a href="/volunteer">Volunteer</a></p></body></html>""",
        headers={"Link": '</openapi.json>; rel="service-desc"'},
    )


def plain(request: Request) -> Response:
    return HTMLResponse("<!doctype html><title>Westerkade</title><h1>Thank you!</h1><p>Mail us: hello@westerkade</p>")


def document(request: Request) -> Response:
    return JSONResponse(DOCUMENT)


def animals(request: Request) -> Response:
    asked = request.query_params
    wrong = [key for key in ("page", "per_page") if key in asked and not (asked[key].isdigit() and int(asked[key]))]
    if wrong or asked.get("species", "dog") not in SPECIES:
        return JSONResponse({"detail": f"invalid {(*wrong, 'species')[0]}"}, status_code=422)
    page, size = int(asked.get("page", 1)), min(int(asked.get("per_page", PER_PAGE)), 50)
    found = [
        one
        for one in ANIMALS
        if asked.get("species", one.species) == one.species and asked.get("status", one.status) == one.status
    ]
    shown = [one.served() for one in found[(page - 1) * size : page * size]]
    return JSONResponse({"items": shown, "page": page, "pages": -(-len(found) // size), "total": len(found)})


def animal(request: Request) -> Response:
    found = [one for one in ANIMALS if one.id == request.path_params["id"]]
    return JSONResponse(found[0].served()) if found else JSONResponse({"detail": "no such animal"}, status_code=404)


def hours(request: Request) -> Response:
    return JSONResponse({"wed": "14:00-17:00", "sat": "14:00-17:00", "sun": "closed"})


QUESTIONS = (
    Question(
        id="shelter-1",
        text="dogs that are good with children, heaviest first",
        rows=tuple(
            (one.name, one.weight_kg)
            for one in sorted(ANIMALS, key=lambda one: -one.weight_kg)
            if one.species == "dog" and one.good_with_children
        ),
        ordered=True,
    ),
    Question(
        id="shelter-2",
        text="cats that arrived in the last 30 days",
        rows=tuple(
            (one.name, one.arrived_on)
            for one in ANIMALS
            if one.species == "cat" and one.arrived_on >= TODAY - timedelta(days=30)
        ),
    ),
    Question(
        id="shelter-3",
        text="ferrets that are available",
        rows=tuple((one.name,) for one in ANIMALS if (one.species, one.status) == ("ferret", "available")),
    ),
)

SITE = TownSite(
    name="shelter",
    app=Starlette(
        routes=[
            Route("/", home),
            Route("/donate", plain),
            Route("/volunteer", plain),
            Route("/openapi.json", document),
            Route("/api/v1/animals", animals),
            Route("/api/v1/animals/{id:int}", animal),
            Route("/api/v1/opening-hours", hours),
        ]
    ),
    questions=QUESTIONS,
)
