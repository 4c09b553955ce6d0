"""The fingerprints that find people, and the sealing of their contact data."""

from router.core.people.personal_data import Identity, IdentityKind, PersonalData

DATA = PersonalData(b"s" * 32)


def test_a_fingerprint_finds_the_same_person() -> None:
    """Every way to write an e-mail address gives the same fingerprint; a user's id is used as it is."""
    known = DATA.fingerprint(IdentityKind.EMAIL, "main", "ada@example.org")
    assert DATA.fingerprint(IdentityKind.EMAIL, "main", " Ada@Example.ORG ") == known
    assert DATA.fingerprint(IdentityKind.USER, "main", "Ada") != DATA.fingerprint(IdentityKind.USER, "main", "ada")


def test_a_fingerprint_is_of_one_pool_kind_and_secret() -> None:
    """People of one pool cannot be found in another, and an id that looks like a number does not find the number."""
    known = DATA.fingerprint(IdentityKind.PHONE, "main", "+12025550101")
    others = [
        DATA.fingerprint(IdentityKind.PHONE, "other", "+12025550101"),
        DATA.fingerprint(IdentityKind.USER, "main", "+12025550101"),
        DATA.fingerprint(IdentityKind.PHONE, "main", "+12025550102"),
        PersonalData(b"t" * 32).fingerprint(IdentityKind.PHONE, "main", "+12025550101"),
    ]
    assert known not in others


def test_what_was_sealed_is_opened_with_the_same_secret_only() -> None:
    """Until then the sealed data names no person."""
    identity = Identity(user="u-1", phone="+12025550101", email="ada@example.org")
    sealed = DATA.seal(identity, b"n" * 12)
    assert DATA.open(sealed) == identity
    assert PersonalData(b"t" * 32).open(sealed) is None
    assert b"ada" not in sealed
