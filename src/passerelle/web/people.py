"""People as a PLSA and the Assistance see and manage them: the same words, forms and facts at both doors.

What a PLSA reads never tells whether another company counts on a login.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from passerelle import brand
from passerelle.accounts.enums import Lifter, LoginState, StateReason
from passerelle.accounts.models import Person
from passerelle.accounts.queries import living_sessions
from passerelle.accounts.rules import lifters_of, may_keep_password
from passerelle.audit.models import Event
from passerelle.audit.tags import Tag
from passerelle.core.actor import ActorKind
from passerelle.core.errors import Refused
from passerelle.entry.models import Diagnosis
from passerelle.entry.queries.people import chain_of
from passerelle.entry.rules.diagnosis import Chain, Link, explain, obstacles
from passerelle.entry.rules.people import Act, Reach, may_do
from passerelle.limits.check import Allowance, hit
from passerelle.suppliers.models import Company
from passerelle.web import credentials
from passerelle.web.forms import PortalForm

Words = str | Promise


@dataclass(frozen=True, slots=True)
class ActWords:
    """An act in words: on its button, as the title of its page, what it means there, and once it is done."""

    label: Words
    title: Words
    means: Words
    done: Words


_WORDS: dict[Act, ActWords] = {
    Act.LIFT: ActWords(
        gettext_lazy("Make active again"),
        gettext_lazy("Make the login active again"),
        gettext_lazy("%(name)s can sign in again with the present password, and is told by e-mail."),
        gettext_lazy("The login is active again. %(name)s is told by e-mail."),
    ),
    Act.PASSWORD_LINK: ActWords(
        gettext_lazy("Send a password link"),
        gettext_lazy("Send a link to a new password"),
        gettext_lazy(
            "The link goes to the registered address, %(email)s. Only %(name)s sees and chooses the password; the "
            "present one stays until then."
        ),
        gettext_lazy("The link leaves to %(email)s. It works once."),
    ),
    Act.END_SESSIONS: ActWords(
        gettext_lazy("End all sessions"),
        gettext_lazy("End all sessions"),
        gettext_lazy("Every browser in which %(name)s is signed in is signed out at once. The login stays active."),
        gettext_lazy("Every session of %(name)s is ended."),
    ),
    Act.REMOVE_FACTOR: ActWords(
        gettext_lazy("Remove the lost second factor"),
        gettext_lazy("Remove the lost second factor"),
        gettext_lazy(
            "It is removed after %(hours)d hours. %(name)s is told by e-mail at once and can keep it until then. Only "
            "go on if you know from %(name)s that it is lost."
        ),
        gettext_lazy("The second factor is removed in %(hours)d hours. %(name)s is told by e-mail."),
    ),
    Act.SUSPEND: ActWords(
        gettext_lazy("Suspend"),
        gettext_lazy("Suspend the access"),
        gettext_lazy("%(name)s cannot enter until the access is made active again. Rights stay as they are."),
        gettext_lazy("%(name)s is suspended, and told by e-mail."),
    ),
    Act.BLOCK: ActWords(
        gettext_lazy("Block as stolen"),
        gettext_lazy("Block the login as stolen"),
        gettext_lazy("Nobody can sign in with it, whatever they know. Only the Assistance makes it active again."),
        gettext_lazy("The login of %(name)s is blocked."),
    ),
    Act.DELETE: ActWords(
        gettext_lazy("Delete"),
        gettext_lazy("Delete the login"),
        gettext_lazy(
            "%(name)s loses the access for good. Nothing brings a deleted login back, and it is never reused."
        ),
        gettext_lazy("The access of %(name)s is deleted."),
    ),
}
# A PLSA reads the same whether or not another company counts on the login, so each word is true of both.
_OF_PLSAS: dict[Act, ActWords] = {
    Act.END_SESSIONS: ActWords(
        gettext_lazy("End all sessions"),
        gettext_lazy("End all sessions"),
        gettext_lazy(
            "Every browser in which %(name)s acts for your company is signed out at once. The login stays active."
        ),
        gettext_lazy("Every session of %(name)s for your company is ended."),
    ),
    Act.REMOVE_FACTOR: ActWords(
        gettext_lazy("Remove the lost second factor"),
        gettext_lazy("Remove the lost second factor"),
        gettext_lazy(
            "It is removed after %(hours)d hours at the earliest. %(name)s is told the date by e-mail and can keep it "
            "until then. Only go on if you know from %(name)s that it is lost."
        ),
        gettext_lazy("The removal of the second factor is asked for. %(name)s is told the date by e-mail."),
    ),
}
_ACTIVATION = ActWords(
    gettext_lazy("Send the activation again"),
    gettext_lazy("Send the activation again"),
    gettext_lazy("The link to a first password goes to the registered address, %(email)s. Earlier links end."),
    gettext_lazy("The activation leaves to %(email)s. Its link works once."),
)

REFUSALS: dict[str, Words] = {
    "own_login": gettext_lazy("You cannot act on your own login. Somebody else with the power can."),
    "login_deleted": gettext_lazy("The login is deleted. Nothing can be done with it any more."),
    "nothing_to_lift": gettext_lazy("The login is active already."),
    "lifted_by_others": gettext_lazy("Only the Assistance can make this login active again."),
    "shared_login": gettext_lazy("Only the Assistance can do this with this login."),
    "assistance_only": gettext_lazy("Only the Assistance can do this with this login."),
    "lift_first": gettext_lazy("The login is not active. Make it active again first."),
    "not_active": gettext_lazy("The login is not active, so there is nothing to suspend."),
    "last_plsa": gettext_lazy("This is the last access administrator (PLSA) of the company. Ask the Assistance."),
    "blocked_already": gettext_lazy("The login is blocked already."),
    "no_factor": gettext_lazy("This login has no second factor."),
    "removal_waits": gettext_lazy("The removal of the second factor was asked already. It waits."),
    "removal_pending": gettext_lazy("The removal of the second factor was asked already. It waits."),
}
# Never undone by the person, or felt at once: asked for in red.
DANGEROUS = frozenset({Act.SUSPEND, Act.BLOCK, Act.DELETE})
NEEDS_NOTE = DANGEROUS


class NoteForm(PortalForm):
    """Why: it stands in the history, for those who manage the login. The person does not read it."""

    note = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("It stands in the history. The person does not see it."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=500,
        error_messages={"required": gettext_lazy("Write the reason: the history must say why")},
    )


class NumberForm(PortalForm):
    """The number that a page showed after a refused sign-in, read out in two halves."""

    number = forms.CharField(
        label=gettext_lazy("Diagnosis number"),
        help_text=gettext_lazy("The 8 digits that the page showed. They hold for 24 hours."),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Type the 8 digits of the diagnosis number")},
    )


@dataclass(frozen=True, slots=True)
class Offer:
    """An act as a page offers it; `name` is its part of the address."""

    act: Act
    label: str

    @property
    def name(self) -> str:
        return self.act.value

    @property
    def dangerous(self) -> bool:
        return self.act in DANGEROUS


def act_named(name: str) -> Act | None:
    """The act of a part of an address."""
    return next((act for act in Act if act.value == name), None)


def words(act: Act, person: Person, by: Lifter = Lifter.ASSISTANCE) -> ActWords:
    """The words of an act, filled in for a person."""
    first = act is Act.PASSWORD_LINK and person.activated_at is None
    found = _ACTIVATION if first else (_OF_PLSAS if by is Lifter.PLSA else {}).get(act, _WORDS[act])
    facts = {
        "name": person.get_full_name() or person.login,
        "email": person.email,
        "hours": brand.current().policies.factor_removal_hours,
    }
    return ActWords(str(found.label), str(found.title), str(found.means) % facts, str(found.done) % facts)


def offers(reach: Reach, *, sessions: int) -> list[Offer]:
    """The acts open now, the one that helps most first: what stops the login is lifted before anything else."""
    return [
        Offer(act, str(words(act, reach.person).label))
        for act in Act
        if may_do(act, reach) and (act is not Act.END_SESSIONS or sessions)
    ]


def refusal_words(refusal: Refused) -> str:
    return str(REFUSALS.get(refusal.code, REFUSALS["assistance_only"]))


def count_link(person: Person, *, now: datetime) -> Allowance:
    """Count a link sent to somebody: a mailbox is not to be flooded by anybody."""
    return hit("password_link_sent", person.key, now=now)


# ---------------------------------------------------------------- states


@dataclass(frozen=True, slots=True)
class Status:
    """Where a login stands, as one tag: since when, why, by whom."""

    label: str
    kind: str
    since: datetime | None = None
    why: str = ""
    by: str = ""


_KINDS = {
    LoginState.ACTIVE: "ok",
    LoginState.SUSPENDED: "warn",
    LoginState.BLOCKED: "err",
    LoginState.DELETED: "mute",
}


def status(reach: Reach, *, now: datetime) -> Status:
    """The state of a login, or what else keeps it from being used."""
    person, membership = reach.person, reach.membership
    if membership is not None and membership.ended_at is not None:
        return Status(str(LoginState.SUSPENDED.label), "warn", membership.ended_at, str(StateReason.BY_PLSA.label))
    if reach.state is not LoginState.ACTIVE:
        why = str(StateReason(person.state_reason).label) if person.state_reason else ""
        by = person.state_by if reach.by is Lifter.ASSISTANCE else ""
        return Status(str(reach.state.label), _KINDS[reach.state], person.state_since, why, by)
    if person.activated_at is None:
        return Status(_("No password chosen yet"), "info", person.created_at)
    keeps = may_keep_password(person, has_factor=reach.has_factor, now=now)
    if not keeps:
        expired = keeps.reason == "password_expired"
        label = _("Password expired") if expired else _("Password to be changed")
        return Status(label, "warn", keeps.since)
    return Status(str(LoginState.ACTIVE.label), "ok", person.state_since)


def status_for(company: Company, reach: Reach, *, now: datetime) -> Status:
    """The state of a login as a PLSA of this company reads it: a colleague who acted for the company is named, a member
    of staff is the Assistance, and whoever acted for another company is nobody."""
    found = status(reach, now=now)
    if reach.state is LoginState.ACTIVE or reach.suspended_here:
        return found
    rows = Event.objects.filter(person_key=reach.person.key, tag=Tag.LOGIN_STATE_CHANGED.value)
    last = rows.order_by("-at", "-pk").first()
    if last is None:
        return found
    if last.actor_kind == ActorKind.STAFF:
        return replace(found, by=_("the Assistance"))
    return replace(found, by=last.actor_name) if last.company_key == company.key else found


def lifter_words(reach: Reach) -> list[str]:
    """Who can make the login active again, as sentences; none for an active one."""
    if reach.suspended_here:
        return [str(credentials.LIFTERS[Lifter.PLSA])]
    found = lifters_of(reach.person)
    if reach.by is Lifter.PLSA and not may_do(Act.LIFT, reach):
        found -= {Lifter.PLSA}
    return [str(credentials.LIFTERS[lifter]) for lifter in Lifter if lifter in found]


def note_of(person: Person, company: Company | None) -> str:
    """The reason that was typed for the present state. A PLSA reads those written for the own company only."""
    tags = (Tag.LOGIN_STATE_CHANGED.value, Tag.MEMBERSHIP_ENDED.value)
    rows = Event.objects.filter(person_key=person.key, tag__in=tags).order_by("-at", "-pk")
    last = rows.first()
    if last is None or (company is not None and last.company_key != company.key):
        return ""
    return str(last.new.get("note", ""))


@dataclass(frozen=True, slots=True)
class Sessions:
    """How many sessions are open, and the instant one was last used."""

    count: int
    last_seen_at: datetime | None


def sessions_of(person: Person, now: datetime, reach: Reach | None = None) -> Sessions:
    """The open sessions of a person. A PLSA counts those for the own company: of a login that another company counts
    on, the ones that chose this company, and otherwise all."""
    rows = living_sessions(person, now)
    if reach is not None and reach.for_company_only and reach.membership is not None:
        rows = [row for row in rows if row.company_key == reach.membership.company.key]
    return Sessions(len(rows), rows[0].last_seen_at if rows else None)


def factors_of(person: Person) -> list[str]:
    """The kinds of second factor a person has, each once; never their names, which the person chose."""
    kinds = sorted({factor.kind: factor.get_kind_display() for factor in person.second_factors.order_by("pk")}.items())
    return [label for _kind, label in kinds]


# ---------------------------------------------------------------- why not


@dataclass(frozen=True, slots=True)
class Line:
    """One link of a diagnosis in words."""

    name: str
    holds: bool
    says: list[str]
    after: list[str]


@dataclass(frozen=True, slots=True)
class Why:
    """Every link of a diagnosis, and the first that keeps the login out, if one does."""

    lines: list[Line]
    obstacle: Line | None


def diagnosis(person: Person | None, company: Company | None, *, now: datetime) -> Why:
    """Why somebody can or cannot sign in, link by link, by the functions that authorise (I5)."""
    chain = chain_of(person, company, now) if person is not None else Chain()
    links = explain(person, chain, now=now)
    keeping_out = obstacles(links)
    return Why([_line(link) for link in links], _line(keeping_out[0]) if keeping_out else None)


def _line(link: Link) -> Line:
    name = str(credentials.LINKS[link.name])
    if link.company:
        name = _("%(link)s – %(company)s") % {"link": name, "company": link.company}
    says = [credentials.sentence(link), credentials.since_words(link), credentials.reason_words(link)]
    return Line(name, bool(link.verdict), [part for part in says if part], credentials.next_words(link))


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refused try as its number tells it."""

    number: str
    door: str
    at: datetime
    says: str
    login: str
    browser: str
    paused_until: datetime | None


def refused_try(found: Diagnosis) -> Refusal:
    return Refusal(
        number=credentials.read_aloud(found.number),
        door=str(credentials.DOORS.get(found.door, found.door)),
        at=found.at,
        says=credentials.refusal_sentence(found),
        login=found.login_key,
        browser=str(_BROWSERS[found.known_device]),
        paused_until=found.paused_until,
    )


_BROWSERS: dict[bool, Words] = {
    True: pgettext_lazy("where a sign-in was refused", "a browser the login knows"),
    False: pgettext_lazy("where a sign-in was refused", "a browser the login does not know"),
}
