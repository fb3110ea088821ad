"""Opgaven: reading, writing, publishing."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.rules import may_grant
from app.conversations import queries as conversations
from app.conversations.service import refusal_to_ask
from app.core.actor import Role
from app.core.clock import dutch_day, utc_now
from app.core.dutch import listed
from app.core.errors import Conflict, NotAllowed, NotFound
from app.core.faults import FaultyDraft
from app.core.ids import new_id
from app.core.paging import Page
from app.core.rights import Right, may
from app.core.work import Work
from app.extensions import db, shelf
from app.gemeenten import queries as gemeenten
from app.insight import queries as insight
from app.insight.rules import percent
from app.loans import queries as loans
from app.loans.rules import LoanState
from app.matching import disputes, searching, standing
from app.matching import queries as matching
from app.matching.searching import Sought
from app.moderation import queries as moderation
from app.notifications import queries as notifications
from app.opgaven import life, queries, service
from app.opgaven.models import Opgave
from app.opgaven.queries import SeenOpgave
from app.opgaven.rules import (
    NO_SUCH_MOVE,
    TAKES_ANSWERS,
    WRITABLE,
    AskedSkillDraft,
    Audience,
    OpgaveDraft,
    OpgaveStatus,
    fitting,
    may_draft,
    may_edit,
    may_hire,
    offered_audiences,
    opening_faults,
)
from app.people import queries as people
from app.responses import queries as responses
from app.together import queries as together
from app.together.queries import Ties
from app.vocabulary import queries as vocabulary
from app.web.aliases import person_behind
from app.web.auth import current_actor
from app.web.cards import opgave_card
from app.web.conversations.pages import turns_of_opgaven
from app.web.forms import id_in
from app.web.limits import of_searches, per_person
from app.web.matching.disputes import own_said_of
from app.web.opgaven.elsewhere import (
    ElsewhereLine,
    TieContact,
    elsewhere_page,
    lines_for_form,
    lines_for_opgave,
)
from app.web.opgaven.forms import (
    FOR_NETWORKS,
    KIND_SENTENCES,
    HandOverForm,
    OpgaveForm,
    OpgaveSearch,
    ReopenForm,
    SkillsFromOpgave,
)
from app.web.opgaven.gone import gone_page
from app.web.opgaven.ours import Deed, deeds_of, ours_block
from app.web.opgaven.pages import (
    asked,
    ended_sentence,
    groups,
    loan_lines,
    more_of,
    own_match,
    said_of_all,
    until_when,
)
from app.web.opgaven.waiting import absent_lines, review_lines, together_lines
from app.web.outcomes.pages import who_hears
from app.web.policy import allow
from app.web.responses.pages import answer_block
from app.web.roles import MAY_NOT_DRAFT, how_to_become_opgavehouder, how_to_name_opgavehouder
from app.web.rows import Saving
from app.web.search import page_href, page_number
from app.web.vocabulary.hints import hints_for
from app.web.work import open_work

SAVED = "De opgave is bewaard."
PUBLISHED = "De opgave staat open. Bekijk wie er past."
TALKING = "De opgave staat op in gesprek. Anderen kunnen nog reageren."
FILLED = "De opgave is bezet. Niemand kan nog reageren."
REOPENED = "De opgave staat weer open voor reacties."
STARTED = "De opgave is begonnen. Veel plezier samen."
HANDED_OVER = "De opgave is overgedragen. Je collega krijgt er bericht van."
SUBMITTED = "De opgave wacht op een collega die meekijkt. Je krijgt bericht."
BEGUN = "Je concept staat klaar. Vul de data in, en pas aan wat bij jullie anders is."
DONE = "De opgave is afgerond. Goed gedaan."
WITHDRAWN = "De opgave is ingetrokken."
ONLY_SAVED = (
    "De opgave is bewaard als concept, maar staat nog niet open. Hieronder staat wat er nog mist."
)

TAKEN = (
    "De gekozen vaardigheden staan onderaan je lijst, maar zijn nog niet bewaard. "
    "Kijk per vaardigheid of hij nodig is en op welk niveau, en bewaar dan de opgave."
)
# Each pause in typing asks once; nobody pauses more often than this.
WHILE_TYPING = "60/minute"
# A search weighs more than other pages, and everybody may ask for it. A town hall may share one
# network address.
SEARCHES, OF_NETWORK = "60/minute", "240/minute"

opgaven = Blueprint("opgaven", __name__)


@opgaven.get("/opgaven")
@allow(Right.READ_OPGAVE)
@of_searches(SEARCHES, OF_NETWORK, "Er werd net wel heel vaak gezocht.")
def index() -> str:
    form = OpgaveSearch.of_request()
    form.offer(gemeenten.provinces(db.session()))
    sought, found = _sought_and_found(form)
    return render_template(
        "opgaven/index.html",
        form=form,
        sought=sought,
        page=found.of([opgave_card(seen, sought) for seen in found.items]),
        page_href=page_href,
        loosenings=form.loosenings(_count) if not found.total else [],
        may_draft=may_draft(current_actor()),
        how_to_draft=_how_to_draft(),
    )


@opgaven.get("/opgaven/<uuid:opgave_id>")
@allow(Right.READ_OPGAVE)
def show(opgave_id: UUID) -> ResponseReturnValue:
    actor, session, today = current_actor(), db.session(), dutch_day(utc_now())
    try:
        seen = queries.seen_opgave(session, actor, opgave_id)
    except NotFound:
        page = gone_page(session, actor, opgave_id, today)
        if page is None:
            raise
        return render_template("opgaven/gone.html", page=page), HTTPStatus.GONE
    opgave = seen.opgave
    ended = ended_sentence(opgave, today)
    user_id, is_ours = actor.user_id, may_edit(actor, opgave.gemeente_code)
    is_shown = queries.is_shown(session, actor, opgave)
    score = standing.match_of_person(session, user_id, opgave_id, today) if user_id else None
    works_on_it = user_id is not None and loans.runs(session, opgave_id, user_id)
    published = conversations.published(session, opgave_id)
    here = [opgave_id, *(one.id for one in published)]
    said_of = own_said_of(session, disputes.own(session, actor) if user_id else ())
    return render_template(
        "opgaven/show.html",
        seen=seen,
        card=opgave_card(seen),
        musts=asked(opgave.skills, must=True),
        wishes=asked(opgave.skills, must=False),
        ended=ended,
        contacts=queries.contacts(session, actor, opgave, works_on_it=works_on_it)
        if works_on_it or not ended
        else [],
        match=own_match(score, ended, said_of),
        said=said_of_all(opgave.skills, said_of),
        answer=answer_block(session, actor, seen, today) if is_shown else None,
        coordinates=not is_shown,
        has_profile=actor.user_id is not None and people.own_profile(session, actor.user_id),
        may_edit=is_ours,
        ours=ours_block(session, actor, opgave, today, reviews=_reviews()) if is_ours else None,
        answers_in_time=_answers_in_time(opgave) if not ended else None,
        sent_back_by=_sent_back_by(opgave),
        published=published,
        reported=moderation.own_standing(session, actor.user_id, here, today),
        may_begin=seen.may_begin(actor),
        new_opgave_id=new_id(),
        elsewhere=lines_for_opgave(session, actor, seen, today) if is_ours and not ended else [],
        partners=together.ties_of(session, actor, opgave_id, is_ours=is_ours).partners,
    )


@opgaven.get("/opgaven/<uuid:opgave_id>/wie-pakt-dit-op")
@allow(Right.READ_OPGAVE)
def who_else(opgave_id: UUID) -> str:
    """Which gemeenten work on the same, as far as the reader may know."""
    actor, session, today = current_actor(), db.session(), dutch_day(utc_now())
    seen = queries.seen_opgave(session, actor, opgave_id)
    is_ours = may_edit(actor, seen.opgave.gemeente_code)
    ties = together.ties_of(session, actor, opgave_id, is_ours=is_ours)
    return render_template(
        "opgaven/who_else.html",
        opgave=seen.opgave,
        gemeente=seen.gemeente,
        ties=ties,
        contacts=_contacts_of(ties) if is_ours else {},
        may_edit=is_ours,
        page=elsewhere_page(session, actor, seen, ties, today),
    )


@opgaven.post("/opgaven/lijkt-op")
@allow(Right.EDIT_OPGAVE)
@per_person(WHILE_TYPING, "Er wordt even niet meer vergeleken met andere opgaven.")
def like_form() -> str:
    """What is the same as the form as it stands now, for the script beside it."""
    form = OpgaveForm.of_request()
    return render_template("opgaven/_elsewhere.html", elsewhere=_like(form), in_new_tab=True)


@opgaven.route("/opgaven/nieuw", methods=["GET", "POST"])
@allow(Right.DRAFT_OPGAVE)
def create() -> ResponseReturnValue:
    if request.method != "POST":
        return _new_form()
    form = OpgaveForm.of_request()
    opgave_id = form.new_opgave_id

    def draft(work: Work, words: OpgaveDraft) -> Opgave:
        return service.draft_opgave(work, opgave_id, words)

    return _saved_or_shown(form, opgave_id, draft)


@opgaven.route("/opgaven/<uuid:opgave_id>/bewerken", methods=["GET", "POST"])
@allow(Right.EDIT_OPGAVE)
def edit(opgave_id: UUID) -> ResponseReturnValue:
    opgave = queries.opgave_to_edit(db.session(), current_actor(), opgave_id)
    if opgave.status not in WRITABLE:
        flash(NO_SUCH_MOVE[opgave.status], "warning")
        return redirect(url_for("opgaven.show", opgave_id=opgave_id))
    form = OpgaveForm.of_request(obj=queries.draft_of(db.session(), opgave))

    def revise(work: Work, words: OpgaveDraft) -> Opgave:
        return service.revise_opgave(work, opgave_id, words)

    return _saved_or_shown(form, opgave_id, revise)


@opgaven.post("/opgaven/<uuid:opgave_id>/uit-tekst")
@allow(Right.EDIT_OPGAVE)
def from_text(opgave_id: UUID) -> ResponseReturnValue:
    """Skills out of a text; those taken stand on the form, not yet saved."""
    opgave = _begun(opgave_id)
    if opgave is None and not may_draft(current_actor()):
        raise NotAllowed(said=MAY_NOT_DRAFT)
    asked = SkillsFromOpgave.of_request()
    form = OpgaveForm(formdata=asked.typed)
    form.show_as_typed()
    asked.begin_with("\n".join(filter(None, (form.title.data, form.text.data))))
    if asked.goes_back:
        return _form_page(form, opgave_id)
    if asked.is_done(form.skills, partial(matching.proposals, db.session())):
        form.skills.add(map(AskedSkillDraft, asked.taken))
        flash(TAKEN, "warning")
        return _form_page(form, opgave_id)
    page = render_template("opgaven/from_text.html", form=asked, opgave=opgave, opgave_id=opgave_id)
    return page, asked.status


@opgaven.post("/opgaven/<uuid:opgave_id>/publiceren")
@allow(Right.EDIT_OPGAVE)
def publish(opgave_id: UUID) -> ResponseReturnValue:
    opgave = queries.opgave_to_edit(db.session(), current_actor(), opgave_id)
    form = OpgaveForm(formdata=None, obj=queries.draft_of(db.session(), opgave))
    try:
        with open_work() as work:
            service.publish_opgave(work, opgave_id)
    except FaultyDraft as faulty:
        form.show_faults(faulty)
        return _form_page(form, opgave_id)
    flash(_said_published(), "success")
    return redirect(url_for("opgaven.show", opgave_id=opgave_id))


@opgaven.post("/opgaven/<uuid:opgave_id>/in-gesprek")
@allow(Right.EDIT_OPGAVE)
def begin_talking(opgave_id: UUID) -> ResponseReturnValue:
    return _done(life.begin_talking, opgave_id, TALKING)


@opgaven.get("/opgaven/<uuid:opgave_id>/bezet")
@allow(Right.EDIT_OPGAVE)
def confirm_fill(opgave_id: UUID) -> str:
    return _confirm("opgaven/fill.html", opgave_id, OpgaveStatus.FILLED)


@opgaven.post("/opgaven/<uuid:opgave_id>/bezet")
@allow(Right.EDIT_OPGAVE)
def fill(opgave_id: UUID) -> ResponseReturnValue:
    return _done(life.fill, opgave_id, FILLED)


@opgaven.route("/opgaven/<uuid:opgave_id>/bijzoeken", methods=["GET", "POST"])
@allow(Right.EDIT_OPGAVE)
def reopen(opgave_id: UUID) -> ResponseReturnValue:
    opgave = queries.opgave_to_edit(db.session(), current_actor(), opgave_id)
    if Deed.REOPEN not in deeds_of(opgave.status):
        raise Conflict(said=NO_SUCH_MOVE[opgave.status])
    form = ReopenForm.of_request(data=more_of(opgave, dutch_day(utc_now())))
    if form.submitted():
        try:
            with open_work() as work:
                life.reopen(work, opgave_id, form.closes_on.data, form.people_needed.data)
        except FaultyDraft as faulty:
            form.show_faults(faulty)
        else:
            flash(REOPENED, "success")
            return redirect(url_for("opgaven.show", opgave_id=opgave_id))
    found = loans.of_opgave(db.session(), opgave_id)
    page = render_template(
        "opgaven/reopen.html",
        form=form,
        opgave=opgave,
        until_when=until_when(opgave, dutch_day(utc_now())),
        waiting=[one for one in found if one.loan.state is LoanState.ASKED],
    )
    return page, form.status


@opgaven.post("/opgaven/<uuid:opgave_id>/begin")
@allow(Right.EDIT_OPGAVE)
def start(opgave_id: UUID) -> ResponseReturnValue:
    return _done(life.start, opgave_id, STARTED)


@opgaven.get("/opgaven/<uuid:opgave_id>/afronden")
@allow(Right.EDIT_OPGAVE)
def confirm_finish(opgave_id: UUID) -> str:
    return _confirm("opgaven/finish.html", opgave_id, OpgaveStatus.DONE)


@opgaven.post("/opgaven/<uuid:opgave_id>/afronden")
@allow(Right.EDIT_OPGAVE)
def finish(opgave_id: UUID) -> ResponseReturnValue:
    return _done(life.finish, opgave_id, DONE)


@opgaven.get("/opgaven/<uuid:opgave_id>/intrekken")
@allow(Right.EDIT_OPGAVE)
def confirm_withdraw(opgave_id: UUID) -> str:
    return _confirm("opgaven/withdraw.html", opgave_id, OpgaveStatus.WITHDRAWN)


@opgaven.post("/opgaven/<uuid:opgave_id>/intrekken")
@allow(Right.EDIT_OPGAVE)
def withdraw(opgave_id: UUID) -> ResponseReturnValue:
    return _done(life.withdraw, opgave_id, WITHDRAWN)


def _confirm(template: str, opgave_id: UUID, then: OpgaveStatus) -> str:
    """Asks before an opgave ends, and says who will hear it."""
    session, actor = db.session(), current_actor()
    opgave = queries.opgave_to_edit(session, actor, opgave_id)
    hears = who_hears(session, actor, opgave_id, then, dutch_day(utc_now()))
    return render_template(template, opgave=opgave, hears=hears)


@opgaven.get("/onze-opgaven")
@allow(Right.EDIT_OPGAVE)
def ours() -> str:
    actor = current_actor()
    own = queries.of_gemeente(db.session(), actor.gemeente_code or "")
    session, ids, today = db.session(), [opgave.id for opgave in own], dutch_day(utc_now())
    known = responses.known_interest(session, actor, ids, today)
    matches = matching.counts_of_opgaven(session, actor, ids, besides=known)
    interested = Counter(opgave_id for opgave_id, _ in known - loans.lent_to(session, ids))
    waiting = [
        review_lines(session, actor, own, reviews=_reviews()),
        together_lines(session, own),
        absent_lines(session, own),
        turns_of_opgaven(session, actor, ids, today),
        loan_lines(loans.unfinished(session, actor, ids), today),
    ]
    return render_template(
        "opgaven/ours.html",
        groups=groups(own, matches, interested, waiting),
        may_draft=may_draft(actor),
    )


@opgaven.route("/opgaven/<uuid:opgave_id>/overdragen", methods=["GET", "POST"])
@allow(Right.EDIT_OPGAVE)
def hand_over(opgave_id: UUID) -> ResponseReturnValue:
    session = db.session()
    opgave = queries.opgave_to_edit(session, current_actor(), opgave_id)
    people_there = queries.who_can_take_over(session, opgave)
    form = HandOverForm.of_request()
    form.offer(people_there)
    if form.submitted():
        try:
            with open_work() as work:
                service.hand_over(work, opgave_id, person_behind(form.user_id.data))
        except FaultyDraft as faulty:
            form.show_faults(faulty)
        else:
            flash(HANDED_OVER, "success")
            return redirect(url_for("opgaven.show", opgave_id=opgave_id))
    page = render_template(
        "opgaven/hand_over.html",
        form=form,
        opgave=opgave,
        may_choose=bool(people_there),
        may_name=may_grant(current_actor(), Role.OPGAVEHOUDER, opgave.gemeente_code),
        how_to_name=how_to_name_opgavehouder(session, current_actor()),
    )
    return page, form.status


@opgaven.get("/opgaven/afgerond")
@allow(Right.READ_FINISHED)
def finished() -> str:
    found = queries.finished(db.session(), current_actor(), page_number())
    return render_template(
        "opgaven/finished.html",
        page=found.of([opgave_card(seen) for seen in found.items]),
        page_href=page_href,
    )


@opgaven.post("/opgaven/<uuid:opgave_id>/overnemen")
@allow(Right.DRAFT_OPGAVE)
def begin_with(opgave_id: UUID) -> ResponseReturnValue:
    """A concept with the words of this one, under an id that its page was given."""
    begun_id = id_in(request.form.get("nieuw")) or new_id()
    with open_work() as work:
        service.begin_with(work, begun_id, opgave_id)
    flash(BEGUN, "success")
    return redirect(url_for("opgaven.edit", opgave_id=begun_id))


@opgaven.get("/opgaven/<uuid:opgave_id>/inhuur")
@allow(Right.EDIT_OPGAVE)
def hire(opgave_id: UUID) -> str:
    session, actor, today = db.session(), current_actor(), dutch_day(utc_now())
    opgave = queries.opgave_to_edit(session, actor, opgave_id)
    if not may_hire(opgave.status, opgave.closes_on, opgave.colleagues_until, today):
        raise NotFound(f"hire for {opgave_id}")
    return render_template(
        "opgaven/hire.html",
        opgave=opgave,
        told=notifications.count_told_of(session, opgave_id),
        interested=len(responses.known_interest(session, actor, [opgave_id], today)),
    )


def _contacts_of(ties: Ties) -> dict[UUID, TieContact]:
    """Whom to speak to about what is done together, as the page of each opgave names them."""
    session, actor, today = db.session(), current_actor(), dutch_day(utc_now())
    seen = {tie.opgave_id: tie.seen.opgave for tie in ties.all if tie.seen is not None}
    return {
        one: TieContact(
            names=listed([person.name for person in queries.contacts(session, actor, opgave)]),
            may_write=not refusal_to_ask(actor, opgave, today),
        )
        for one, opgave in seen.items()
    }


def _answers_in_time(opgave: Opgave) -> int | None:
    """How often its gemeente answers in time, in percents, when enough was asked to say so."""
    found = insight.answering(db.session(), utc_now(), [opgave.gemeente_code])
    return percent(found.in_time, found.awaited)


def _done(deed: Callable[[Work, UUID], object], opgave_id: UUID, said: str) -> ResponseReturnValue:
    with open_work() as work:
        deed(work, opgave_id)
    flash(said, "success")
    return redirect(url_for("opgaven.show", opgave_id=opgave_id))


def _sought_and_found(form: OpgaveSearch) -> tuple[Sought, Page[SeenOpgave]]:
    session, actor, today = db.session(), current_actor(), dutch_day(utc_now())
    sought = searching.sought_of_opgaven(session, today, shelf(), form.text)
    return sought, queries.search_open(session, actor, form.wanted(sought), page_number(), today)


def _count(form: OpgaveSearch) -> int:
    return _sought_and_found(form)[1].total


def _new_form() -> ResponseReturnValue:
    """An empty form at an address of its own: who comes back to it finds what became of it."""
    opgave_id = request.args.get("opgave", type=UUID)
    if opgave_id is None:
        return redirect(url_for("opgaven.create", opgave=new_id()))
    if _begun(opgave_id):
        return redirect(url_for("opgaven.edit", opgave_id=opgave_id))
    return _form_page(OpgaveForm.of_request(opgave_id=str(opgave_id)), opgave_id)


def _saved_or_shown(
    form: OpgaveForm, opgave_id: UUID, write: Callable[[Work, OpgaveDraft], Opgave]
) -> ResponseReturnValue:
    if form.submitted() and _save(form, opgave_id, write):
        return redirect(url_for("opgaven.show", opgave_id=opgave_id))
    return _form_page(form, opgave_id)


def _save(form: OpgaveForm, opgave_id: UUID, write: Callable[[Work, OpgaveDraft], Opgave]) -> bool:
    return form.save(
        Saving(
            write=lambda work: write(work, form.draft()),
            publish=lambda work: service.publish_opgave(work, opgave_id),
            lacking=lambda: opening_faults(fitting(form.draft()), dutch_day(utc_now())),
            version_now=lambda: _version_now(opgave_id),
            said_saved=SAVED,
            said_published=_said_published(),
            said_only_saved=ONLY_SAVED,
        )
    )


def _said_published() -> str:
    return SUBMITTED if _reviews() else PUBLISHED


def _reviews() -> bool:
    """Whether somebody looks at opgaven of the own gemeente before they open."""
    return queries.reviews_opgaven(db.session(), current_actor().gemeente_code or "")


def _version_now(opgave_id: UUID) -> int:
    return queries.opgave_to_edit(db.session(), current_actor(), opgave_id).version


def _form_page(form: OpgaveForm, opgave_id: UUID) -> ResponseReturnValue:
    """The form; it goes to the opgave's own address as soon as there is an opgave."""
    opgave, networks = _begun(opgave_id), _own_networks()
    form.offer(offered_audiences(is_in_network=bool(networks)))
    page = render_template(
        "opgaven/edit.html",
        form=form,
        audience_helps=_audience_helps(networks),
        opgave=opgave,
        opgave_id=opgave_id,
        action=url_for("opgaven.edit", opgave_id=opgave_id)
        if opgave
        else url_for("opgaven.create"),
        is_open=opgave is not None and opgave.status in TAKES_ANSWERS,
        reviews=_reviews(),
        kind_helps={kind.value: said for kind, said in KIND_SENTENCES.items()},
        hints=hints_for(row.form.label.data or "" for row in form.skills),
        labels=vocabulary.own_labels(db.session()),
        elsewhere=_like(form),
    )
    return page, form.status


def _audience_helps(networks: list[str]) -> dict[str, str]:
    if not networks:
        return {}
    return {Audience.NETWORK.value: FOR_NETWORKS.format(names=listed(networks, "of"))}


def _own_networks() -> list[str]:
    code, today = current_actor().gemeente_code or "", dutch_day(utc_now())
    return [one.name for one in gemeenten.networks_of(db.session(), code, today)]


def _like(form: OpgaveForm) -> list[ElsewhereLine]:
    return lines_for_form(db.session(), current_actor(), form, dutch_day(utc_now()))


def _begun(opgave_id: UUID) -> Opgave | None:
    """What was saved of the opgave so far; the id may come from a browser, so not of others."""
    session = db.session()
    if session.get(Opgave, opgave_id) is None:
        return None
    return queries.opgave_to_edit(session, current_actor(), opgave_id)


def _sent_back_by(opgave: Opgave) -> str:
    if not opgave.sent_back_words:
        return ""
    return queries.senders_back(db.session(), opgave.gemeente_code, [opgave.id]).get(opgave.id, "")


def _how_to_draft() -> str:
    """For a colleague who may not yet; nothing for visitors and for who may give the role."""
    actor = current_actor()
    if actor.user_id is None or may(actor, Right.EDIT_OPGAVE):
        return ""
    return how_to_become_opgavehouder(db.session(), actor, _contact_email())


def _contact_email() -> str:
    return str(current_app.extensions["settings"].contact_email)
