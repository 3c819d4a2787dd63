"""Web and worker killed with -9 at random instants: what was acknowledged is there once, and its mails have left."""

from __future__ import annotations

import http.client
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.durability.house import House, house
from tests.jobs.live import until

pytestmark = [pytest.mark.durability, pytest.mark.xdist_group("durability"), pytest.mark.enable_socket]

SECONDS = 12.0
ENOUGH = 8  # requests acknowledged while processes were killed, on a slow machine too
ENDED = {"sent", "dropped", "refused"}
STATE = """
from collections import Counter
from passerelle.audit.models import Event
from passerelle.mail.models import Message
from passerelle.opening.models import Opening
answer = {
    "openings": [(o.key, o.state, sorted(p.email for p in o.parties.all())) for o in
                 Opening.objects.filter(company__cofor__gte="D00100", company__cofor__lt="D00200")],
    "lines": Counter(Event.objects.filter(tag="opening:request:sent").values_list("subject_key", flat=True)),
    "messages": [(m.message_id, m.state, m.kind, m.to_address, m.subject_key) for m in Message.objects.all()],
}
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("durability")) as made:
        made.seed(100, 140)
        yield made


def test_nothing_acknowledged_is_lost_and_no_mail_leaves_more_than_twice(built: House) -> None:
    # Quality: killed with -9 at any point, between SMTP's 250 and our commit included
    built.start_web(workers=2)
    built.start_worker()
    built.ready()
    stop, acknowledged, tries = threading.Event(), {}, Counter[str]()

    def visitor(number: int) -> None:
        """Asks again and again; after an error the same form once more, as people do."""
        turn = 0
        while not stop.is_set():
            company, name = 100 + number * 10 + turn % 10, f"n{number}x{turn}"
            try:
                acknowledged[(company, name)] = built.ask(company, name)
                turn += 1
            except (OSError, http.client.HTTPException) as error:
                tries[type(error).__name__] += 1
                time.sleep(0.1)

    visitors = [threading.Thread(target=visitor, args=(number,)) for number in range(3)]
    for thread in visitors:
        thread.start()
    dice, end, killed = random.Random(), time.monotonic() + SECONDS, Counter[str]()
    while time.monotonic() < end or (len(acknowledged) < ENOUGH and time.monotonic() < end + 60):
        time.sleep(dice.uniform(0.3, 2.5))
        if (
            built.web is None or built.web.poll() is not None
        ):  # granian gives up on a crash loop: a supervisor begins anew
            built.start_web(workers=2)
        victim = dice.choice(["web", "child", "worker", "worker"])
        killed[victim] += 1
        if victim == "web":
            built.kill_web()
            built.start_web(workers=2)
        elif victim == "child":
            built.kill_web_child()
        else:
            built.kill_worker()
            built.start_worker()
    stop.set()
    for thread in visitors:
        thread.join(30)
    if built.web is None or built.web.poll() is not None:
        built.start_web(workers=2)
    built.ready()
    assert acknowledged, (killed, tries, (built.place.folder / "web.log").read_text()[-3000:])

    def drained() -> bool:
        return {state for (state,) in built.rows("SELECT DISTINCT state FROM mail_message")} <= ENDED

    until(drained, 60, built.place.log)
    found = built.python(STATE)
    keys = [location.rstrip("/").rpartition("/")[2] for location in acknowledged.values()]
    there = Counter(key for key, *_ in found["openings"])
    assert all(there[key] == 1 for key in keys), "an acknowledged request is not there"
    askers = Counter(email for *_, emails in found["openings"] for email in emails if email.startswith("requester."))
    assert set(askers.values()) == {1}, "a request is there twice"
    assert dict.fromkeys(there, 1) == {key: found["lines"].get(key, 0) for key in there}

    sent = {message for message, state, *_ in found["messages"] if state == "sent"}
    arrived = Counter(str(mail["Message-ID"]) for _, mail in built.mail.accepted)
    assert sent <= set(arrived), "a mail said to be sent never arrived"
    assert set(arrived) <= {message for message, *_ in found["messages"]}, "a mail of nobody"
    repeated = {message: times for message, times in arrived.items() if times > 1}
    assert max(arrived.values()) <= 2, repeated
    assert len(repeated) <= killed["worker"] * 2  # two lanes of a killed worker
    wanted = {"opening/received", "opening/terms"}
    for key in keys:
        kinds = Counter(kind for *_, kind, _, subject in found["messages"] if subject == key and kind in wanted)
        assert kinds == dict.fromkeys(wanted, 1)
    assert not built.faults
    built.kill_web()
    built.kill_worker()


def test_a_request_cut_off_in_the_middle_is_there_wholly_or_not_at_all(built: House) -> None:
    # The web is killed while twenty forms are under way: each opening has its three people, its line and its mails.
    built.seed(140, 160)
    built.start_web(workers=1)
    built.ready()

    def ask(number: int) -> None:
        with suppress(OSError, http.client.HTTPException):
            built.ask(number, "cut")

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(140, 160)]
    for thread in threads:
        thread.start()
    time.sleep(random.uniform(0.2, 0.8))
    built.kill_web()
    for thread in threads:
        thread.join(30)
    whole = built.python(
        "from passerelle.opening.models import Opening\n"
        "from passerelle.audit.models import Event\n"
        "from passerelle.mail.models import Message\n"
        "answer = [(o.parties.count(), Event.objects.filter(subject_key=o.key).count(),"
        " Message.objects.filter(subject_key=o.key).count(), o.terms_link_id is not None)"
        " for o in Opening.objects.filter(company__cofor__gte='D00140', company__cofor__lt='D00160')]"
    )
    assert all(row == [3, 3, 2, True] for row in whole), whole


def test_the_whole_road_passes_over_a_real_mail_server(built: House) -> None:
    # Done when: request → mailbox → acceptance → mailbox → password → private home, two web and two worker processes
    built.seed(160, 161)
    built.start_web(workers=2)
    built.start_worker()
    second, before = built.place.worker(lease=3), len(built.mail.accepted)
    built.ready()
    built.ask(160, "whole")
    representative, plsa = "representative.whole@d160.example", "plsa.whole@d160.example"
    terms = until(lambda: _maybe(built, representative, "terms"), 30, built.place.log)
    status, page = built.get(terms)
    assert status == 200
    text = built.python("from passerelle.terms.models import Text\nanswer = Text.objects.get(language='en').pk")
    fields = {"cofor": "D00160", "accept": "on", "plsa": "confirm", "text": str(text)}
    status, location, page = built.post(terms, fields)
    assert status == 302, page[:2000]
    assert built.get(location)[0] == 200
    activation = until(lambda: _maybe(built, plsa, "choose"), 30, built.place.log)
    status, _, page = built.post(activation, {"new_password": "seven brown kettles sing"})
    assert status == 200, page[:2000]
    login = built.python(
        f"from passerelle.accounts.models import Person\nanswer = Person.objects.get(email='{plsa}').login"
    )
    status, location, _ = built.post("/en/sign-in/", {"login": login, "password": "seven brown kettles sing"})
    assert (status, location) == (302, "/en/home/")
    receipt = next(mail for to, mail in built.mail.accepted if to == representative and list(mail.iter_attachments()))
    kinds = sorted(part.get_content_type() for part in receipt.iter_attachments())
    assert kinds == ["application/json", "application/pdf"]
    sent = Counter(mail["Message-ID"] for _, mail in built.mail.accepted[before:])
    assert set(sent.values()) == {1}, "two workers send each mail once"
    second.kill()
    second.wait()
    built.kill_web()
    built.kill_worker()


def _maybe(built: House, address: str, kind: str) -> str:
    try:
        return built.link(address, kind)
    except AssertionError:
        return ""
