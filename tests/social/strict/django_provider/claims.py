"""What the provider says of somebody, written as its documentation says."""

from typing import Any

from oauth2_provider.oauth2_validators import OAuth2Validator


class Claims(OAuth2Validator):  # type: ignore[misc]  # untyped
    """Adds name and address; only one of its people has a checked one."""

    oidc_claim_scope = OAuth2Validator.oidc_claim_scope | {"email_verified": "email"}

    def get_additional_claims(self) -> dict[str, Any]:
        """Return each claim, and where it is read."""
        return {
            "name": lambda request: f"{request.user.first_name} Jansen",
            "email": lambda request: request.user.email,
            "email_verified": lambda request: request.user.username == "kim",
        }
