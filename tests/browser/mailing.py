"""What people read where the demo keeps its mail."""

import re

from tests.browser.person import Person
from tests.shop.running import RunningDemo


def read_mail(keeper: Person, demo: RunningDemo) -> tuple[str, str]:
    """See the newest letter where this demo keeps it; return its code and its link."""
    keeper.finds("/shopkeeper/mail", "Your link and code for Lamplight")
    text = demo.shop.outbox.sent[0].message.text
    code = re.search(r"^\d{3} \d{3}$", text, re.MULTILINE)
    link = re.search(rf"^{demo.url}(/\S+)$", text, re.MULTILINE)
    assert code
    assert link
    return code[0], link[1]
