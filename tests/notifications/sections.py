"""Sections of a digest, from news: the few that are chosen, and the count of the rest."""

from collections.abc import Sequence

from app.notifications.digest import (
    ColleagueNews,
    ForOpgaven,
    ForYou,
    OpgaveNews,
    ResponseNews,
    ToOpgaven,
)
from app.notifications.digest import colleagues_for_opgaven as colleagues_of
from app.notifications.digest import opgaven_for_you as opgaven_of
from app.notifications.digest import responses_to_opgaven as responses_of
from app.notifications.parts import COLLEAGUES, MATCHES, RESPONSES


def opgaven_for_you(news: Sequence[OpgaveNews]) -> ForYou:
    return opgaven_of(MATCHES.choose(news))


def colleagues_for_opgaven(news: Sequence[ColleagueNews]) -> ForOpgaven:
    return colleagues_of(COLLEAGUES.choose(news))


def responses_to_opgaven(news: Sequence[ResponseNews]) -> ToOpgaven:
    return responses_of(RESPONSES.choose(news))
