"""Second factors in the table: each is proven before it counts, each use counts once, each change is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pyotp
import pytest
from django.db import IntegrityError, transaction

from passerelle import brand
from passerelle.accounts import tasks
from passerelle.accounts.actions import factors, proofs, removals
from passerelle.accounts.models import FactorRemoval, RecoveryCode, SecondFactor, Session
from passerelle.accounts.rules.factors import CODES, new_secret, normal_code, step_of
from passerelle.accounts.rules.passkeys import NewPasskey, UsedPasskey
from passerelle.audit.models import Event
from passerelle.audit.tags import Tag
from passerelle.core.actor import SYSTEM, Actor, ActorKind
from passerelle.core.errors import Refused
from passerelle.core.sealing import seal, unseal
from passerelle.mail.models import Link, Message
from tests.conftest import NOW
from tests.factors.conftest import House, Kit, authenticator, owner, person

ASSISTANCE = Actor(ActorKind.STAFF, key="officer", name="Olga Officer", roles=frozenset({"assistance"}))
KEY = NewPasskey("Y3JlZA", "d" * 64, "bWF0ZXJpYWw", 5)


def kinds() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("kind", flat=True))


# ---------------------------------------------------------------- secrets and codes


def test_a_secret_is_kept_sealed_and_read_with_former_keys(settings: Any) -> None:
    sealed = seal("JBSWY3DPEHPK3PXP")
    assert "JBSWY3DP" not in sealed
    before = settings.SECRET_KEY
    settings.SECRET_KEY = "another key, after the first one was told to somebody"
    assert unseal(sealed) == ""
    settings.SECRET_KEY_FALLBACKS = [before]
    assert unseal(sealed) == "JBSWY3DPEHPK3PXP"
    assert unseal("no token at all") == ""


@pytest.mark.parametrize("typed", ["123456", "123 456", " 123-456 ", "１２３４５６", "١٢٣٤٥٦", "123\u00a0456"])
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    assert normal_code(typed) == "123456"


@pytest.mark.parametrize("apart", range(-4, 5))
def test_a_code_of_the_present_step_and_its_neighbours_is_taken(apart: int) -> None:
    # D11: clocks that are up to 30 seconds wrong
    secret = new_secret()
    code = pyotp.TOTP(secret).at(NOW, counter_offset=apart)
    assert (step_of(secret, code, NOW) is not None) == (abs(apart) <= 1)


@pytest.mark.parametrize("code", ["", "0", "000000", "abcdef", "\x00" * 6, "1" * 5000, "😀" * 6])
def test_nonsense_is_no_code(code: str) -> None:
    assert step_of("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", code, NOW) is None
    assert step_of("", code, NOW) is None


# ---------------------------------------------------------------- adding


def test_an_authenticator_is_added_by_its_own_code_only(house: House) -> None:
    # D11
    secret = new_secret()
    with pytest.raises(Refused, match="factor_code"):
        factors.add_authenticator(
            person_id=house.plsa.pk, secret=secret, code="000000", name="Phone", actor=owner(house.plsa), now=NOW
        )
    assert not SecondFactor.objects.exists()
    kit = authenticator(house.plsa)
    with pytest.raises(Refused, match="authenticator_exists"):
        authenticator(house.plsa)
    kept = SecondFactor.objects.get()
    assert kit.secret not in kept.secret
    assert RecoveryCode.objects.count() == CODES == len(set(kit.codes))
    assert not [row for row in RecoveryCode.objects.all() for code in kit.codes if code in row.digest]
    tags = list(Event.objects.filter(person_key=house.plsa.key).values_list("tag", flat=True))
    assert Tag.FACTOR_ADDED.value in tags
    assert Tag.RECOVERY_CODES_MADE.value in tags
    assert kinds() == ["accounts/factor_added"]
    assert kit.secret not in str(list(Event.objects.values())) + str(list(Message.objects.values()))


def test_the_second_factor_of_a_person_makes_no_second_list_of_codes(kit: Kit) -> None:
    added = factors.add_passkey(person_id=kit.person.pk, passkey=KEY, name=" My \n key ", actor=SYSTEM, now=NOW)
    assert added.codes == ()
    assert added.factor.name == "My key"
    proofs.use_recovery_code(person_id=kit.person.pk, code=kit.codes[0], actor=SYSTEM, now=NOW)


def test_a_passkey_belongs_to_one_person(house: House, kit: Kit) -> None:
    other = person("olaf@fournier.example")
    factors.add_passkey(person_id=kit.person.pk, passkey=KEY, name="Key", actor=SYSTEM, now=NOW)
    with pytest.raises(Refused, match="passkey_exists"):
        factors.add_passkey(person_id=other.pk, passkey=KEY, name="Key", actor=SYSTEM, now=NOW)
    assert not other.second_factors.exists()
    assert not other.recovery_codes.exists()


def test_the_database_refuses_half_a_factor(house: House) -> None:
    for values in ({"kind": "passkey", "secret": "x"}, {"kind": "authenticator"}, {"kind": "passkey"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SecondFactor.objects.create(person=house.plsa, name="Half", created_at=NOW, **values)


def test_adding_and_removing_end_every_session_and_grow_the_epoch(house: House) -> None:
    # decision 15
    house.sign_in()
    assert house.is_in()
    before = house.plsa.credential_epoch
    kit = authenticator(house.plsa)
    assert kit.person.credential_epoch == before + 1
    assert not Session.objects.filter(person=house.plsa).exists()
    assert not house.is_in()
    key = kit.person.second_factors.get().key
    gone = factors.remove_factor(person_id=kit.person.pk, factor_key=key, required=False, actor=SYSTEM, now=NOW)
    assert gone.credential_epoch == before + 2
    assert not RecoveryCode.objects.exists()
    line = Event.objects.get(tag=Tag.FACTOR_REMOVED)
    assert line.old == {"kind": "authenticator", "name": "Phone"}
    assert kinds() == ["accounts/factor_added", "accounts/factor_removed"]


def test_the_last_factor_stays_while_the_brand_requires_one(kit: Kit) -> None:
    # decision 18
    key = kit.person.second_factors.get().key
    with pytest.raises(Refused, match="last_factor"):
        factors.remove_factor(person_id=kit.person.pk, factor_key=key, required=True, actor=SYSTEM, now=NOW)
    factors.add_passkey(person_id=kit.person.pk, passkey=KEY, name="Key", actor=SYSTEM, now=NOW)
    factors.remove_factor(person_id=kit.person.pk, factor_key=key, required=True, actor=SYSTEM, now=NOW)
    assert kit.person.second_factors.get().kind == "passkey"
    assert kit.person.recovery_codes.count() == CODES


def test_nobody_names_or_removes_another_persons_factor(kit: Kit) -> None:
    other = person("olaf@fournier.example")
    key = kit.person.second_factors.get().key
    with pytest.raises(Refused, match="factor_unknown"):
        factors.rename_factor(person_id=other.pk, factor_key=key, name="Mine", actor=SYSTEM, now=NOW)
    with pytest.raises(Refused, match="factor_unknown"):
        factors.remove_factor(person_id=other.pk, factor_key=key, required=False, actor=SYSTEM, now=NOW)
    assert kit.person.second_factors.get().name == "Phone"


# ---------------------------------------------------------------- using


def test_a_code_counts_once_and_none_before_it_counts_after(kit: Kit) -> None:
    # D11, and no replay
    earlier, code = kit.code(NOW - timedelta(seconds=30)), kit.code(NOW)
    proofs.use_code(person_id=kit.person.pk, code=code, actor=SYSTEM, now=NOW)
    for replay in (code, earlier):
        with pytest.raises(Refused, match="factor_code_used"):
            proofs.use_code(person_id=kit.person.pk, code=replay, actor=SYSTEM, now=NOW)
    later = NOW + timedelta(seconds=30)
    proofs.use_code(person_id=kit.person.pk, code=kit.code(later), actor=SYSTEM, now=later)


def test_the_code_that_set_an_authenticator_up_does_not_sign_in(house: House) -> None:
    secret = new_secret()
    code = pyotp.TOTP(secret).at(NOW)
    factors.add_authenticator(
        person_id=house.plsa.pk, secret=secret, code=code, name="Phone", actor=SYSTEM, now=NOW
    )  # fmt: skip
    with pytest.raises(Refused, match="factor_code_used"):
        proofs.use_code(person_id=house.plsa.pk, code=code, actor=SYSTEM, now=NOW)


def test_another_persons_code_and_recovery_code_prove_nothing(kit: Kit) -> None:
    other = authenticator(person("olaf@fournier.example"))
    with pytest.raises(Refused, match="factor_code"):
        proofs.use_code(person_id=other.person.pk, code=kit.code(NOW), actor=SYSTEM, now=NOW)
    with pytest.raises(Refused, match="recovery_code"):
        proofs.use_recovery_code(person_id=other.person.pk, code=kit.codes[0], actor=SYSTEM, now=NOW)
    bare = person("bert@fournier.example")
    with pytest.raises(Refused, match="no_authenticator"):
        proofs.use_code(person_id=bare.pk, code=kit.code(NOW), actor=SYSTEM, now=NOW)


def test_a_recovery_code_counts_once_in_any_spelling_and_is_told(kit: Kit) -> None:
    typed = f" {kit.codes[0].lower().replace('-', ' ')} "
    assert proofs.use_recovery_code(person_id=kit.person.pk, code=typed, actor=SYSTEM, now=NOW) == CODES - 1
    with pytest.raises(Refused, match="recovery_code"):
        proofs.use_recovery_code(person_id=kit.person.pk, code=kit.codes[0], actor=SYSTEM, now=NOW)
    assert Event.objects.get(tag=Tag.RECOVERY_CODE_USED).new == {"left": CODES - 1}
    assert kinds()[-1] == "accounts/code_used"


def test_a_new_list_ends_the_former_one(kit: Kit) -> None:
    made = factors.make_recovery_codes(person_id=kit.person.pk, actor=SYSTEM, now=NOW)
    assert not set(made) & set(kit.codes)
    with pytest.raises(Refused, match="recovery_code"):
        proofs.use_recovery_code(person_id=kit.person.pk, code=kit.codes[0], actor=SYSTEM, now=NOW)
    proofs.use_recovery_code(person_id=kit.person.pk, code=made[0], actor=SYSTEM, now=NOW)
    assert kinds()[1] == "accounts/codes_renewed"


def test_nobody_without_a_factor_has_recovery_codes(house: House) -> None:
    with pytest.raises(Refused, match="no_factor"):
        factors.make_recovery_codes(person_id=house.plsa.pk, actor=SYSTEM, now=NOW)


@pytest.mark.parametrize(("kept", "said", "taken"), [(5, 6, True), (5, 5, False), (5, 4, False), (5, 0, False),
                                                     (0, 0, True), (0, 1, True)])  # fmt: skip
def test_a_passkey_whose_counter_goes_back_is_a_copy(house: House, kept: int, said: int, taken: bool) -> None:
    made = NewPasskey(KEY.credential, KEY.digest, KEY.material, kept)
    added = factors.add_passkey(person_id=house.plsa.pk, passkey=made, name="Key", actor=SYSTEM, now=NOW)
    used = UsedPasskey(added.factor, said)
    if taken:
        proofs.use_passkey(person_id=house.plsa.pk, passkey=used, actor=SYSTEM, now=NOW)
        assert SecondFactor.objects.get().sign_count == said
    else:
        with pytest.raises(Refused, match="passkey_copied"):
            proofs.use_passkey(person_id=house.plsa.pk, passkey=used, actor=SYSTEM, now=NOW)


# ---------------------------------------------------------------- a lost device


def test_a_removal_waits_is_told_and_takes_everything_away(kit: Kit, house: House) -> None:
    # decision 17
    hours = timedelta(hours=brand.current().policies.factor_removal_hours)
    removal = removals.ask_removal(person_id=kit.person.pk, actor=ASSISTANCE, now=NOW)
    assert removal.effective_at == NOW + hours
    assert Event.objects.get(tag=Tag.FACTOR_REMOVAL_ASKED).actor_name == "Olga Officer"
    mail = Message.objects.get(kind="accounts/removal_asked")
    assert mail.to_address == kit.person.email
    assert mail.link is not None
    assert mail.link.expires_at == removal.effective_at
    with pytest.raises(Refused, match="removal_early"):
        removals.carry_out_removal(removal_key=removal.key, actor=SYSTEM, now=NOW + hours - timedelta(seconds=1))
    tasks.end_removals_due(NOW + hours - timedelta(seconds=1))
    assert kit.person.second_factors.exists()
    epoch = kit.person.credential_epoch
    for _ in range(2):  # a worker may run it twice
        tasks.end_removals_due(NOW + hours)
    assert not kit.person.second_factors.exists()
    assert not kit.person.recovery_codes.exists()
    kit.person.refresh_from_db()
    assert kit.person.credential_epoch == epoch + 1
    assert kinds().count("accounts/removal_done") == 1
    assert house.sign_in()["Location"] == "/en/home/"


def test_the_owner_keeps_the_factor_by_the_link(kit: Kit) -> None:
    removal = removals.ask_removal(person_id=kit.person.pk, actor=ASSISTANCE, now=NOW)
    link = Link.objects.get(purpose="removal")
    removals.keep_factor_by_link(link_key=link.key, actor=SYSTEM, now=NOW)
    assert Event.objects.filter(tag=Tag.FACTOR_REMOVAL_CANCELLED).count() == 1
    assert kinds()[-1] == "accounts/removal_cancelled"
    with pytest.raises(Refused, match="removal_ended"):
        removals.keep_factor_by_link(link_key=link.key, actor=SYSTEM, now=NOW)
    tasks.end_removals_due(removal.effective_at + timedelta(days=1))
    assert kit.person.second_factors.exists()
    removals.ask_removal(person_id=kit.person.pk, actor=ASSISTANCE, now=NOW)  # and it can be asked again


def test_a_removal_is_asked_once_by_somebody_else_for_somebody_with_a_factor(kit: Kit) -> None:
    with pytest.raises(Refused, match="removal_by_oneself"):
        removals.ask_removal(person_id=kit.person.pk, actor=owner(kit.person), now=NOW)
    with pytest.raises(Refused, match="no_factor"):
        removals.ask_removal(person_id=person("olaf@fournier.example").pk, actor=ASSISTANCE, now=NOW)
    removals.ask_removal(person_id=kit.person.pk, actor=ASSISTANCE, now=NOW)
    with pytest.raises(Refused, match="removal_pending"):
        removals.ask_removal(person_id=kit.person.pk, actor=ASSISTANCE, now=NOW)


def test_who_adds_a_factor_has_lost_none(kit: Kit) -> None:
    removals.ask_removal(person_id=kit.person.pk, actor=ASSISTANCE, now=NOW)
    factors.add_passkey(person_id=kit.person.pk, passkey=KEY, name="Key", actor=SYSTEM, now=NOW)
    tasks.end_removals_due(NOW + timedelta(days=30))
    assert kit.person.second_factors.count() == 2
    assert FactorRemoval.objects.get().cancelled_at == NOW
    assert Link.objects.get(purpose="removal").superseded_at == NOW
