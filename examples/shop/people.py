"""The made-up people who have an account at the demo's two identity providers.

They are chosen so that each way in can be walked: a verified address, an unverified
one, none at all, somebody who has an account and a cart here already, and somebody
whose address belongs to another account.
"""

from examples.shop.events import CartFilled
from examples.shop.shop import Shop
from onboarding import Account, EmailTrust
from onboarding.testing import Person
from onboarding.types import How, Identity, SignInResult

MIRA = Person(
    subject="mira",
    name="Mira Jansen",
    email="mira@example.org",
    email_verified=True,
    extra={"birthdate": "1990-05-03"},
)
TOM = Person(
    subject="tom", name="Tom Okafor", email="tom@example.org", email_verified=False
)
ROBIN = Person(subject="robin", name="Robin Meer")
KIM = Person(
    subject="kim", name="Kim de Vries", email="kim@example.org", email_verified=True
)
LOU = Person(
    subject="lou", name="Lou Martens", email="lou@example.org", email_verified=True
)
LOU_AT_HARBOUR = Person(
    subject="h-204", name="Lou Martens", email="lou@example.org", email_verified=True
)
ADA = Person(
    subject="h-117", name="Ada Novak", email="ada@example.org", email_verified=True
)

AT_LAMPLIGHT = (MIRA, TOM, ROBIN, KIM, LOU)
AT_HARBOUR = (ADA, LOU_AT_HARBOUR)

KIMS_CART = ("walden", "moby-dick")


async def settle(shop: Shop, issuer: str) -> None:
    """Let Kim and Lou be customers already, as if they had signed in before.

    Doing it again changes nothing.

    Args:
        issuer: Of Lamplight ID, with which both signed up.
    """
    for person in (KIM, LOU):
        identity = identity_of(person, issuer)
        match await shop.onboarding.accounts.sign_in(identity, None):
            case SignInResult(how=How.REGISTERED, account=account) if person is KIM:
                await _fill_cart(shop, account)


async def _fill_cart(shop: Shop, account: Account) -> None:
    for slug in KIMS_CART:
        shop.till.put(account.id, slug, shop.clock())
        await shop.onboarding.record(account, CartFilled(book=slug))


def identity_of(person: Person, issuer: str) -> Identity:
    """Return a person as Lamplight ID vouches for them."""
    return Identity(
        provider="lamplight",
        issuer=issuer,
        subject=person.subject,
        email=person.email,
        email_trust=EmailTrust.VERIFIED,
        name=person.name,
    )
