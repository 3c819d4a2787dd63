"""The demonstration: one plainly fictitious company for each outcome of the analysis, and an account for each case.

Everything goes through the portal's own actions with instants in the past, so that trails, mails and records are real.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from passerelle.accounts import actions as accounts
from passerelle.accounts import demonstration as passwords
from passerelle.accounts.enums import LoginState, PersonKind, StateReason
from passerelle.accounts.models import Person
from passerelle.accounts.rules import check_character
from passerelle.core.actor import SYSTEM, Actor, ActorKind, visitor
from passerelle.core.errors import Refused
from passerelle.core.powers import Role
from passerelle.mail.models import Link
from passerelle.memberships import actions as memberships
from passerelle.memberships.queries import proposed_to
from passerelle.opening import actions
from passerelle.opening.actions import PartyData
from passerelle.opening.enums import RefusalReason
from passerelle.opening.models import Opening
from passerelle.opening.queries import by_key
from passerelle.operations import demonstration_credentials as credentials
from passerelle.suppliers import actions as suppliers
from passerelle.suppliers.enums import Source
from passerelle.suppliers.models import Company
from passerelle.terms.queries import current_text

ROBOT = Actor(ActorKind.STAFF, name="Demonstration", roles=frozenset({Role.ASSISTANCE.value}))
VISITOR = visitor("198.51.100.23")


@dataclass(frozen=True)
class Case:
    """A company of the table: its code and name, the reason the analysis answers, and what to try with it."""

    cofor: str
    name: str
    reason: str
    note: str

    @property
    def domain(self) -> str:
        return f"{self.name.split()[0].lower()}.example"


CASES = (
    Case("NEW234", "Bruma Stamping Ltd", "no_request", "its domain is on record: the request goes on alone"),
    Case("NEW567", "Calanque Outillage SARL", "no_request", "nothing on record: the Assistance verifies"),
    Case("NEW678", "Fjordal Plast AS", "no_request", "its domain is on record; sites F1 and F2"),
    Case("GONE22", "Dunemark Castings plc", "cofor_inactive", "the company was wound up"),
    Case("PEND33", "Elmwood Springs Ltd", "request_pending", "two claims beside each other at the desk"),
    Case("DISP44", "Ferrovia Lamiere SpA", "request_disputed", "a contact on record objected"),
    Case("REFU55", "Galerne Usinage SAS", "request_refused", ""),
    Case("LAPS66", "Hexaform GmbH", "request_lapsed", ""),
    Case("TERM77", "Islacero SL", "terms_not_accepted", "send the e-mail again; its link is in the mailbox"),
    Case("EXPD88", "Jorvik Fasteners Ltd", "terms_link_expired", "the link expired"),
    Case("TREF99", "Kestrel Optics Ltd", "terms_refused", ""),
    Case("HELD23", "Lumière Éclairage SAS", "opening_in_progress", "the corrected PLSA waits for the Assistance"),
    Case("SUSP24", "Marenne Textiles SAS", "access_suspended", "its people cannot enter"),
    Case("NPLS25", "Noordzee Kabels BV", "no_plsa", "its only PLSA is suspended"),
    Case("TWRM26", "Oderland Guss GmbH", "terms_not_accepted", "newer terms were not accepted in time"),
    Case("ACTV27", "Pinède Emballages SAS", "access_open", "the PLSA has not chosen a password yet"),
    Case("OPEN28", "Quercy Décolletage SAS", "access_open", "one PLSA"),
    Case("OPEN29", "Rivermill Rubber Ltd", "access_open", "two PLSAs and Users in every state"),
)


@dataclass(frozen=True)
class Account:
    """An account of the table."""

    login: str
    name: str
    cofor: str
    note: str
    password: str = passwords.SUPPLIER


def login(body: str) -> str:
    """A fixed login with its check character: V and six characters."""
    return f"V{body}{check_character(body)}"


PLSA_28 = Account(login("PETRA2"), "Petra Quercy", "OPEN28", "PLSA, the only one; also User of OPEN29")
PLSA_29 = Account(login("PETER2"), "Peter Rivers", "OPEN29", "PLSA")
SECOND_29 = Account(
    login("SARAH2"), "Sarah Mills", "OPEN29", "PLSA, the second one; User of ACTV27 with a mandate proposed"
)
USER_29 = Account(login("URSUA2"), "Ursula Brook", "OPEN29", "User")
SUSPENDED = Account(login("SUSAN2"), "Susan Weir", "OPEN29", "suspended: cannot enter")
UNUSED = Account(login("UNA222"), "Una Moor", "OPEN29", "suspended because it was not used; a PLSA lifts it")
FORMER = Account(
    login("FERN22"), "Fern Dale", "OPEN29",
    f"User; the former password is `{passwords.FORMER}`: it blocks the login from an unknown browser",
)  # fmt: skip
AUTHENTICATOR = Account(
    login("AUDE22"), "Aude Cove", "OPEN29", f"User with an authenticator application, secret `{credentials.SECRET}`"
)
PASSKEY = Account(
    login("PASKA2"), "Paska Stone", "OPEN29",
    f"User with a passkey on a device of hers; her recovery codes: {', '.join(credentials.CODES[:3])} …",
)  # fmt: skip
BLOCKED = Account(login("BRUCE2"), "Bruce Lock", "OPEN29", "blocked: the former password was typed elsewhere")
EXPIRED = Account(login("EMMA22"), "Emma Ford", "OPEN29", "password older than 180 days")
DELETED = Account(login("DAVE22"), "Dave Ferry", "OPEN29", "deleted: cannot enter")
SUSPENDED_24 = Account(login("MARTA2"), "Marta Marenne", "SUSP24", "active, but the company's access is suspended")
ACCOUNTS = (
    PLSA_28, PLSA_29, SECOND_29, USER_29, AUTHENTICATOR, PASSKEY, FORMER, EXPIRED, SUSPENDED, UNUSED, BLOCKED, DELETED,
    SUSPENDED_24,
)  # fmt: skip

STAFF = (
    ("S" + "PURCH2" + check_character("PURCH2"), "Inès", "Morel", (Role.PURCHASING,), "purchasing@group.example"),
    ("S" + "ASSST2" + check_character("ASSST2"), "Paul", "Girard", (Role.ASSISTANCE,), "helpdesk@group.example"),
    ("S" + "EDTRA2" + check_character("EDTRA2"), "Noa", "Leclerc", (Role.EDITOR,), "editor@group.example"),
    ("S" + "ADMNA2" + check_character("ADMNA2"), "Ada", "Winter", (Role.ADMINISTRATOR,), "admin@group.example"),
)  # fmt: skip


class Seed:
    """Plays the past of the demonstration. `now` is the present; everything happens on days before it."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def at(self, days: float) -> datetime:
        return self.now - timedelta(days=days)

    def play(self) -> None:
        self.staff()
        for case in CASES:
            self.company(case)
        self.lapsed()
        self.waiting()
        self.opened()
        self.people()
        self.crowd()

    def staff(self) -> None:
        for name, first, last, roles, email in STAFF:
            person = accounts.create_login(
                first_name=first, last_name=last, email=email, language="en", kind=PersonKind.STAFF, actor=SYSTEM,
                now=self.at(300), login=name,
            )  # fmt: skip
            accounts.set_roles(person_id=person.pk, roles=frozenset(roles), actor=SYSTEM, now=self.at(300))
            accounts.set_password(person_id=person.pk, password=passwords.STAFF, actor=SYSTEM, now=self.at(20))

    def company(self, case: Case) -> None:
        unmatched = case.cofor in {"NEW567", "PEND33"}
        company = suppliers.register(
            actor=SYSTEM, now=self.at(400), cofor=case.cofor, name=case.name, country=_country(case.name),
            source=Source.IMPORT, city="Fictiville", postcode="00001", street="1 Example Street",
            website=f"https://{case.domain}", email_domains=() if unmatched else (case.domain,),
            contact_emails=() if unmatched else (f"direction@{case.domain}",),
            sites=(("F1", "First works"), ("F2", "Second works")), sucos=(f"{case.cofor}S1",),
            categories=("series_parts",),
        )  # fmt: skip
        if case.reason == "cofor_inactive":
            suppliers.close_company(
                company=company, reason="Wound up by its shareholders", actor=SYSTEM, now=self.at(120)
            )

    def ask(
        self, cofor: str, days: float, *, requester: str = "Robin Request", plsa: str = "Pat Admin", wrong: bool = False
    ) -> Opening:
        case = next(case for case in CASES if case.cofor == cofor)
        domain = "freelance.example" if wrong else case.domain
        return actions.request_access(
            cofor=cofor, site_code="F1", requester=_party(requester, domain),
            representative=_party("Lea Director", domain), plsa=_party(plsa, domain),
            language="fr" if case.name.split()[-1] in {"SAS", "SARL"} else "en", actor=VISITOR, now=self.at(days),
        ).opening  # fmt: skip

    def link(self, opening: Opening, purpose: str = "terms") -> Link:
        return Link.objects.get(
            purpose=purpose, subject_key__startswith=opening.key, used_at__isnull=True, superseded_at__isnull=True
        )

    def accept(self, opening: Opening, days: float, plsa: PartyData | None = None) -> Opening:
        moment = self.at(days)
        text = current_text(opening.language, moment)
        if text is None:
            raise RuntimeError("the General Terms are not published: run publish_terms first")
        return actions.accept_terms(
            link_key=self.link(opening).key, cofor=opening.company.cofor, text_id=text.pk, corrected_plsa=plsa,
            language=text.language, actor=VISITOR, now=moment,
        )  # fmt: skip

    def lapsed(self) -> None:
        """First of all: what lapses by the clock would take later requests along."""
        self.ask("LAPS66", 45)
        actions.lapse_due(now=self.at(10))

    def waiting(self) -> None:
        self.ask("PEND33", 2)
        self.ask("PEND33", 1, requester="Casey Claim", wrong=True)
        disputed = self.ask("DISP44", 5)
        actions.object_to(
            link_key=self.link(disputed, "objection").key, note="Nobody here knows Robin Request.", actor=VISITOR,
            now=self.at(4),
        )  # fmt: skip
        refused = self.ask("REFU55", 12)
        actions.refuse(
            key=refused.key, reason=RefusalReason.NOT_REPRESENTATIVE,
            note="Name a person who may bind the company, for example its managing director.", actor=ROBOT,
            now=self.at(11),
        )  # fmt: skip
        self.ask("TERM77", 3)
        self.ask("EXPD88", 18)
        unwilling = self.ask("TREF99", 6)
        actions.refuse_terms(
            link_key=self.link(unwilling).key, note="We have a question on article 4.", actor=VISITOR, now=self.at(5)
        )
        self.accept(self.ask("HELD23", 4), 3, plsa=_party("Nova Choice", "elsewhere.example"))

    def opened(self) -> None:
        # The first version of the terms was in effect then; its days of grace have passed since.
        opening = self.ask("TWRM26", (self.now - datetime(2026, 1, 15, tzinfo=UTC)).days)
        self.accept(opening, (self.now - datetime(2026, 1, 16, tzinfo=UTC)).days)
        for cofor in ("NPLS25", "ACTV27"):
            self.accept(self.ask(cofor, 90), 89)
        for account in (SUSPENDED_24, PLSA_28, PLSA_29):
            person = self.person(account)
            self.accept(self.ask(account.cofor, 90, plsa=account.name), 89)
            for mandate in proposed_to(person):
                memberships.answer_mandate(
                    mandate_key=mandate.key, person_id=person.pk, accept=True, actor=ROBOT, now=self.at(88)
                )
        suspended = Company.objects.get(cofor="SUSP24")
        memberships.suspend_access(company_id=suspended.pk, reason="Asked by Purchasing", actor=ROBOT, now=self.at(7))
        lonely = self.plsa("NPLS25")
        accounts.change_state(
            person_id=lonely.pk, to=LoginState.SUSPENDED, reason=StateReason.BY_ASSISTANCE, actor=ROBOT, now=self.at(30)
        )

    def plsa(self, cofor: str) -> Person:
        return Person.objects.get(memberships__company__cofor=cofor, memberships__mandates__isnull=False)

    def people(self) -> None:
        for account in ACCOUNTS:
            if account.cofor == "OPEN29" and account is not PLSA_29:
                self.join(self.person(account), account.cofor, mandate=False)
        credentials.give_authenticator(_person_of(AUTHENTICATOR), now=self.at(30))
        credentials.give_passkey(_person_of(PASSKEY), now=self.at(30))
        second = Person.objects.get(login=SECOND_29.login)
        self.join(second, "OPEN29", mandate=True)
        self.join(Person.objects.get(login=PLSA_28.login), "OPEN29", mandate=False)
        self.join(second, "ACTV27", mandate=True, proposed=True)
        peter, ours = _person_of(PLSA_29), Company.objects.get(cofor="OPEN29").key
        plsa = Actor(ActorKind.PERSON, key=peter.key, name=peter.get_full_name())
        for account, state, reason, actor in (
            (SUSPENDED, LoginState.SUSPENDED, StateReason.BY_PLSA, plsa),
            (UNUSED, LoginState.SUSPENDED, StateReason.UNUSED, SYSTEM),
            (BLOCKED, LoginState.BLOCKED, StateReason.FORMER_PASSWORD, VISITOR),
            (DELETED, LoginState.DELETED, StateReason.LEFT, plsa),
        ):
            person = Person.objects.get(login=account.login)
            accounts.change_state(
                person_id=person.pk, to=state, reason=reason, company_key=ours if actor is plsa else "", actor=actor,
                now=self.at(9),
            )  # fmt: skip

    def person(self, account: Account) -> Person:
        """A person of the table with the fixed login it prints, and a password some weeks old."""
        first, last = account.name.split()
        domain = next(case.domain for case in CASES if case.cofor == account.cofor)
        person = accounts.create_login(
            first_name=first, last_name=last, email=f"{first}.{last}@{domain}".lower(), language="en", actor=ROBOT,
            now=self.at(250), login=account.login,
        )  # fmt: skip
        days = 200 if account is EXPIRED else 40
        if account in {FORMER, BLOCKED}:
            accounts.set_password(person_id=person.pk, password=passwords.FORMER, actor=SYSTEM, now=self.at(days + 60))
        return accounts.set_password(person_id=person.pk, password=account.password, actor=SYSTEM, now=self.at(days))

    def join(self, person: Person, cofor: str, *, mandate: bool, proposed: bool = False) -> None:
        company = Company.objects.get(cofor=cofor)
        membership = memberships.join(
            person_id=person.pk, person_key=person.key, company_id=company.pk, company_key=company.key, actor=ROBOT,
            now=self.at(85),
        )  # fmt: skip
        if mandate:
            memberships.appoint(
                membership=membership, person_key=person.key, company_key=company.key, proposed=proposed, actor=ROBOT,
                now=self.at(84),
            )  # fmt: skip

    def crowd(self) -> None:
        """Requests of other companies, so that the desk has a day's work."""
        known = {case.cofor for case in CASES}
        others = Company.objects.filter(active=True).exclude(cofor__in=known).order_by("cofor")[:24]
        for number, company in enumerate(others):
            with suppress(Refused):
                domain = company.email_domains.values_list("domain", flat=True).first() or "supplier.example"
                opening = actions.request_access(
                    cofor=company.cofor, site_code="", requester=_party(f"Rowan Request{number}", domain),
                    representative=_party(f"Dana Director{number}", domain), plsa=_party(f"Alex Admin{number}", domain),
                    language="en", actor=VISITOR, now=self.at(number % 13 + 0.3),
                ).opening  # fmt: skip
                opening = by_key(opening.key) or opening
                if number % 3 == 0 and opening.terms_link_id:
                    self.accept(opening, number % 13 + 0.1)


def _person_of(account: Account) -> Person:
    return Person.objects.get(login=account.login)


def _party(name: str, domain: str) -> PartyData:
    first, last = name.split()
    return PartyData(first, last, f"{first}.{last}@{domain}".lower(), "", "")


def _country(name: str) -> str:
    ends = {
        "Ltd": "GB", "plc": "GB", "SARL": "FR", "SAS": "FR", "AS": "NO", "SpA": "IT", "GmbH": "DE", "SL": "ES",
        "BV": "NL",
    }  # fmt: skip
    return ends[name.split()[-1]]


def table() -> Iterator[str]:
    """The table of codes and accounts, as Markdown: printed by the demonstration, kept in docs/demo.md."""
    yield "| COFOR | Company | The analysis answers | |"
    yield "| --- | --- | --- | --- |"
    yield "| ZZZ999 | (no such company) | `cofor_unknown` | |"
    for case in CASES:
        yield f"| {case.cofor} | {case.name} | `{case.reason}` | {case.note} |"
    yield ""
    yield f"Password of all people of companies: `{passwords.SUPPLIER}`"
    yield ""
    yield "| B2B login | Person | Company | |"
    yield "| --- | --- | --- | --- |"
    for account in ACCOUNTS:
        yield f"| {account.login} | {account.name} | {account.cofor} | {account.note} |"
    yield ""
    yield f"Password of all staff: `{passwords.STAFF}`"
    yield ""
    yield "| Staff login | Person | Role |"
    yield "| --- | --- | --- |"
    for name, first, last, roles, _email in STAFF:
        yield f"| {name} | {first} {last} | {', '.join(role.value for role in roles)} |"
