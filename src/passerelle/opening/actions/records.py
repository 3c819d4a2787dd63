"""The verifiable record of an opening (I8): canonical JSON whose digest goes into the sealed trail, and its PDF."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from passerelle import brand
from passerelle.audit.tags import Tag
from passerelle.core.actor import SYSTEM
from passerelle.opening.actions.base import write
from passerelle.opening.actions.drawing import draw_record
from passerelle.opening.models import Opening, Record, RecordStage


def make_record(opening: Opening, stage: RecordStage, *, now: datetime) -> Record:
    """Keep what happened as canonical JSON (sorted keys, UTF-8) with its SHA-256, in the action's transaction."""
    text = json.dumps(_facts(opening, stage, now), cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False, indent=1)
    digest = hashlib.sha256(text.encode()).hexdigest()
    record = Record.objects.create(opening=opening, stage=stage, json=text, json_sha256=digest, made_at=now)
    write(opening, Tag.OPENING_RECORDED, actor=SYSTEM, now=now, new={"stage": stage.value, "sha256": digest})
    return record


def record_pdf(key: str) -> tuple[str, bytes] | None:
    """The reference and tagged PDF of a record, drawn once and kept. None for an unknown key."""
    record = Record.objects.select_related("opening__acceptance").filter(key=key).first()
    if record is None:
        return None
    if record.pdf is None:
        content = draw_record(record.json, record.json_sha256, _language(record))
        Record.objects.filter(pk=record.pk, pdf__isnull=True).update(
            pdf=content, pdf_sha256=hashlib.sha256(content).hexdigest()
        )
        record.refresh_from_db()
    return record.opening.reference, bytes(record.pdf or b"")


def _language(record: Record) -> str:
    """The language the terms were accepted in; that of the request where none were."""
    signed = record.opening.acceptance
    return signed.language if signed else record.opening.language


def _facts(opening: Opening, stage: RecordStage, now: datetime) -> dict[str, Any]:
    signed = opening.acceptance
    company = opening.company
    return {
        "format": 1,
        "stage": stage.value,
        "kind": opening.kind,
        "made_at": now,
        "organisation": brand.current().organisation.name,
        "reference": opening.reference,
        "company": {
            "cofor": company.cofor, "name": company.name, "country": company.country, "street": company.street,
            "postcode": company.postcode, "city": company.city, "site_code": opening.site_code,
        },
        "requested_at": opening.requested_at,
        "verified": {"basis": opening.basis, "at": opening.verified_at},
        "people": {
            party.role: {
                "first_name": party.first_name, "last_name": party.last_name, "email": party.email,
                "function": party.function,
            }
            for party in opening.parties.order_by("role")
        },
        "plsa_corrected": opening.plsa_corrected,
        "terms": {
            "reference": signed.reference, "version": signed.version.number, "language": signed.language,
            "title": signed.text.title, "text_sha256": signed.text_sha256, "accepted_at": signed.accepted_at,
            "address": signed.address,
        } if signed else None,
        "opened_at": opening.opened_at,
    }  # fmt: skip


def record_file(key: str, form: str) -> tuple[str, str, bytes]:
    """A record as a file for mails and downloads: name, content type, bytes. `form` is "pdf" or "json"."""
    if form == "json":
        record = Record.objects.select_related("opening").get(key=key)
        return f"{record.opening.reference}.json", "application/json", record.json.encode()
    found = record_pdf(key)
    if found is None:
        raise Record.DoesNotExist(key)
    return f"{found[0]}.pdf", "application/pdf", found[1]
