from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from passerelle.mail.models import MessageState
from passerelle.web.forms import PortalForm

STATES = (
    ("", _("All")),
    (MessageState.QUEUED, pgettext_lazy("e-mail", "Queued")),
    (MessageState.SENDING, pgettext_lazy("e-mail", "On its way")),
    (MessageState.SENT, pgettext_lazy("e-mail", "Sent")),
    (MessageState.REFUSED, pgettext_lazy("e-mail", "Refused by the mail server")),
    (MessageState.DROPPED, pgettext_lazy("e-mail", "Not sent: its link no longer worked")),
)


class MailsForm(PortalForm):
    q = forms.CharField(label=_("Search by e-mail address, COFOR, login or reference"), required=False, max_length=254)
    state = forms.ChoiceField(label=_("State"), choices=STATES, required=False)
