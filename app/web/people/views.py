"""The own profile, and colleagues."""

from collections.abc import Callable
from datetime import date
from functools import partial
from uuid import UUID

import structlog
from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.core.actor import ANYONE, Actor
from app.core.clock import dutch_day, utc_now
from app.core.dutch import listed
from app.core.faults import FaultyDraft
from app.core.paging import Page
from app.core.rights import Right
from app.core.work import Work
from app.extensions import db, shelf
from app.gemeenten import queries as gemeenten
from app.labels import MOVEMENT_SENTENCES
from app.loans.evidence import with_titles
from app.matching import disputes, searching, standing
from app.matching import queries as matching
from app.matching.searching import Sought
from app.moderation import queries as moderation
from app.moderation.rules import Subject
from app.people import queries, service
from app.people.models import Profile
from app.people.rules import (
    CONSENT,
    CONSENTS,
    ProfileDraft,
    ProfileState,
    SkillDraft,
    publishing_faults,
)
from app.people.visibility import SOMEBODY, Previews, SeenProfile
from app.vocabulary import queries as vocabulary
from app.web.auth import current_actor
from app.web.cards import colleague_card
from app.web.limits import per_person, per_visitor
from app.web.people.forms import (
    VISIBILITY_SENTENCES,
    ColleagueSearch,
    ProfileForm,
    SkillsFromCv,
)
from app.web.people.pages import is_new, own_page, profile_page
from app.web.policy import allow
from app.web.rows import Saving
from app.web.search import page_href, page_number
from app.web.tracing import account, asked
from app.web.vocabulary.hints import hints_for
from app.web.work import open_work

# More than anybody reads who looks for a colleague; far less than who copies them all needs. Of
# pages with cards each shows twenty.
PROFILES = "300/day"
LISTS = "100/day"
# By the link that its owner shared.
OPENED = "60/hour"
SAVED = "Je profiel is bewaard."
PUBLISHED = "Je profiel is gepubliceerd."
PAUSED = "Je profiel staat op pauze. Niemand vindt je nu, en je krijgt geen nieuwe matches."
HIDDEN = "Anderen zien dit bewijs nu niet."
SHOWN = "Wie je eigen woorden mag lezen, ziet dit bewijs nu ook."
REMOVED = "Het bewijs staat niet meer op je profiel."
TAKEN = (
    "De gekozen vaardigheden staan onderaan je lijst, maar zijn nog niet bewaard. "
    "Kijk per vaardigheid je niveau en je energie na, en bewaar dan je profiel."
)
ONLY_SAVED = "Je profiel is bewaard, maar nog niet gepubliceerd. Hieronder staat wat er nog mist."

IN_NETWORKS = "Je gemeente zit in een netwerk met andere: {names}."
IN_NO_NETWORK = (
    "Je gemeente zit nog in geen netwerk. Kies je voor haar netwerken, dan ziet nu alleen je eigen "
    "gemeente je naam."
)

log = structlog.get_logger()
people = Blueprint("people", __name__)


@people.get("/collegas")
@allow(Right.READ_PROFILE)
@per_person(LISTS, "Je zocht vandaag wel heel vaak naar collega's.", alarm="very many cards")
def index() -> str:
    form = ColleagueSearch.of_request()
    form.offer(gemeenten.provinces(db.session()))
    sought, found = _sought_and_found(form)
    return render_template(
        "people/index.html",
        form=form,
        sought=sought,
        page=found.of([colleague_card(seen, sought) for seen in found.items]),
        page_href=page_href,
        loosenings=form.loosenings(_count) if not found.total else [],
    )


@people.get("/collegas/<uuid:user_id>")
@allow(Right.READ_PROFILE)
@per_person(PROFILES, "Je opende vandaag wel heel veel profielen.", alarm="very many profiles")
def show(user_id: UUID) -> str:
    session, actor, today = db.session(), current_actor(), dutch_day(utc_now())
    seen = with_titles(session, actor, queries.seen_profile(session, actor, user_id, today))
    if not seen.is_own:
        with open_work() as work:
            work.record("profile.seen", ("profile", user_id), user_id)
        _watch(user_id)
    return render_template(
        "people/show.html",
        seen=seen,
        profile=profile_page(seen),
        is_matched=matching.has_match_with(session, actor, user_id, today),
        is_contact=matching.has_match_with(session, actor, user_id, today, as_contact=True),
        reported=moderation.own_standing(session, actor.user_id, [user_id], today).get(user_id),
    )


@people.get("/profielen/<uuid:user_id>")
@allow(Right.READ_PUBLIC_PROFILE)
@per_visitor(OPENED, "Vanaf dit adres zijn net heel veel profielen geopend.")
def public(user_id: UUID) -> ResponseReturnValue:
    """What its owner made public, for who has the link; the same for whoever opens it."""
    session, today = db.session(), dutch_day(utc_now())
    seen = with_titles(session, ANYONE, queries.seen_profile(session, ANYONE, user_id, today))
    page = render_template("people/public.html", profile=profile_page(seen))
    return page, {"X-Robots-Tag": "noindex"}


def _watch(user_id: UUID) -> None:
    """Of somebody who is nobody there is nothing to look for: perhaps this reader copies all."""
    if user_id in current_app.extensions["settings"].made_up_profiles:
        log.error("alarm", why="a made-up profile was opened", **asked(), account=account())


@people.get("/profiel")
@allow(Right.KEEP_PROFILE)
def own() -> str:
    profile = _own_profile()
    if profile is None:
        return render_template("people/begin.html", movement=MOVEMENT_SENTENCES)
    session, actor, now = db.session(), current_actor(), utc_now()
    today = dutch_day(now)
    own = own_page(
        profile,
        _previews(actor, today),
        with_titles(
            session, actor, queries.seen_profile(session, actor, profile.user_id, today)
        ).confirmed,
        matching.search_for_person(session, profile.user_id, now),
        today,
        welcome=is_new(profile, now)
        and not standing.matches_of_person(session, actor, today, shelf(), limit=1),
    )
    has_disputes = bool(disputes.own(session, actor))
    agreed = queries.standing_consent(session, profile.user_id)
    return render_template(
        "people/own.html",
        own=own,
        own_id=profile.user_id,
        has_disputes=has_disputes,
        is_down=profile.taken_down_at is not None,
        comes_back=profile.comes_back,
        why_down=moderation.why_down(session, Subject.PROFILE, profile.user_id),
        agrees_with=CONSENTS[CONSENT],
        agreed=agreed,
        agreed_with=agreed and CONSENTS.get(agreed.text_version),
    )


@people.route("/profiel/bewerken", methods=["GET", "POST"])
@allow(Right.KEEP_PROFILE)
def edit() -> ResponseReturnValue:
    profile = _own_profile()
    form = ProfileForm.of_request(obj=queries.draft_of(profile) if profile else None)
    if form.submitted() and _save(form):
        return redirect(url_for("people.own"))
    return _form_page(form), form.status


@people.route("/profiel/uit-tekst", methods=["GET", "POST"])
@allow(Right.KEEP_PROFILE)
def from_text() -> ResponseReturnValue:
    """Skills out of a text that is kept nowhere; those taken stand on the form, not yet saved."""
    asked = SkillsFromCv.of_request()
    form = ProfileForm(formdata=asked.typed or None, obj=_draft())
    form.show_as_typed()
    if asked.goes_back:
        return _form_page(form)
    if asked.is_done(form.skills, partial(matching.proposals, db.session())):
        form.skills.add(map(SkillDraft, asked.taken))
        flash(TAKEN, "warning")
        return _form_page(form)
    return render_template("people/from_text.html", form=asked), asked.status


@people.post("/profiel/publiceren")
@allow(Right.KEEP_PROFILE)
def publish() -> ResponseReturnValue:
    try:
        with open_work() as work:
            service.publish_profile(work)
    except FaultyDraft as faulty:
        flash(f"Je profiel is nog niet compleet. {faulty.said}", "warning")
    else:
        flash(PUBLISHED, "success")
    return redirect(url_for("people.own"))


@people.post("/profiel/pauzeren")
@allow(Right.KEEP_PROFILE)
def pause() -> ResponseReturnValue:
    with open_work() as work:
        service.pause_profile(work)
    flash(PAUSED, "success")
    return redirect(url_for("people.own"))


@people.post("/profiel/bewijs/<uuid:evidence_id>/verbergen")
@allow(Right.KEEP_PROFILE)
def hide_evidence(evidence_id: UUID) -> ResponseReturnValue:
    return _of_evidence(HIDDEN, partial(service.hide_evidence, is_hidden=True), evidence_id)


@people.post("/profiel/bewijs/<uuid:evidence_id>/tonen")
@allow(Right.KEEP_PROFILE)
def show_evidence(evidence_id: UUID) -> ResponseReturnValue:
    return _of_evidence(SHOWN, partial(service.hide_evidence, is_hidden=False), evidence_id)


@people.post("/profiel/bewijs/<uuid:evidence_id>/weghalen")
@allow(Right.KEEP_PROFILE)
def remove_evidence(evidence_id: UUID) -> ResponseReturnValue:
    return _of_evidence(REMOVED, service.remove_evidence, evidence_id)


def _of_evidence(
    said: str, deed: Callable[[Work, UUID], None], evidence_id: UUID
) -> ResponseReturnValue:
    with open_work() as work:
        deed(work, evidence_id)
    flash(said, "success")
    return redirect(url_for("people.own", _anchor="bevestigd"))


def _sought_and_found(form: ColleagueSearch) -> tuple[Sought, Page[SeenProfile]]:
    session, actor, today = db.session(), current_actor(), dutch_day(utc_now())
    sought = searching.sought_of_colleagues(session, today, shelf(), form.text)
    return sought, queries.search(session, actor, form.wanted(sought), page_number(), today)


def _count(form: ColleagueSearch) -> int:
    return _sought_and_found(form)[1].total


def _save(form: ProfileForm) -> bool:
    return form.save(
        Saving(
            write=lambda work: service.write_profile(work, form.draft()),
            publish=service.publish_profile,
            lacking=lambda: publishing_faults(form.draft(), dutch_day(utc_now())),
            version_now=_version_now,
            said_saved=SAVED,
            said_published=PUBLISHED,
            said_only_saved=ONLY_SAVED,
        )
    )


def _version_now() -> int:
    profile = _own_profile()
    return profile.version if profile else 0


def _own_profile() -> Profile | None:
    user_id = current_actor().user_id
    return queries.own_profile(db.session(), user_id) if user_id else None


def _previews(owner: Actor, today: date) -> Previews:
    """Each with the titles that such a colleague may read."""
    session = db.session()
    found = queries.previews(session, owner, today)
    home = Actor(SOMEBODY, owner.gemeente_code)
    return Previews(
        at_home=found.at_home and with_titles(session, home, found.at_home),
        elsewhere=found.elsewhere and with_titles(session, Actor(SOMEBODY), found.elsewhere),
        in_network=found.in_network and with_titles(session, Actor(SOMEBODY), found.in_network),
        outside=found.outside and with_titles(session, ANYONE, found.outside),
    )


def _in_networks() -> str:
    code, today = current_actor().gemeente_code or "", dutch_day(utc_now())
    names = [one.name for one in gemeenten.networks_of(db.session(), code, today)]
    return IN_NETWORKS.format(names=listed(names)) if names else IN_NO_NETWORK


def _draft() -> ProfileDraft:
    profile = _own_profile()
    return queries.draft_of(profile) if profile else ProfileDraft(version=0)


def _form_page(form: ProfileForm) -> str:
    profile = _own_profile()
    return render_template(
        "people/edit.html",
        form=form,
        hints=hints_for(row.form.label.data or "" for row in form.skills),
        labels=vocabulary.own_labels(db.session()),
        is_published=profile is not None and profile.state is ProfileState.PUBLISHED,
        agrees_with=CONSENTS[CONSENT],
        visibility_helps={tier.value: said for tier, said in VISIBILITY_SENTENCES.items()},
        in_networks=_in_networks(),
        movement_helps={role.value: said for role, said in MOVEMENT_SENTENCES.items()},
    )
