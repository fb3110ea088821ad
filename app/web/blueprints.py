"""All pages, in menu order; those of the demo exist only there."""

from flask import Blueprint

from app.settings import Settings
from app.web.accounts.account import account
from app.web.accounts.at_gemeente import at_gemeente
from app.web.accounts.passkeys import passkeys
from app.web.accounts.proving import proving
from app.web.accounts.views import accounts
from app.web.audit.views import audit
from app.web.beheer.mail import mail
from app.web.beheer.networks import networks
from app.web.beheer.views import beheer
from app.web.conversations.publishing import published
from app.web.conversations.views import conversations
from app.web.demo.views import demo, mailbox
from app.web.home.views import home
from app.web.hours.settling import settling
from app.web.hours.views import hours
from app.web.insight.views import insight
from app.web.invitations.views import invitations
from app.web.loans.by_mail import loans_by_mail
from app.web.loans.feedback import loan_feedback
from app.web.loans.views import loans
from app.web.matching.views import matching
from app.web.moderation.views import moderation
from app.web.network.views import network
from app.web.notifications.returned import returned
from app.web.notifications.views import notifications
from app.web.opgaven.absent import absent
from app.web.opgaven.review import review
from app.web.opgaven.views import opgaven
from app.web.outcomes.views import outcomes
from app.web.people.views import people
from app.web.privacy.views import privacy
from app.web.responses.by_mail import by_mail
from app.web.responses.views import responses
from app.web.rights.views import rights
from app.web.together.views import together
from app.web.vocabulary.views import vocabulary
from app.web.vocabulary.words import words


def blueprints(settings: Settings) -> tuple[Blueprint, ...]:
    always = (
        home,
        opgaven,
        review,
        absent,
        people,
        matching,
        responses,
        invitations,
        outcomes,
        together,
        by_mail,
        conversations,
        published,
        loans,
        loan_feedback,
        loans_by_mail,
        notifications,
        returned,
        vocabulary,
        words,
        beheer,
        networks,
        network,
        insight,
        rights,
        hours,
        settling,
        mail,
        audit,
        moderation,
        accounts,
        account,
        passkeys,
        proving,
        at_gemeente,
        privacy,
    )
    return (
        *always,
        *((demo,) if settings.demo_accounts else ()),
        *((mailbox,) if settings.maildir else ()),
    )
