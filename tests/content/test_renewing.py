"""New papers for the broker and the office: the old ones are out, a cut leaves a set that works, and what is wrong is said."""

import json
import os
import ssl
import subprocess
import sys
from argparse import Namespace
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from cryptography import x509

from content.certificates import BadCertificate, hosts_in, make_client_certificate, names_in
from content.commands import renewing
from content.pair import Pair
from tests.commands_rig import Office
from tests.content_rig import NOW
from tests.wires_rig import ROOT

CUTS = '''
"""Renew in a process that ends before the n-th step on the disk, for each n, and say what that left."""
import os, shutil, sys
from pathlib import Path
from content.commands import renewing
from tests.content.test_renewing import NOW, asked

STEPS = ("open", "os.mkdir", "os.symlink", "os.rename", "os.remove", "os.rmdir")
office, does = Path(sys.argv[1]), getattr(renewing, sys.argv[2])

def renew(left):
    def step(event, given):
        nonlocal left
        if event in STEPS and (event != "open" or given[2] & (os.O_WRONLY | os.O_RDWR)):
            left -= 1
            if left < 0:
                os._exit(9)
    sys.stdout = open(os.devnull, "w")
    sys.addaudithook(step)
    does(asked(left_office), NOW)
    os._exit(0)

for n in range(1000):
    left_office = Path(f"{office}-{n}")
    shutil.copytree(office / "broker", left_office / "broker")
    child = os.fork()
    if child == 0:
        renew(n)
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if ended == 0:
        break
    if ended != 9:
        sys.exit(f"at step {n} it ended with {ended}")
print(n)
'''


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    office = Office(tmp_path, capsys)
    office.does("init", str(tmp_path / "office"), "--area", "cn", "--broker", "broker.example")
    return office


def broker(office: Office) -> Path:
    return office.folder / "office" / "broker"


def renew(office: Office, *words: str) -> str:
    return office.does("renew", *words, "--yes", "--office", str(broker(office).parent))


def refused(office: Office, *words: str) -> str:
    return office.refused("renew", *words, "--yes", "--office", str(broker(office).parent))


def works(pair: Pair) -> bool:
    """The certificate and the key belong together."""
    ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(pair.certificate, pair.private_key)
    return True


def counts(pair: Pair) -> bool:
    """A broker that has the files of this folder lets its certificate in."""
    certificate = pair.certificate.read_bytes()
    called = names_in(certificate)[1] in (pair.folder / "users.conf").read_text(encoding="utf-8")
    return called and not is_revoked(pair.folder, certificate)


def is_revoked(folder: Path, certificate: bytes) -> bool:
    listed = x509.load_pem_x509_crl((folder / "revoked.pem").read_bytes())
    number = x509.load_pem_x509_certificate(certificate).serial_number
    return listed.get_revoked_certificate_by_serial_number(number) is not None


@pytest.mark.parametrize("name", ["content", "manager"])
def test_the_offices_own_papers_are_renewed_and_those_before_count_nowhere(office: Office, name: str) -> None:
    pair = Pair(broker(office), f"hoistway.{name}")
    before, files = pair.certificate.read_bytes(), sorted(os.listdir(pair.folder))
    said = renew(office, name)
    for carried in (
        "users.conf: bring it to a NATS broker",
        "revoked.pem: bring it to mosquitto",
        "bring both",
    ):
        assert carried in said
    assert works(pair)
    assert counts(pair)
    assert is_revoked(pair.folder, before)
    users = (pair.folder / "users.conf").read_text(encoding="utf-8")
    assert names_in(before)[1] not in users
    assert users.count("user:") == 2
    assert sorted(os.listdir(pair.folder)) == files, "nothing is left beside"
    assert pair.private_key.stat().st_mode & 0o777 == 0o600


def test_a_broker_gets_another_key_and_keeps_its_names(office: Office) -> None:
    pair = Pair(broker(office), "server")
    before, address = pair.private_key.read_bytes(), (pair.folder / "address").read_bytes()
    renew(office, "broker")
    assert works(pair)
    assert pair.private_key.read_bytes() != before
    assert hosts_in(pair.certificate.read_bytes()) == ["broker.example"]
    assert (pair.folder / "address").read_bytes() == address
    assert pair.private_key.stat().st_mode & 0o777 == 0o600


def test_a_brokers_new_names_stand_before_the_old_ones_and_bundles_say_the_first(office: Office) -> None:
    named = ("--name", "new.example:8884", "--name", "10.0.0.5", "--name", "broker.example")
    said = json.loads(renew(office, "broker", *named, "--json"))
    assert said["names"] == ["new.example", "10.0.0.5", "broker.example"]
    assert hosts_in((broker(office) / "server.pem").read_bytes()) == said["names"]
    assert (broker(office) / "address").read_text(encoding="utf-8") == "new.example:8884\n"
    assert "new.example:8884 is where" in renew(office, "broker", *named)


def asked(office: Path) -> Namespace:
    """What the command line says, without the time that reading it takes."""
    return Namespace(office=office, yes=True, json=False, name="hoistway.content", names=[("10.0.0.5", 8883)])


@pytest.mark.parametrize("does", [renewing.renew_office, renewing.renew_broker])
def test_a_renewal_that_is_cut_short_anywhere_leaves_a_set_that_works_and_is_done_again(
    office: Office, does: Callable[[Namespace, datetime], None]
) -> None:
    place, before = broker(office).parent, (broker(office) / "hoistway.content.pem").read_bytes()
    done = subprocess.run(
        [sys.executable, "-c", CUTS, str(place), does.__name__],
        check=False, cwd=ROOT, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    steps = int(done.stdout)
    assert steps > 20
    for step in range(steps):
        folder = Path(f"{place}-{step}") / "broker"
        server, content = Pair(folder, "server"), Pair(folder, "hoistway.content")
        assert works(server), step
        assert works(content), step
        assert counts(content), step
        does(asked(folder.parent), NOW)
        assert works(server), step
        assert works(content), step
        assert counts(content), step
        if does is renewing.renew_office:
            assert is_revoked(folder, before), step
        else:
            assert hosts_in(server.certificate.read_bytes()) == ["10.0.0.5", "broker.example"]
        assert not [path for path in folder.iterdir() if path.is_dir() and path.name != "cars"], step


def test_a_key_that_was_brought_away_comes_back_as_another(office: Office) -> None:
    pair = Pair(broker(office), "server")
    pair.private_key.unlink()
    renew(office, "broker")
    assert works(pair)


def test_what_cannot_be_renewed_is_told_in_one_line(office: Office) -> None:
    folder = broker(office)
    before = (folder / "server.pem").read_bytes()
    assert "'a b' is no host name: write" in refused(office, "broker", "--name", "a b")
    assert "is no name for a certificate" in refused(office, "broker", "--name", "a" * 70)
    assert "invalid choice: 'lift-2'" in refused(office, "lift-2")
    assert (folder / "server.pem").read_bytes() == before
    (folder / "server.pem").write_bytes(b"nothing")
    assert "server.pem: is not a broker's certificate" in refused(office, "broker")
    (folder / "ca.key").unlink()
    assert "ca.key: No such file or directory; bring it back" in refused(office, "manager")
    (folder / "hoistway.content.pem").unlink()
    assert "hoistway.content.pem: is not there; bring it back" in refused(office, "content")
    office.does("init", str(office.folder / "other"), "--area", "cn")
    asked = ("renew", "content", "--office", str(office.folder / "other"), "--yes")
    assert "broker: is not there; `hoistway-content init --broker`" in office.refused(*asked)


def test_nothing_is_renewed_unasked(office: Office) -> None:
    before = {path: path.read_bytes() for path in broker(office).iterdir() if path.is_file()}
    for name in ("broker", "content", "manager"):
        said = office.refused("renew", name, "--office", str(broker(office).parent))
        assert "nobody can be asked here: add --yes" in said
    assert {path: path.read_bytes() for path in broker(office).iterdir() if path.is_file()} == before


def test_an_office_is_not_half_founded_for_a_broker_with_a_wrong_name(office: Office) -> None:
    other = office.folder / "other"
    assert "is no host name" in office.refused(
        "init", str(other), "--area", "cn", "--broker", "münchen.example"
    )
    assert not other.exists()


def test_what_is_no_brokers_certificate_is_said(office: Office) -> None:
    for data in (b"nothing", (broker(office) / "ca.pem").read_bytes()):
        with pytest.raises(BadCertificate, match="not a broker's certificate"):
            hosts_in(data)
    assert hosts_in(make_client_certificate(broker(office), "lift-2", NOW).certificate) == []
