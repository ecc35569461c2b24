"""A Django that is an identity provider, by django-oauth-toolkit; tests start it.

It reads one line of JSON, ``{"clients": [...]}``, serves on loopback, and answers
``{"issuers": [...]}``. It ends when its input does. Nothing of the library is in it;
in a process of its own it is not the Django of other tests.
"""

import json
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import django
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from django.conf import settings
from django.core.management import call_command

APPS = ("contenttypes", "auth", "sessions")
PEOPLE = {"kim": "Kim", "sam": "Sam"}
STRICTEST = (
    *("IMPLICIT_GRANT", "PASSWORD_GRANT", "PKCE_METHOD", "ACCESS_TOKEN_TRANSPORT"),
    *("AUTHZ_RESPONSE_ISS", "TOKEN_STORAGE"),
)
"""What of RFC 9700 it holds clients to; by default it warns of some of them."""


def configure(issuer: str, folder: str) -> None:
    """Set Django up as a provider of this issuer."""
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    installed = [*(f"django.contrib.{name}" for name in APPS), "oauth2_provider"]
    settings.configure(
        SECRET_KEY="of tests alone",
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF="urls",
        INSTALLED_APPS=installed,
        # Tables are made as they are now, without the steps that led there.
        MIGRATION_MODULES={name.rpartition(".")[2]: None for name in installed},
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": str(Path(folder) / "provider.db"),
            }
        },
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "DIRS": [Path(__file__).parent / "templates"],
            },
        ],
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        LOGIN_URL="/login/",
        USE_TZ=True,
        OAUTH2_PROVIDER={
            "OIDC_ENABLED": True,
            "OIDC_ISS_ENDPOINT": issuer,
            "OIDC_RSA_PRIVATE_KEY": pem.decode(),
            "OAUTH2_VALIDATOR_CLASS": "claims.Claims",
            "PKCE_REQUIRED": True,
            "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
            "SCOPES": {
                "openid": "know you",
                "profile": "your name",
                "email": "your address",
            },
            **{f"COMPLIANT_BCP_RFC9700_{name}": True for name in STRICTEST},
        },
    )
    django.setup()


def fill(clients: list[dict[str, Any]]) -> None:
    """Make the tables, the people, and the clients."""
    from django.contrib.auth.models import User
    from oauth2_provider.models import Application

    call_command("migrate", run_syncdb=True, verbosity=0)
    for name, first in PEOPLE.items():
        address = f"{name}@example.org"
        User.objects.create_user(name, address, "secret", first_name=first)
    for client in clients:
        known = Application(
            client_type=Application.CLIENT_CONFIDENTIAL,
            authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE,
            **client,
        )
        known.full_clean(exclude=["user"])
        known.save()


def serve() -> None:
    """Serve until the input ends."""
    told = json.loads(sys.stdin.readline())
    with tempfile.TemporaryDirectory() as folder:
        server = WSGIServer(("127.0.0.1", 0), _Quiet)
        issuer = f"http://127.0.0.1:{server.server_port}/o"
        configure(issuer, folder)
        fill(told["clients"])
        from django.core.wsgi import get_wsgi_application

        server.set_app(get_wsgi_application())
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sys.stdout.write(json.dumps({"issuers": [issuer]}) + "\n")
        sys.stdout.flush()
        sys.stdin.read()
        server.shutdown()
        server.server_close()


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        """Say nothing of each request."""


if __name__ == "__main__":
    serve()
