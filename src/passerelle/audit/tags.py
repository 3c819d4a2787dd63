"""Every tag of the trail: source:subject:action. docs/generated/events.md is printed from this list."""

from __future__ import annotations

from enum import StrEnum


class Tag(StrEnum):
    COMPANY_REGISTERED = "suppliers:company:registered"
    COMPANY_CHANGED = "suppliers:company:changed"
    COMPANY_CLOSED = "suppliers:company:closed"
    COMPANY_REOPENED = "suppliers:company:reopened"
    IMPORT_APPLIED = "suppliers:import:applied"

    OPENING_REQUESTED = "opening:request:sent"
    OPENING_MATCHED = "opening:request:matched"
    OPENING_VERIFIED = "opening:request:verified"
    OPENING_REFUSED = "opening:request:refused"
    OPENING_LAPSED = "opening:request:lapsed"
    OPENING_CLOSED = "opening:request:closed"
    OPENING_REMINDED = "opening:request:reminded"
    OPENING_OBJECTED = "opening:request:objected"
    OPENING_OBJECTION_SETTLED = "opening:request:objection_settled"
    OPENING_TERMS_SENT = "opening:terms:sent"
    OPENING_TERMS_REFUSED = "opening:terms:refused"
    OPENING_DISOWNED = "opening:terms:disowned"
    OPENING_PLSA_CORRECTED = "opening:plsa:corrected"
    OPENING_PLSA_VERIFIED = "opening:plsa:verified"
    OPENING_COMPLETED = "opening:access:opened"
    OPENING_RECORDED = "opening:record:made"
    ACTIVATION_SENT = "opening:activation:sent"

    TERMS_PUBLISHED = "terms:version:published"
    TERMS_ACCEPTED = "terms:version:accepted"
    PERSON_TERMS_ACCEPTED = "terms:version:accepted_by_person"

    ACCESS_OPENED = "memberships:access:opened"
    ACCESS_SUSPENDED = "memberships:access:suspended"
    ACCESS_RESUMED = "memberships:access:resumed"
    MEMBERSHIP_STARTED = "memberships:membership:started"
    MEMBERSHIP_ENDED = "memberships:membership:ended"
    MANDATE_PROPOSED = "memberships:mandate:proposed"
    MANDATE_STARTED = "memberships:mandate:started"
    MANDATE_ENDED = "memberships:mandate:ended"

    LOGIN_CREATED = "accounts:login:created"
    LOGIN_STATE_CHANGED = "accounts:login:state_changed"
    PASSWORD_SET = "accounts:password:set"  # noqa: S105  a tag, not a password
    PASSWORD_MADE_TEMPORARY = "accounts:password:made_temporary"  # noqa: S105
    PASSWORD_EXPIRY_REMINDED = "accounts:password:expiry_reminded"  # noqa: S105
    PERSON_CHANGED = "accounts:person:changed"
    EMAIL_CHANGE_ASKED = "accounts:email:change_asked"
    EMAIL_CHANGE_CANCELLED = "accounts:email:change_cancelled"
    EMAIL_CHANGED = "accounts:email:changed"
    FACTOR_ADDED = "accounts:second_factor:added"
    FACTOR_REMOVED = "accounts:second_factor:removed"
    SECRETS_RESEALED = "accounts:second_factor:resealed"
    RECOVERY_CODES_MADE = "accounts:recovery_codes:made"
    RECOVERY_CODE_USED = "accounts:recovery_codes:used"
    FACTOR_REMOVAL_ASKED = "accounts:second_factor:removal_asked"
    FACTOR_REMOVAL_CANCELLED = "accounts:second_factor:removal_cancelled"
    IDENTITY_LINKED = "accounts:identity:linked"
    IDENTITY_FORGOTTEN = "accounts:identity:forgotten"
    SESSIONS_ENDED = "accounts:sessions:ended"
    UNUSED_WARNED = "accounts:login:unused_warned"
    ROLES_CHANGED = "accounts:roles:changed"
    API_KEY_CREATED = "accounts:api_key:created"
    API_KEY_REVOKED = "accounts:api_key:revoked"

    SIGNED_IN = "entry:session:signed_in"
    SIGNED_OUT = "entry:session:signed_out"
    SIGN_IN_REFUSED = "entry:session:refused"
    DEVICE_LINK_SENT = "entry:device:link_sent"
    DEVICE_KNOWN = "entry:device:known"
    LIFT_LINK_SENT = "entry:login:lift_link_sent"
    RECOVERY_ASKED = "entry:recovery:asked"
    RECOVERY_SENT = "entry:recovery:sent"
    LOGIN_REMINDED = "entry:recovery:login_sent"
    PLSA_CONTACTS_SENT = "entry:recovery:plsa_contacts_sent"
    DIAGNOSIS_READ = "entry:diagnosis:read"
    COMPANY_CHOSEN = "entry:session:company_chosen"

    TICKET_RECEIVED = "support:ticket:received"
    TICKET_CLOSED = "support:ticket:closed"
    TICKET_REOPENED = "support:ticket:reopened"
    TICKET_COPIED = "support:ticket:copied"
    RELAY_SENT = "support:relay:sent"

    UNKNOWN_CODES_RUN = "limits:analysis:run_of_unknown_codes"
