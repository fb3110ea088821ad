"""Whether the time of asking for a link tells who has an account.

    .venv/bin/python -m tests.bench.signing_in --pairs 200

Pairs of an address with an account and one without, asked in turn through the whole WSGI
application, each first as often as the other. The medians may differ by five hundredths.
"""

import argparse
import json
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from flask.testing import FlaskClient
from flask_migrate import upgrade

from app.accounts.service import register
from app.extensions import db, limiter
from app.gemeenten.reference import OWN_LIST, read
from app.gemeenten.service import import_gemeenten
from tests.bench.filled import MIGRATIONS, Ground, ground, open_work
from tests.bench.timing import median_ms, milliseconds

GOAL = 0.05


def measure(own: Ground, pairs: int) -> dict[str, object]:
    app = own.app()
    app.config["WTF_CSRF_ENABLED"] = False
    # The limit per network would stop us: all of this comes from one.
    limiter.enabled = False
    known = [f"bekend{number:04}@gemeente.example" for number in range(pairs)]
    with app.app_context():
        upgrade(directory=str(MIGRATIONS))
        with open_work() as work:
            import_gemeenten(work, read(OWN_LIST).gemeenten)
        with open_work() as work:
            for address in known:
                register(work, address, "Collega", "GM0344")
        db.engine.dispose()
    client = app.test_client()
    taken: dict[bool, list[float]] = {True: [], False: []}
    for number, address in enumerate(known):
        pair = [(True, address), (False, f"vreemd{number:04}@gemeente.example")]
        for is_known, email in pair if number % 2 else reversed(pair):
            taken[is_known] += milliseconds(lambda one: _ask(client, one), [email])
    of_known, of_strangers = median(taken[True]), median(taken[False])
    apart = abs(of_known - of_strangers) / of_strangers
    return {
        "measure": "asking for a link",
        "pairs": pairs,
        "known_ms": round(of_known, 2),
        "stranger_ms": round(of_strangers, 2),
        "page_ms": median_ms(lambda path: client.get(path), ["/inloggen"] * pairs),
        "apart": round(apart, 3),
        "goal": GOAL,
        "passes": apart < GOAL,
    }


def _ask(client: FlaskClient, email: str) -> None:
    client.delete_cookie("dgvn")
    assert client.post("/inloggen", data={"email": email}).status_code == 302


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--pairs", type=int, default=200)
    given = asked.parse_args()
    with TemporaryDirectory() as folder, ground(Path(folder)) as own:
        print(json.dumps(measure(own, given.pairs)))


if __name__ == "__main__":
    main()
