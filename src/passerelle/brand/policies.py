"""The policies of a deployment: one table with the values of both profiles, and the model that checks them.

The table is the only place where a default stands. ``docs/policies.md`` is rendered from it (decision 2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from passerelle.brand.text import Text, text

Profile = Literal["classic", "strict"]
PROFILES: tuple[Profile, ...] = ("classic", "strict")

_SAME: Any = object()


@dataclass(frozen=True)
class Policy:
    """One row of the table: what a policy means, where it acts, its value in each profile."""

    name: str
    meaning: str
    where: str
    expected: str
    classic: Any
    strict: Any = _SAME

    @property
    def differs(self) -> bool:
        return self.strict is not _SAME

    @property
    def variable(self) -> str:
        return f"PASSERELLE_{self.name.upper()}"

    def default(self, profile: Profile) -> Any:
        return self.strict if profile == "strict" and self.differs else self.classic


POLICIES: tuple[Policy, ...] = (
    Policy(
        "opening_verification",
        "When the Assistance verifies a request for access before the legal representative is written to: when the "
        "mailbox is not on record for the company (`unmatched`), for every request (`always`), for none (`never`).",
        "Get an access",
        "`unmatched`, `always` or `never`",
        "unmatched",
    ),
    Policy(
        "verification_delay",
        "The delay announced to people while the Assistance verifies their request.",
        "Get an access",
        "a text in each language",
        text("within 1 working day", "sous 1\N{NO-BREAK SPACE}jour ouvré"),
    ),
    Policy(
        "verification_days",
        "`verification_delay` in figures: working days, Monday to Friday, after which the desk calls an opening late.",
        "Get an access",
        "whole days, 1 to 60",
        1,
    ),
    Policy(
        "answer_days",
        "`contact.answer_delay` in figures: working days after which the desk calls a message late.",
        "Help & Contact",
        "whole days, 1 to 60",
        1,
    ),
    Policy(
        "opening_lapse_days",
        "Days after which an opening that nobody finished lapses.",
        "Get an access",
        "whole days, 2 to 365",
        30,
    ),
    Policy(
        "opening_reminder_days",
        "Days after the mail to the legal representative on which a reminder leaves.",
        "Get an access",
        "a list of days, ascending, each before `opening_lapse_days`",
        (7, 14, 21),
    ),
    Policy(
        "link_days",
        "Days for which the legal representative's single-use link holds.",
        "Get an access",
        "whole days, 1 to 90, not above `opening_lapse_days`",
        14,
    ),
    Policy(
        "resends_a_day",
        "How many times a day the mail to the legal representative can be sent again.",
        "Get an access",
        "a whole number, 1 to 20",
        3,
    ),
    Policy(
        "activation_link_days",
        "Days for which the link to a first password holds.",
        "First sign-in",
        "whole days, 1 to 90",
        14,
        1,
    ),
    Policy(
        "password_min_length",
        "Shortest password accepted.",
        "Password service",
        "characters, 8 to 64",
        15,
    ),
    Policy(
        "password_max_length",
        "Longest password accepted.",
        "Password service",
        "characters, 64 to 1024",
        128,
    ),
    Policy(
        "password_age_days",
        "Days after which a password expires; 0: never by age.",
        "Password service",
        "whole days, 0 to 3650",
        180,
        0,
    ),
    Policy(
        "password_min_length_with_factor",
        "Shortest password accepted from a person with a second factor.",
        "Password service",
        "characters, 8 to 64, not above `password_min_length`",
        12,
    ),
    Policy(
        "password_reminder_days",
        "Days before the end of a password on which its owner is reminded.",
        "Reminders",
        "a list of days, descending, each below `password_age_days`",
        (15, 7, 1),
    ),
    Policy(
        "former_password_days",
        "Days for which the previous password is remembered after a change.",
        "Sign-in",
        "whole days, 1 to 365",
        90,
    ),
    Policy(
        "former_password",
        "What typing the previous password does: it blocks the login from a browser that is not known to it "
        "(`known_device`), from any browser (`block`), or nothing more than any wrong password (`off`).",
        "Sign-in",
        "`known_device`, `block` or `off`",
        "known_device",
    ),
    Policy(
        "user_recovery",
        "Who gives a user without the PLSA's power a new password: a PLSA of the company (`plsa`) or the user, by "
        "mail (`self`).",
        "Forgotten password",
        "`plsa` or `self`",
        "plsa",
    ),
    Policy(
        "recovery",
        "What a forgotten password brings by mail: a single-use link (`link`) or a one-time password that must be "
        "changed at once (`temporary_password`).",
        "Forgotten password",
        "`link` or `temporary_password`",
        "link",
    ),
    Policy(
        "recovery_minutes",
        "Minutes for which a recovery link or a temporary password holds.",
        "Forgotten password",
        "whole minutes, 5 to 1440",
        30,
    ),
    Policy(
        "email_match",
        "How a typed address is compared with the registered one: letter by letter (`exact`), or without regard to "
        "capitals (`casefold`).",
        "Forgotten login and password",
        "`exact` or `casefold`",
        "exact",
    ),
    Policy(
        "second_factor",
        "Second factor of staff and of PLSAs.",
        "Sign-in",
        "`offered` or `required`",
        "required",
    ),
    Policy(
        "second_factor_users",
        "Second factor of all other users.",
        "Sign-in",
        "`offered` or `required`",
        "offered",
        "required",
    ),
    Policy(
        "known_device_days",
        "Days for which a browser that signed in stays known to the login; strangers' tries never pause it.",
        "Sign-in",
        "whole days, 1 to 730",
        180,
    ),
    Policy(
        "sign_in_free_tries",
        "Wrong passwords on one login before the pauses begin.",
        "Sign-in",
        "a whole number, 3 to 20",
        5,
    ),
    Policy(
        "sign_in_pauses",
        "Minutes of each pause after that; the last one repeats.",
        "Sign-in",
        "a list of minutes, ascending",
        (1, 2, 4, 8, 15),
    ),
    Policy(
        "factor_removal_hours",
        "Hours between the request to remove somebody's lost second factor and its removal.",
        "Second factor",
        "whole hours, 1 to 168",
        24,
    ),
    Policy(
        "email_change_hours",
        "Hours between the Assistance's wish for another address of a person and its effect without the old mailbox.",
        "Account",
        "whole hours, 1 to 168",
        24,
    ),
    Policy(
        "fresh_proof_minutes",
        "Minutes for which a password or second factor just given is proof enough for a dangerous act.",
        "Account",
        "whole minutes, 1 to 60",
        5,
    ),
    Policy(
        "unused_warning_days",
        "Days without a sign-in after which the owner of a login is warned; 0: never.",
        "Reminders",
        "whole days, 0 to 3650, below `unused_suspension_days`",
        60,
    ),
    Policy(
        "unused_suspension_days",
        "Days without a sign-in after which a login is suspended; 0: never.",
        "Reminders",
        "whole days, 0 to 3650",
        90,
    ),
    Policy(
        "session_idle_minutes",
        "Minutes without activity after which a session ends.",
        "Session",
        "whole minutes, 5 to 240",
        30,
    ),
    Policy(
        "session_max_hours",
        "Hours after which a session ends in any case.",
        "Session",
        "whole hours, 1 to 24",
        12,
    ),
)


def _days(low: int, high: int) -> Any:
    return Field(ge=low, le=high)


class Policies(BaseModel):
    """The values in force: the profile's, overridden by ``brand.toml``, overridden by the environment."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    profile: Profile
    opening_verification: Literal["unmatched", "always", "never"]
    verification_delay: Text
    verification_days: Annotated[int, _days(1, 60)]
    answer_days: Annotated[int, _days(1, 60)]
    opening_lapse_days: Annotated[int, _days(2, 365)]
    opening_reminder_days: tuple[Annotated[int, _days(1, 364)], ...]
    link_days: Annotated[int, _days(1, 90)]
    resends_a_day: Annotated[int, _days(1, 20)]
    activation_link_days: Annotated[int, _days(1, 90)]
    password_min_length: Annotated[int, _days(8, 64)]
    password_max_length: Annotated[int, _days(64, 1024)]
    password_age_days: Annotated[int, _days(0, 3650)]
    password_min_length_with_factor: Annotated[int, _days(8, 64)]
    password_reminder_days: tuple[Annotated[int, _days(1, 364)], ...]
    former_password_days: Annotated[int, _days(1, 365)]
    former_password: Literal["known_device", "block", "off"]
    user_recovery: Literal["plsa", "self"]
    recovery: Literal["link", "temporary_password"]
    recovery_minutes: Annotated[int, _days(5, 1440)]
    email_match: Literal["exact", "casefold"]
    second_factor: Literal["offered", "required"]
    second_factor_users: Literal["offered", "required"]
    known_device_days: Annotated[int, _days(1, 730)]
    sign_in_free_tries: Annotated[int, _days(3, 20)]
    sign_in_pauses: tuple[Annotated[int, _days(1, 1440)], ...]
    factor_removal_hours: Annotated[int, _days(1, 168)]
    email_change_hours: Annotated[int, _days(1, 168)]
    fresh_proof_minutes: Annotated[int, _days(1, 60)]
    unused_warning_days: Annotated[int, _days(0, 3650)]
    unused_suspension_days: Annotated[int, _days(0, 3650)]
    session_idle_minutes: Annotated[int, _days(5, 240)]
    session_max_hours: Annotated[int, _days(1, 24)]

    @model_validator(mode="after")
    def _agree(self) -> Self:
        """Refuse values that contradict each other: no single one is wrong, so each message names both."""
        days = self.opening_reminder_days
        if list(days) != sorted(set(days)):
            raise ValueError("opening_reminder_days must ascend without repetition, such as [7, 14, 21]")
        if days and days[-1] >= self.opening_lapse_days:
            raise ValueError(
                f"opening_reminder_days ends on day {days[-1]}, when the opening has lapsed after "
                f"{self.opening_lapse_days} days; remind earlier or raise opening_lapse_days"
            )
        if self.link_days > self.opening_lapse_days:
            raise ValueError(
                f"link_days is {self.link_days}, but the opening lapses after {self.opening_lapse_days} days; "
                "lower link_days or raise opening_lapse_days"
            )
        if self.password_min_length_with_factor > self.password_min_length:
            raise ValueError(
                f"password_min_length_with_factor is {self.password_min_length_with_factor}, above "
                f"password_min_length, {self.password_min_length}; lower it"
            )
        before = self.password_reminder_days
        if list(before) != sorted(set(before), reverse=True):
            raise ValueError("password_reminder_days must descend without repetition, such as [15, 7, 1]")
        if before and self.password_age_days and before[0] >= self.password_age_days:
            raise ValueError(
                f"password_reminder_days begins {before[0]} days before the end of a password that lives "
                f"{self.password_age_days} days; remind later or raise password_age_days"
            )
        pauses = self.sign_in_pauses
        if not pauses or list(pauses) != sorted(pauses):
            raise ValueError("sign_in_pauses must name at least one pause and ascend, such as [1, 2, 4, 8, 15]")
        if self.unused_suspension_days and self.unused_warning_days >= self.unused_suspension_days:
            raise ValueError(
                f"unused_warning_days is {self.unused_warning_days}, not before the suspension after "
                f"{self.unused_suspension_days} days; warn earlier or raise unused_suspension_days"
            )
        if self.session_idle_minutes > self.session_max_hours * 60:
            raise ValueError(
                f"session_idle_minutes is {self.session_idle_minutes}, longer than a whole session of "
                f"{self.session_max_hours} hours; lower it or raise session_max_hours"
            )
        return self


def defaults(profile: Profile) -> dict[str, Any]:
    """Return every policy's value in `profile`."""
    return {policy.name: policy.default(profile) for policy in POLICIES}
