"""A source file with logic has a test file in the same place, or a line here that says where."""

import ast

from tests.house.tree import ROOT, code, near

# These hold no logic of their own: the tests of services and queries show them at work.
PASSIVE = {"__init__.py", "models.py", "events.py"}
MAILS, TESTS_OF_MAILS = "app/notifications/service", "tests/notifications/service"
# Who writes which mail is shown where that mail comes about.
MAILS_SHOWN_IN = {
    "access": "letters",
    "addressed": "last_look",
    "conversations": "messages",
    "digests": "letters",
    "loans": "loan_mail",
    "moderation": "report_mail",
    "opgaven": "own_opgaven",
    "reactions": "outcome",
    "roles": "role_mail",
    "urenbank": "urenbank",
}
# What everybody uses is shown where it is used best.
SHOWN_IN = {
    **{
        f"{MAILS}/writing/{name}.py": f"{TESTS_OF_MAILS}/test_{shown}.py"
        for name, shown in MAILS_SHOWN_IN.items()
    },
    "app/loans/due.py": "tests/loans/test_closing.py",
    "app/loans/room.py": "tests/loans/test_limits.py",
    "app/loans/seen.py": "tests/loans/test_queries.py",
    "app/loans/told.py": "tests/notifications/service/test_loan_news.py",
    "app/web/cookies.py": "tests/attacks/test_cookies.py",
    "app/accounts/identities.py": "tests/accounts/test_arriving.py",
    "app/cli/esco.py": "tests/cli/test_words.py",
    "app/cli/vocabulary.py": "tests/cli/test_words.py",
    "app/notifications/parts.py": "tests/notifications/test_due.py",
    "app/core/clock.py": "tests/notifications/test_rules.py",
    "app/core/errors.py": "tests/web/test_errors.py",
    "app/core/ids.py": "tests/core/test_work.py",
    "app/matching/core/arrays.py": "tests/matching/core/test_engine.py",
    "app/matching/core/kernels.py": "tests/matching/core/test_engine.py",
    "app/core/progress.py": "tests/cli/test_matching.py",
    "app/matching/current.py": "tests/matching/test_snapshot.py",
    "app/matching/country.py": "tests/matching/test_standing.py",
    "app/matching/saving.py": "tests/matching/test_service.py",
    "app/matching/shelf.py": "tests/matching/test_standing.py",
    "app/matching/touched.py": "tests/matching/test_preview.py",
    "app/post.py": "tests/house/test_mails.py",
    "app/settings.py": "tests/house/test_settings.py",
    "app/vocabulary/stored.py": "tests/vocabulary/test_service.py",
    "app/vocabulary/versions.py": "tests/vocabulary/test_merging.py",
    "app/accounts/granting.py": "tests/accounts/test_service.py",
    "app/core/grants.py": "tests/cli/test_database.py",
    "app/responses/words.py": "tests/web/test_outcomes.py",
    "app/web/addresses.py": "tests/web/test_accounts.py",
    "app/web/aliases.py": "tests/web/test_beheer.py",
    "app/web/limits.py": "tests/web/test_people.py",
    "app/web/auth.py": "tests/web/test_accounts.py",
    "app/web/tracing.py": "tests/web/test_errors.py",
    "app/web/blueprints.py": "tests/house/test_routes.py",
    "app/web/cards.py": "tests/web/test_people.py",
    "app/web/choices.py": "tests/web/test_opgaven.py",
    "app/web/filters.py": "tests/core/test_dutch.py",
    "app/web/forms.py": "tests/web/test_opgaven.py",
    "app/web/found.py": "tests/web/test_people.py",
    "app/web/headers.py": "tests/house/test_answers.py",
    "app/web/looking.py": "tests/web/test_conversations.py",
    "app/labels.py": "tests/house/test_labels.py",
    "app/web/rows.py": "tests/web/test_opgaven.py",
    "app/web/waiting.py": "tests/web/test_who_is_to_move.py",
    "app/web/work.py": "tests/web/test_opgaven.py",
    "workers/crowd.py": "tests/workers/test_simulate.py",
    "workers/messages.py": "tests/faults/broker/test_queue.py",
    "workers/work.py": "tests/workers/test_outbox.py",
}


def has_logic(source: str) -> bool:
    return any(isinstance(node, ast.FunctionDef) for node in ast.walk(ast.parse(source)))


def places_of_test(path: str) -> list[str]:
    """Where the test of this file may be: its mirror, or that of the package it is a part of."""
    folder, _, name = path.removesuffix(".py").rpartition("/")
    mirror = folder.replace("app", "tests", 1) if folder.startswith("app") else f"tests/{folder}"
    room, _, package = mirror.rpartition("/")
    return [f"{mirror}/test_{name}.py", f"{room}/test_{package}.py"]


def without_mirror() -> set[str]:
    sources = {near(path): path.read_text() for path in code() if path.name not in PASSIVE}
    return {
        path
        for path, source in sources.items()
        if has_logic(source) and not any((ROOT / test).exists() for test in places_of_test(path))
    }


def test_every_file_with_logic_has_its_test() -> None:
    assert without_mirror() - set(SHOWN_IN) == set()


def test_no_line_stands_here_longer_than_needed() -> None:
    assert set(SHOWN_IN) - without_mirror() == set()


def test_what_is_shown_elsewhere_is_shown_there() -> None:
    assert {test for test in SHOWN_IN.values() if not (ROOT / test).exists()} == set()


def test_tests_are_looked_for_in_the_same_place() -> None:
    assert places_of_test("app/people/rules.py") == [
        "tests/people/test_rules.py",
        "tests/test_people.py",
    ]
    assert places_of_test("app/web/people/views.py")[1] == "tests/web/test_people.py"
    assert places_of_test("workers/mail.py")[0] == "tests/workers/test_mail.py"
