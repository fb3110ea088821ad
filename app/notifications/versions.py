"""What a digest was written from, as one word: as long as that is the same, so is what it tells.

PostgreSQL keeps of each row the number of the change that wrote it (`xmin`) and its place (`ctid`).
To sum these over all rows that a digest is made of is one question; to compose it anew takes ten.
The word may also become another one for a reason that is of no matter, such as a notice that was
read: who sees another word composes anew, and compares. What words mean counts as well, because
somebody may leave out a skill under another name.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import text

from app.core.work import Work
from app.notifications.rules import ANSWER_WAIT

# Of `d`, a mail on its way: the reader, what they chose and answered, their notices, and what these
# point at.
ROWS = """
  SELECT o.xmin, o.ctid FROM "user" o WHERE o.id = d.user_id
  UNION ALL SELECT o.xmin, o.ctid FROM role_grant o WHERE o.user_id = d.user_id
  UNION ALL SELECT o.xmin, o.ctid FROM preference o WHERE o.user_id = d.user_id
  UNION ALL SELECT o.xmin, o.ctid FROM channel_choice o WHERE o.user_id = d.user_id
  UNION ALL SELECT o.xmin, o.ctid FROM left_out_theme o WHERE o.user_id = d.user_id
  UNION ALL SELECT o.xmin, o.ctid FROM left_out_skill o WHERE o.user_id = d.user_id
  UNION ALL SELECT o.xmin, o.ctid FROM response o WHERE o.user_id = d.user_id
  UNION ALL SELECT o.xmin, o.ctid FROM delivery o
    WHERE o.user_id = d.user_id
      AND (o.state IN ('submitting', 'accepted')
        OR o.kind IN ('interest_shown', 'message', 'invitation', 'outcome', 'loan',
          'answer_awaited', 'urenbank'))
  UNION ALL SELECT o.xmin, o.ctid FROM notice o WHERE o.user_id = d.user_id
  UNION ALL SELECT o.xmin, o.ctid FROM notice n JOIN opgave o ON o.id = n.opgave_id
    WHERE n.user_id = d.user_id
  UNION ALL SELECT o.xmin, o.ctid FROM notice n JOIN opgave p ON p.id = n.opgave_id
    JOIN gemeente o ON o.code = p.gemeente_code WHERE n.user_id = d.user_id
  UNION ALL SELECT o.xmin, o.ctid FROM notice n JOIN match o
    ON o.opgave_id = n.opgave_id AND o.profile_id = coalesce(n.profile_id, n.user_id)
    WHERE n.user_id = d.user_id
  UNION ALL SELECT o.xmin, o.ctid FROM notice n JOIN response o
    ON o.opgave_id = n.opgave_id AND o.user_id = n.profile_id WHERE n.user_id = d.user_id
  UNION ALL SELECT o.xmin, o.ctid FROM notice n JOIN profile o ON o.user_id = n.profile_id
    WHERE n.user_id = d.user_id
  UNION ALL SELECT o.xmin, o.ctid FROM notice n JOIN "user" o ON o.id = n.profile_id
    WHERE n.user_id = d.user_id
  UNION ALL SELECT o.xmin, o.ctid FROM notice n JOIN "user" u ON u.id = n.profile_id
    JOIN gemeente o ON o.code = u.gemeente_code WHERE n.user_id = d.user_id
  UNION ALL SELECT o.xmin, o.ctid FROM followed_opgave o WHERE o.user_id = d.user_id
  UNION ALL SELECT o.xmin, o.ctid FROM notice n JOIN joined_opgave o ON o.with_id = n.opgave_id
    WHERE n.user_id = d.user_id
  UNION ALL SELECT o.xmin, o.ctid FROM notice n JOIN joint_opgave o ON o.opgave_id = n.opgave_id
    WHERE n.user_id = d.user_id
  UNION ALL SELECT o.xmin, o.ctid FROM notice n JOIN conversation o
    ON o.opgave_id = n.opgave_id AND o.user_id = coalesce(n.profile_id, n.user_id)
    WHERE n.user_id = d.user_id
  UNION ALL SELECT o.xmin, o.ctid FROM outcome o WHERE o.user_id = d.user_id
  UNION ALL SELECT o.xmin, o.ctid FROM notice n JOIN invitation o ON o.opgave_id = n.opgave_id
    WHERE n.user_id = d.user_id
  UNION ALL SELECT o.xmin, o.ctid FROM notice n JOIN published_answer o
    ON o.opgave_id = n.opgave_id WHERE n.user_id = d.user_id
  UNION ALL SELECT o.xmin, o.ctid FROM notice n JOIN conversation c
    ON c.opgave_id = n.opgave_id AND c.user_id = n.profile_id
    JOIN awaited_answer o ON o.conversation_id = c.id WHERE n.user_id = d.user_id
  UNION ALL SELECT o.xmin, o.ctid FROM conversation_reader o WHERE o.user_id = d.user_id
  UNION ALL SELECT o.xmin, o.ctid FROM notice n JOIN loan o
    ON o.opgave_id = n.opgave_id AND o.user_id = coalesce(n.profile_id, n.user_id)
    WHERE n.user_id = d.user_id
  UNION ALL SELECT o.xmin, o.ctid FROM notice n JOIN loan l
    ON l.opgave_id = n.opgave_id AND l.user_id = coalesce(n.profile_id, n.user_id)
    JOIN terms o ON o.loan_id = l.id WHERE n.user_id = d.user_id
  UNION ALL SELECT o.xmin, o.ctid FROM notice n JOIN loan l
    ON l.opgave_id = n.opgave_id AND l.user_id = coalesce(n.profile_id, n.user_id)
    JOIN remark o ON o.loan_id = l.id WHERE n.user_id = d.user_id
  UNION ALL SELECT o.xmin, o.ctid FROM notice n JOIN loan l
    ON l.opgave_id = n.opgave_id AND l.user_id = coalesce(n.profile_id, n.user_id)
    JOIN worked_week o ON o.loan_id = l.id WHERE n.user_id = d.user_id
  UNION ALL SELECT o.xmin, o.ctid FROM notice n JOIN loan l
    ON l.opgave_id = n.opgave_id AND l.user_id = coalesce(n.profile_id, n.user_id)
    JOIN feedback o ON o.loan_id = l.id WHERE n.user_id = d.user_id
  UNION ALL SELECT o.xmin, o.ctid FROM notice n JOIN loan o
    ON o.held_up_at IS NOT NULL AND n.kind = 'limit_reached' WHERE n.user_id = d.user_id
  UNION ALL SELECT o.xmin, o.ctid FROM notice n JOIN loan l
    ON l.held_up_at IS NOT NULL AND n.kind = 'limit_reached' JOIN opgave o ON o.id = l.opgave_id
    WHERE n.user_id = d.user_id
  UNION ALL SELECT o.xmin, o.ctid FROM notice n JOIN loan l
    ON l.held_up_at IS NOT NULL AND n.kind = 'limit_reached' JOIN "user" o ON o.id = l.user_id
    WHERE n.user_id = d.user_id
  UNION ALL SELECT o.xmin, o.ctid FROM notice n JOIN hour_account o
    ON o.gemeente_code = n.gemeente_code WHERE n.user_id = d.user_id
  UNION ALL SELECT o.xmin, o.ctid FROM notice n JOIN hour_settling o ON o.year = n.year
    WHERE n.user_id = d.user_id
  UNION ALL SELECT o.xmin, o.ctid FROM vocabulary_version o
"""
# Tables that point at what a digest tells of, and why none reads them.
NOT_READ = {
    "access_request": "it asks for a role; the role itself counts",
    "asked_skill": "it is saved together with its opgave, whose version goes up",
    "attempt": "it tells of a mail on its way, not of what the mail says",
    "availability_window": "a line about a colleague says nothing of hours",
    "bounce": "the mark looks at the address itself",
    "consent": "who takes it back has no profile to read, and that counts",
    "dispute": "what it changes is in the match",
    "evidence": "a line about a colleague says nothing of what gemeenten confirmed",
    "hour_transfer": "a digest tells that a year was settled, and not what was booked",
    "joint": "a digest does not name it; what is in it counts",
    "kept_reaction": "how long a reaction is kept is no news",
    "known_identity": "how somebody signs in changes nothing of what they read",
    "lent_week": "no digest tells of hours that are lent",
    "mail_allowance": "it holds back mail that goes at once, never a digest",
    "message": "each changes its conversation, which counts",
    "passkey": "how somebody signs in changes nothing of what they read",
    "report": "what is decided of it is in the opgave or the profile",
    "role_proposal": "a role counts once it is given",
    "second_factor": "how somebody signs in changes nothing of what they read",
    "sign_in": "a digest does not ask who is signed in",
    "skill": "what of it counts is in the match",
    "takeover": "an opgave has another opgavehouder once it is confirmed, and the notice tells",
    "user_session": "a digest does not ask who is signed in",
}
# Of constants only: nothing that anybody typed comes near it.
VERSION = f"""(SELECT count(*) || ':' || sum(hashtextextended(xmin::text || ctid::text, 0))
  FROM ({ROWS}) rows)"""  # noqa: S608
ASK = text(f"SELECT d.id, {VERSION} FROM delivery d WHERE d.id = ANY(:ids)")  # noqa: S608
MARK = text(
    f"""
UPDATE delivery d
SET state = 'submitting', submitted_at = now(), lease_until = now() + CAST(:wait AS interval)
WHERE d.id = :id AND d.lease_owner = :owner AND d.state = 'pending' AND d.lease_until > now()
  AND d.expires_at > now()
  AND NOT EXISTS (SELECT FROM address_health
                  WHERE address_hash = :address_hash AND suppressed_since IS NOT NULL)
  AND {VERSION} = :version
RETURNING d.id
"""  # noqa: S608
)


def versions_of(work: Work, delivery_ids: Collection[UUID]) -> dict[UUID, str]:
    """To be asked before the digests are written: then no change while that is done is missed."""
    rows = work.session.execute(ASK, {"ids": list(delivery_ids)})
    return {delivery_id: f"{work.today} {version}" for delivery_id, version in rows}


def mark_as_written(
    work: Work, delivery_id: UUID, owner: UUID, version: str, address_hash: bytes
) -> bool:
    """The mark before the dot and the last look in one statement; False when something differs."""
    day, _, counted = version.partition(" ")
    if day != str(work.today):
        return False
    asked = {
        "id": delivery_id,
        "owner": owner,
        "wait": ANSWER_WAIT,
        "address_hash": address_hash,
        "version": counted,
    }
    return work.session.scalar(MARK, asked) is not None
