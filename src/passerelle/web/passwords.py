"""What a new password must be, in words that say how to mend it."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from passerelle import brand
from passerelle.accounts.models import Person
from passerelle.accounts.rules import shortest_password
from passerelle.core.errors import Refused


def password_words(refusal: Refused) -> list[str]:
    """What a new password lacks, from a refusal `password`."""
    faults = refusal.facts["faults"]
    assert isinstance(faults, list)
    return fault_words(faults, has_factor=bool(refusal.facts.get("has_factor")))


def fault_words(faults: list[str], *, has_factor: bool = False) -> list[str]:
    """The words of each fault that `rules.password_faults` names."""
    shortest, longest = shortest_password(has_factor=has_factor), brand.current().policies.password_max_length
    words = {
        "short": ngettext(
            "Password must be %(count)d character or more", "Password must be %(count)d characters or more", shortest
        )
        % {"count": shortest},
        "long": ngettext(
            "Password must be %(count)d character or fewer", "Password must be %(count)d characters or fewer", longest
        )
        % {"count": longest},
        "common": _("This password is in lists of known passwords. Choose another"),
        "personal": _("This password is made of your own name, login or address. Choose another"),
        "same": _("This is your present password. Choose another"),
    }
    return [words[fault] for fault in faults]


def rules_for(person: Person, *, has_factor: bool) -> dict[str, object]:
    """The rules of the password page: their numbers for the words, the person's own words for the live display."""
    own = [person.login, person.first_name, person.last_name, *person.email.partition("@")[0].split(".")]
    own += [person.email, brand.current().organisation.short_name]
    return {
        "shortest": shortest_password(has_factor=has_factor),
        "longest": brand.current().policies.password_max_length,
        "own": [word for word in own if len(word) >= 4],
    }
