"""Somebody of whom every table holds rows: as many as are asked, written by the database.

What names somebody, or what only they wrote, begins with KANARIE and tells its column. What they
wrote for their gemeente or to others, and what others wrote, begins with WERK.
"""

import re
from dataclasses import dataclass

from sqlalchemy import BindParameter, bindparam, text
from sqlalchemy.orm import Session

from app.accounts.models import User

KANARIE, WERK = "kanarie", "werkwoord"
CANARY = re.compile(rf"{KANARIE}[a-z]+")

# An id is made from a number. What is theirs alone, by column, is a word of its own.
ROWS = """
CREATE TEMP TABLE nth ON COMMIT DROP AS SELECT generate_series(1, :times) AS n;
UPDATE "user" SET name = 'kanarienaam', shut_out_why = 'kanariewaarom' WHERE id = :me;
INSERT INTO role_grant (id, user_id, role, granted_at, ended_at)
  SELECT gen_random_uuid(), :me, 'opgavehouder', now() - interval '1 day' * n, now() FROM nth;
INSERT INTO user_session (id, user_id, began_at, expires_at)
  SELECT gen_random_uuid(), :me, now() - interval '1 hour' * n, now() + interval '1 day' FROM nth;
INSERT INTO second_factor (user_id, sealed, enrolled_at, last_step, wrong)
  VALUES (:me, 'kanariezegel', now(), 0, 0);
INSERT INTO passkey (id, user_id, credential, public_key, signed, name, added_at)
  VALUES (gen_random_uuid(), :me, 'kanariepas', 'kanariepub', 0, 'kanariepasnaam', now());
INSERT INTO spare_code (user_id, hash) VALUES (:me, 'kanariecode');
INSERT INTO known_identity (user_id, issuer, subject, known_since)
  VALUES (:me, 'kanarieuitgever', 'kanarieonderwerp', now());
INSERT INTO sign_in (id, email, asked_at, expires_at)
  SELECT gen_random_uuid(), :address, now() - interval '1 hour' * n, now() FROM nth;
INSERT INTO kept_address (id, email, why, kept_at)
  SELECT gen_random_uuid(), :address, 'invited', now() - interval '1 hour' * n FROM nth;
INSERT INTO access_request (id, email, name, gemeente_code, state, asked_at)
  VALUES (gen_random_uuid(), :address, 'kanarieaanvraag', :home, 'waiting', now());
UPDATE profile SET function = 'kanariefunctie', headline = 'kanariekop', about = 'kanarieover',
  themes = '{kanariethema}', movement = '{kanariebeweging}' WHERE user_id = :me;
INSERT INTO role_proposal (id, user_id, role, gemeente_code, ends_on, reason, proposed_at,
                           lapses_on, state)
  SELECT gen_random_uuid(), :me, 'gemeentebeheerder', gemeente_code, CURRENT_DATE + 90,
         'kanarievoorstel', now(), CURRENT_DATE + 14, 'waiting'
  FROM "user" WHERE id = :me;
INSERT INTO consent (id, user_id, text_version, given_at, withdrawn_at)
  SELECT gen_random_uuid(), :me, '2026-11', now() - interval '1 day' * n, now() FROM nth;
INSERT INTO skill (id, user_id, place, label, label_normal, level, years, energy, direction,
                   evidence)
  SELECT gen_random_uuid(), :me, n, 'kanariekennis ' || n, 'kanarienorm ' || n, 3, 4, 5, 'can',
         'kanariebewijs ' || n
  FROM nth;
INSERT INTO left_out_skill (user_id, label, label_normal)
  SELECT :me, 'kanarieweg ' || n, 'kanarieliever ' || n FROM nth;
INSERT INTO left_out_theme (user_id, theme) VALUES (:me, 'wonen');
INSERT INTO availability_window (id, user_id, place, hours_per_week, starts_on)
  SELECT gen_random_uuid(), :me, n, 8, CURRENT_DATE + n::int FROM nth;
INSERT INTO evidence (id, user_id, source_id, label, label_normal, gemeente_name, opgave_title,
                      month, is_hidden)
  SELECT gen_random_uuid(), :me, gen_random_uuid(), 'kanarieelders', 'kanariegetoond',
         'kanarieplaats', 'kanarieopdracht', '2026-01-01', false
  FROM nth;
INSERT INTO opgave (id, gemeente_code, owner_id, status, kind, title, text, themes, hours_per_week,
                    starts_on, ends_on, closes_on, place, people_needed, audience, is_public,
                    version, created_at, changed_at, published_at, ended_at, in_return, atelier)
  SELECT md5(:me || side || n)::uuid, CASE side WHEN 'mijn' THEN :home ELSE :away END,
         CASE side WHEN 'mijn' THEN CAST(:me AS uuid) ELSE :you END, 'afgerond', 'opgave',
         'werkwoord titel ' || n, 'werkwoord tekst', '{wonen}', 8, CURRENT_DATE - 90,
         CURRENT_DATE - 9, CURRENT_DATE - 99, 'hybrid', 1, 'everybody', true, 1, now(), now(),
         now(), now(), 'werkwoord terug', 'werkwoord atelier'
  FROM nth, unnest(ARRAY['mijn', 'hun']) side;
CREATE TEMP TABLE task ON COMMIT DROP AS
  SELECT n, md5(:me || 'mijn' || n)::uuid AS mine, md5(:me || 'hun' || n)::uuid AS theirs FROM nth;
INSERT INTO opgave (id, gemeente_code, owner_id, status, kind, title, text, themes, place,
                    people_needed, audience, is_public, version, created_at, changed_at, in_return,
                    atelier, sent_back_words)
  SELECT gen_random_uuid(), :home, :me, 'concept', 'opgave', 'kanarieconcept', 'kanarieschets',
         '{}', 'hybrid', 1, 'everybody', false, 1, now(), now(), 'kanarieruil', 'kanarieatelier',
         'kanarieterug'
  FROM nth;
INSERT INTO takeover (id, opgave_id, to_id, proposed_at, lapses_on, state)
  SELECT gen_random_uuid(), mine, :me, now(), CURRENT_DATE + 14, 'refused' FROM task;
INSERT INTO joint (id, name, begun_at, begun_by)
  SELECT md5('j' || :me || n)::uuid, 'werkwoord samen', now(), :me FROM nth;
INSERT INTO joint_opgave (joint_id, opgave_id, asked_at, asked_by)
  SELECT md5('j' || :me || n)::uuid, mine, now(), :me FROM task;
INSERT INTO joined_opgave (opgave_id, with_id, joined_at, joined_by)
  SELECT mine, theirs, now(), :me FROM task;
INSERT INTO followed_opgave (user_id, opgave_id, followed_at)
  SELECT :me, theirs, now() FROM task;
INSERT INTO response (user_id, opgave_id, answer, answered_at)
  SELECT :me, theirs, 'interested', now() FROM task;
INSERT INTO invitation (id, opgave_id, user_id, by_id, words, state, invited_at, answer_by,
                        ended_at, reason, no_words)
  SELECT gen_random_uuid(), theirs, :me, :you, 'kanarieuitnodiging', 'declined', now(),
         CURRENT_DATE, now(), 'te_ver', 'kanarienee'
  FROM task;
INSERT INTO outcome (user_id, opgave_id, reason, words, by_id, said_at)
  SELECT :me, theirs, 'uren', 'kanarieafloop', :you, now() FROM task;
INSERT INTO kept_reaction (user_id, opgave_id, asked_at) SELECT :me, theirs, now() FROM task;
INSERT INTO conversation (id, opgave_id, user_id, begun_at, messages, last_side, last_at)
  SELECT md5('c' || theirs)::uuid, theirs, :me, now(), 2, 'professional', now() FROM task;
INSERT INTO message (conversation_id, number, id, side, writer_id, text, said_at, by_mail)
  SELECT md5('c' || theirs)::uuid, nr, gen_random_uuid(),
         CASE nr WHEN 1 THEN 'professional' ELSE 'opgave' END,
         CASE nr WHEN 1 THEN CAST(:me AS uuid) ELSE :you END,
         CASE nr WHEN 1 THEN 'kanariebericht' ELSE 'kanarieantwoord' END, now(), false
  FROM task, generate_series(1, 2) nr;
INSERT INTO conversation_reader (id, conversation_id, user_id, read_to, told_to)
  SELECT md5('r' || theirs)::uuid, md5('c' || theirs)::uuid, :me, 1, 1 FROM task;
INSERT INTO awaited_answer (id, conversation_id, since, answer_before)
  SELECT gen_random_uuid(), md5('c' || theirs)::uuid, now(), CURRENT_DATE FROM task;
INSERT INTO received_mail (id, reader_id, key, received_at, length, is_message)
  SELECT gen_random_uuid(), md5('r' || theirs)::uuid, 'kanariesleutel' || n || left(:me, 8),
         now(), 9, true
  FROM task;
INSERT INTO published_answer (id, opgave_id, conversation_id, question, answer, published_at,
                              published_by)
  SELECT gen_random_uuid(), mine, NULL, 'werkwoord vraag', 'werkwoord antwoord', now(), :me
  FROM task;
INSERT INTO match (profile_id, opgave_id, value, tier, reasons, found_at, changed_at)
  SELECT :me, theirs, 50, 1,
         jsonb_build_array(jsonb_build_object(
           'asked', 'kanariereden', 'must', true, 'asked_level', 2, 'offered', NULL,
           'offered_level', NULL, 'energy', NULL, 'wants_to_learn', false, 'kind', NULL,
           'points', 0, 'max_points', 60, 'would_be', 60)),
         now(), now()
  FROM task;
INSERT INTO dispute (id, user_id, asked, offered, opgave_id, made_at)
  SELECT gen_random_uuid(), :me, 'kanariebezwaar', 'kanarietegen' || n, theirs, now() FROM task;
INSERT INTO loan (id, opgave_id, user_id, lender_code, borrower_code, manager_name, manager_email,
                  state, version, asked_at, activated_at, last_day, ended_at, ended_by, reason,
                  reason_words)
  SELECT md5('l' || opgave)::uuid, opgave,
         CASE side WHEN 'mijn' THEN CAST(:me AS uuid) ELSE :you END,
         CASE side WHEN 'mijn' THEN :home ELSE :away END,
         CASE side WHEN 'mijn' THEN :away ELSE :home END,
         CASE side WHEN 'mijn' THEN 'werkwoord baas' ELSE 'kanariebaas' END,
         CASE side WHEN 'mijn' THEN 'baas@elders.example' ELSE :address END,
         'geweigerd', 1, now(), now(), CURRENT_DATE, now(), 'inlener', 'werk_klaar',
         'werkwoord reden'
  FROM task, LATERAL (VALUES ('mijn', theirs), ('hun', mine)) one (side, opgave);
INSERT INTO terms (loan_id, version, hours_per_week, starts_on, ends_on, returns_on, cost_basis,
                   learning_goal, words, opgave_title, professional_name, lender_name,
                   borrower_name, made_by, made_at, professional_signed_at, lender_signed_at,
                   lender_signed_by, borrower_signed_at, borrower_signed_as, borrower_signed_by,
                   agreed_at)
  SELECT md5('l' || opgave)::uuid, 1, 8, CURRENT_DATE - 9, CURRENT_DATE - 2, CURRENT_DATE,
         'gesloten_beurs', goal, 'werkwoord afspraak', 'werkwoord titel', professional,
         'Hier', 'Daar', 'professional', now(), now(), now(), manager, now(), borrower, by_id, now()
  FROM task, LATERAL (VALUES
    (theirs, 'kanariedoel', 'kanarienaam', 'werkwoord baas', 'werkwoord naam', :you),
    (mine, 'werkwoord doel', 'werkwoord naam', 'kanariebaas', 'kanarietekening', CAST(:me AS uuid))
  ) one (opgave, goal, professional, manager, borrower, by_id);
UPDATE loan SET state = 'afgesloten', agreed_version = 1, closed_at = now(), closed_by = 'inlener'
  FROM task WHERE loan.id IN (md5('l' || theirs)::uuid, md5('l' || mine)::uuid);
INSERT INTO remark (id, loan_id, party, name, words, said_at)
  SELECT gen_random_uuid(), md5('l' || opgave)::uuid, party, name, 'werkwoord vraag', now()
  FROM task, LATERAL (VALUES
    (theirs, 'professional', 'kanarienaam'), (mine, 'inlener', 'kanarienaam'),
    (mine, 'uitlener', 'kanariebaas')
  ) one (opgave, party, name);
INSERT INTO worked_week (loan_id, monday, minutes, written_at)
  SELECT md5('l' || theirs)::uuid, '2026-11-16', 480, now() FROM task;
INSERT INTO lent_week (user_id, monday, hours)
  SELECT :me, date '2026-11-16' - 7 * n::int, 8 FROM nth;
INSERT INTO feedback (loan_id, party, again, went_well, different, goal_words, given_on, shown_on,
                      reply)
  SELECT md5('l' || theirs)::uuid, party, 'ja', 'kanariegoed', 'kanarieanders', 'kanariegeleerd',
         CURRENT_DATE, CURRENT_DATE, 'kanariereactie'
  FROM task, unnest(ARRAY['professional', 'inlener']) party;
INSERT INTO shown_skill (loan_id, place, label, showed)
  SELECT md5('l' || theirs)::uuid, 0, 'kanarieblijk', 'laten_zien' FROM task;
INSERT INTO notice (id, user_id, kind, opgave_id, told_at)
  SELECT gen_random_uuid(), :me, kind, theirs, now()
  FROM task, unnest(ARRAY['opgave_for_you', 'message_written', 'outcome']) kind;
INSERT INTO preference (user_id, frequency, weekday) VALUES (:me, 'weekly', 2);
INSERT INTO channel_choice (user_id, family, channel) VALUES (:me, 'matches', 'digest');
INSERT INTO delivery (id, kind, dedupe_key, user_id, subject_id, state, attempts, created_at,
                      next_attempt_at, expires_at, message_id, last_answer)
  SELECT md5('d' || :me || n)::uuid, 'digest', 'kanariesleutel' || n || :me, :me, :me, 'accepted',
         1, now() - interval '1 day' * n, now(), now(), '<kanariepost.' || n || :me || '@x>',
         'kanarierelay 250 OK'
  FROM nth;
INSERT INTO attempt (delivery_id, number, tried_at, phase, words)
  SELECT md5('d' || :me || n)::uuid, 1, now(), 'done', 'kanariepoging' FROM nth;
INSERT INTO bounce (delivery_id, told_at, is_hard, status)
  SELECT md5('d' || :me || n)::uuid, now(), false, '4.2.2' FROM nth;
INSERT INTO mail_allowance (id, user_id, opgave_id, day, spent)
  SELECT gen_random_uuid(), :me, theirs, CURRENT_DATE, 1 FROM task;
INSERT INTO report (id, profile_id, reporter_id, ground, words, reported_at, decided_at, ruling,
                    answer, copy, named)
  SELECT gen_random_uuid(), CASE side WHEN 'mijn' THEN CAST(:you AS uuid) ELSE :me END,
         CASE side WHEN 'mijn' THEN CAST(:me AS uuid) ELSE :you END, 'unkind',
         CASE side WHEN 'mijn' THEN 'kanariemelding' ELSE 'kanarieklacht' END, now(), now(),
         'left', 'kanariebesluit', CASE side WHEN 'hun' THEN 'kanariekopie' ELSE '' END,
         CASE side WHEN 'hun' THEN 'kanarienaam' ELSE '' END
  FROM nth, unnest(ARRAY['mijn', 'hun']) side;
INSERT INTO audit_entry (id, done_at, actor_id, gemeente_code, deed, subject, subject_id, person_id,
                         request_id)
  SELECT gen_random_uuid(), now(), :you, '', 'profile.seen', 'profile', :me, :me, ''
  FROM nth, generate_series(1, 4);
INSERT INTO job (fact_id, reaction, payload, state, attempts, last_error)
  SELECT id, 'mail_of_' || n, '{}', 'done', 1, 'refused for ' || :address
  FROM outbox_message, nth ORDER BY id LIMIT :times;
INSERT INTO concept (label, source, description)
  SELECT 'begrip ' || :me || n, 'starter', '' FROM nth;
INSERT INTO concept_merge (concept_id, into_id, merged_at, merged_by)
  SELECT id, (SELECT min(id) FROM concept), now(), :me FROM concept
  WHERE id > (SELECT min(id) FROM concept) LIMIT :times;
INSERT INTO word_decision (id, verdict, word, normal, decided_at, decided_by)
  SELECT gen_random_uuid(), 'aside', 'werkwoord', :me || n, now(), :me FROM nth
"""


@dataclass(frozen=True)
class Laden:
    """Whom to fill the tables of, and a colleague elsewhere who takes the other side."""

    person: User
    other: User


def fill(session: Session, who: Laden, times: int) -> None:
    """Both have a profile; about fifty rows of the person for each of `times`."""
    told = {
        "me": str(who.person.id),
        "you": str(who.other.id),
        "address": who.person.email,
        "home": who.person.gemeente_code,
        "away": who.other.gemeente_code,
        "times": times,
    }
    session.flush()
    for statement in ROWS.split(";\n"):
        named: list[BindParameter[object]] = [
            # Written out, so that the column says which type it is.
            bindparam(name, value, literal_execute=True)
            for name, value in told.items()
            if re.search(rf":{name}\b", statement)
        ]
        session.execute(text(statement).bindparams(*named))
    session.expire_all()
