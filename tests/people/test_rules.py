"""What is wrong with a profile, and what is missing before others may find it."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from app.core.dutch import number
from app.core.faults import Fault
from app.people.rules import (
    EVIDENCE_LIMIT,
    FUNCTION_LIMIT,
    HEADLINE_LIMIT,
    MOST_SKILLS,
    MOST_WINDOWS,
    TEXT_LIMIT,
    Level,
    ProfileDraft,
    SkillDraft,
    WindowDraft,
    begun_by,
    faults,
    publishing_faults,
)
from app.vocabulary.rules import LABEL_LIMIT

SKILL = SkillDraft("verkeerskunde")
WINDOW = WindowDraft(16, date(2026, 12, 1), date(2027, 3, 1))
TODAY = date(2026, 11, 23)
OVER = WindowDraft(8, date(2026, 1, 1), date(2026, 11, 22))
WHOLE = ProfileDraft(headline="Ik help graag", skills=(SKILL,), windows=(WINDOW,))


def with_skill(**changed: Any) -> ProfileDraft:
    return replace(WHOLE, skills=(replace(SKILL, **changed),))


def with_window(**changed: Any) -> ProfileDraft:
    return replace(WHOLE, windows=(replace(WINDOW, **changed),))


YEARS = "Kies een datum van 2000 tot en met 2100."


def too_long(limit: int) -> str:
    return f"Gebruik hier hoogstens {number(limit)} tekens. Het zijn er nu {number(limit + 1)}."


def between(least: int, most: int) -> str:
    return f"Kies een getal van {least} tot en met {most}."


@pytest.mark.parametrize(
    "draft",
    [
        ProfileDraft(),
        WHOLE,
        replace(WHOLE, function="f" * FUNCTION_LIMIT, headline="h" * HEADLINE_LIMIT),
        replace(WHOLE, about="a" * TEXT_LIMIT, travel_km=0),
        replace(WHOLE, travel_km=400),
        with_skill(label="s" * LABEL_LIMIT, level=min(Level), years=0, energy=1),
        with_skill(level=max(Level), years=60, energy=5, evidence="e" * EVIDENCE_LIMIT),
        with_window(hours_per_week=1, ends_on=None),
        with_window(hours_per_week=40, ends_on=WINDOW.starts_on),
        replace(WHOLE, skills=tuple(SkillDraft(f"vak {n}") for n in range(MOST_SKILLS))),
        replace(WHOLE, windows=(WINDOW,) * MOST_WINDOWS),
    ],
)
def test_nothing_is_wrong_up_to_and_including_the_limits(draft: ProfileDraft) -> None:
    assert faults(draft) == []


@pytest.mark.parametrize(
    ("draft", "field", "said"),
    [
        (replace(WHOLE, function="f" * 81), "function", too_long(80)),
        (replace(WHOLE, headline="h" * 121), "headline", too_long(120)),
        (replace(WHOLE, about="a" * 10_001), "about", too_long(10_000)),
        (replace(WHOLE, travel_km=-1), "travel_km", between(0, 400)),
        (replace(WHOLE, travel_km=401), "travel_km", between(0, 400)),
        (
            replace(WHOLE, travel_km=None),
            "travel_km",
            "Vul een getal in van 0 tot en met 400.",
        ),
        (with_skill(label=""), "skills-0-label", "Vul een vaardigheid in."),
        (with_skill(label="?!"), "skills-0-label", "Gebruik letters of cijfers."),
        (with_skill(label="s" * 81), "skills-0-label", too_long(80)),
        (with_skill(level=min(Level) - 1), "skills-0-level", between(min(Level), max(Level))),
        (with_skill(level=max(Level) + 1), "skills-0-level", between(min(Level), max(Level))),
        (with_skill(years=-1), "skills-0-years", between(0, 60)),
        (with_skill(years=61), "skills-0-years", between(0, 60)),
        (with_skill(energy=0), "skills-0-energy", between(1, 5)),
        (with_skill(energy=6), "skills-0-energy", between(1, 5)),
        (with_skill(evidence="e" * 301), "skills-0-evidence", too_long(300)),
        (
            replace(
                WHOLE, skills=(SKILL, SkillDraft("Verkeers-kunde"), SkillDraft("VERKEERSKUNDE"))
            ),
            "skills-2-label",
            "“VERKEERSKUNDE” staat er al.",
        ),
        (
            replace(WHOLE, skills=tuple(SkillDraft(f"vak {n}") for n in range(41))),
            "skills",
            "Noem hoogstens 40 vaardigheden.",
        ),
        (replace(WHOLE, windows=(WINDOW,) * 7), "windows", "Vul hoogstens 6 perioden in."),
        (with_window(hours_per_week=0), "windows-0-hours_per_week", between(1, 40)),
        (with_window(hours_per_week=41), "windows-0-hours_per_week", between(1, 40)),
        (
            with_window(hours_per_week=None),
            "windows-0-hours_per_week",
            "Vul een getal in van 1 tot en met 40.",
        ),
        (with_window(starts_on=date(1, 1, 1)), "windows-0-starts_on", YEARS),
        (with_window(ends_on=date(1, 1, 1)), "windows-0-ends_on", YEARS),
        (with_window(ends_on=date(9999, 12, 31)), "windows-0-ends_on", YEARS),
        (
            with_window(ends_on=date(2026, 11, 30)),
            "windows-0-ends_on",
            "De einddatum ligt voor de begindatum.",
        ),
    ],
)
def test_one_thing_that_is_wrong_is_one_fault(draft: ProfileDraft, field: str, said: str) -> None:
    assert faults(draft) == [Fault(field, said)]


def test_a_million_skills_are_not_all_looked_at() -> None:
    draft = replace(WHOLE, skills=(SkillDraft(""),) * 1_000_000)

    assert len(faults(draft)) < 3 * MOST_SKILLS


@pytest.mark.parametrize(
    ("draft", "fields"),
    [
        (WHOLE, []),
        (replace(WHOLE, headline=""), ["headline"]),
        (replace(WHOLE, skills=()), ["skills"]),
        (replace(WHOLE, windows=()), ["windows"]),
        (replace(WHOLE, windows=(OVER, OVER)), ["windows"]),
        (replace(WHOLE, windows=(OVER, WindowDraft(8, OVER.starts_on, TODAY))), []),
        (replace(WHOLE, windows=(OVER, WindowDraft(8, OVER.starts_on))), []),
        (ProfileDraft(), ["headline", "skills", "windows"]),
    ],
)
def test_what_is_missing_before_others_may_find_it(draft: ProfileDraft, fields: list[str]) -> None:
    assert [fault.field for fault in publishing_faults(draft, TODAY)] == fields


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "begins"),
    [
        (None, None, TODAY),
        (None, date(2027, 1, 1), TODAY),
        (None, date(2026, 11, 1), date(2026, 11, 1)),
        (date(2026, 12, 1), None, date(2026, 12, 1)),
    ],
)
def test_a_period_without_a_first_day_begins_today_or_at_its_end(
    starts_on: date | None, ends_on: date | None, begins: date
) -> None:
    begun = begun_by(with_window(starts_on=starts_on, ends_on=ends_on), TODAY)
    assert begun == with_window(starts_on=begins, ends_on=ends_on)
