"""Headers on every answer: nothing inline, nothing from elsewhere, nothing kept in between."""

from collections.abc import Callable
from wsgiref.headers import Headers

from flask import Flask, Response, request
from secure import Secure
from secure.headers import (
    ContentSecurityPolicy,
    CrossOriginOpenerPolicy,
    CrossOriginResourcePolicy,
    CustomHeader,
    PermissionsPolicy,
    ReferrerPolicy,
    StrictTransportSecurity,
    XContentTypeOptions,
    XFrameOptions,
)

A_YEAR = 31_536_000
STATIC = "static"
# The part of an address that opens something by itself: no other page is told of it.
KEY = "token"
# Where browsers tell what the policy kept out, and under which name it says so.
REPORTS_TO, REPORTS = "/beleid-geschonden", "beleid"


def bind(app: Flask) -> None:
    headers = _headers(with_transport=bool(app.config["SESSION_COOKIE_SECURE"]))

    @app.after_request
    def protect(answer: Response) -> Response:
        for name, value in headers.headers.items():
            answer.headers.setdefault(name, value)
        if KEY in (request.view_args or {}):
            answer.headers["Referrer-Policy"] = "no-referrer"
        if request.endpoint != STATIC:
            answer.headers.setdefault("Cache-Control", "no-store")
            answer.vary.add("Cookie")
        return answer


def for_files(*, with_transport: bool) -> Callable[[Headers, str, str], None]:
    """The same for files that are handed out before the application is asked."""
    headers = _headers(with_transport=with_transport)

    def protect(answer: Headers, _path: str, _address: str) -> None:
        for name, value in headers.headers.items():
            answer[name] = value

    return protect


def _policy() -> ContentSecurityPolicy:
    return (
        ContentSecurityPolicy()
        .default_src("'none'")
        .script_src("'self'")
        .style_src("'self'")
        .font_src("'self'")
        .img_src("'self'")
        .connect_src("'self'")
        .frame_src("'self'")
        .form_action("'self'")
        .frame_ancestors("'none'")
        .base_uri("'none'")
        .report_uri(REPORTS_TO)
        .report_to(REPORTS)
    )


def _headers(*, with_transport: bool) -> Secure:
    return Secure(
        csp=_policy(),
        hsts=StrictTransportSecurity().max_age(A_YEAR).include_subdomains()
        if with_transport
        else None,
        xcto=XContentTypeOptions().nosniff(),
        xfo=XFrameOptions().deny(),
        referrer=ReferrerPolicy().same_origin(),
        coop=CrossOriginOpenerPolicy().same_origin(),
        corp=CrossOriginResourcePolicy().same_origin(),
        custom=[CustomHeader("Reporting-Endpoints", f'{REPORTS}="{REPORTS_TO}"')],
        permissions=PermissionsPolicy().geolocation().camera().microphone(),
    )
