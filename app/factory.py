"""Builds the web application out of its settings."""

from pathlib import Path

from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from app import cli, logs
from app.accounts.rules import SESSION_LIVES
from app.core.connections import listen_before_use
from app.extensions import csrf, db, limiter, migrate
from app.matching.shelf import Shelf
from app.notifications.rules import QUIET_HOURS
from app.openid.provider import Providers
from app.post import open_post
from app.settings import Environment, Settings
from app.web import auth, cookies, errors, filters, headers, limits, policy, tracing
from app.web.blueprints import blueprints
from app.web.context import bind as bind_context

ROOT = Path(__file__).parent.parent
TEMPLATES = ROOT / "templates"
MOST_FORM_BYTES = 256 * 1024
MOST_FORM_FIELDS = 500
# Files in static/ carry no hash in their name; a day is what a mended style may take to arrive.
STATIC_SECONDS = 24 * 3600
# A person does not wait longer for a page.
WEB_STATEMENT = "5s"
# Seconds. A Redis that hangs is asked twice before the limits do without, and a person waits.
LIMITS_PATIENCE = 0.25


def create_app(settings: Settings, longest_statement: str = WEB_STATEMENT) -> Flask:
    """The whole application; nothing is asked of the network or the database yet.

    `longest_statement` is what the database may spend on one, in PostgreSQL's own words.
    """
    logs.configure(settings.log_format)
    app = Flask(
        __name__,
        template_folder=str(TEMPLATES),
        static_folder=str(ROOT / "app" / "web" / "static"),
    )
    app.config.update(_config(settings, longest_statement))
    app.extensions["settings"] = settings
    app.extensions["shelf"] = Shelf(settings.matching_dir)
    is_real = settings.environment is Environment.PRODUCTION
    app.extensions["providers"] = Providers(loopback_too=not is_real)
    app.extensions["post"] = open_post(settings, TEMPLATES)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    _bind_extensions(app)
    tracing.bind(app)
    for part in (cookies, policy, headers, errors, filters):
        part.bind(app)
    bind_context(app)
    for blueprint in blueprints(settings):
        app.register_blueprint(blueprint)
    cli.bind(app)
    _wrap(app, settings)
    return app


def _bind_extensions(app: Flask) -> None:
    db.init_app(app)
    with app.app_context():
        listen_before_use(db.engine)
    # Ahead of what looks for a token in the form.
    limits.bind(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"), compare_type=True)
    csrf.init_app(app)
    limiter.init_app(app)
    auth.bind(app)


def _config(settings: Settings, longest_statement: str) -> dict[str, object]:
    secure = settings.secure_cookies
    return {
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": {
            # An error says which statement failed, never the names and texts that were in it.
            "hide_parameters": True,
            "connect_args": {
                "connect_timeout": 5,
                "options": f"-c statement_timeout={longest_statement}",
            },
            "execution_options": {QUIET_HOURS: settings.quiet_hours},
        },
        "SESSION_COOKIE_NAME": "__Host-dgvn" if secure else "dgvn",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": SESSION_LIVES,
        "MAX_CONTENT_LENGTH": MOST_FORM_BYTES,
        "MAX_FORM_PARTS": MOST_FORM_FIELDS,
        "WTF_CSRF_TIME_LIMIT": int(SESSION_LIVES.total_seconds()),
        # Pages whose address is a key send no Referer. The token is bound to a __Host- cookie.
        "WTF_CSRF_SSL_STRICT": False,
        "TRUSTED_HOSTS": list(settings.hosts),
        "SERVER_NAME": None,
        "RATELIMIT_STORAGE_URI": settings.redis_url or "memory://",
        "RATELIMIT_STORAGE_OPTIONS": (
            {"socket_connect_timeout": LIMITS_PATIENCE, "socket_timeout": LIMITS_PATIENCE}
            if settings.redis_url
            else {}
        ),
        # Without Redis the limits are kept in memory; nobody is locked out and nobody let loose.
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": True,
        "RATELIMIT_HEADERS_ENABLED": False,
    }


def _wrap(app: Flask, settings: Settings) -> None:
    whitenoise = WhiteNoise(
        app.wsgi_app,
        max_age=STATIC_SECONDS,
        allow_all_origins=False,
        add_headers_function=headers.for_files(with_transport=settings.secure_cookies),
    )
    whitenoise.add_files(str(app.static_folder), prefix="static/")
    app.wsgi_app = whitenoise  # type: ignore[method-assign]  # Flask's own way to wrap
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # as above
            app.wsgi_app, x_for=hops, x_proto=hops
        )
