"""Whose fault an answer is: a setting's here, or the provider's."""

import pytest

from onboarding.social import blame
from onboarding.social.blame import Asked


@pytest.mark.parametrize(
    ("what", "setting", "status", "blamed"),
    [
        ("discovery", "issuer", 404, "issuer"),
        ("discovery", "issuer", 301, "issuer"),
        ("discovery", "issuer", 410, "issuer"),
        ("discovery", "issuer", 403, None),
        ("discovery", "issuer", 429, None),
        ("discovery", "issuer", 500, None),
        ("discovery", "issuer", 503, None),
        ("token", None, 401, blame.CLIENT),
        ("token", None, 404, None),
        ("token", "endpoints.token", 405, "endpoints.token"),
        ("token", "endpoints.token", 400, None),
        ("keys", None, 404, None),
        ("keys", "endpoints.jwks", 404, "endpoints.jwks"),
        ("user", "reads: user", 404, "reads: user"),
        ("user", "reads: user", 401, None),
        ("userinfo", None, 403, blame.SCOPES),
    ],
)
def test_a_status_names_the_setting_that_it_comes_from(
    what: str, setting: str | None, status: int, blamed: str | None
) -> None:
    """An address that the provider itself published is no setting of ours."""
    asked = Asked("id", what, "https://id.example/x?secret=1", setting)
    assert blamed == asked.blamed(status)
    assert asked.endpoint == f"{what} https://id.example/x"


@pytest.mark.parametrize(
    ("code", "setting"),
    [
        ("invalid_client", blame.CLIENT),
        ("incorrect_client_credentials", blame.CLIENT),
        ("INVALID_CLIENT", blame.CLIENT),
        ("unauthorized_client", blame.GRANT),
        ("redirect_uri_mismatch", blame.REDIRECT),
        ("invalid_scope", blame.SCOPES),
        ("invalid_grant", None),
        ("server_error", None),
        ("unknown", None),
    ],
)
def test_an_error_code_names_the_setting_to_look_at(
    code: str, setting: str | None
) -> None:
    """Where it is about how this application is registered there."""
    assert setting == blame.of_code(code)


@pytest.mark.parametrize(
    ("problem", "setting"),
    [
        ("issued in the future: compare the clocks, 300 s", blame.CLOCK),
        ("expired", blame.CLOCK),
        ("not valid yet", blame.CLOCK),
        ("nonce is of another attempt", None),
        ("aud is another client", None),
    ],
)
def test_a_token_names_the_clock_where_times_differ(
    problem: str, setting: str | None
) -> None:
    """All else about a token is the provider's."""
    assert setting == blame.of_claims(problem)
