"""Proposals under a field where somebody types a skill."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from tests.journeys.test_opgave_finds_people import skill_field
from tests.support.browser import Visitor

pytestmark = pytest.mark.browser

PROPOSALS = "**/begrippen?q=*"
TWO_FRAMES = "() => new Promise(go => requestAnimationFrame(() => requestAnimationFrame(go)))"


def test_proposals_open_for_who_waits_and_for_nobody_who_went_on(
    arrive: Callable[..., Visitor],
) -> None:
    visitor, held = arrive(), list[Route]()
    visitor.sign_in_on_demo_page("Jorrit Feenstra")
    visitor.go("/profiel/bewerken")
    field, page = skill_field(visitor, 0), visitor.page
    proposals = page.get_by_role("option")

    page.route(PROPOSALS, lambda route: held.append(route))
    with page.expect_request(PROPOSALS):
        field.fill("verkeers")
    field.press("Tab")
    with page.expect_response(PROPOSALS) as answered:
        held[0].continue_()
    answered.value.finished()
    page.evaluate(TWO_FRAMES)
    expect(proposals.first).to_be_hidden()

    page.unroute(PROPOSALS)
    field.fill("verkeer")
    expect(proposals.first).to_be_visible()
    visitor.look("profiel-voorstellen")
