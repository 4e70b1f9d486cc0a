"""`python -m tests.bench`: measures speed side by side on the large region, prints figures, writes JSON."""

import argparse
import json
import sys
import time
from pathlib import Path

from tests.bench import filling, importing, pages, statements
from tests.bench.ground import ROOT, prepare
from tests.bench.telling import figure, say

MEASURES = {"p1": pages.measure, "p3": statements.measure, "p4": filling.measure, "import": importing.measure}


def main() -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="замеры скорости портала")
    parser.add_argument("--factor", type=float, default=1.0, help="размер региона: 0.1, 1 или 5")
    parser.add_argument("--rounds", type=int, default=5, help="сколько раз повторить каждый замер, не меньше 5")
    parser.add_argument("--clients", type=int, default=16, help="сколько клиентов одновременно")
    parser.add_argument("--only", choices=sorted(MEASURES), action="append", help="только эти замеры")
    parser.add_argument("--seed-only", action="store_true", help="только подготовить регион")
    chosen = parser.parse_args()
    begun = time.monotonic()
    ground = prepare(chosen.factor)
    try:
        found: dict[str, object] = {"factor": chosen.factor, "seed_seconds": round(ground.seed_seconds, 1)}
        figure("bench_seed_seconds", ground.seed_seconds, 1)
        for name in () if chosen.seed_only else chosen.only or sorted(MEASURES):
            found[name] = MEASURES[name](ground, clients=chosen.clients, rounds=chosen.rounds)
        out = write(found, chosen.factor)
    finally:
        ground.postgres.stop()
    say(f"{out}: {time.monotonic() - begun:.0f} с")
    return 0


def write(found: dict[str, object], factor: float) -> Path:
    path = ROOT / f"results-x{factor:g}.json"
    known = json.loads(path.read_text("utf-8")) if path.exists() else {}
    path.write_text(json.dumps({**known, **found}, ensure_ascii=False, indent=1), "utf-8")
    return path


if __name__ == "__main__":
    sys.exit(main())
