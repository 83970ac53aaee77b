"""Command line: ``python -m examples.events_site``."""

import argparse
import asyncio
import contextlib
import signal
from datetime import date

from examples.events_site.app import DEFAULT_SEED, DEFAULT_TODAY
from examples.events_site.faults import Fault
from examples.events_site.generate import DEFAULT_EVENTS
from examples.events_site.serve import running


def main() -> None:
    """Serve until interrupted or terminated."""
    asked = _parser().parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(asked))


async def _serve(asked: argparse.Namespace) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with running(asked.seed, asked.fault, asked.today, asked.events, port=asked.port) as url:
        print(url, flush=True)
        await stopped.wait()


def _parser() -> argparse.ArgumentParser:
    faults = "\n".join(f"  {fault.value:<16}{fault.description}" for fault in Fault)
    parser = argparse.ArgumentParser(
        prog="python -m examples.events_site",
        description="A made-up events site on 127.0.0.1. Prints its URL on one line once it listens.",
        epilog=f"faults:\n{faults}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--port", type=int, default=0, help="0 (the default) takes a free one")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED)
    parser.add_argument("--today", type=date.fromisoformat, default=DEFAULT_TODAY, metavar="YYYY-MM-DD")
    parser.add_argument("--events", type=int, default=DEFAULT_EVENTS, help="how many are upcoming")
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        choices=[fault.value for fault in Fault],
        metavar="NAME",
        help="may be given several times; see below",
    )
    return parser


if __name__ == "__main__":
    main()
