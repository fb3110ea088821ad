"""Somebody who looks around on the site while things break."""

import re
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from time import monotonic
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener
from uuid import uuid4

from flask import Flask

from app.accounts.service import begin_session
from app.web.cookies import SignedCookies
from tests.faults.broker.house import House
from tests.support.alive import work_now
from tests.support.builders import a_user

TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')
# Seconds.
LONGEST_ANSWER = 30
ROUND = 1.2
PAGES = 8


@dataclass
class Visitor:
    """Somebody with a browser at an address of their own; each answer and how long it took."""

    house: House
    address: str
    statuses: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.jar = CookieJar()
        self._opener = build_opener(HTTPCookieProcessor(self.jar))
        self._headers = {"X-Forwarded-For": self.address}

    def sign_in(self) -> None:
        with self.house.session() as session:
            user = a_user(session)
            session_id = begin_session(work_now(session, user), user.id)
            session.commit()
        signer = Flask(__name__)
        signer.secret_key = self.house.environment["SECRET_KEY"]
        serializer = SignedCookies().get_signing_serializer(signer)
        assert serializer is not None
        cookie = serializer.dumps({"_user_id": str(session_id), "_fresh": True})
        self._headers["Cookie"] = f"dgvn={cookie}"

    def ask(self, path: str, form: dict[str, str] | None = None) -> str:
        """The page; what goes wrong is an answer too."""
        data = urlencode(form).encode() if form else None
        request = Request(self.house.base_url + path, data, self._headers)
        begun, page = monotonic(), ""
        try:
            with self._opener.open(request, timeout=LONGEST_ANSWER) as answer:
                page, status = answer.read().decode(), answer.status
        except HTTPError as refusal:
            status = refusal.code
        self.seconds.append(monotonic() - begun)
        self.statuses.append(status)
        return page

    def ask_for_link(self) -> None:
        """A business request that looks at the limits."""
        token = TOKEN.search(self.ask("/inloggen"))
        form = {
            "email": f"{uuid4().hex}@testerdam.example",
            "csrf_token": token[1] if token else "",
        }
        self.ask("/inloggen", form)

    def is_known(self) -> bool:
        return "/uitloggen" in self.ask("/voorkeuren")

    def look_around(self, seconds: float) -> None:
        """Pages, and now and then a link, but not so many that the limits say no."""
        ends = monotonic() + seconds
        while monotonic() < ends:
            round_ends = monotonic() + ROUND
            self.ask_for_link()
            for _ in range(PAGES):
                self.ask("/opgaven")
            self.house.wait(max(0.0, round_ends - monotonic()))
