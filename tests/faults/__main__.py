"""`make faults ORDERS=300 SEED=1 MINUTES=3`: break everything, as the seed says, and see whether anything is lost."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import secrets
import shutil
import sys
import tempfile
import time
from pathlib import Path

from starter import logs
from starter.exit import finish
from starter.settings import Settings
from tests.faults.run import Order, conduct
from tests.faults.summary import document, table


def main() -> int:
    """0 when nothing was lost or doubled, else 1."""
    options = _options()
    seed = options.seed if options.seed is not None else secrets.randbelow(1_000_000)
    smtp = options.mail == "smtp" or (options.mail is None and seed % 2 == 1)
    order = Order(
        seed, options.orders, options.minutes * 60, smtp, day_seconds=options.day, settle_seconds=options.settle
    )
    logs.configure("faults", Settings(log_level="error"))
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    folder = Path(tempfile.mkdtemp(prefix="orderkeep-faults-"))
    if os.geteuid() == 0:  # PostgreSQL runs as another user then, who must be able to walk through
        folder.chmod(0o711)
    tell(f"seed {seed}: {order.orders} orders in {options.minutes:g} minutes; data in {folder}")
    began = time.monotonic()
    result = asyncio.run(conduct(order, folder / "data", tell))
    told = document(result, time.monotonic() - began)
    place = Path(options.summary or f"build/faults-{seed}.json").absolute()
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", "utf-8")
    tell(table(told))
    tell(f"summary: {place}")
    if result.good:
        shutil.rmtree(folder, ignore_errors=True)
        return 0
    again = f"make faults SEED={seed} ORDERS={order.orders} MINUTES={options.minutes:g}"
    tell(f"The data are kept in {folder}. The same again: {again}")
    return 1


def tell(line: str) -> None:
    """One line for whoever watches."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--orders", type=int, default=300)
    parser.add_argument("--minutes", type=float, default=3)
    parser.add_argument("--seed", type=int, help="repeats a run; else one is drawn and printed")
    parser.add_argument("--mail", choices=("smtp", "files"), help="else odd seeds have a mail server")
    parser.add_argument("--day", type=float, default=1.0, help="seconds in a policy's day")
    parser.add_argument("--settle", type=float, default=300, help="seconds in which all must come to an end")
    parser.add_argument("--summary", help="the JSON file; else build/faults-SEED.json")
    return parser.parse_args()


if __name__ == "__main__":
    finish(main())
