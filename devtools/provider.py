"""Plays the sign-in of a gemeente (OpenID Connect) for the demo: who comes chooses who to be.

It is a provider that others made for tests, with pages in Dutch that ask nothing from elsewhere.
"""

import os
import sys
import warnings
from typing import Any

DOMAIN = "leeuwarden.demo.example"
# Who can be chosen: two who are new, and an invented colleague who is there already.
PEOPLE = tuple(
    {
        "sub": box,
        "name": name,
        "email": f"{box}@{DOMAIN}",
        "email_verified": True,
    }
    for box, name in (
        ("nieuwe.collega", "Nieuwe Collega"),
        ("tweede.collega", "Tweede Collega"),
        ("femke.sinnema", "Femke Sinnema"),
    )
)
PAGES = {
    "_base.html": """<!doctype html>
<html lang="nl">
<title>Inlog van de demo</title>
<meta name="viewport" content="width=device-width">
<style>
  body { font: 1.125rem/1.5 sans-serif; margin: 0 auto; max-width: 36rem; padding: 1rem; }
  button { font: inherit; margin: 0 0.5rem 0.5rem 0; padding: 0.5rem 1rem; }
</style>
<main>{% block content %}{{ content }}{% endblock %}</main>
</html>""",
    "authorization_form.html": """{% extends "_base.html" %}
{% block content %}
<h1>Inlog van gemeente Leeuwarden</h1>
<p>Deze inlog is nagemaakt, voor de demo. Bij je gemeente log je in zoals op je werk.</p>
<form method="post">
  <p>Wie ben je?</p>
  {% for sub in predefined_users %}
    <button name="sub" value="{{ sub }}">{{ sub }}</button>
  {% endfor %}
</form>
{% endblock %}""",
}
POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


def serve(port: int) -> None:
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
    with warnings.catch_warnings():
        # It still uses an older part of its library.
        warnings.simplefilter("ignore")
        import oidc_provider_mock  # noqa: PLC0415  (only in the process that plays a provider)

    from jinja2 import ChoiceLoader, DictLoader  # noqa: PLC0415  (as above)
    from werkzeug.serving import make_server  # noqa: PLC0415  (as above)

    people = [
        oidc_provider_mock.User(sub=one["sub"], claims={**one, "sub": one["sub"]}) for one in PEOPLE
    ]
    app: Any = oidc_provider_mock.app(require_nonce=True, user_claims=people)
    app.jinja_loader = ChoiceLoader([DictLoader(PAGES), app.jinja_loader])

    def ask_nothing_elsewhere(answer: Any) -> Any:
        answer.headers["Content-Security-Policy"] = POLICY
        return answer

    app.after_request(ask_nothing_elsewhere)
    make_server("127.0.0.1", port, app, threaded=True).serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
