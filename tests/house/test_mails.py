"""Every kind of mail has its three parts, and can be written from real rows."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import assert_never
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import AccessRequest, SignIn
from app.accounts.rules import AccessState
from app.accounts.service import ask_sign_in
from app.core.actor import Role
from app.core.clock import utc_now
from app.core.mail import Letter, message_of
from app.core.work import Work
from app.matching.service import match_opgave
from app.notifications import service
from app.notifications.models import Delivery
from app.notifications.parts import PARTS as PARTS_OF_DIGEST
from app.notifications.rules import MailKind, NoticeKind, due_on
from app.post import Post
from tests.house.tree import TEMPLATES
from tests.support.builders import a_gemeente, a_profile, a_user, an_opgave
from tests.support.work import make_work

MAILS = TEMPLATES / "email"
PARTS = ["body.mjml", "body.txt", "subject.txt"]
FETCHED = re.compile(r"""(?:src|background)\s*=|url\(|<link|@import""", re.IGNORECASE)


def parts(folder: Path) -> dict[str, list[str]]:
    return {
        kind.name: sorted(path.name for path in kind.iterdir() if path.is_file())
        for kind in folder.iterdir()
    }


def complete(kinds: Iterable[str]) -> dict[str, list[str]]:
    return dict.fromkeys(kinds, PARTS)


def plan(work: Work, kind: MailKind) -> None:
    """Bring about what this kind of mail is for, and let it be planned."""
    session = work.session
    if kind is MailKind.SIGN_IN:
        ask_sign_in(work, "iemand@testerdam.example")
        service.mail_sign_in(work, session.scalars(select(SignIn.id)).one())
    elif kind is MailKind.ACCESS_ASKED:
        a_user(session, Role.BEHEERDER)
        service.mail_access_asked(work, a_request(session, work.now, AccessState.WAITING))
    elif kind is MailKind.ACCESS_DECIDED:
        service.mail_access_decided(work, a_request(session, work.now, AccessState.GRANTED))
    elif kind is MailKind.DIGEST:
        profile = a_profile(session, "Verkeerskunde")
        opgave = an_opgave(session, "Verkeerskunde")
        match_opgave(work, opgave.id)
        service.tell_matches(work, opgave.id, [profile.user_id])
        service.plan_digests(make_work(session, now=utc_now()), due_on(work.today), everybody=True)
    else:
        assert_never(kind)


def a_request(session: Session, now: datetime, state: AccessState) -> UUID:
    request_id = uuid4()
    request = AccessRequest(
        id=request_id,
        email="iemand@elders.example",
        name="Iemand Anders",
        gemeente_code=a_gemeente(session).code,
        state=state,
        asked_at=now,
        decided_at=now,
    )
    session.add(request)
    session.flush()
    return request_id


@pytest.fixture(params=MailKind)
def letter(request: pytest.FixtureRequest, app: Flask, session: Session) -> Letter:
    """A letter of each kind, as the worker would write it."""
    plan(make_work(session, now=utc_now() - timedelta(minutes=1)), request.param)
    delivery = session.scalars(select(Delivery).where(Delivery.kind == request.param)).first()
    assert delivery is not None
    claimed = service.Claim(delivery.id, delivery.kind, uuid4())
    work = make_work(session, now=utc_now())
    post: Post = app.extensions["post"]
    found = service.write_letter(work, post.stationery, claimed)
    assert found is not None
    return found


def test_every_kind_of_mail_has_its_three_parts() -> None:
    assert parts(MAILS) == complete(kind.value for kind in MailKind)


def test_every_part_of_a_digest_has_its_two_templates() -> None:
    found = {path.name for path in (MAILS / "digest" / "parts").iterdir()}

    assert found == {f"{part.name}.{kind}" for part in PARTS_OF_DIGEST for kind in ("mjml", "txt")}


def test_every_notice_stands_in_one_part_of_a_digest() -> None:
    told = [kind for part in PARTS_OF_DIGEST for kind in part.kinds]

    assert sorted(told) == sorted(NoticeKind)


def test_a_missing_part_is_found(tmp_path: Path) -> None:
    (tmp_path / "sign_in").mkdir()
    (tmp_path / "sign_in" / "body.txt").touch()

    assert parts(tmp_path) != complete(["sign_in"])


def test_every_mail_can_be_sent_as_it_is_written(letter: Letter) -> None:
    message = message_of(letter, "de gemeente van nu <noreply@degemeentevannu.example>", utc_now())

    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert max(len(line) for line in message.as_bytes().splitlines()) <= 998


def test_every_mail_has_a_subject_of_one_line(letter: Letter) -> None:
    assert letter.subject
    assert letter.subject.splitlines() == [letter.subject]
    assert len(letter.subject) <= 120


def test_every_mail_says_in_text_where_the_links_of_its_page_lead(letter: Letter) -> None:
    links = set(re.findall(r'href="(https?://[^"]+)"', letter.html))

    assert links
    assert {link for link in links if link.replace("&amp;", "&") not in letter.text} == set()


def test_no_mail_fetches_anything_when_it_is_opened(letter: Letter) -> None:
    assert FETCHED.findall(letter.html) == []


def test_every_mail_says_its_language(letter: Letter) -> None:
    assert 'lang="nl"' in letter.html
