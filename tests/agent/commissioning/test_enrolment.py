"""A display takes the bundle that the office made for it: whole, or not at all."""

import json
import shutil
from pathlib import Path

import pytest

from agent.__main__ import main
from agent.commissioning import enrolment
from agent.config_reading import load
from content.tls import Tls
from tests.content_rig import AREA

PLACE = f"{AREA}/lift-2"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office's folder with bundles for two cars."""
    from content.__main__ import main as content  # noqa: PLC0415

    folder = tmp_path_factory.mktemp("made") / "office"
    assert content(["init", str(folder), "--area", "cn/sichuan", "--broker", "127.0.0.1"]) == 0
    for car in ("lift-2", "lift-3"):
        words = [
            "enrol",
            car,
            "--office",
            str(folder),
            "--area",
            f"{AREA}/{car}",
            "--broker",
            "broker.example:8883",
        ]
        names = ["--building-zh", "锦江花园", "--lift-zh", "2号梯", "--time-zone", "Asia/Shanghai"]
        assert content([*words, *names]) == 0
    return folder


class Display:
    """An installer at a display."""

    def __init__(self, folder: Path, office: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.etc, self._capture = folder / "etc", capture
        self.etc.mkdir()
        self.config = self.etc / "hoistway.toml"
        self.bundles = folder / "bundles"
        shutil.copytree(office / "bundles", self.bundles)
        self.bundle = self.bundles / "lift-2"

    def enrol(self, *words: str) -> str:
        assert main(["enrol", str(self.bundle), "--config", str(self.config), *words]) == 0
        return self._capture.readouterr().out

    def refused(self, *words: str) -> str:
        """What is said; nothing has changed."""
        before = self.everything()
        assert main(["enrol", str(self.bundle), "--config", str(self.config), *words]) == 2
        said = self._capture.readouterr().err
        assert said.startswith("hoistway-agent: ")
        assert self.everything() == before
        return said

    def everything(self) -> dict[str, bytes]:
        return {str(p.relative_to(self.etc)): p.read_bytes() for p in self.etc.rglob("*") if p.is_file()}


@pytest.fixture
def display(tmp_path: Path, made: Path, capsys: pytest.CaptureFixture[str]) -> Display:
    capsys.readouterr()
    return Display(tmp_path, made, capsys)


def test_a_new_display_gets_a_whole_configuration_from_its_bundle(display: Display) -> None:
    assert f"lift-2 at {PLACE}, broker broker.example" in display.enrol()
    config = load(display.config)
    assert (config.car.name, config.car.area, config.car.building.zh) == ("lift-2", PLACE, "锦江花园")
    assert config.trust.root is not None
    assert config.trust.key is None
    assert Path(config.trust.root).read_bytes() == (display.bundle / "root.json").read_bytes()
    papers = [config.broker.ca, config.broker.certificate, config.broker.private_key]
    Tls(*(Path(str(paper)) for paper in papers)).context()
    assert Path(str(papers[-1])).stat().st_mode & 0o777 == 0o600


def test_what_the_installer_wrote_stays_word_for_word(display: Display) -> None:
    display.enrol()
    changed = display.config.read_text(encoding="utf-8").replace(
        "range_g = 2 ", "range_g = 4  # ours, by hand\nrate_hz = 125 "
    )
    display.config.write_text(changed, encoding="utf-8")
    display.enrol()
    assert "range_g = 4  # ours, by hand\nrate_hz = 125 " in display.config.read_text(encoding="utf-8")
    assert load(display.config).accelerometer.range_g == 4


def test_a_display_that_moves_keeps_nothing_of_who_it_was(display: Display) -> None:
    display.enrol()
    before = load(display.config)
    display.bundle = display.bundles / "lift-3"
    display.enrol()
    after = load(display.config)
    assert after.car.name == "lift-3"
    assert after.accelerometer == before.accelerometer
    assert before.broker.private_key is not None
    assert not Path(before.broker.private_key).exists()
    assert len(list(display.etc.glob("enrolled-*"))) == 1


def test_enrolling_twice_changes_nothing(display: Display) -> None:
    display.enrol()
    before = display.everything()
    display.enrol()
    assert display.everything() == before


@pytest.mark.parametrize("name", ["enrolment.toml", *enrolment.PAPERS])
def test_a_bundle_without_one_of_its_files_is_refused(display: Display, name: str) -> None:
    display.enrol()
    (display.bundle / name).unlink()
    assert f"{display.bundle / name}: No such file" in display.refused()


@pytest.mark.parametrize("name", ["enrolment.toml", *enrolment.PAPERS])
def test_a_bundle_with_a_damaged_file_is_refused(display: Display, name: str) -> None:
    path = display.bundle / name
    path.write_bytes(path.read_bytes()[:40] + b"\x00\xff")
    said = display.refused()
    assert "bring" in said or "enrol this car again" in said or "root.json that came" in said


def test_the_papers_of_another_car_are_refused(display: Display) -> None:
    for name in ("car.pem", "car.key"):
        shutil.copy(display.bundles / "lift-3" / name, display.bundle / name)
    assert "is of lift-3, and enrolment.toml of lift-2" in display.refused()


def test_another_cars_key_is_refused(display: Display) -> None:
    shutil.copy(display.bundles / "lift-3" / "car.key", display.bundle / "car.key")
    assert "do not belong together" in display.refused()


def test_a_certificate_of_another_authority_is_refused(display: Display, made: Path, tmp_path: Path) -> None:
    from content.certificates import make_ca  # noqa: PLC0415

    other = tmp_path / "other"
    other.mkdir()
    make_ca(other)
    shutil.copy(other / "ca.pem", display.bundle / "ca.pem")
    assert "did not sign it" in display.refused()


def test_a_demos_key_is_refused(display: Display) -> None:
    with (display.bundle / "enrolment.toml").open("a", encoding="utf-8") as file:
        file.write(f"[trust]\nkey = {json.dumps('7f' * 32)}\n")
    assert "as in a demo" in display.refused()


def test_what_is_wrong_in_the_other_sections_is_said_and_nothing_is_taken(display: Display) -> None:
    display.enrol()
    text = display.config.read_text(encoding="utf-8")
    display.config.write_text(text.replace('chip = "adxl355"', 'chip = "adxl999"'), encoding="utf-8")
    display.bundle = display.bundles / "lift-3"
    assert "[accelerometer] chip = 'adxl999' is not known" in display.refused()


def test_a_configuration_that_is_no_toml_is_left_alone(display: Display) -> None:
    display.config.write_text("[car\n", encoding="utf-8")
    assert "not TOML" in display.refused()


def test_a_user_that_is_not_there_is_named(display: Display) -> None:
    assert "--user nobody-here: there is none" in display.refused("--user", "nobody-here")


def test_a_table_hidden_in_a_text_is_not_taken_for_a_section(display: Display) -> None:
    display.enrol()
    hidden = '[afterwards]\n# """\n\n[door.settings]\nnote = """\n[car]\n"""\n'
    text = display.config.read_text(encoding="utf-8").partition("[afterwards]")[0]
    display.config.write_text(text + hidden, encoding="utf-8")
    assert "begin each section on a line of its own" in display.refused()


def test_an_enrolment_cut_off_before_its_end_leaves_the_one_before(display: Display) -> None:
    display.enrol()
    before = load(display.config)
    bundle = enrolment.read(display.bundles / "lift-3")
    text = display.config.read_text(encoding="utf-8")

    def cut(path: Path) -> None:
        if path.name == "car.key":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        enrolment.enrol(bundle, display.config, text, cut)
    assert load(display.config) == before
    assert before.broker.private_key is not None
    assert Path(before.broker.private_key).exists()
    display.bundle = display.bundles / "lift-3"
    display.enrol()
    assert load(display.config).car.name == "lift-3"
