"""What each rule must find (ruleid) and must leave alone (ok). Read by semgrep, never run."""

# ruleid: sql-of-values
text(f"SELECT * FROM opgave WHERE title = '{title}'")
# ruleid: sql-of-values
text("SELECT * FROM opgave ORDER BY %s" % column)
# ruleid: sql-of-values
text("SELECT * FROM opgave ORDER BY " + column)
# ok: sql-of-values
text(f"SELECT {COLUMNS} FROM opgave WHERE id = :id")

def after_signing_in():
    # ruleid: redirect-to-what-was-asked
    return redirect(request.args["next"])

def after_a_choice():
    wanted = request.form.get("back")
    # ruleid: redirect-to-what-was-asked
    return redirect(wanted)

def after_saving():
    # ok: redirect-to-what-was-asked
    return redirect(url_for("people.profile", q=request.args["q"]))

# ruleid: address-of-the-visitor
url_for("accounts.sign_in", token=token, _external=True)
# ok: address-of-the-visitor
url_for("accounts.sign_in", token=token)

# ruleid: unescaped
Markup(goal)
# ruleid: unescaped
render_template_string(goal)
# ruleid: unescaped
Environment(loader=loader, autoescape=False)
# ok: unescaped
Environment(loader=loader, autoescape=select_autoescape(default=True))

# ruleid: fetching
import requests
# ruleid: fetching
from urllib.request import urlopen
# ruleid: fetching
from authlib.integrations.requests_client import OAuth2Session
# ok: fetching
from urllib.parse import urlsplit

# ruleid: unpacking-code
pickle.loads(message)
# ok: unpacking-code
json.loads(message)

# ruleid: another-program
import subprocess

# ruleid: queued-before-the-commit
send_mails.delay(mail_id)
# ok: queued-before-the-commit
work.emit(OpgavePublished(opgave_id=opgave.id))

# ruleid: a-commit-of-its-own
session.commit()
# ok: a-commit-of-its-own
session.flush()

# ruleid: a-person-in-the-log
log.info("signed in", email=user.email)
# ok: a-person-in-the-log
log.info("signed in", user=user.id)

# ruleid: door-without-a-token
@csrf.exempt
def publish(opgave_id): ...

# ok: door-without-a-token
def withdraw(opgave_id): ...

# ruleid: compared-in-the-open
if row.token == given: ...
# ok: compared-in-the-open
if hmac.compare_digest(row.token, given): ...

# ruleid: unchecked-certificate
context.verify_mode = ssl.CERT_NONE
# ruleid: unchecked-certificate
session.get(where, verify=False)
# ok: unchecked-certificate
context = ssl.create_default_context()
