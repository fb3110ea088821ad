"""What gunicorn does besides what its command says; it reads this by itself."""

from app.matching.core.loading import load_loops
from app.matching.core.proposals import read_ahead

worker_class = "app.web.whole_requests.WholeRequests"


def post_worker_init(_worker: object) -> None:
    """Each process loads what weighs much before its first visitor, who does not wait for it."""
    read_ahead()
    load_loops()
