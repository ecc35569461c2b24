"""The how-to guides: each example runs, and does what its page says."""

import os
import re
import subprocess
import sys
from pathlib import Path
from threading import Thread

import asyncpg
import httpx2
import pytest
from starlette.testclient import TestClient

from onboarding import Onboarding
from onboarding.accounts.planned import Outcome
from onboarding.errors import MailRefused
from onboarding.events import GuestStarted
from onboarding.log import Recorder
from onboarding.testing import Loopback
from tests.docs.pages import PAGES, ROOT, Block, Page, Running, source
from tests.docs.serving import served

pytestmark = pytest.mark.anyio

OTHERS = {  # each has a test of its own
    *("README.md", "docs/tutorial.md"),
    "docs/how-to/openfeature.md",
}
WITH_CODE = [
    name
    for name, page in ((name, Page(name)) for name in PAGES)
    if page.files and name not in OTHERS
]

# ── every page ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", WITH_CODE)
def test_the_code_of_a_page_runs(running: Running, name: str) -> None:
    """From the first block to the last, with warnings as errors."""
    running(name)  # raises what the code raises


def excerpts() -> list[tuple[str, Block]]:
    """Return the blocks that show a part of an example."""
    return [
        (name, block)
        for name in WITH_CODE
        for block in Page(name).blocks
        if block.file.startswith("examples/")
    ]


@pytest.mark.parametrize(("name", "block"), excerpts())
def test_an_excerpt_stands_in_its_example(name: str, block: Block) -> None:
    """Word for word, so that what is shown is what a test has run."""
    assert block.text.strip() in (ROOT / block.file).read_text("utf-8"), name


@pytest.mark.parametrize(
    "name", ["apps", "mail", "passkeys", "provider", "questions", "testing"]
)
def test_the_tests_of_a_page_pass(tmp_path: Path, name: str) -> None:
    """Files are saved as they are titled, and pytest runs them."""
    page = Page(f"docs/how-to/{name}.md")
    for file in filter(None, page.files):
        (tmp_path / file).write_text(source(page.python(file)), "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-W", "error", "--no-header"]
    run = subprocess.run(
        [*command, "-p", "no:faker", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src"), "CI": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout
    assert " passed" in run.stdout


# ── what a page says ─────────────────────────────────────────────────────────


async def test_an_application_may_open_in_its_own_lifespan(running: Running) -> None:
    """FastAPI: open while it lives, closed afterwards."""
    example = running("docs/how-to/fastapi.md")[""]
    async with example.lifespan(example.app):
        assert example.onboarding.is_open
    assert not example.onboarding.is_open


async def test_a_resource_of_ones_own_plans_what_it_says(running: Running) -> None:
    """Tables: a portrait goes with its account, and is in the export."""
    avatars = running("docs/how-to/tables.md")[""].Avatars({"kim"})
    assert Outcome.ERASED is (await avatars.erase(None, "kim")).outcome
    assert Outcome.NOTHING is (await avatars.purge(None, "sam")).outcome
    assert {"portrait": True} == await avatars.export(None, "kim")


def test_the_attacks_of_a_page_are_tried(tmp_path: Path) -> None:
    """Attacks: the test passes on its shop, and the file prints the table."""
    page = Page("docs/attacks.md")
    for file in filter(None, page.files):
        (tmp_path / file).write_text(source(page.python(file)), "utf-8")
    run = subprocess.run(
        [sys.executable, "-W", "error", "test_attacks.py"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "| a session kept from before " in run.stdout, run.stderr
    assert "HIJACKED" not in run.stdout
    assert "not tried: no order= was given" in run.stdout


async def test_an_order_by_phone_is_kept_by_its_link(running: Running) -> None:
    """Guest checkout: from the link in the mail to the account, and to nobody else."""
    files = running("docs/how-to/guest-checkout.md")
    shop = files["shop.py"]
    with TestClient(shop.app, base_url="http://localhost:8000") as client:
        link = client.portal.call(files["phone.py"].by_phone, 7, "kim@example.org")
        assert 404 == client.get("/orders/7").status_code
        page = client.get(link)
        assert "http://localhost:8000/orders/7" == str(page.url)
        assert "Keep order" in page.text
        own = {"sec-fetch-site": "same-origin"}
        client.post("/welcome/orders/claim", data={"order": "7"}, headers=own)
        assert "[7]" in client.get("/orders").text
        placed = client.post("/orders", data={"email": "k@example.org"}, headers=own)
        assert "Order 8" in placed.text


def test_a_command_line_signs_in_by_the_browser(running: Running) -> None:
    """Apps: it listens on loopback, and its token is the browser's guest."""
    files, address = running("docs/how-to/apps.md"), Loopback()
    app = files["shop.py"].build(
        database="memory:", url=f"{address.url}/welcome", passkeys=None
    )

    def browse(page: str) -> None:
        def person() -> None:
            own = {"sec-fetch-site": "same-origin"}
            with httpx2.Client(base_url=address.url, headers=own) as browser:
                bought.append(browser.post("/buy").text)
                pressed = browser.post(page, data={"do": "allow"})
                httpx2.get(pressed.headers["location"])

        people.append(Thread(target=person))
        people[0].start()

    bought: list[str] = []
    people: list[Thread] = []
    with served((address, app)):
        token = files["cli.py"].sign_in(f"{address.url}/welcome", browse)
        people[0].join()
        bearer = {"authorization": f"Bearer {token}"}
        assert bought == [httpx2.post(f"{address.url}/buy", headers=bearer).text]


async def test_a_sink_tells_the_warehouse(running: Running) -> None:
    """Sinks: each event once, by its id, with nothing personal in it."""
    told: list[httpx2.Request] = []

    def warehouse(request: httpx2.Request) -> httpx2.Response:
        told.append(request)
        return httpx2.Response(204)

    example = running("docs/how-to/sinks.md")[""]
    async with (
        httpx2.AsyncClient(transport=httpx2.MockTransport(warehouse)) as client,
        example.build(client, database="memory:") as onboarding,
    ):
        await onboarding.guests.start()
    [request] = told
    assert b'"name":"guest_started"' in request.content


async def test_a_warehouse_that_refuses_is_told_again(running: Running) -> None:
    """Sinks: raising means that it was not delivered."""

    def closed(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(503)

    example = running("docs/how-to/sinks.md")[""]
    async with httpx2.AsyncClient(transport=httpx2.MockTransport(closed)) as client:
        onboarding = example.build(client, database="memory:")
        entry = Recorder(onboarding.clock, onboarding.ids).entry("kim", GuestStarted())
        with pytest.raises(httpx2.HTTPStatusError):
            await example.Warehouse(client)(entry)


async def test_a_mail_that_the_service_refuses_is_not_sent_again(
    running: Running,
) -> None:
    """Mail: 422 is never, and anything else that goes wrong is not now."""
    files = running("docs/how-to/mail.md")
    answers = iter((422, 503))

    def service(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(next(answers))

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(service)) as client:
        mailer = files["post.py"].PostMailer(client)
        with pytest.raises(MailRefused):
            await mailer(files["message.py"].message)
        with pytest.raises(httpx2.HTTPStatusError):
            await mailer(files["message.py"].message)


def test_the_mail_server_of_the_page_can_be_built(running: Running) -> None:
    """Mail: every setting is one that there is, and the password is not shown."""
    mailer = running("docs/how-to/mail.md")["shop_mail.py"].mailer
    assert "<SmtpMailer smtp.shop.example:465, tls>" == repr(mailer)


def test_looks_words_and_frame_are_the_hosts(running: Running) -> None:
    """Looks: the frame names its stylesheet, and a sentence is changed."""
    page = Page("docs/how-to/looks.md")
    example = running(page.name)[""]
    [frame] = [block for block in page.blocks if block.file.endswith("_base.html")]
    Path(frame.file).parent.mkdir()
    Path(frame.file).write_text(frame.text, "utf-8")
    app = example.onboarding.around(lambda *_: None)
    with TestClient(app, base_url="https://shop.example") as client:
        english = client.get("/welcome/sign-in").text
        dutch = client.get("/welcome/sign-in?lang=nl").text
    assert '<link rel="stylesheet" href="/static/shop.css">' in english
    assert "Welcome back" in english
    assert "Welkom terug" in dutch
    assert 'href="/help"' in english


def test_a_form_loses_nothing(running: Running) -> None:
    """Forms: in another language, by a part and by the door, refused, and too early."""
    page = Page("docs/how-to/forms.md")
    example = running(page.name)["app.py"]
    [template] = [b for b in page.blocks if b.file.endswith("subscribe.html")]
    Path(template.file).parent.mkdir(exist_ok=True)
    Path(template.file).write_text(template.text, "utf-8")
    own, typed = {"sec-fetch-site": "same-origin"}, {"town": "Utrecht"}
    with TestClient(example.app, base_url="http://localhost:8000", headers=own) as sam:

        def shows(answer: httpx2.Response, status: int = 200) -> bool:
            assert answer.status_code == status
            return 'name="town" value="Utrecht"' in answer.text

        at = "?form=subscribe&at=%2Fsubscribe"
        empty = sam.get("/subscribe").text
        for address in (f"sign-in/google{at}", f"typed{at}"):
            assert f'formaction="/welcome/{address.replace("&", "&amp;")}"' in empty
        switched = sam.post("/subscribe", data=typed | {"onboarding-language": "nl"})
        assert 'lang="nl"' in switched.text
        assert shows(switched)
        assert "Fill in your town" in sam.post("/subscribe", data={"town": " "}).text
        chooser = sam.post(f"/welcome/typed{at}", data=typed)
        assert 'name="next" value="/subscribe"' in chooser.text
        assert shows(sam.get("/subscribe"))
        sam.cookies.clear()
        assert not shows(sam.get("/subscribe"))
        assert "sign-in?next=%2Fsubscribe" in sam.post("/subscribe", data=typed).text
        assert shows(sam.get("/subscribe"))


def test_every_token_that_a_page_names_exists() -> None:
    """Looks: a custom property that is shown is one of the stylesheet."""
    css = (ROOT / "src/onboarding/web/views/static/onboarding.css").read_text("utf-8")
    text = Page("docs/how-to/looks.md").text
    named = set(re.findall(r"--ob-[a-z0-9-]*[a-z0-9]", text))
    assert named <= set(re.findall(r"(--ob-[a-z0-9-]+):", css))


def test_the_policy_lets_buttons_lead_to_providers(running: Running) -> None:
    """Deployment: a host's page allows what ours would."""
    assert "form-action 'self'" in running("docs/how-to/deployment.md")[""].policy()


async def test_the_printed_sql_makes_the_tables(
    running: Running, postgres_dsn: str
) -> None:
    """PostgreSQL: a migration of the host's own is as good as `db upgrade`."""
    files = running("docs/how-to/postgresql.md")
    connection = await asyncpg.connect(postgres_dsn)
    await connection.execute(files["migration.py"].MAKE_TABLES)
    found = await connection.fetch("SELECT tablename FROM pg_tables")
    await connection.close()
    ours = [row["tablename"] for row in found if "onboarding" in row["tablename"]]
    assert ours
    include = files["env.py"].include_object
    for is_there in (True, False):
        assert not any(include(None, name, "table", is_there, None) for name in ours)
        assert include(None, "orders", "table", is_there, None)
    onboarding = Onboarding(
        url="https://shop.example/welcome",
        mailer=None,
        secret_key="keep 32 random bytes or more outside your code",
        database=postgres_dsn,
    )
    async with onboarding:
        assert (await onboarding.guests.start()).account.is_guest
