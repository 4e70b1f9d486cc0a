"""How well keys recognise people: planted duplicates, spelled as lists of schools spell them.

Nothing is asked of a database: the keys of `tenants.participants.identity` meet invented people with a known truth.
Printed for sums (equal keys) and for questions (equal keys or hints): precision, recall, and recall by kind of slip.
"""

import os
import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations

from portal.demonstration.words import any_name
from tenants.participants.identity import identity_hint, identity_key
from tests.bench.telling import figure

Record = tuple[str, str, str, date]
_NAMESAKE_EVERY = 2_000
_LATIN = str.maketrans("аеосрху", "aeocpxy")


@dataclass(frozen=True)
class Kept:
    """One card in some organization, and who it really is."""

    person: int
    slip: str
    record: Record


SLIPS: dict[str, Callable[[Record, random.Random], Record]] = {
    "none": lambda record, _: record,
    "case": lambda record, _: (record[0].upper(), record[1].lower(), record[2].upper(), record[3]),
    "yo": lambda record, _: (*(part.replace("ё", "е") for part in record[:3]), record[3]),
    "latin_letters": lambda record, _: (record[0].translate(_LATIN), record[1], record[2], record[3]),
    "hyphen_or_space": lambda record, _: (record[0].replace("-", " "), record[1], record[2], record[3]),
    "no_middle_name": lambda record, _: (record[0], record[1], "", record[3]),
    "wrong_letter": lambda record, rng: (_misspelt(record[0], rng), record[1], record[2], record[3]),
    "wrong_day": lambda record, rng: (*record[:3], record[3] + timedelta(days=rng.choice((-10, -1, 1, 10)))),
    "married": lambda record, rng: (any_name(rng).full.split(" ")[0], record[1], record[2], record[3]),
}
"""Kind of slip → how the second card differs. The last four cannot be seen by a hash of the whole."""


def measure(people: int = 20_000, seed: int = 7) -> dict[str, float]:
    """Return the figures for a region of so many people, a twentieth of whom stand in two organizations."""
    kept = list(_plant(people, random.Random(seed)))  # noqa: S311 - invented people, not secrets
    truth = _pairs_of(kept, lambda one: one.person)
    sums = _pairs_of(kept, lambda one: identity_key(*one.record))
    asked = sums | _alike(kept)
    figures: dict[str, float] = {"identity_people": people, "identity_planted_pairs": len(truth)}
    figures["identity_planted_namesakes"] = len({one.person for one in kept}) - people
    for name, found in (("sum", sums), ("question", asked)):
        hits = len(found & truth)
        figures[f"identity_{name}_precision"] = round(hits / len(found), 4) if found else 1.0
        figures[f"identity_{name}_recall"] = round(hits / len(truth), 4)
        for slip in SLIPS:
            planted = {pair for pair in truth if kept[pair[1]].slip == slip}
            figures[f"identity_{name}_recall_{slip}"] = round(len(found & planted) / len(planted), 4)
    return figures


def _plant(people: int, rng: random.Random) -> Iterator[Kept]:
    slips = list(SLIPS)
    for person in range(people):
        last, first, *middle = any_name(rng).full.split(" ")
        if person % 50 == 0:
            last = f"{last}-{any_name(rng).full.split(' ')[0]}"
        record = (last, first, " ".join(middle), date(1960, 1, 1) + timedelta(days=rng.randrange(20_000)))
        yield Kept(person, "none", record)
        if person % _NAMESAKE_EVERY == 1:
            # Somebody else of the same name, born on the same day: no key can tell, a school can.
            yield Kept(people + person, "none", record)
        if person % 20 == 0:
            slip = slips[(person // 20) % len(slips)]
            yield Kept(person, slip, SLIPS[slip](record, rng))


def _pairs_of(kept: list[Kept], key: Callable[[Kept], object]) -> set[tuple[int, int]]:
    groups: dict[object, list[int]] = defaultdict(list)
    for at, one in enumerate(kept):
        groups[key(one)].append(at)
    return {pair for group in groups.values() for pair in combinations(group, 2)}


def _alike(kept: list[Kept]) -> set[tuple[int, int]]:
    """Return the pairs of one hint of which one side lacks the middle name: what the schools are asked about."""
    pairs = _pairs_of(kept, lambda one: identity_hint(one.record[0], one.record[1], one.record[3]))
    return {(a, b) for a, b in pairs if not (kept[a].record[2] and kept[b].record[2])}


def _misspelt(word: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(word))
    return word[:at] + rng.choice("аоиетн") + word[at + 1 :]


def main() -> None:
    """Print the figures."""
    os.environ.setdefault("IDENTITY_KEY", "a key of this measurement alone")
    for name, value in measure().items():
        figure(name, value, 4)


if __name__ == "__main__":
    main()
