"""Runs a page workflow's client under the limits of a child; the descriptor's number is the argument.

Ends with one frame ``result`` or ``error`` as children do. Started by test_jailed_client.py.
"""

from __future__ import annotations

import json
import sys

from sandbox import gate_client, limits, seccomp
from sandbox.wire import Channel


async def run(request, page):
    await page.goto(request["url"])
    await page.get_by_text("Item 3").wait_for()
    texts = await page.locator("h2").all_inner_texts()
    try:
        await page.evaluate("1")
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told
        texts.append(type(error).__name__)
    return texts


def main() -> None:
    descriptor = int(sys.argv[1])
    gate_client.warm()
    limits.wear_zygote("page")
    limits.wear_child(seccomp.Filter(seccomp.child_filter("page")), 10)
    channel = Channel(descriptor)
    result = gate_client.run_page(run, {"url": sys.argv[2]}, channel, descriptor, 1)
    channel.send({"t": "result", "e": 1}, json.dumps(result).encode())


main()
