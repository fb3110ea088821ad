"""What somebody can make the search and a form do, at the size of the country.

    .venv/bin/python -m tests.bench.searches --profiles 160000 --opgaven 10000

makes a database as `product` does, with a snapshot, and asks the real pages as somebody who is
signed in. A JSON line for each measure: the goal of its row in the threat model, what was seen, and
how many times as long something else took in the same run: plain words of the same length beside
signs with a meaning (S49), rapidfuzz over every name beside a long search (S67) and beside very
many words in one skill (S66).
"""

import argparse
import os
import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from flask.testing import FlaskClient
from rapidfuzz import fuzz, process
from sqlalchemy import select

from app.core.finding import MOST_SIGNS
from app.extensions import db, limiter
from app.matching.core.facts import Link
from app.matching.core.vocabulary import Term, Vocabulary
from app.people.models import Profile, Skill
from tests.bench.country import made
from tests.bench.filled import Ground, fill, ground
from tests.bench.nights import from_nothing
from tests.bench.pages import signed_in
from tests.bench.product import measured, say
from tests.bench.timing import milliseconds

PAGES = ("/collegas", "/opgaven", "/begrippen")
TIMES = 8
PLAIN = ("planologie inkoop", "advies over subsidies", "jeugdzorg", "projecten energietransitie")
SIGNS = ("%_\\", "%", "_", "\\", ":*&|!", "(a+)+", ".*")
LENGTHS = (80, MOST_SIGNS, 1_000, 10_000)
WORDS = "ervaring met beleid en advies over projecten in de wijk "
FORM = "/profiel/bewerken"
FILLED = {"version": "0", "travel_km": "30", "visibility": "anonymous", "actie": "bewaar"}
REFUSED = {413, 422}
SIGNS_GOAL, COMPARED_GOAL, REFUSED_GOAL_MS = 1.2, 5_000, 50


def searches(own: Ground) -> Iterator[dict[str, Any]]:
    app = own.app()
    app.config["WTF_CSRF_ENABLED"] = False
    limiter.enabled = False
    with app.app_context():
        client = signed_in(app, db.session.scalars(select(Profile.user_id).limit(1)).one())
        names = list(db.session.scalars(select(Skill.label_normal).distinct()))
    yield from _signs(client)
    yield from _long(client, names)
    yield from _skills(client)


def _signs(client: FlaskClient) -> Iterator[dict[str, Any]]:
    """Signs in the place of plain words, as long and as many of them, page by page."""
    for page in PAGES:
        for length in (20, MOST_SIGNS):
            texts = [_long_as(one, length) for one in (*PLAIN, *SIGNS)]
            by_text = _taken(client, page, texts)
            plain, odd = (
                [one for text in some for one in by_text[text]]
                for some in (texts[: len(PLAIN)], texts[len(PLAIN) :])
            )
            ratio = round(_p95(odd) / _p95(plain), 2)
            yield {
                "measure": "S49 signs with a meaning",
                "page": page,
                "signs": length,
                "p95_ms": _p95(odd),
                "plain_words_p95_ms": _p95(plain),
                "ratio": ratio,
                "goal": SIGNS_GOAL,
                "within": ratio <= SIGNS_GOAL,
            }


def _long(client: FlaskClient, names: list[str]) -> Iterator[dict[str, Any]]:
    """Longer and longer searches: what is past the limit costs nothing."""
    for page in PAGES:
        texts = {length: _long_as(WORDS, length) for length in LENGTHS}
        taken = _taken(client, page, list(texts.values()))
        for length, text in texts.items():
            with _compared() as compared:
                _get(client, page, text)
            took = _p95(taken[text])
            yield {
                "measure": "S67 a long search",
                "page": page,
                "signs": length,
                "p95_ms": took,
                "ratio_to_as_many_as_count": round(took / _p95(taken[texts[MOST_SIGNS]]), 2),
                "compared": compared[0],
                "goal_compared": COMPARED_GOAL,
                "within": compared[0] <= COMPARED_GOAL,
            }
    for length in LENGTHS:
        took = milliseconds(partial(_token_set, names), [_long_as(WORDS, length)])[0]
        yield {
            "measure": "S67 peer: token_set_ratio over every name",
            "signs": length,
            "names": len(names),
            "ms": round(took),
        }


def _skills(client: FlaskClient) -> Iterator[dict[str, Any]]:
    tokens = " ".join(f"woord{at}" for at in range(50_000))
    hostile = {
        "a skill of a megabyte": {"skills-0-label": "a" * 1_000_000},
        "50,000 tokens": {"skills-0-label": tokens},
        "10,000 skills": {f"skills-{at}-label": f"vaardigheid {at}" for at in range(10_000)},
        "as many bytes as a form may have": {"skills-0-label": "zorg " * 50_000},
        "as many skills as a form may have": {
            f"skills-{at}-label": f"vaardigheid {at}" for at in range(400)
        },
    }
    for name, rows in hostile.items():
        taken = milliseconds(partial(_post, client), [{**FILLED, **rows}] * TIMES)
        yield {
            "measure": "S66 very many or long skills",
            "sent": name,
            "status": _post(client, {**FILLED, **rows}),
            "p50_ms": round(statistics.median(taken), 1),
            "p95_ms": _p95(taken),
            "goal_ms": REFUSED_GOAL_MS,
            "within": _p95(taken) <= REFUSED_GOAL_MS,
        }
    peer = milliseconds(partial(fuzz.token_set_ratio, tokens), [tokens[::-1]])[0]
    yield {"measure": "S66 peer: token_set_ratio of 50,000 tokens", "ms": round(peer)}


def _taken(client: FlaskClient, page: str, texts: list[str]) -> dict[str, list[float]]:
    """By turns, so that what else the machine does is shared by all of them."""
    taken = milliseconds(lambda text: _get(client, page, text), texts * TIMES)
    return {text: taken[at :: len(texts)] for at, text in enumerate(texts)}


def _get(client: FlaskClient, page: str, text: str) -> None:
    answer = client.get(page, query_string={"q": text})
    assert answer.status_code == 200, f"{page}: {answer.status}"


def _post(client: FlaskClient, rows: dict[str, str]) -> int:
    answer = client.post(FORM, data=rows)
    assert answer.status_code in REFUSED, answer.status
    return answer.status_code


def _token_set(names: list[str], text: str) -> object:
    return process.extract(text, names, scorer=fuzz.token_set_ratio, limit=500)


@contextmanager
def _compared() -> Iterator[list[int]]:
    """How many pairs of words are compared letter by letter."""
    count, compare = [0], Vocabulary.compare

    def counting(self: Vocabulary, asked: Term, offered: Term) -> Link | None:
        count[0] += 1
        return compare(self, asked, offered)

    with patch.object(Vocabulary, "compare", counting):
        yield count


def _long_as(text: str, length: int) -> str:
    return (f"{text} " * length)[:length]


def _p95(taken: list[float]) -> float:
    return round(sorted(taken)[int(0.95 * (len(taken) - 1))], 1)


MEASURES: tuple[Callable[[Ground], Iterator[dict[str, Any]]], ...] = (from_nothing, searches)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profiles", type=int, default=160_000)
    parser.add_argument("--opgaven", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, ground(Path(folder)) as own:
        fill(own, made(given.profiles, given.opgaven, given.seed))
        say(measure="machine", processors=os.cpu_count(), profiles=given.profiles)
        for measure in MEASURES:
            for found in measured(own, measure):
                say(**found)


if __name__ == "__main__":
    main()
