"""Names, phone, function, and the language of the mails."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods

from passerelle.accounts.actions import details as actions
from passerelle.core import clock
from passerelle.memberships.queries import of_person
from passerelle.portal.account.forms import DetailsForm, LanguageForm
from passerelle.portal.account.overview import person_of
from passerelle.web.forms import bind, was_switched
from passerelle.web.navigation import address
from passerelle.web.requests import actor


@require_http_methods(["GET", "HEAD", "POST"])
def details(request: HttpRequest) -> HttpResponse:
    """What a person changes of themselves. The facts of the company come from the Suppliers Database."""
    person = person_of(request)
    known = {
        "first_name": person.first_name, "last_name": person.last_name, "phone": person.phone,
        "function": person.function,
    }  # fmt: skip
    form = bind(request, DetailsForm, initial=known)
    sent = form.is_bound and not was_switched(request)
    if sent and form.is_valid():
        actions.change_details(person_id=person.pk, **form.cleaned_data, actor=actor(request), now=clock.now())
        messages.success(request, _("Your details are saved."))
        return redirect("account:overview")
    memberships = of_person(person, clock.now())
    context = {"form": form, "person": person, "memberships": memberships}
    return render(request, "account/details.html", context, status=422 if sent else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def language(request: HttpRequest) -> HttpResponse:
    """The language of our mails; the page that follows is in it too."""
    person = person_of(request)
    form = bind(request, LanguageForm, initial={"language": person.language})
    sent = form.is_bound and not was_switched(request)
    if sent and form.is_valid():
        chosen = form.cleaned_data["language"]
        actions.change_language(person_id=person.pk, language=chosen, actor=actor(request), now=clock.now())
        with override(chosen):
            messages.success(request, _("Your language is saved."))
        return redirect(address("account/", chosen))
    return render(request, "account/language.html", {"form": form}, status=422 if sent else 200)
