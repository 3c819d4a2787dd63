"""Addresses of the portal's own operation. They carry no language."""

from __future__ import annotations

from django.urls import path

from passerelle.operations import health, mailbox, metrics

app_name = "operations"

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("demo/mailbox/", mailbox.mailbox, name="mailbox"),
    path("demo/mailbox.json", mailbox.mailbox_json, name="mailbox_json"),
    path("demo/mailbox/<slug:key>", mailbox.mail, name="mail"),
    path("demo/mailbox/<slug:key>/html", mailbox.mail_html, name="mail_html"),
]
