"""Acts on a login as a PLSA and the Assistance press them: their words, their forms, and the one flow of their page.

What a PLSA reads never tells whether another company counts on a login.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from passerelle import brand
from passerelle.accounts.enums import Lifter
from passerelle.accounts.models import Person
from passerelle.core import clock
from passerelle.core.errors import Refused
from passerelle.entry.actions.people import perform
from passerelle.entry.rules.people import Act, Reach, may_do
from passerelle.limits.check import Allowance, hit
from passerelle.suppliers.models import Company
from passerelle.web.dates import hour
from passerelle.web.forms import EmailField, PortalForm, bind, was_switched
from passerelle.web.requests import actor

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
    Act.CHANGE_EMAIL: ActWords(
        gettext_lazy("Change the e-mail address"),
        gettext_lazy("Change the e-mail address"),
        gettext_lazy(
            "For a person who lost the mailbox %(email)s. That mailbox is told at once and can stop the change, and so "
            "are the PLSAs. The new address counts once it has confirmed, after %(email_hours)d hours at the earliest."
        ),
        gettext_lazy(
            "Both mailboxes are written to. The new address counts once it has confirmed, after %(email_hours)d hours "
            "at the earliest."
        ),
    ),
    Act.STOP_EMAIL: ActWords(
        gettext_lazy("Stop the change of address"),
        gettext_lazy("Stop the change of the e-mail address"),
        gettext_lazy("The address stays %(email)s. %(name)s is told there, and the links of the change end."),
        gettext_lazy("The change is stopped. The address stays %(email)s."),
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
    "email_waits": gettext_lazy("A change of address was asked for already. It waits; stop it to ask for another one."),
    "no_email_waits": gettext_lazy("No change of address is waiting."),
    "email_change_over": gettext_lazy("No change of address is waiting."),
    "email_same": gettext_lazy("This is the present address. Enter another one."),
    "email_taken": gettext_lazy(
        "Another login has this address, and one address belongs to one login. Enter another one."
    ),
    "mail_address": gettext_lazy("We cannot write to this address. Check it and try again."),
    "login_closed": gettext_lazy("The login is not active. Make it active again first."),
    "no_factor": gettext_lazy("This login has no second factor."),
    "removal_waits": gettext_lazy("The removal of the second factor was asked already. It waits."),
    "removal_pending": gettext_lazy("The removal of the second factor was asked already. It waits."),
}
# Never undone by the person, or felt at once: asked for in red.
DANGEROUS = frozenset({Act.SUSPEND, Act.BLOCK, Act.DELETE})


class NoteForm(PortalForm):
    """Why: it stands in the history, for those who manage the login. The person does not read it."""

    note = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("It stands in the history. The person does not see it."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=500,
        error_messages={"required": gettext_lazy("Write the reason: the history must say why")},
    )


class AddressForm(PortalForm):
    """Another address of somebody who lost the mailbox, and why whoever asked is believed to be that person."""

    email = EmailField(label=gettext_lazy("New e-mail address"))
    note = forms.CharField(
        label=gettext_lazy("How you know who asks"),
        help_text=gettext_lazy(
            "The reference of the message and how you checked the identity. It stands in the history. The person does "
            "not see it."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=500,
        error_messages={"required": gettext_lazy("Write how you know who asks: the history must say why")},
    )


FORMS: dict[Act, type[PortalForm]] = dict.fromkeys(DANGEROUS, NoteForm) | {Act.CHANGE_EMAIL: AddressForm}
# Acts that write to a mailbox, with the limit that counts them whoever acts: no mailbox is to be flooded by anybody.
_LIMITS = {Act.PASSWORD_LINK: "password_link_sent", Act.CHANGE_EMAIL: "email_change_asked"}
_TOO_MANY: dict[Act, Words] = {
    Act.PASSWORD_LINK: gettext_lazy("Enough links were sent to this person. Send the next one after %(hour)s."),
    Act.CHANGE_EMAIL: gettext_lazy("Several addresses were asked for today. Ask for the next one after %(hour)s."),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """An act as a page offers it; `name` is its part of the address."""

    name: str
    label: str


def words(act: Act, person: Person, by: Lifter = Lifter.ASSISTANCE) -> ActWords:
    """The words of an act, filled in for a person."""
    first = act is Act.PASSWORD_LINK and person.activated_at is None
    found = _ACTIVATION if first else (_OF_PLSAS if by is Lifter.PLSA else {}).get(act, _WORDS[act])
    facts = {
        "name": person.get_full_name() or person.login,
        "email": person.email,
        "hours": brand.current().policies.factor_removal_hours,
        "email_hours": brand.current().policies.email_change_hours,
    }
    return ActWords(str(found.label), str(found.title), str(found.means) % facts, str(found.done) % facts)


def offers(reach: Reach, *, sessions: int) -> list[Offer]:
    """The acts open now, the one that helps most first: what stops the login is lifted before anything else."""
    return [
        Offer(act.value, str(words(act, reach.person).label))
        for act in Act
        if may_do(act, reach) and (act is not Act.END_SESSIONS or sessions)
    ]


def refusal_words(refusal: Refused) -> str:
    return str(REFUSALS.get(refusal.code, REFUSALS["assistance_only"]))


def count(act: Act, person: Person, *, now: datetime) -> Allowance | None:
    """Count an act that writes to somebody's mailbox; None for one that is not counted."""
    return hit(_LIMITS[act], person.key, now=now) if act in _LIMITS else None


def act_page(
    request: HttpRequest,
    name: str,
    reach: Reach,
    *,
    page: str,
    template: str,
    company: Company | None = None,
    passed_on: Callable[[Act, Refused], bool] = lambda _act, _refusal: False,
    deleted: str = "",
) -> HttpResponse:
    """One act on a login: what it means, then the act itself, then back to the person's `page`.

    `company` is the one a PLSA acts for. `passed_on` tells of a refusal that reads like the act done, `deleted` is the
    page that follows where the person's own one is gone.
    """
    act = next((act for act in Act if act.value == name), None)
    if act is None:
        raise Http404
    person, now, verdict = reach.person, clock.now(), may_do(act, reach)
    back = redirect(page, key=person.key)
    if not verdict:
        messages.warning(request, refusal_words(Refused(verdict.reason)))
        return back
    said = words(act, person, reach.by)
    form = bind(request, FORMS[act]) if act in FORMS else None
    sent = request.method == "POST" and not was_switched(request)
    if sent and (form is None or form.is_valid()):
        counted = count(act, person, now=now)
        if counted is not None and not counted:
            messages.warning(request, str(_TOO_MANY[act]) % {"hour": hour(counted.again_at)})
            return back
        try:
            perform(
                act=act, person_key=person.key, company_key=company.key if company else "", actor=actor(request),
                now=now, **(form.cleaned_data if form else {}),
            )  # fmt: skip
        except Refused as refusal:
            if form is not None and refusal.field in form.fields:
                form.add_error(refusal.field, refusal_words(refusal))
            elif passed_on(act, refusal):
                messages.success(request, str(said.done))
                return back
            else:
                messages.warning(request, refusal_words(refusal))
                return back
        else:
            messages.success(request, str(said.done))
            return redirect(deleted) if deleted and act is Act.DELETE else back
    context = {"person": person, "words": said, "form": form, "dangerous": act in DANGEROUS, "company": company}
    return render(request, template, context, status=422 if sent else 200)
