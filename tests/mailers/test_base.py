"""What may be sent, and by whom: checked when it is made."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding.errors import ConfigError
from onboarding.mailers.base import Mailbox, Message, deliverable


def message(**parts: str | None) -> Message:
    """Return a message with some parts other than usual."""
    usual = {"id": "l-1", "to": "kim@example.org", "subject": "Hello", "text": "Hi."}
    return Message(**{**usual, **parts})  # type: ignore[arg-type]


def test_a_message_hides_its_person() -> None:
    """An address, a text or a link does not reach a log by way of a repr."""
    secret = "for-kim-only"
    shown = repr(
        message(
            to=f"{secret}@example.org",
            subject=secret,
            text=secret,
            html=secret,
            unsubscribe=f"https://shop.example/{secret}",
        )
    )
    assert secret not in shown
    assert "l-1" in shown


@pytest.mark.parametrize(
    ("written", "sent_to"),
    [
        ("kim@example.org", "kim@example.org"),
        ("  Kim.Lee@Example.ORG ", "Kim.Lee@example.org"),
        ("kim@bücher.example", "kim@xn--bcher-kva.example"),
        ("Jörg@example.org", "Jörg@example.org"),
        ("\uff2bim@example.org", "kim@example.org"),
    ],
)
def test_an_address_is_as_mail_servers_take_it(written: str, sent_to: str) -> None:
    """The domain in ASCII, and the case of the rest as it was: it may matter there."""
    assert sent_to == deliverable(written)
    assert sent_to == message(to=written).to


WRONG = {
    "to": [
        "",
        "kim",
        "kim@",
        "kim@localhost",
        "Kim <kim@example.org>",
        "kim@example.org, sam@example.org",
        "kim@example.org\nBcc: sam@example.org",
        '"kim lee"@example.org',
        "kim@example.org\ud800",
    ],
    "id": ["", ".", "a..b", "a.", "a b", "a@b", "<a>", "ü", "a" * 101, "a\n"],
    "locale": ["", "english", "en_GB", "en-", "-en", "en\n", "e"],
    "unsubscribe": [
        "",
        "http://shop.example/off",
        "mailto:post@shop.example",
        "/off",
        "https://shop.example/a b",
        "https://shop.example/>,<https://evil.example/",
        "https://shop.example/ü",
        "https://shop.example/\n",
        "https://shop.example/" + "x" * 900,
    ],
    "subject": ["a\nb", "a\r\n b", "a\x85b", "a\u2028b", "a\0b", "\ud83d"],
    "text": ["\ud83d"],
    "html": ["\ud83d"],
}


@pytest.mark.parametrize(
    ("part", "value"), [(part, value) for part in WRONG for value in WRONG[part]]
)
def test_what_cannot_be_sent_cannot_be_made(part: str, value: str) -> None:
    """The error names the part, for the developer, and shows nothing of it."""
    with pytest.raises(ConfigError, match=part) as refused:
        message(**{part: value})
    assert not value.strip() or len(value) < 3 or value not in str(refused.value)


def test_a_link_to_this_machine_need_not_be_https() -> None:
    """So that a demo on localhost sends what the shop will send."""
    link = "http://127.0.0.1:8000/off?t=1"
    assert message(unsubscribe=link).unsubscribe == link


@pytest.mark.parametrize(
    ("text", "name", "address"),
    [
        ("post@shop.example", "", "post@shop.example"),
        ("<post@shop.example>", "", "post@shop.example"),
        ("Lamplight <post@shop.example>", "Lamplight", "post@shop.example"),
        ('"Müller, Söhne" <post@shop.example>', "Müller, Söhne", "post@shop.example"),
        (r'"The \"Lamp\"" <post@shop.example>', 'The "Lamp"', "post@shop.example"),
        ("書店 <post@bücher.example>", "書店", "post@xn--bcher-kva.example"),
        ("a@b <post@shop.example>", "a@b", "post@shop.example"),
    ],
)
def test_a_sender_has_a_name_and_an_address(text: str, name: str, address: str) -> None:
    """As RFC 5322 §3.4 writes it, with a name in whatever script."""
    assert Mailbox(name=name, address=address) == Mailbox.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Lamplight",
        "Lamplight <post>",
        "Lamplight post@shop.example",
        "Lamplight <post@shop.example> (the shop)",
        "Lamplight <a@shop.example> <b@shop.example>",
        "Lamplight\r\nBcc: sam@example.org <post@shop.example>",
        "Lamp\u2028light <post@shop.example>",
        "<post@shop.example",
    ],
)
def test_another_sender_is_a_mistake(text: str) -> None:
    """It is found when the mailer is built, and the error says how to write it."""
    with pytest.raises(ConfigError, match="sender"):
        Mailbox.parse(text)


@given(st.text() | st.emails())
def test_an_address_is_one_or_none(text: str) -> None:
    """Whatever is written: what comes out goes in again, and holds no line break."""
    address = deliverable(text)
    if address is not None:
        assert address == deliverable(address)
        assert len(address.splitlines()) == 1
        assert address.rpartition("@")[2].isascii()
