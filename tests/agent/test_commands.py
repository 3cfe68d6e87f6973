"""The command line of a display: what is wrong is one line."""

from pathlib import Path

import pytest

from agent.__main__ import main
from content.__main__ import main as content

NAMES = ("--building-zh", "锦江花园", "--lift-zh", "2号梯", "--time-zone", "Asia/Shanghai")


def test_a_wrong_command_line_is_told_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["chck"])
    told = capsys.readouterr().err
    assert told.startswith("hoistway-agent: argument COMMAND: invalid choice: 'chck'")
    assert told.count("\n") == 1


def test_a_folder_without_a_repository_is_not_imported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    office, place, config = tmp_path / "office", "cn/sichuan/tower-a/lift-2", tmp_path / "hoistway.toml"
    assert content(["init", str(office), "--area", "cn/sichuan", "--broker", "127.0.0.1"]) == 0
    assert content(["enrol", "lift-2", "--office", str(office), "--area", place, *NAMES]) == 0
    assert main(["enrol", str(office / "bundles" / "lift-2"), "--config", str(config), "--bus", "none"]) == 0
    store = config.read_text(encoding="utf-8").replace("/var/lib/hoistway", str(tmp_path / "state"))
    config.write_text(store, encoding="utf-8")
    (tmp_path / "empty").mkdir()
    for folder, said in (
        ("nowhere", "is not there"),
        ("empty", "holds no repository: timestamp.json is missing"),
    ):
        capsys.readouterr()
        assert main(["import", str(tmp_path / folder), "--config", str(config)]) == 2
        told = capsys.readouterr().err
        assert told.startswith(f"hoistway-agent: {tmp_path / folder}: {said}")
        assert told.count("\n") == 1
