"""Changing loans: one file for each part of their life, and one face for the doors."""

from app.loans.service.asking import ask, end_what_was_asked, faults_of, withdraw
from app.loans.service.closing import (
    agree_on_hours,
    close_what_nobody_disputes,
    dispute_hours,
    report_completion,
    report_what_fell_silent,
)
from app.loans.service.feedback import (
    answer_feedback,
    ask_for_feedback,
    give_feedback,
    keep_evidence,
    show_feedback,
)
from app.loans.service.limits import LimitPassed, look_again, look_ahead, note_held_up
from app.loans.service.manager import name_another, note_unreached
from app.loans.service.reacting import say_later, say_no, withdraw_reaction
from app.loans.service.running import (
    call_off,
    end_early,
    end_what_is_over,
    finish_opgaven,
    plan_end_talk,
    tell_end_talks,
    write_hours,
)
from app.loans.service.talking import remark
from app.loans.service.terms import (
    change,
    refuse_terms,
    sign_as_borrower,
    sign_as_lender,
    sign_as_professional,
)

__all__ = [
    "LimitPassed",
    "agree_on_hours",
    "answer_feedback",
    "ask",
    "ask_for_feedback",
    "call_off",
    "change",
    "close_what_nobody_disputes",
    "dispute_hours",
    "end_early",
    "end_what_is_over",
    "end_what_was_asked",
    "faults_of",
    "finish_opgaven",
    "give_feedback",
    "keep_evidence",
    "look_again",
    "look_ahead",
    "name_another",
    "note_held_up",
    "note_unreached",
    "plan_end_talk",
    "refuse_terms",
    "remark",
    "report_completion",
    "report_what_fell_silent",
    "say_later",
    "say_no",
    "show_feedback",
    "sign_as_borrower",
    "sign_as_lender",
    "sign_as_professional",
    "tell_end_talks",
    "withdraw",
    "withdraw_reaction",
    "write_hours",
]
