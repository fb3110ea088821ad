"""Every kind of mail has its three parts, can be written from real rows, and arrives whole."""

import os
import re
import shutil
import subprocess
from base64 import b64encode
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from email import policy
from email.parser import BytesParser
from pathlib import Path
from uuid import UUID, uuid4

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts import service as accounts
from app.accounts.events import FactorChanged, IdentityJoined, PersonAway, SignedInElsewhere
from app.accounts.models import AccessRequest, KeptAddress, SignIn, User
from app.accounts.rules import AccessState, Away
from app.accounts.service import ask_sign_in, sweep_roles, tell_away
from app.conversations.models import AwaitedAnswer
from app.core.actor import Role
from app.core.clock import utc_now
from app.core.mail import Letter, message_of
from app.core.work import Work
from app.gemeenten.models import Gemeente
from app.matching.service import match_everything, match_opgave
from app.moderation.rules import Ruling
from app.notifications import service
from app.notifications.models import Delivery
from app.notifications.parts import PARTS as PARTS_OF_DIGEST
from app.notifications.rules import MailKind, NoticeKind, due_on
from app.opgaven.models import Opgave, Takeover
from app.opgaven.rules import OpgaveStatus
from app.opgaven.takeovers import propose
from app.post import Post
from app.responses.ending import say_no
from app.responses.rules import WhyClosed
from app.responses.service import show_interest
from tests.conversations.builders import a_question, a_returned_answer, a_talk, say
from tests.house.tree import TEMPLATES
from tests.loans.builders import a_loan, parties
from tests.moderation.builders import a_report
from tests.responses.builders import an_invitation
from tests.support.browser import keep_picture, violations, wider_than_the_window
from tests.support.builders import (
    a_domain,
    a_gemeente,
    a_grant,
    a_profile,
    a_proposal,
    a_user,
    an_opgave,
)
from tests.support.work import make_work

MAILS = TEMPLATES / "email"
PARTS = ["body.mjml", "body.txt", "subject.txt"]
SENDER = "de gemeente van nu <noreply@degemeentevannu.example>"
# What docs/operations.md asks the relay to sign, when it is there.
SIGNED = [
    *("from", "to", "subject", "date", "message-id", "mime-version", "content-type"),
    *(
        "reply-to",
        "list-id",
        "list-unsubscribe",
        "list-unsubscribe-post",
        "auto-submitted",
        "precedence",
    ),
]
SELECTOR, DOMAIN = b"test", b"degemeentevannu.example"
# Points; at five most receivers call it spam.
MOST_SPAM_POINTS = 2.0
SPAM_SCORE = re.compile(r"^X-Spam-Status: .*?score=(-?[\d.]+).*?tests=(.*?) autolearn", re.M | re.S)
MAIL_WIDTHS = (320, 600)
# The program that shows a mail puts it in a landmark of its own.
LANDMARKS = frozenset({"landmark-one-main", "region"})
FETCHED = re.compile(r"""(?:src|background)\s*=|url\(|<link|@import""", re.IGNORECASE)


def parts(folder: Path) -> dict[str, list[str]]:
    return {
        kind.name: sorted(path.name for path in kind.iterdir() if path.is_file())
        for kind in folder.iterdir()
    }


def complete(kinds: Iterable[str]) -> dict[str, list[str]]:
    return dict.fromkeys(kinds, PARTS)


def sign_in_asked(work: Work) -> None:
    ask_sign_in(work, "iemand@testerdam.example")
    service.mail_sign_in(work, work.session.scalars(select(SignIn.id)).one())


def access_asked(work: Work) -> None:
    a_user(work.session, Role.BEHEERDER)
    service.mail_access_asked(work, a_request(work.session, work.now, AccessState.WAITING))


def access_decided(work: Work) -> None:
    service.mail_access_decided(work, a_request(work.session, work.now, AccessState.GRANTED))


def app_coupled(work: Work) -> None:
    user = a_user(work.session, Role.BEHEERDER)
    changed = FactorChanged(user_id=user.id, change_id=uuid4(), change="enrolled")
    make_work(work.session, user, work.now).emit(changed)
    work.session.flush()
    service.mail_factor_changed(work, user.id, changed.change_id)


def identity_joined(work: Work) -> None:
    user = a_user(work.session)
    joined = IdentityJoined(user_id=user.id, change_id=uuid4())
    work.emit(joined)
    work.session.flush()
    service.mail_identity_joined(work, user.id, joined.change_id)


def signed_in_elsewhere(work: Work) -> None:
    user = a_user(work.session)
    work.emit(SignedInElsewhere(user_id=user.id))
    work.session.flush()
    service.mail_signed_in_elsewhere(work, user.id)


def account_ended(work: Work) -> None:
    service.mail_account_ended(work, "iemand@testerdam.example")


def account_unused(work: Work) -> None:
    user = a_user(work.session, name="Fatima Bouali")
    day = work.today
    told = PersonAway(user.id, Away.HIDDEN_SOON, has_profile=True, hidden_on=day, gone_on=day)
    tell_away(work.of_itself(), told)
    work.session.flush()
    service.mail_account_unused(work, user.id)


def colleague_invited(work: Work) -> None:
    keeper = a_user(work.session, Role.GEMEENTEBEHEERDER)
    home = work.session.get_one(Gemeente, keeper.gemeente_code)
    a_domain(work.session, home, "testerdam.example")
    own = make_work(work.session, keeper, work.now)
    accounts.invite(own, "nieuw@testerdam.example", home.code)
    work.session.flush()
    service.mail_colleague_invited(work, work.session.scalars(select(KeptAddress.id)).one())


def shut_out(work: Work) -> None:
    user = a_user(work.session, name="Fatima Bouali")
    keeper = a_user(work.session, Role.GEMEENTEBEHEERDER, gemeente_code=user.gemeente_code)
    why = "Je werkt niet meer bij ons."
    accounts.shut_out(make_work(work.session, keeper, work.now), user.id, why)
    work.session.flush()
    service.mail_shut_out(work, user.id)


def role_ending(work: Work) -> None:
    soon = [a_grant(Role.OPGAVEHOUDER, ends_on=work.today + timedelta(days=7))]
    user = a_user(work.session, grants=soon, name="Fatima Bouali")
    a_user(work.session, Role.GEMEENTEBEHEERDER, gemeente_code=user.gemeente_code)
    sweep_roles(work)
    service.mail_role_ending(work, user.grants[0].id)


def role_proposed(work: Work) -> None:
    today = work.today
    proposal = a_proposal(work.session, lapses_on=today, ends_on=today + timedelta(days=365))
    a_user(work.session, Role.BEHEERDER)
    service.mail_role_proposed(work, proposal.id)


def takeover(work: Work) -> None:
    session = work.session
    away = a_user(session, Role.OPGAVEHOUDER, shut_out_at=work.now)
    opgave = an_opgave(session, "Verkeerskunde", owner=away)
    fields = {"gemeente_code": opgave.gemeente_code}
    to = a_user(session, Role.OPGAVEHOUDER, **fields)
    a_user(session, Role.GEMEENTEBEHEERDER, **fields)
    coordinator = a_user(session, Role.COORDINATOR, **fields)
    propose(make_work(session, coordinator, utc_now()), opgave.id, to.id)
    service.mail_takeover_proposed(work, session.scalars(select(Takeover.id)).one())


def interest_shown(work: Work) -> None:
    profile = a_profile(work.session, "Verkeerskunde")
    opgave = an_opgave(work.session, "Verkeerskunde")
    professional = work.session.get_one(User, profile.user_id)
    show_interest(make_work(work.session, professional, utc_now()), opgave.id)
    service.tell_interest(work, opgave.id, profile.user_id)


def message_written(work: Work) -> None:
    talk = a_talk(work.session)
    say(work.session, talk, talk.owner, "Wanneer kun je?\nDinsdag past mij goed.")
    service.tell_message(work, talk.id, 1)


def answer_returned(work: Work) -> None:
    service.mail_answer_returned(work, a_returned_answer(work.session).id)


def loan_asked(work: Work) -> None:
    service.mail_loan(work, a_loan(work.session, parties(work.session)).id, by="professional")


def handed_over(work: Work) -> None:
    who = parties(work.session)
    a_loan(work.session, who)
    service.tell_handed_over(work, who.opgave.id, who.borrower.id)


def invited(work: Work) -> None:
    service.tell_invited(work, an_invitation(work.session).id)


def came_to_nothing(work: Work) -> None:
    talk = a_talk(work.session)
    an_opgave(work.session, "Verkeerskunde", title="Een stille straat")
    match_everything(work)
    reason, words = WhyClosed.EXPERIENCE, "Dank je voor het gesprek.\nTot een volgende keer."
    say_no(make_work(work.session, talk.owner), talk.opgave.id, talk.professional.id, reason, words)
    service.tell_outcome(work, talk.opgave.id, talk.professional.id)


def answer_awaited(work: Work) -> None:
    talk = a_question(work.session)
    for row in work.session.scalars(select(AwaitedAnswer)):
        row.reminded_at = work.now
    service.tell_answer_due(work, talk.id)


def report_made(work: Work) -> None:
    a_user(work.session, Role.BEHEERDER)
    service.mail_report_made(work, a_report(work.session).id)


def report_decided(work: Work) -> None:
    decided = a_report(work.session, decided_at=work.now, ruling=Ruling.LEFT)
    service.mail_report_decided(work, decided.id)


def held_up(work: Work) -> None:
    loan = a_loan(work.session, parties(work.session))
    a_user(work.session, Role.GEMEENTEBEHEERDER, gemeente_code=loan.borrower_code)
    loan.held_up_at = work.now
    service.tell_held_up(work, loan.borrower_code)


def review_asked(work: Work) -> None:
    owner = a_user(work.session, Role.OPGAVEHOUDER, name="Fatima Bouali")
    a_user(work.session, Role.GEMEENTEBEHEERDER, gemeente_code=owner.gemeente_code)
    opgave = an_opgave(work.session, owner=owner, status=OpgaveStatus.REVIEW, submitted_by=owner.id)
    service.tell_review_asked(work, opgave.id)


def match_found(work: Work) -> None:
    profile = a_profile(work.session, "Verkeerskunde")
    opgave = an_opgave(work.session, "Verkeerskunde")
    match_opgave(work, opgave.id)
    service.tell_matches(work, opgave.id, [profile.user_id])
    now = make_work(work.session, now=utc_now())
    service.plan_digests(now, due_on(work.today), everybody=True)


# What each kind of mail is for: it is brought about, and the mail is planned.
PLANS = {
    MailKind.SIGN_IN: sign_in_asked,
    MailKind.ACCESS_ASKED: access_asked,
    MailKind.ACCESS_DECIDED: access_decided,
    MailKind.FACTOR_CHANGED: app_coupled,
    MailKind.IDENTITY_JOINED: identity_joined,
    MailKind.SIGNED_IN_ELSEWHERE: signed_in_elsewhere,
    MailKind.ACCOUNT_ENDED: account_ended,
    MailKind.ACCOUNT_UNUSED: account_unused,
    MailKind.COLLEAGUE_INVITED: colleague_invited,
    MailKind.SHUT_OUT: shut_out,
    MailKind.ROLE_ENDING: role_ending,
    MailKind.ROLE_PROPOSED: role_proposed,
    MailKind.INTEREST_SHOWN: interest_shown,
    MailKind.MESSAGE: message_written,
    MailKind.ANSWER_RETURNED: answer_returned,
    MailKind.INVITATION: invited,
    MailKind.OUTCOME: came_to_nothing,
    MailKind.ANSWER_AWAITED: answer_awaited,
    MailKind.LOAN: loan_asked,
    MailKind.TAKEOVER: takeover,
    MailKind.HANDED_OVER: handed_over,
    MailKind.REPORT_MADE: report_made,
    MailKind.REPORT_DECIDED: report_decided,
    MailKind.URENBANK: held_up,
    MailKind.REVIEW: review_asked,
    MailKind.DIGEST: match_found,
}


# To its own people, and to who decides about it.
NAMES_WHAT_IS_DOWN = {MailKind.ANSWER_AWAITED, MailKind.INTEREST_SHOWN, MailKind.REPORT_MADE}


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
    PLANS[request.param](make_work(session, now=utc_now() - timedelta(minutes=1)))
    delivery = session.scalars(select(Delivery).where(Delivery.kind == request.param)).first()
    assert delivery is not None
    claimed = service.Claim(delivery.id, delivery.kind, uuid4())
    work = make_work(session, now=utc_now())
    post: Post = app.extensions["post"]
    found = service.write_letter(work, post.stationery, claimed)
    assert found is not None
    return found


@pytest.mark.parametrize("kind", sorted(set(MailKind) - NAMES_WHAT_IS_DOWN))
def test_no_mail_names_an_opgave_that_was_taken_down(
    app: Flask, session: Session, kind: MailKind
) -> None:
    PLANS[kind](make_work(session, now=utc_now() - timedelta(minutes=1)))
    gone = {"status": OpgaveStatus.WITHDRAWN, "taken_down_at": utc_now()}
    session.execute(update(Opgave).values(title="Snel rijk worden", **gone))
    post: Post = app.extensions["post"]
    work = make_work(session, now=utc_now())

    deliveries = session.scalars(select(Delivery).where(Delivery.kind == kind)).all()
    claims = [service.Claim(one.id, one.kind, uuid4()) for one in deliveries]
    letters = [service.write_letter(work, post.stationery, one) for one in claims]

    assert letters
    found = [f"{one.subject} {one.text} {one.html}" for one in letters if one is not None]
    assert [text for text in found if "Snel rijk" in text] == []


@pytest.fixture
def as_sent(letter: Letter) -> bytes:
    """The mail as it goes over the line."""
    return message_of(letter, SENDER, utc_now())


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page(locale="nl-NL")
    yield opened
    opened.close()


def signed(mail: bytes, key: rsa.RSAPrivateKey) -> bytes:
    """With the signature that the relay would put on it."""
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    there = {name.lower() for name in BytesParser(policy=policy.default).parsebytes(mail)}
    headers = [name.encode() for name in SIGNED if name in there]
    signature: bytes = dkim.sign(mail, SELECTOR, DOMAIN, pem, include_headers=headers)
    return signature + mail


def is_as_signed(mail: bytes, key: rsa.RSAPrivateKey) -> bool:
    """What a receiver finds who looks up our key."""
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    record = b"v=DKIM1; k=rsa; p=" + b64encode(public)
    return bool(dkim.verify(mail, dnsfunc=lambda *_, **__: record))


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


def test_every_mail_can_be_sent_as_it_is_written(as_sent: bytes) -> None:
    message = BytesParser(policy=policy.default).parsebytes(as_sent)

    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]


def test_every_mail_is_one_that_no_server_on_its_way_need_change(as_sent: bytes) -> None:
    assert as_sent.isascii()
    assert max(len(line) for line in as_sent.split(b"\r\n")) <= 998
    assert b"\n" not in as_sent.replace(b"\r\n", b"")


def test_every_mail_reads_as_the_standard_says(as_sent: bytes) -> None:
    strict = policy.default.clone(raise_on_defect=True)
    message = BytesParser(policy=strict).parsebytes(as_sent)

    parts = list(message.walk())
    assert [(name, value.defects) for part in parts for name, value in part.items()] == [
        (name, ()) for part in parts for name in part
    ]
    assert len({name.lower() for name in message}) == len(message.keys())


def test_a_signature_covers_how_to_leave(as_sent: bytes, key: rsa.RSAPrivateKey) -> None:
    mail = signed(as_sent, key)

    assert is_as_signed(mail, key)
    assert not is_as_signed(mail.replace(b"Subject: ", b"Subject: Re: "), key)
    if b"List-Unsubscribe: " in mail:
        assert not is_as_signed(mail.replace(b"/afmelden/", b"/afgemeld/", 1), key)
        assert not is_as_signed(mail.replace(b"=One-Click", b"=Two-Click", 1), key)


def test_every_mail_has_a_subject_of_one_line(letter: Letter) -> None:
    assert letter.subject
    assert letter.subject.splitlines() == [letter.subject]
    assert len(letter.subject) <= 120


def test_every_mail_says_in_text_where_the_links_of_its_page_lead(letter: Letter) -> None:
    links = set(re.findall(r'href="(https?://[^"]+)"', letter.html))

    assert links
    assert {link for link in links if link.replace("&amp;", "&") not in letter.text} == set()


def test_every_link_in_a_mail_leads_somewhere(letter: Letter, client: FlaskClient) -> None:
    links = set(re.findall(r"https?://\S+", letter.text))

    answers = {link: client.get(link, follow_redirects=True).status_code for link in links}
    assert answers == dict.fromkeys(links, 200)


def test_no_mail_looks_like_spam(as_sent: bytes, tmp_path: Path) -> None:
    program = shutil.which("spamassassin")
    if program is None:
        pytest.skip("SpamAssassin is not installed here")
    read = subprocess.run(
        [program, "--local"],
        input=as_sent,
        capture_output=True,
        env={**os.environ, "HOME": str(tmp_path)},
        check=True,
    )
    found = SPAM_SCORE.search(read.stdout.decode())
    assert found is not None, read.stderr.decode()
    assert (float(found[1]) < MOST_SPAM_POINTS, found[2]) == (True, found[2])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_mail_can_be_read_by_everybody(letter: Letter, page: Page, scheme: str) -> None:
    """At the width of a telephone and of a mail program; keeps how it looks."""
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    kind = letter.message_id.partition(".")[0].removeprefix("<")
    for width in MAIL_WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.set_content(letter.html)
        name = f"mail-{kind}-{width}-{scheme}"
        keep_picture(page, name)
        assert (name, violations(page, LANDMARKS)) == (name, [])
        assert (name, wider_than_the_window(page)) == (name, 0)


def test_no_mail_fetches_anything_when_it_is_opened(letter: Letter) -> None:
    assert FETCHED.findall(letter.html) == []


def test_every_mail_says_its_language(letter: Letter) -> None:
    assert 'lang="nl"' in letter.html
