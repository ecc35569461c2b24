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
        ("token", None, 401, blame.CLIENT_SETTING),
        ("token", None, 404, None),
        ("token", "endpoints.token", 405, "endpoints.token"),
        ("token", "endpoints.token", 400, None),
        ("token", "endpoints.token", 422, None),
        ("keys", None, 404, None),
        ("keys", "endpoints.jwks", 404, "endpoints.jwks"),
        ("user", "reads: user", 404, "reads: user"),
        ("user", "reads: user", 401, None),
        ("userinfo", None, 403, blame.SCOPES_SETTING),
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
        ("invalid_client", blame.CLIENT_SETTING),
        ("incorrect_client_credentials", blame.CLIENT_SETTING),
        ("INVALID_CLIENT", blame.CLIENT_SETTING),
        ("unauthorized_client", blame.GRANT_SETTING),
        ("redirect_uri_mismatch", blame.REDIRECT_SETTING),
        ("invalid_scope", blame.SCOPES_SETTING),
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
        ("issued in the future: compare the clocks, 300 s", blame.CLOCK_SETTING),
        ("expired", blame.CLOCK_SETTING),
        ("not valid yet", blame.CLOCK_SETTING),
        ("nonce is of another attempt", None),
        ("aud is another client", None),
    ],
)
def test_a_token_names_the_clock_where_times_differ(
    problem: str, setting: str | None
) -> None:
    """All else about a token is the provider's."""
    assert setting == blame.of_claims(problem)
