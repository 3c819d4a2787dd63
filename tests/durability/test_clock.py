"""The real worker under a moved clock reminds on days 7, 14 and 21, and lapses what is unfinished on day 30."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.durability.house import House, house
from tests.jobs.live import until

FAKETIME = list(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
pytestmark = [
    pytest.mark.durability, pytest.mark.xdist_group("durability"), pytest.mark.enable_socket,
    pytest.mark.skipif(not FAKETIME, reason="needs Debian's libfaketime"),
]  # fmt: skip
ASK = """
from datetime import datetime, UTC
from tests import cast
from passerelle.suppliers.models import Company
now = datetime.now(UTC)
company = cast.company(now)
cast.on_record(company, domains=("fournier.example",))
cast.publish_terms(now)
opening = cast.ask(company, now)
other = cast.company(now, cofor="ZZ99ZZ", name="Other")
cast.ask(other, now, requester=cast.HOSTILE, representative=cast.ACCOMPLICE)
answer = opening.key
"""


@pytest.fixture
def built(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as made:
        yield made


def test_the_worker_reminds_and_lapses_when_its_clock_says_so(built: House) -> None:
    # decision 7; Quality: reminders and lapse after 30 days, run by the real worker under a moved clock
    built.python(ASK)
    told = []
    for day in (0, 6, 7, 14, 21, 29, 30):
        env = {"LD_PRELOAD": str(FAKETIME[0]), "FAKETIME": f"+{day}d"} if day else {}
        worker = built.start_worker(**env)
        until(lambda day=day: _fired(built, day) and not _waiting(built), 40, built.place.log)
        worker.terminate()
        assert worker.wait(40) == 0, built.place.log()[-3000:]
        kinds = Counter(kind for (kind,) in built.rows("SELECT kind FROM mail_message WHERE state = 'sent'"))
        states = sorted(state for (state,) in built.rows("SELECT state FROM opening_opening"))
        told.append((day, kinds["opening/reminder"], kinds["opening/lapsed"], states))
    waiting, over = ["awaiting", "to_verify"], ["lapsed", "lapsed"]
    assert told == [
        (0, 0, 0, waiting), (6, 0, 0, waiting), (7, 1, 0, waiting), (14, 2, 0, waiting), (21, 3, 0, waiting),
        (29, 3, 0, waiting), (30, 3, 2, over),
    ]  # fmt: skip
    tokens = {built.link(to, "terms") for to, mail in built.mail.accepted if to == "leon@fournier.example"}
    assert tokens  # every reminder carried a link
    reminders = [mail for to, mail in built.mail.accepted if to == "leon@fournier.example"]
    assert len({mail["Message-ID"] for mail in reminders}) == len(reminders) == 4


def _waiting(built: House) -> int:
    [(count,)] = built.rows("SELECT count(*) FROM mail_message WHERE state IN ('queued', 'sending')")
    return int(count)


def _fired(built: House, day: int) -> bool:
    """Whether the schedule of the openings has run in this worker's time."""
    since = (datetime.now(UTC) + timedelta(days=day, hours=-1)).strftime("%Y-%m-%d %H:%M:%S")
    done = built.rows(
        "SELECT 1 FROM django_tasks_database_dbtaskresult WHERE task_path = 'passerelle.opening.tasks.mind_the_clock' "
        f"AND status = 'SUCCESSFUL' AND finished_at >= '{since}'"
    )
    return bool(done)
