"""Every mail in every variant, with the facts of one invented company: for the gallery and for tests of the words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from passerelle.core.sealing import seal
from passerelle.mail.models import Link, Message
from passerelle.mail.render import render
from passerelle.web import gallery

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
EXPIRES = NOW + timedelta(days=14)
COFOR = "ZZ98YX"

PEOPLE = {
    "requester": {"name": "Rita Requester", "email": "rita@fournier.example", "function": "Sales"},
    "representative": {"name": "Léon O'Représentant", "email": "leon@fournier.example", "function": ""},
    "plsa": {"name": "Paula Plsa", "email": "paula@fournier.example", "function": "IT"},
}
# Of what a company is asked for itself, the representative is the requester too.
ASKED = {"requester": PEOPLE["representative"], "representative": PEOPLE["representative"]}
OPENING = {
    "company_name": "Fournier Précision SAS",
    "reference": "OP-7K2M-Q4XW",
    "kind": "opening",
    "requested_at": NOW,
    "lapses_at": NOW + timedelta(days=30),
    "people": PEOPLE,
}
DESIGNATION = OPENING | {"kind": "designation", "people": ASKED}
DESIGNATED = DESIGNATION | {"people": ASKED | {"plsa": PEOPLE["plsa"]}}
RENEWAL = OPENING | {"kind": "renewal", "people": ASKED}
TICKET = {
    "reference": "AS-8M3N-R5YZ",
    "kind": "contact",
    "full_name": "Marc Fournier",
    "email": "marc@fournier.example",
    "phone": "+33 4 00 00 00 00",
    "login": "V7K2MQ4X",
    "cofor": COFOR,
    "company_name": "Fournier Précision SAS",
    "identifiers": "FR 40 303 265 045",
    "postcode": "69007",
    "subject": "Our code",
    "comments": "Our plant moved.\nWho do we tell?",
    "reason": "cofor_unknown",
    "received_at": NOW,
}
UNCONFIRMED = dict.fromkeys(TICKET, "") | {"reference": TICKET["reference"], "kind": "contact", "received_at": NOW}
LINK = {"expires_at": EXPIRES}
LOGIN = {"login": "V7K2MQ4X"}


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """One variant of a mail: its kind, what sets it apart, its context, and the purpose of its link if it has one."""

    kind: str
    variant: str
    context: dict[str, Any]
    purpose: str = ""

    @property
    def name(self) -> str:
        return re.sub(r"[^a-z0-9]+", "-", f"mail-{self.kind}-{self.variant}".lower()).strip("-")

    def message(self, language: str, to_name: str = "Tina Thomas") -> Message:
        """The mail as it would stand in the outbox; saved nowhere."""
        link = Link(
            purpose=self.purpose, subject_key="sample", recipient="tina@x.example", created_at=NOW, expires_at=EXPIRES
        )
        return Message(
            kind=self.kind,
            to_address="tina@fournier.example",
            to_name=to_name,
            language=language,
            context=json.loads(json.dumps(self.context, cls=DjangoJSONEncoder)),
            link=link if self.purpose else None,
        )


def _to_the_representative() -> Iterator[Sample]:
    yield Sample("opening/terms", "opening", OPENING | LINK, "terms")
    yield Sample("opening/terms", "renewal", RENEWAL | LINK, "terms")
    yield Sample("opening/designation", "", DESIGNATION | LINK, "designation")
    yield Sample("opening/reminder", "opening", OPENING | LINK, "terms")
    yield Sample("opening/reminder", "renewal", RENEWAL | LINK, "terms")
    yield Sample("opening/reminder", "designation", DESIGNATION | LINK, "designation")
    yield Sample("opening/held", "opening", OPENING)
    yield Sample("opening/held", "designation", DESIGNATED)
    for facts in (OPENING, DESIGNATED, RENEWAL):
        yield Sample("opening/opened_representative", str(facts["kind"]), facts)
    for facts in (DESIGNATION, RENEWAL):
        kind = str(facts["kind"])
        yield Sample("opening/refused", kind, facts | {"refusal": "not_confirmed", "note": ""})
        yield Sample("opening/terms_refused", kind, facts | {"note": "We asked for nothing."})
        yield Sample("opening/lapsed", kind, facts)


def _to_the_requester() -> Iterator[Sample]:
    yield Sample("opening/received", "matched", OPENING | {"matched": True})
    yield Sample("opening/received", "to verify", OPENING | {"matched": False})
    for refusal in ("not_representative", "not_confirmed", "wrong_company", "duplicate", "other"):
        yield Sample("opening/refused", refusal, OPENING | {"refusal": refusal, "note": "Ask your head office."})
    yield Sample("opening/refused", "other without a note", OPENING | {"refusal": "other", "note": ""})
    yield Sample("opening/terms_refused", "opening", OPENING | {"note": "We asked for nothing."})
    yield Sample("opening/terms_refused", "without a note", OPENING | {"note": ""})
    yield Sample("opening/lapsed", "opening", OPENING)
    yield Sample("opening/closed", "", OPENING)
    yield Sample("opening/disputed", "", OPENING)
    yield Sample("opening/opened_requester", "", OPENING)


def _to_others_of_the_company() -> Iterator[Sample]:
    for step in ("received", "terms_sent"):
        yield Sample("opening/notice", step, OPENING | LINK | {"step": step}, "objection")
    for facts in (OPENING, DESIGNATED, RENEWAL):
        yield Sample("opening/notice", f"opened {facts['kind']}", facts | LINK | {"step": "opened"}, "objection")
    for facts in (OPENING, DESIGNATED):
        yield Sample("opening/opened_plsa", str(facts["kind"]), facts | LINK | LOGIN, "activation")
        yield Sample("opening/proposed_plsa", str(facts["kind"]), facts | LOGIN)
    company = {"company_name": OPENING["company_name"]}
    yield Sample("opening/activation", "", company | LINK | LOGIN, "activation")
    yield Sample("support/relay", "", TICKET | {"kind": "relay"})
    yield Sample("support/relay", "company not typed", TICKET | {"kind": "relay", "company_name": ""})


def _to_the_assistance() -> Iterator[Sample]:
    yield Sample("opening/to_verify", "request", OPENING | {"cofor": COFOR, "state": "to_verify"})
    yield Sample("opening/to_verify", "plsa", OPENING | {"cofor": COFOR, "state": "held"})
    yield Sample("opening/to_verify", "plsa designated", DESIGNATED | {"cofor": COFOR, "state": "held"})
    by_contact = {"cofor": COFOR, "by_email": "contact@fournier.example", "note": "We know nobody of this name."}
    by_representative = {"cofor": COFOR, "by_email": PEOPLE["representative"]["email"], "note": ""}
    yield Sample("opening/objected", "by a contact", OPENING | by_contact)
    yield Sample("opening/objected", "by the person named", OPENING | by_representative)
    for kind in ("contact", "cofor_unknown", "analysis"):
        yield Sample("support/received", kind, TICKET | {"kind": kind})
    least = {"full_name": "Ann Ash", "email": "ann@ash.example", "comments": "Who can help?"}
    yield Sample("support/received", "nothing optional", UNCONFIRMED | least)


def _to_the_sender() -> Iterator[Sample]:
    yield Sample("support/acknowledged", "in full", TICKET | {"in_full": True})
    yield Sample("support/acknowledged", "unconfirmed", UNCONFIRMED | {"in_full": False})
    yield Sample("support/acknowledged", "link to the copy", UNCONFIRMED | LINK | {"in_full": False}, "copy")
    yield Sample("support/copy", "", TICKET)


def _about_second_factors() -> Iterator[Sample]:
    owner = LOGIN | {"done_at": NOW, "address": "192.0.2.7"}
    asked = owner | {"asked_by": "Paula Plsa", "effective_at": EXPIRES}
    for kind, name in (("passkey", "My phone"), ("authenticator", "Authenticator")):
        factor = owner | {"factor_kind": kind, "factor_name": name}
        yield Sample("accounts/factor_added", kind, factor)
        yield Sample("accounts/factor_removed", kind, factor | {"left": 1})
        yield Sample("accounts/factor_removed", f"{kind}, the last one", factor | {"left": 0})
    yield Sample("accounts/codes_renewed", "", owner)
    for left in (9, 1, 0):
        yield Sample("accounts/code_used", f"{left} left", owner | {"left": left})
    yield Sample("accounts/removal_asked", "", asked, "removal")
    yield Sample("accounts/removal_cancelled", "", asked)
    yield Sample("accounts/removal_done", "", asked)


def _to_the_owner_of_the_address() -> Iterator[Sample]:
    address = {"new_email": "tina.new@fournier.example", "address": "192.0.2.7"}
    asked = LOGIN | address | LINK | {"asked_at": NOW}
    for variant, at in (("", None), ("by the Assistance", NOW + timedelta(hours=24))):
        since = {"asked_at": NOW, "effective_at": at}
        yield Sample("accounts/email_asked", variant, asked | since | ({"address": ""} if at else {}), "email_old")
        yield Sample("accounts/email_to_confirm", variant, LINK | since, "email_new")
    yield Sample("accounts/email_in_use", "", {"asked_at": NOW})
    changed = LOGIN | address | {"old_email": "tina@fournier.example", "changed_at": NOW}
    yield Sample("accounts/email_changed", "", changed | {"both": True})
    yield Sample("accounts/email_changed", "by the Assistance", changed | {"both": False, "address": ""})
    for reason in ("stopped", "not_possible"):
        ended_so = LOGIN | address | {"reason": reason, "cancelled_at": NOW}
        yield Sample("accounts/email_change_cancelled", reason, ended_so)
    for ended in (0, 1, 3):
        facts = LOGIN | {"changed_at": NOW, "address": "192.0.2.7", "device": "Firefox on Windows", "ended": ended}
        yield Sample("accounts/password_changed", f"{ended} ended", facts)
    yield Sample("accounts/password_changed", "by a link", facts | {"device": "", "address": "", "ended": 0})
    yield Sample("accounts/identity_linked", "", LOGIN | {"done_at": NOW, "address": "192.0.2.7"})
    for count in (1, 3):
        yield Sample("accounts/sessions_ended", str(count), LOGIN | {"count": count, "ended_at": NOW})


def _of_recovery() -> Iterator[Sample]:
    origin = {"asked_at": NOW, "address": "192.0.2.7", "browser": "Firefox on Windows"}
    asked = LOGIN | origin
    yield Sample("entry/recovery_link", "", asked | LINK, "recovery")
    yield Sample("entry/activation_again", "", asked | LINK, "activation")
    yield Sample("entry/temporary_password", "", asked | LINK | {"one_time_sealed": seal("abcde-fghjk-mnpqr-stuvw")})
    one = origin | {"logins": ["V7K2MQ4X"], "company_name": OPENING["company_name"]}
    yield Sample("entry/login_reminder", "", one | {"state": "active"})
    yield Sample("entry/login_reminder", "suspended", one | {"state": "suspended"})
    yield Sample("entry/login_reminder", "several", one | {"logins": ["V7K2MQ4X", "VNBDY222"], "state": "active"})
    plsas = [{"name": "Paula Plsa", "email": "paula@fournier.example", "phone": "+33 4 00 00 00 00"}]
    plsas.append({"name": "Ann Ash", "email": "ann@fournier.example", "phone": ""})
    yield Sample("entry/plsa_contacts", "", {"company_name": OPENING["company_name"], "plsas": plsas})


def _of_acts_on_a_login() -> Iterator[Sample]:
    colleague = LOGIN | {"company_name": OPENING["company_name"], "by_name": "Paula Plsa", "done_at": NOW}
    desk = LOGIN | {"company_name": "", "by_name": "", "done_at": NOW}
    for what in ("suspended", "deleted", "lifted", "company_suspended", "company_ended", "company_resumed"):
        yield Sample("entry/people_state", f"{what} by a PLSA", colleague | {"what": what})
    for what in ("suspended", "blocked", "deleted", "lifted"):
        yield Sample("entry/people_state", f"{what} by the Assistance", desk | {"what": what})
    for variant, facts in (("by a PLSA", colleague), ("by the Assistance", desk)):
        yield Sample("entry/people_password", variant, facts | LINK, "recovery")
        yield Sample("entry/people_activation", variant, facts | LINK, "activation")
    lost = {"person_name": "Tina Fournier", "old_email": "tina@fournier.example", "effective_at": EXPIRES}
    yield Sample("entry/email_of_colleague", "", desk | lost | {
        "company_name": OPENING["company_name"], "new_email": "tina.new@fournier.example"
    })  # fmt: skip


def _of_sign_in() -> Iterator[Sample]:
    for address in ("192.0.2.7", ""):
        facts = LOGIN | {"address": address, "happened_at": NOW}
        variant = "" if address else "from nowhere known"
        yield Sample("entry/blocked", variant, facts | LINK, "lift")
        people = {"person_name": "Marc Fournier", "company_name": OPENING["company_name"]}
        yield Sample("entry/blocked_colleague", variant, facts | people)
        yield Sample("entry/device", variant, facts | LINK, "device")
        yield Sample("entry/block_lifted", variant, facts)
        yield Sample("entry/device_known", variant, facts)


def _from_the_clock() -> Iterator[Sample]:
    for days in (15, 1):
        yield Sample("accounts/password_ends", f"{days} left", LOGIN | {"days": days, "ends_at": EXPIRES})
    yield Sample("accounts/login_unused", "", LOGIN | {"last_at": NOW, "suspended_at": EXPIRES})
    yield Sample("accounts/login_suspended", "", LOGIN | {"last_at": NOW, "days": 90})


SAMPLES = (
    *_to_the_representative(),
    *_to_the_requester(),
    *_to_others_of_the_company(),
    *_to_the_assistance(),
    *_to_the_sender(),
    *_of_sign_in(),
    *_of_recovery(),
    *_of_acts_on_a_login(),
    *_to_the_owner_of_the_address(),
    *_about_second_factors(),
    *_from_the_clock(),
)


def show(request: HttpRequest, sample: Sample) -> HttpResponse:
    """A sample in the page's language: its HTML part, or with `?as=text` its subject and text."""
    mail = render(sample.message(get_language() or "en"), with_link=False)
    if request.GET.get("as") == "text":
        return HttpResponse(f"{mail.subject}\n\n{mail.text}", content_type="text/plain; charset=utf-8")
    response = HttpResponse(mail.html)
    # A mail carries its styles in its elements, as mail readers want it; nothing else is let in.
    response._csp_replace = {"default-src": ["'none'"], "style-src": ["'unsafe-inline'"]}  # type: ignore[attr-defined]
    return response


def register() -> None:
    """Show every sample in the gallery."""
    for sample in SAMPLES:
        gallery.register(sample.name, show, {"sample": sample})
