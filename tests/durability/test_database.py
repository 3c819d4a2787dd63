"""The database goes away and comes back: pages say so meanwhile, and answer again within five seconds."""

from __future__ import annotations

import os
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.durability.house import house
from tests.jobs.proxy import Proxy

pytestmark = [
    pytest.mark.durability, pytest.mark.xdist_group("durability"), pytest.mark.enable_socket,
    pytest.mark.skipif("PASSERELLE_TEST_DATABASE_URL" not in os.environ, reason="needs a database server"),
]  # fmt: skip


def test_the_web_answers_again_within_five_seconds_of_the_database_s_return(tmp_path: Path) -> None:
    # security.md, Durability
    server = urlsplit(os.environ["PASSERELLE_TEST_DATABASE_URL"])
    proxy = Proxy(server.hostname or "localhost", server.port or 5432)
    try:
        with house(tmp_path) as built:
            built.seed(100, 104)
            real = built.place.env["PASSERELLE_DATABASE_URL"]
            through = real.replace(f":{server.port}", f":{proxy.port}")
            built.start_web(workers=2, PASSERELLE_DATABASE_URL=through)
            built.ready()
            assert built.ask(100, "before")
            for seconds in (1, 12):
                proxy.go_away()
                time.sleep(seconds)
                began = time.monotonic()
                status, page = built.get("/en/get-an-access/?cofor=D00100")
                assert status == 503
                assert b"<form" in page  # the degraded page keeps what was typed, with a way to go on
                assert b"D00100" in page
                assert built.get("/healthz")[0] == 200
                assert time.monotonic() - began < 25
                proxy.come_back()
                began = time.monotonic()
                while built.get("/en/get-an-access/?cofor=D00100")[0] != 200:
                    assert time.monotonic() - began < 5, "it does not answer again within five seconds"
                    time.sleep(0.05)
                assert time.monotonic() - began < 5
                assert built.ask(100 + seconds % 3 + 1, f"after{seconds}")
    finally:
        proxy.end()
