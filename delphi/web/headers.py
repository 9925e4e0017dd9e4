"""What every answer tells the browser: load from nowhere else, sit in no frame, keep no page, tell nobody.

Pages need no inline style or script, so the policy has no `unsafe-` word and no nonce.
"""

from __future__ import annotations

from flask import Flask, Response

from delphi.config import Settings

SOURCES = {
    "default-src": "'none'",
    "style-src": "'self'",
    "script-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
POLICY = "; ".join(f"{what} {where}" for what, where in SOURCES.items())

NOT_USED = ("camera", "display-capture", "geolocation", "microphone", "midi", "payment", "usb")

HEADERS = {
    "Content-Security-Policy": POLICY,
    # A personal link is a credential: its address must not travel with the next click (requirement E14).
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": ", ".join(f"{name}=()" for name in NOT_USED),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
}

NOT_KEPT = "no-store"
YEAR = 31536000


def set_up_headers(app: Flask, settings: Settings) -> None:
    """Add the headers to every answer; what a view or the static files have set themselves stays."""
    is_https = settings.base_url.startswith("https:")

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        # Any page may hold what somebody thinks, and the device may be shared; static files say otherwise.
        response.headers.setdefault("Cache-Control", NOT_KEPT)
        if is_https:
            response.headers.setdefault("Strict-Transport-Security", f"max-age={YEAR}")
        return response
