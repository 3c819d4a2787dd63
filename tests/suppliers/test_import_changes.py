"""What an import changes, and what it leaves (H1, H2, H4, decision 32)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from passerelle.audit.models import Event
from passerelle.audit.record import record_all
from passerelle.core.actor import Actor
from passerelle.core.errors import Refused
from passerelle.suppliers import actions
from passerelle.suppliers.enums import Effect
from passerelle.suppliers.models import Company, Contact, Import, Site, Status
from tests.suppliers.conftest import Importer
from tests.suppliers.files import PLAIN, csv_file, one_row, plan

pytestmark = pytest.mark.django_db

FULL = {
    "cofor": "AB12CD",
    "name": "Moulin d'Arve",
    "duns": "123456789",
    "country": "fr",
    "vat_number": "FR40303265045",
    "registration_number": "303265045",
    "street": "1 rue du Moulin\nBâtiment B",
    "postcode": "01000",
    "city": "Bourg-en-Bresse",
    "website": "https://moulin.example",
    "contact_email": "Anne@Moulin.example|bob@moulin.example",
    "email_domains": "moulin.example|MOULIN-GROUP.example",
    "active": "true",
    "closed_reason": "",
    "successor_cofor": "",
    "sites": "01:Cluses|02:Arve: upper mill",
    "sucos": "S2|S1",
    "kind": "partner",
    "categories": "spare_parts|series_parts",
}


def test_every_column_is_kept(take_in: Importer, now: datetime) -> None:  # H1
    take_in(one_row(**FULL))
    company = Company.objects.get()
    assert (company.duns, company.country, company.kind, company.source) == ("123456789", "FR", "partner", "import")
    assert company.street == "1 rue du Moulin Bâtiment B"
    assert (company.postcode, company.created_at) == ("01000", now)
    assert set(company.contacts.values_list("email", "email_key")) == {
        ("Anne@Moulin.example", "anne@moulin.example"),
        ("bob@moulin.example", "bob@moulin.example"),
    }
    assert set(company.email_domains.values_list("domain", flat=True)) == {"moulin.example", "moulin-group.example"}
    assert set(company.sites.values_list("code", "name")) == {("01", "Cluses"), ("02", "Arve: upper mill")}
    assert set(company.sucos.values_list("code", flat=True)) == {"S1", "S2"}
    assert set(company.categories.values_list("code", flat=True)) == {"series_parts", "spare_parts"}


def test_the_same_file_again_changes_nothing(take_in: Importer, now: datetime) -> None:  # H2
    take_in(one_row(**FULL))
    before = list(Company.objects.values())
    done = take_in(one_row(**FULL), at=now + timedelta(days=1))
    assert (done.created, done.changed, done.unchanged) == (0, 0, 1)
    assert list(Company.objects.values()) == before
    assert Status.objects.count() == 1
    assert Contact.objects.count() == 2


def test_the_order_of_lists_and_the_case_of_codes_is_no_change(take_in: Importer) -> None:
    take_in(one_row(**FULL))
    other = {**FULL, "sucos": "s1|s2|S1", "sites": "02:Arve: upper mill|01:Cluses", "cofor": "ab12cd "}
    with plan(one_row(**other)) as change_set:
        assert change_set.counts[Effect.UNCHANGED] == 1


def test_an_absent_column_leaves_and_an_empty_cell_clears(take_in: Importer) -> None:  # decision 32
    take_in(one_row(**FULL))
    take_in(one_row(name="New name"))
    company = Company.objects.get()
    assert (company.name, company.name_key, company.duns, company.city) == (
        "New name",
        "new name",
        "123456789",
        "Bourg-en-Bresse",
    )
    assert company.sites.count() == 2
    empty = {column: "" for column in FULL if column not in PLAIN}
    take_in(one_row(**empty))
    company.refresh_from_db()
    assert (company.duns, company.city, company.website, company.kind) == (None, "", "", "supplier")
    for rows in (company.sites, company.sucos, company.contacts, company.email_domains, company.categories):
        assert not rows.exists()


def test_a_company_that_is_absent_from_the_file_is_untouched(take_in: Importer) -> None:  # decision 32
    take_in(csv_file({"cofor": "AAAAAA"}, {"cofor": "BBBBBB"}))
    take_in(csv_file({"cofor": "BBBBBB", "name": "New"}))
    assert Company.objects.get(cofor="AAAAAA").active


def test_a_change_is_shown_field_by_field(take_in: Importer) -> None:  # I2
    take_in(one_row(**FULL))
    with plan(one_row(name="Moulin SA", sucos="S1|S3", sites="01:Cluses")) as change_set:
        [change] = change_set.changes()
    assert change.effect is Effect.CHANGED
    assert change.old == {
        "name": "Moulin d'Arve",
        "sucos": ("S1", "S2"),
        "sites": (("01", "Cluses"), ("02", "Arve: upper mill")),
    }
    assert change.new == {"name": "Moulin SA", "sucos": ("S1", "S3"), "sites": (("01", "Cluses"),)}


def test_a_row_of_a_list_that_stays_keeps_its_identity(take_in: Importer) -> None:
    take_in(one_row(**FULL))
    kept = Site.objects.get(code="01").pk
    take_in(one_row(sites="01:Cluses|02:Lower mill"))
    assert Site.objects.get(code="01").pk == kept
    assert Site.objects.get(code="02").name == "Lower mill"


def test_closing_and_reopening_are_changes_of_their_own(take_in: Importer, now: datetime) -> None:  # H4
    take_in(one_row(**FULL))
    closing = one_row(active="no", closed_reason="Wound up", name="Moulin (closed)")
    done = take_in(closing, at=now + timedelta(days=1))
    company = Company.objects.get()
    assert (done.closed, done.changed) == (1, 0)
    assert (company.active, company.closed_reason, company.closed_at) == (False, "Wound up", now + timedelta(days=1))
    done = take_in(one_row(active="yes"), at=now + timedelta(days=2))
    company.refresh_from_db()
    assert done.reopened == 1
    assert (company.active, company.closed_reason, company.closed_at) == (True, "", None)
    history = company.statuses.order_by("since_at").values_list("active", "reason", "source")
    assert list(history) == [(True, "", "import"), (False, "Wound up", "import"), (True, "", "import")]


def test_a_company_may_arrive_closed(take_in: Importer, now: datetime) -> None:  # H4
    done = take_in(one_row(active="false"))
    company = Company.objects.get()
    assert (done.created, company.closed_at, company.closed_reason) == (1, now, "not given")


def test_a_reason_given_later_corrects_the_closed_company(take_in: Importer) -> None:
    take_in(one_row(active="false"))
    done = take_in(one_row(active="false", closed_reason="Wound up"))
    assert (done.closed, done.changed) == (0, 1)
    assert Company.objects.get().closed_reason == "Wound up"


def test_an_import_leaves_one_audit_line_a_company_and_one_for_itself(take_in: Importer) -> None:
    take_in(csv_file({"cofor": "AAAAAA"}, {"cofor": "BBBBBB"}))
    take_in(csv_file({"cofor": "AAAAAA", "name": "New"}, {"cofor": "BBBBBB", "active": "0"}, {"cofor": "CCCCCC"}))
    tags = list(Event.objects.order_by("pk").values_list("tag", flat=True))
    assert sorted(tags) == sorted(
        ["suppliers:company:registered"] * 3
        + ["suppliers:import:applied"] * 2
        + ["suppliers:company:changed", "suppliers:company:closed"]
    )
    changed = Event.objects.get(tag="suppliers:company:changed")
    assert (changed.old, changed.new) == ({"name": "Name"}, {"cofor": "AAAAAA", "name": "New"})
    assert changed.company_key == Company.objects.get(cofor="AAAAAA").key
    applied = Event.objects.filter(tag="suppliers:import:applied").last()
    assert applied is not None
    assert applied.new["created"] == 1


def test_an_import_is_remembered(take_in: Importer, now: datetime) -> None:
    take_in(one_row())
    done = Import.objects.get()
    assert (done.filename, done.created, done.applied_at, done.by) == (
        "suppliers.csv",
        1,
        now,
        "import-suppliers (tests)",
    )
    assert len(done.sha256) == 64


def test_planning_writes_nothing() -> None:  # I2
    with plan(one_row(**FULL)) as change_set:
        assert change_set.counts[Effect.CREATED] == 1
    assert not Company.objects.exists()
    assert not Event.objects.exists()


def test_a_refused_row_holds_back_the_whole_file_unless_the_others_are_accepted(take_in: Importer) -> None:  # I2
    rows = ({"cofor": "AAAAAA"}, {"cofor": "BBBBBB", "country": "ZZ"}, {"cofor": "CCCCCC"})
    with pytest.raises(Refused, match="import_has_refusals"):
        take_in(csv_file(*rows))
    assert not Company.objects.exists()
    done = take_in(csv_file(*rows), accept_valid=True)
    assert (done.created, done.refused) == (2, 1)
    assert set(Company.objects.values_list("cofor", flat=True)) == {"AAAAAA", "CCCCCC"}


def test_nothing_is_half_written_when_it_breaks_in_the_middle(
    take_in: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:  # H2
    take_in(one_row(cofor="AAAAAA"))
    counts = {model: model._default_manager.count() for model in (Company, Status, Event, Import)}
    calls: list[int] = []

    def break_down(lines: list[Event]) -> None:
        calls.append(len(lines))
        if len(calls) == 3:
            raise OSError("the disk is full")
        record_all(lines)

    monkeypatch.setattr("passerelle.suppliers.actions.write.record_all", break_down)
    with pytest.raises(OSError, match="the disk is full"):
        take_in(csv_file(*({"cofor": f"B{number:05}"} for number in range(1600))))
    assert calls == [500, 500, 500]
    assert counts == {model: model._default_manager.count() for model in counts}


def test_a_plan_that_somebody_elses_change_outdated_is_not_applied(
    take_in: Importer, importer: Actor, buyer: Actor, now: datetime
) -> None:  # I2
    take_in(one_row(cofor="AAAAAA"))
    company = Company.objects.get()
    with plan(csv_file({"cofor": "AAAAAA", "name": "New", "active": "no"}, {"cofor": "BBBBBB"})) as change_set:
        actions.close_company(actor=buyer, now=now, company=company, reason="Wound up")
        with pytest.raises(Refused, match="import_outdated"):
            actions.apply_import(change_set=change_set, actor=importer, now=now)
    company.refresh_from_db()
    assert (company.name, company.closed_reason) == ("Name", "Wound up")
    assert not Company.objects.filter(cofor="BBBBBB").exists()


@pytest.mark.parametrize("taken", [{"cofor": "BBBBBB"}, {"cofor": "CCCCCC", "duns": "123456789"}])
def test_a_plan_whose_codes_were_given_away_meanwhile_is_not_applied(
    take_in: Importer, importer: Actor, now: datetime, taken: dict[str, str]
) -> None:  # I2
    with plan(one_row(cofor="BBBBBB", duns="123456789")) as change_set:
        take_in(one_row(**taken))
        with pytest.raises(Refused, match="import_outdated"):
            actions.apply_import(change_set=change_set, actor=importer, now=now)
    assert Company.objects.count() == 1


def test_a_plan_is_not_applied_twice(importer: Actor, now: datetime) -> None:
    with plan(one_row()) as change_set:
        actions.apply_import(change_set=change_set, actor=importer, now=now)
        with pytest.raises(Refused, match="import_outdated"):
            actions.apply_import(change_set=change_set, actor=importer, now=now)
    assert Import.objects.count() == 1


def test_consequences_are_found_by_whoever_conducts_the_import(take_in: Importer) -> None:  # I2, decision 32
    take_in(one_row())

    def look(change_set: actions.ChangeSet) -> list[actions.Consequence]:
        return [
            actions.Consequence(change.cofor, "logins_end", "2 logins end", {"logins": 2})
            for change in change_set.changes(Effect.CLOSED)
        ]

    with plan(one_row(active="no", closed_reason="Wound up"), consequences=look) as change_set:
        assert [(found.cofor, found.facts) for found in change_set.consequences] == [("AB12CD", {"logins": 2})]


def test_the_number_of_queries_does_not_follow_the_number_of_rows(
    take_in: Importer, django_assert_max_num_queries: object
) -> None:
    take_in(csv_file(*({"cofor": f"A{number:05}"} for number in range(400))))
    with django_assert_max_num_queries(45):  # type: ignore[operator]
        take_in(csv_file(*({"cofor": f"A{number:05}", "name": f"New {number}"} for number in range(400))))
