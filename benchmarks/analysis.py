"""P8: the access analysis over HTTP, with 5 million suppliers against 1,000, on PostgreSQL.

    ./passerelle run python benchmarks/analysis.py --server postgresql://user@127.0.0.1:5432 [--large 5000000]

Makes two databases on the server (kept for the next run, `--drop` removes them), fills our real tables, starts the web
server as `./passerelle serve` does, one for each, and asks both in turn, request by request, from one client.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import statistics
import time

import psycopg
from harness import Server, prepared

SMALL = 1_000
# A bijection of the numbers that scatters neighbours: the codes of companies 1, 2, 3 are far from each other.
CODE = """
create or replace function bench_code(n bigint) returns text language sql immutable parallel safe as $$
  select string_agg(substr('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', (m / (36 ^ p)::bigint % 36)::int + 1, 1), '')
  from (select (n * 1640531527 + 12345) % 2176782336 as m) x, generate_series(0, 5) p $$;
"""
# Of ten companies: three never asked, one waits for its terms, one is at the Assistance, five are open with a PLSA.
FILL = [
    """insert into suppliers_company (id, key, cofor, name, name_key, kind, country, vat_number, registration_number,
         street, postcode, city, website, active, closed_reason, closed_at, successor_cofor, source, created_at,
         updated_at)
       select g, 'c' || g, bench_code(g), 'Company ' || g, 'company ' || g, 'supplier', 'FR', '', 'R' || g, '', '', '',
         '', g % 50 <> 0, '', case when g % 50 = 0 then now() end, '', 'import', now(), now()
       from generate_series(1, {n}) g""",
    """insert into suppliers_site (id, company_id, code, name) select g, g, 'P1', '' from generate_series(1, {n}) g
       where g % 2 = 0""",
    """insert into terms_version (id, number, effective_at) values (900, 900, now() - interval '1 year')""",
    """insert into terms_text (id, version_id, language, title, changes, body, sha256)
       values (900, 900, 'en', 'Terms', '', 'Text', '')""",
    """insert into mail_link (id, key, purpose, subject_key, recipient, created_at, expires_at)
       select g, 'l' || g, 'terms', 'o' || g, 'a@b.example', now(), now() + interval '9 days'
       from generate_series(1, {n}) g where g % 10 = 3""",
    """insert into opening_opening (id, key, reference, kind, company_id, site_code, language, state, state_since,
         requested_at, requested_from, dedup_key, same_mailbox, basis, verified_by, refusal, refusal_note,
         terms_refusal_note, plsa_corrected, opened_at, reminders, lapses_at, terms_link_id)
       select g, 'o' || g, 'OP-' || g, 'opening', g, '', 'en',
         case when g % 10 = 3 then 'awaiting' when g % 10 = 4 then 'to_verify' else 'open' end, now(), now(), '',
         'd' || g, false, '', '', '', '', '', false, case when g % 10 > 4 then now() end, 0, now() + interval '30 days',
         case when g % 10 = 3 then g end
       from generate_series(1, {n}) g where g % 10 > 2""",
    """insert into terms_acceptance (id, key, reference, company_id, text_id, version_id, accepted_at, first_name,
         last_name, function, email, address, language, text_sha256, cofor, company_name, subject_key)
       select g, 'a' || g, 'GT-' || g, g, 900, 900, now(), 'L', 'R', '', 'a@b.example', '', 'en', '', '', '', ''
       from generate_series(1, {n}) g where g % 10 > 4""",
    """insert into memberships_access (id, key, company_id, opened_at, suspended_reason, suspended_by)
       select g, 'x' || g, g, now(), '', '' from generate_series(1, {n}) g where g % 10 > 4""",
    """insert into accounts_person (id, password, is_superuser, key, kind, login, login_key, email, email_key,
         first_name,
         last_name, phone, function, language, state, state_since, state_reason, state_by, created_at, activated_at,
         previous_password, credential_epoch)
       select g, '!', false, 'p' || g, 'supplier', 'V' || g, 'V' || g, 'p' || g || '@b.example',
         'p' || g || '@b.example',
         'P', 'L', '', '', 'en', 'active', now(), '', '', now(), now(), '', 0
       from generate_series(1, {n}) g where g % 10 > 4""",
    """insert into memberships_membership (id, key, person_id, company_id, started_at, end_reason)
       select g, 'm' || g, g, g, now(), '' from generate_series(1, {n}) g where g % 10 > 4""",
    """insert into memberships_mandate (id, key, membership_id, kind, state, state_since, starts_at, end_reason,
         granted_by)
       select g, 'n' || g, g, 'plsa', 'in_force', now(), now(), '', 'x'
         from generate_series(1, {n}) g where g % 10 > 4""",
]
TABLES = [
    "suppliers_company", "suppliers_site", "mail_link", "opening_opening", "terms_acceptance", "memberships_access",
    "accounts_person", "memberships_membership", "memberships_mandate",
]  # fmt: skip
RULES = """select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint
           where conrelid = any(%s::regclass[]) and contype in ('u', 'f', 'c') order by contype = 'f', conname"""
INDEXES = """select indexrelid::regclass::text, pg_get_indexdef(indexrelid) from pg_index i
             where indrelid = any(%s::regclass[])
                and not exists (select 1 from pg_constraint c where c.conindid = i.indexrelid)"""


def fill(url: str, rows: int) -> float:
    """Fill our tables: constraints and indexes are taken away, and made again from their own definitions."""
    began = time.monotonic()
    with psycopg.connect(url, autocommit=True) as db:
        enough = "select count(*) >= %s from (select 1 from suppliers_company limit %s) x"
        if db.execute(enough, (rows, rows)).fetchone()[0]:
            return 0.0
        db.execute("set maintenance_work_mem = '512MB'")
        rules = db.execute(RULES, (TABLES,)).fetchall()
        for table, name, _ in reversed(rules):
            db.execute(f'alter table {table} drop constraint "{name}" cascade')
        indexes = db.execute(INDEXES, (TABLES,)).fetchall()
        for name, _ in indexes:
            db.execute(f"drop index {name}")
        others = [rule for rule in rules if rule[2].startswith("UNIQUE") or rule[2].startswith("CHECK")]
        db.execute(CODE)
        for statement in FILL:
            db.execute(statement.format(n=rows))
        for table, name, text in [*others, *(rule for rule in rules if rule not in others)]:
            db.execute(f'alter table {table} add constraint "{name}" {text}')
        for _, text in indexes:
            db.execute(text)
        db.execute("vacuum analyze")
    return time.monotonic() - began


def code(number: int) -> str:
    value, signs = (number * 1_640_531_527 + 12_345) % 36**6, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return "".join(signs[value // 36**place % 36] for place in range(6))


def ask(connection: http.client.HTTPConnection, cofor: str) -> float:
    began = time.perf_counter()
    connection.request("GET", f"/api/v1/access-analysis/{cofor}?site=P1")
    answer = connection.getresponse()
    body = answer.read()
    took = time.perf_counter() - began
    assert answer.status == 200, (answer.status, body[:300])
    assert json.loads(body)["cofor"] == cofor
    return took * 1000


def queries(url: str, number: int) -> str:
    """How many statements one analysis sends, by the server's own count."""
    return prepared(url).queries(f"/api/v1/access-analysis/{code(number)}?site=P1")


def p(values: list[float], share: float) -> float:
    return sorted(values)[int(len(values) * share)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", required=True, help="postgresql://user@host:port of a server that may be filled")
    parser.add_argument("--large", type=int, default=5_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=1500, help="to each of the two, in each round")
    parser.add_argument("--drop", action="store_true", help="remove the two databases and end")
    options = parser.parse_args()
    names = {"passerelle_bench_small": SMALL, "passerelle_bench_large": options.large}
    base = options.server.rstrip("/")
    if options.drop:
        with psycopg.connect(f"{base}/postgres", autocommit=True) as db:
            for name in names:
                db.execute(f"drop database if exists {name} with (force)")
        return
    for name, rows in names.items():
        with psycopg.connect(f"{base}/postgres", autocommit=True) as db:
            if not db.execute("select 1 from pg_database where datname = %s", (name,)).fetchone():
                db.execute(f"create database {name}")
        prepared(f"{base}/{name}").migrate()
        took = fill(f"{base}/{name}", rows)
        print(f"{name}: {rows:,} companies" + (f", filled in {took:.0f} s" if took else ", kept"), flush=True)
    counts = {name: queries(f"{base}/{name}", 7) for name in names}
    print(f"queries of one analysis: {counts}")
    servers = {name: Server(f"{base}/{name}", workers=1) for name in names}
    try:
        measure(servers, names, options)
    finally:
        for server in servers.values():
            server.stop()


def measure(servers: dict[str, Server], sizes: dict[str, int], options: argparse.Namespace) -> None:
    dice = random.Random(8)
    lines = {name: http.client.HTTPConnection("127.0.0.1", server.port) for name, server in servers.items()}
    for _ in range(800):  # warm: code paths, plans, the pages of the indexes' upper levels
        for name, line in lines.items():
            ask(line, code(dice.randrange(1, sizes[name] + 1)))
    rounds: list[dict[str, list[float]]] = []
    for number in range(options.rounds):
        times: dict[str, list[float]] = {name: [] for name in lines}
        for step in range(options.requests):
            order = list(lines.items())
            for name, line in order if step % 2 else reversed(order):
                times[name].append(ask(line, code(dice.randrange(1, sizes[name] + 1))))
        rounds.append(times)
        words = "  ".join(f"{name[17:]} p50 {p(t, 0.5):.2f} p99 {p(t, 0.99):.2f} ms" for name, t in times.items())
        print(f"round {number + 1}: {words}", flush=True)
    small, large = list(lines)
    for share, label in ((0.5, "p50"), (0.99, "p99")):
        ratios = [p(times[large], share) / p(times[small], share) for times in rounds]
        whole = [p([t for times in rounds for t in times[name]], share) for name in (small, large)]
        print(
            f"{label}: large/small, round by round {' '.join(f'{r:.2f}' for r in ratios)}; median "
            f"{statistics.median(ratios):.2f}; over all rounds {whole[1]:.2f} / {whole[0]:.2f} = "
            f"{whole[1] / whole[0]:.2f}"
        )


if __name__ == "__main__":
    main()
