"""The authority's certificates hold at any clock, say who is who, and their keys are nobody else's."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from content.certificates import (
    CA,
    CA_KEY,
    CONTENT,
    BadCertificate,
    Papers,
    make_ca,
    make_client_certificate,
    make_server_certificate,
    names_in,
    revoke,
)
from content.message import is_name

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
CLOCKS = [datetime(1970, 1, 1, 0, 0, 20, tzinfo=UTC), NOW, datetime(2099, 12, 31, tzinfo=UTC)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make_ca(tmp_path)
    return tmp_path


def policy(folder: Path, clock: datetime) -> PolicyBuilder:
    authority = x509.load_pem_x509_certificate((folder / CA).read_bytes())
    return PolicyBuilder().store(Store([authority])).time(clock)


def read(papers: Papers) -> x509.Certificate:
    return x509.load_pem_x509_certificate(papers.certificate)


@pytest.mark.parametrize("clock", CLOCKS, ids=str)
def test_a_display_believes_its_broker_whatever_its_clock_says(folder: Path, clock: datetime) -> None:
    server = read(make_server_certificate(folder, ["broker.example", "10.0.0.1"]))
    policy(folder, clock).build_server_verifier(x509.DNSName("broker.example")).verify(server, [])
    with pytest.raises(VerificationError):
        policy(folder, clock).build_server_verifier(x509.DNSName("other.example")).verify(server, [])


@pytest.mark.parametrize("clock", [NOW - timedelta(days=1), NOW + timedelta(days=15 * 365)], ids=str)
def test_a_cars_certificate_outlasts_the_display(folder: Path, clock: datetime) -> None:
    certificate = read(make_client_certificate(folder, "lift-2", NOW))
    assert certificate.not_valid_before_utc < clock < certificate.not_valid_after_utc
    assert certificate.not_valid_after_utc < NOW + timedelta(days=30 * 365)
    certificate.verify_directly_issued_by(x509.load_pem_x509_certificate((folder / CA).read_bytes()))


def test_a_certificate_names_its_car(folder: Path) -> None:
    subject = read(make_client_certificate(folder, "lift-2", NOW)).subject
    assert [name.value for name in subject.get_attributes_for_oid(NameOID.COMMON_NAME)] == ["lift-2"]
    assert subject.rfc4514_string() == "CN=lift-2"


def test_no_car_can_have_the_content_services_name() -> None:
    assert not is_name(CONTENT)


def test_a_cars_certificate_makes_it_no_broker_and_no_authority(folder: Path) -> None:
    certificate = read(make_client_certificate(folder, "lift-2", NOW))
    with pytest.raises(VerificationError):
        policy(folder, NOW).build_server_verifier(x509.DNSName("lift-2")).verify(certificate, [])
    assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_keys_are_read_by_their_owner_only(folder: Path) -> None:
    make_client_certificate(folder, "lift-2", NOW).write(folder / "car.pem", folder / "car.key")
    for path in (folder / CA_KEY, folder / "car.key"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_two_certificates_never_share_a_key_or_a_number(folder: Path) -> None:
    papers = [make_client_certificate(folder, "lift-2", NOW) for _ in range(2)]
    assert papers[0].private_key != papers[1].private_key
    assert read(papers[0]).serial_number != read(papers[1]).serial_number


def test_an_authority_is_never_overwritten(folder: Path) -> None:
    before = (folder / CA_KEY).read_bytes()
    with pytest.raises(BadCertificate, match="is not overwritten"):
        make_ca(folder)
    assert (folder / CA_KEY).read_bytes() == before


def test_revoked_certificates_stay_on_the_list_when_others_come(folder: Path) -> None:
    papers = [make_client_certificate(folder, name, NOW) for name in ("lift-2", "lift-3")]
    for one in (*papers, papers[0]):
        revoke(folder, one.certificate, NOW)
    listed = x509.load_pem_x509_crl((folder / "revoked.pem").read_bytes())
    assert {entry.serial_number for entry in listed} == {read(one).serial_number for one in papers}
    assert len(list(listed)) == 2


@pytest.mark.parametrize("damaged", [CA, CA_KEY])
def test_a_damaged_or_lost_authority_is_said(folder: Path, damaged: str) -> None:
    (folder / damaged).write_bytes(b"nothing")
    with pytest.raises(BadCertificate, match="bring them back from a copy"):
        make_client_certificate(folder, "lift-2", NOW)
    (folder / damaged).unlink()
    with pytest.raises(BadCertificate, match="init --broker"):
        make_client_certificate(folder, "lift-2", NOW)


@pytest.mark.parametrize("name", ["", "x" * 65])
def test_a_name_that_no_certificate_can_carry_is_refused(folder: Path, name: str) -> None:
    with pytest.raises(BadCertificate, match="no name for a certificate"):
        make_client_certificate(folder, name, NOW)


def test_a_broker_without_a_name_is_refused(folder: Path) -> None:
    with pytest.raises(BadCertificate, match="needs a name"):
        make_server_certificate(folder, [])


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadCertificate, match="name a folder that you may write"):
        make_ca(tmp_path / "missing")


def test_two_certificates_of_one_car_are_told_apart(folder: Path) -> None:
    before, after = (names_in(make_client_certificate(folder, "lift-2", NOW).certificate) for _ in range(2))
    assert before[0] == after[0] == "lift-2"
    assert before[1] != after[1]
    assert before[1].startswith("hoistway:lift-2:")


def test_the_list_of_the_revoked_is_there_from_the_start_and_never_lapses(folder: Path) -> None:
    listed = x509.load_pem_x509_crl((folder / "revoked.pem").read_bytes())
    assert not list(listed)
    assert listed.last_update_utc == datetime(1970, 1, 1, tzinfo=UTC)
    assert listed.next_update_utc is not None
    assert listed.next_update_utc.year == 9999


def test_what_is_no_certificate_is_said(folder: Path) -> None:
    for data in (b"nothing", (folder / CA).read_bytes()):
        with pytest.raises(BadCertificate, match="not a client's certificate"):
            names_in(data)
    with pytest.raises(BadCertificate, match="cannot be revoked"):
        revoke(folder, b"nothing", NOW)
    (folder / "revoked.pem").write_bytes(b"nothing")
    with pytest.raises(BadCertificate, match=r"revoked\.pem: is damaged"):
        revoke(folder, make_client_certificate(folder, "lift-2", NOW).certificate, NOW)
