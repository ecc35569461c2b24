"""What people and hosts write at their longest, and in other scripts."""

from onboarding.testing import Person

WORD = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch"
ADDRESS = "wilhelmina.van.der.meulen-oosterhuis.boekhandel1@example.org"
NAME = (WORD * 4)[:200]

LONG = Person(subject="long", name=NAME, email=ADDRESS, email_verified=True)
LONG_LINES = {
    "email": ADDRESS,
    "name": WORD * 2,
    "street": "Straatwegdwarslaankadepleinhofsteegje" * 3,
    "postcode": "1234567890" * 10,
    "town": WORD * 2,
}
HEBREW = Person(
    subject="hebrew",
    name="נועה בן־דוד (כהן)",
    email="noa@example.org",
    email_verified=True,
)
ARABIC_LINES = {
    "email": "noa@example.org",
    "name": "ليلى الحسن (أم يوسف)",
    "street": "شارع الملك حسين 12",
    "postcode": "11118",
    "town": "عمّان",
}
TEXT = (
    f"First line: {WORD}\n\nשלום, the second paragraph (2).\n"  # the letters are meant
    + "x" * 150
)
"""Lines that must stay apart, a word wider than any page, and two directions."""
