"""The demo: walking in as an invented colleague, and reading the mail that it sends."""

import re
from uuid import UUID

from flask import Blueprint, Response, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.accounts import service
from app.conversations import answering
from app.conversations.answering import AnswerBox, Taken
from app.core.rights import Right
from app.extensions import db
from app.post import Post
from app.web.accounts.arrival import walk_in
from app.web.demo.forms import AnswerForm, MailSearch
from app.web.demo.maildir import MailReader, reply_to
from app.web.demo.pages import demo_groups, with_own_sign_in
from app.web.policy import allow
from app.web.search import page_href, page_number
from app.web.work import open_work

# A page that a link opens is a page like any other: the rules of the frame end there.
SANDBOX = "allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
# A mail brings its own styles and shows them in a frame of its own, without scripts or forms.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; frame-ancestors 'self'; "
    "base-uri 'none'; form-action 'none'; "
    f"sandbox {SANDBOX}"
)
HEAD_BEGINS = re.compile(r"<head\b", re.IGNORECASE)
# Links open in the whole window; inside the frame no page of ours may be shown.
TO_WHOLE_WINDOW = '<base target="_top">'

SAID = {
    Taken.MESSAGE: "Je antwoord staat in het gesprek.",
    Taken.KNOWN: "Dit antwoord kenden we al.",
    Taken.RETURNED: "Je antwoord is leeg of te lang. Je krijgt er een mail over.",
    Taken.REFUSED: "Dit antwoord is geweigerd: wie het stuurt, zit niet (meer) in dat gesprek.",
    Taken.AUTOMATIC: "Automatische mail komt niet in een gesprek.",
    Taken.ELSEWHERE: "Op deze mail kun je niet antwoorden.",
}

demo = Blueprint("demo", __name__)
mailbox = Blueprint("mailbox", __name__)


@demo.get("/demo")
@allow(Right.TRY_DEMO)
def index() -> ResponseReturnValue:
    return render_template(
        "demo/index.html",
        groups=demo_groups(db.session()),
        own_sign_in=with_own_sign_in(db.session()),
    )


@demo.post("/demo/<uuid:user_id>")
@allow(Right.TRY_DEMO)
def enter(user_id: UUID) -> ResponseReturnValue:
    with open_work() as work:
        session_id = service.begin_demo_session(work, user_id)
    answer = walk_in(session_id)
    flash(f"Je bent nu {current_user.name} van gemeente {current_user.gemeente_name}.", "success")
    return answer


@mailbox.get("/postvak", endpoint="index")
@allow(Right.TRY_DEMO)
def mails() -> ResponseReturnValue:
    form = MailSearch.of_request()
    page = _reader().page(form.q.data or "", page_number())
    return render_template("mailbox/index.html", form=form, page=page, page_href=page_href)


@mailbox.get("/postvak/<key>")
@allow(Right.TRY_DEMO)
def show(key: str) -> ResponseReturnValue:
    return render_template(
        "mailbox/show.html", mail=_reader().mail(key), sandbox=SANDBOX, form=AnswerForm()
    )


@mailbox.post("/postvak/<key>/antwoord")
@allow(Right.TRY_DEMO)
def answer(key: str) -> ResponseReturnValue:
    """Answer a mail of a conversation, along the road of the real thing."""
    mail, form = _reader().mail(key), AnswerForm.of_request()
    office: Post = current_app.extensions["post"]
    paper = office.stationery
    reply = reply_to(mail, form.text.data or "", paper.mail_domain)
    with open_work() as work:
        taken = answering.take_in(work, AnswerBox(paper.answer_box, paper.secret), reply)
    flash(SAID[taken], "success" if taken is Taken.MESSAGE else "warning")
    return redirect(url_for("mailbox.show", key=key))


@mailbox.get("/postvak/<key>/html")
@allow(Right.TRY_DEMO)
def html_part(key: str) -> ResponseReturnValue:
    html = _reader().mail(key).html
    head = HEAD_BEGINS.search(html)
    place = html.find(">", head.end()) + 1 if head else 0
    answer = Response(html[:place] + TO_WHOLE_WINDOW + html[place:], mimetype="text/html")
    answer.headers["Content-Security-Policy"] = MAIL_POLICY
    answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    return answer


def _reader() -> MailReader:
    return MailReader(current_app.extensions["settings"].maildir)
