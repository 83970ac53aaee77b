"""An API that pages by whole records while what is asked for stands inside them, one page long in none of them."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.sites.asked import Asked, Site

PORTS = ("Antwerp", "Genoa", "Oslo")
SHIPMENTS = [
    {
        "shipment": f"S-{n:03d}",
        "port": PORTS[n % 3],
        "stamps": [f"{PORTS[n % 3]} {hour}:00" for hour in range(0 if 10 <= n < 20 else n % 3)],
        "parcels": [
            {"barcode": f"BC{n:03d}{m}", "kilograms": (n * 3 + m * 5) % 17 + 1}
            for m in range(0 if 10 <= n < 20 else n % 4)
        ],
    }
    for n in range(34)
]  # fmt: skip
PARCELS = [parcel for shipment in SHIPMENTS for parcel in shipment["parcels"]]


def shipments(request: Request) -> Response:
    start, size = int(request.query_params.get("offset", "0")), int(request.query_params.get("limit", "10"))
    return JSONResponse({"total": len(SHIPMENTS), "shipments": SHIPMENTS[start : start + min(size, 10)]})


SITE = Site(
    name="shipments",
    app=Starlette(routes=[Route("/api/shipments", shipments)]),
    questions=(
        Asked(
            text="list the parcels", path="/api/shipments?offset=0&limit=10", rows=[(p["barcode"],) for p in PARCELS]
        ),
        Asked(
            text="parcels of more than 9 kilograms",
            path="/api/shipments?offset=0&limit=10",
            rows=[(p["barcode"],) for p in PARCELS if p["kilograms"] > 9],
        ),
        Asked(
            text="every stamp of every shipment",
            path="/api/shipments?offset=0&limit=10",
            rows=[(s["shipment"], stamp) for s in SHIPMENTS for stamp in s["stamps"]],
        ),
        Asked(
            text="shipments to Oslo",
            path="/api/shipments?offset=0&limit=10",
            rows=[(s["shipment"],) for s in SHIPMENTS if s["port"] == "Oslo"],
        ),
    ),
)
