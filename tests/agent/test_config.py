"""A configuration is good, or one line says which file, which key and what to do."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agent.commissioning.draft import TEMPLATE
from agent.config import Config, ConfigError, site_of
from agent.config_reading import languages_of, load, parse, screen_of
from content.languages import pair_of
from content.page import Site

KEY = "7f79957513f6e5b2b214765d47d6555d8983f676b034eadbc56fba4dd6415ea2"
GOOD = TEMPLATE.read_text(encoding="utf-8").replace("PUT-THE-64-DIGITS-HERE", KEY)


def complaint(text: str) -> str:
    """The first of its faults."""
    return complaints(text)[0]


def complaints(text: str) -> list[str]:
    config, found = parse(text, "f.toml")
    assert config is None
    for line in found:
        assert "\n" not in line
        assert line.startswith("f.toml: ")
    return [line.removeprefix("f.toml: ") for line in found]


def good(text: str) -> Config:
    config, found = parse(text, "f.toml")
    assert found == []
    assert config is not None
    return config


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new, 1)


def test_the_example_in_the_documentation_is_good() -> None:
    config = good(GOOD)
    assert config.car.area.endswith(config.car.area.rsplit("/", 1)[1])
    assert config.accelerometer.chip == "adxl355"
    assert config.door is not None


def test_the_example_asks_for_the_key_of_ones_own_content_managers() -> None:
    with pytest.raises(ConfigError, match=r"\[trust\] key: .*64 hexadecimal digits"):
        load(TEMPLATE)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('host = "broker.example"', 'host = ""', "[broker.host]"),
        ('folder = "/var/lib/hoistway"', 'folder = ""', "[store.folder]"),
        ("address = 0x20", "address = 0x30", "[door] address = 0x30; this part can have 0x20"),
        ("address = 0x1d", "address = 0x1e", "[accelerometer] address = 0x1e; this part can have 0x1d, 0x53"),
        ("tremor = 0.015", "tremor = 0.06", "[detection] tremor = 0.06 is not below every alarm"),
        ("width = 1080", "width = 720\nheight = 720 #", "[screen] 720x720: "),
    ],
)
def test_what_cannot_work_is_refused_before_it_is_needed(old: str, new: str, said: str) -> None:
    text = changed(old, new)
    assert said in complaint(text.replace("\nheight = 1920", "") if "720" in new else text)


SAID = 'languages = ["zh", "en"]'


@pytest.mark.parametrize(
    "tags", [["zh"], ["en"], ["ja", "en"], ["en", "ar"], ["hi", "en"], ["zh-Hant", "ja"]]
)
def test_a_site_has_one_language_or_two(tags: list[str]) -> None:
    config = good(changed(SAID, f"languages = {tags}"))
    assert site_of(config.car).languages == pair_of(tags)


def test_what_is_not_said_is_chinese_with_english_and_a_lift_without_seismic_control() -> None:
    lines = GOOD.splitlines()
    bare = "\n".join(line for line in lines if not line.startswith(("languages", "seismic")))
    car = good(bare).car
    assert site_of(car) == Site(car.building, car.lift)
    assert site_of(good(GOOD).car) == site_of(car)


def test_seismic_control_is_the_site_s() -> None:
    assert site_of(good(changed("seismic_control = false", "seismic_control = true")).car).seismic_control


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            'languages = ["zh", "tlh"]',
            "[car] languages = 'tlh' is not known; use one of: zh, en, zh-Hant, ja, ar, hi",
        ),
        ('languages = ["zh", "en", "ja"]', '[car] languages = ["zh", "en", "ja"]: a page shows one or two'),
        ('languages = ["zh", "zh"]', '[car] languages = ["zh", "zh"]: a page shows one or two'),
        ("languages = []", "[car] languages = []: a page shows one or two"),
        ('languages = "zh"', "[car.languages]: Expected a list, got a text"),
    ],
)
def test_other_languages_are_refused_in_one_line(said: str, words: str) -> None:
    (fault,) = complaints(changed(SAID, said))
    assert words in fault


def test_seismic_control_is_true_or_false() -> None:
    (fault,) = complaints(changed("seismic_control = false", 'seismic_control = "yes"'))
    assert "[car.seismic_control]: Expected true or false, got a text" in fault


def test_a_name_is_looked_at_in_the_languages_of_the_pages() -> None:
    long = changed('lift = { zh = "A座 2号梯"', f'lift = {{ ja = "{"号" * 200}", zh = "A座 2号梯"')
    good(long)
    assert "[car] lift name: shorten the Japanese" in complaint(
        long.replace(SAID, 'languages = ["ja", "en"]')
    )


def test_a_screen_may_be_too_narrow_for_one_language_only() -> None:
    narrow = changed("height = 1920", "height = 1250")
    good(narrow)
    assert "[screen] 1080x1250: " in complaint(narrow.replace(SAID, 'languages = ["ar", "hi"]'))


def test_languages_are_known_although_all_the_rest_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "f.toml"
    path.write_text(
        changed(SAID, 'languages = ["en", "ja"]').replace("[broker]", "[brokr]"), encoding="utf-8"
    )
    assert languages_of(path) == pair_of(["ja", "en"])
    for broken in ('languages = ["tlh"]', "languages = []", 'languages = "ja"', ""):
        path.write_text(changed(SAID, broken), encoding="utf-8")
        assert languages_of(path) is None
    assert languages_of(tmp_path / "nowhere") is None


def test_a_display_without_a_door_sensor_needs_no_door_section() -> None:
    start, end = GOOD.index("[door]"), GOOD.index("[screen]")
    assert good(GOOD[:start] + GOOD[end:]).door is None


MISTAKES = [
    ("range_g", "rnge_g", "[accelerometer] has no key 'rnge_g'; did you mean \"range_g\"?"),
    (
        "range_g",
        "q",
        "[accelerometer] has no key 'q'; remove it, or use one of: chip, bus, address, range_g, rate_hz, up",
    ),
    ("[door]", "[dor]", "the file has no key 'dor'; did you mean \"door\"?"),
    ('en = "Jin', 'eng = "Jin', "[car.building] has no key 'eng'; did you mean \"en\"?"),
    ('host = "', '# "', "[broker] needs the key 'host'; hoistway-agent config --write FILE writes one"),
    (
        "range_g = 2",
        'range_g = "2"',
        "range_g]: Expected a whole number, got a text; hoistway-agent config --write FILE writes one",
    ),
    ("range_g = 2", "range_g = 3", "[accelerometer] range_g = 3; adxl355 has 2, 4, 8"),
    (
        'chip = "adxl355"',
        'chip = "lis3"',
        "[accelerometer] chip = 'lis3' is not known; use one of: adxl345, adxl355, li",
    ),
    ('sensor = "mcp23017"', 'sensor = "x"', "[door] sensor = 'x' is not known; use one of: mcp23017"),
    ('kind = "pictures"', 'kind = "oled"', "[screen] kind = 'oled' is not known; use one of:"),
    (
        '"Asia/Shanghai"',
        '"Asia/Chengdu"',
        "[car] time_zone = 'Asia/Chengdu' is no time zone; use a name like",
    ),
    ('"Asia/Shanghai"', '"Asia"', "is no time zone"),
    ('"Asia/Shanghai"', '"../etc/passwd"', "is no time zone"),
    ('"Asia/Shanghai"', '""', "is no time zone"),
    ('key = "7', 'key = "', "[trust] key: a public key is 64 hexadecimal digits, as `hoistway-content key`"),
    ('name = "tower', 'name = "Tower', "car.name]: Expected a text matching regex"),
    ('area = "cn/', 'area = "/cn/', "car.area]: Expected a text matching regex"),
    ('up = "auto"', 'up = "w"', "accelerometer.up]: Invalid enum value 'w'"),
    ("port = 1883", "port = 70000", "broker.port]: Expected a whole number <= 65535"),
    ("address = 0x1d", "address = 0x80", "accelerometer.address]: Expected a whole number <= 119"),
    ("width = 1080", "width = 1", "screen.width]: Expected a whole number >= 320"),
    ('zh = "锦江花园 A座"', 'zh = "锦江花园 𓀀"', "[car] building name (Chinese): cannot be shown, replace"),
    ('zh = "锦江花园 A座", en = "Jinjiang Garden, Tower A"', 'zh = ""', "[car] building name: is empty"),
    ('zh = "A座 2号梯"', f'zh = "{"梯" * 200}"', "[car] lift name: shorten"),
    ("[car]", "[car", "not TOML: "),
    ("range_g = 2", "range_g = " + "9" * 5000, "not TOML: "),
    ("range_g = 2", "range_g = " + "[" * 5000, "not TOML: "),
]


@pytest.mark.parametrize(("old", "new", "words"), MISTAKES, ids=[m[2][:50] for m in MISTAKES])
def test_a_mistake_is_one_line_that_says_where_and_what_to_do(old: str, new: str, words: str) -> None:
    assert words in complaint(changed(old, new))


def test_every_mistake_is_told_not_only_the_first() -> None:
    text = changed("range_g = 2", 'range_g = "two"').replace("port = 1883", "prot = 1883")
    told = complaints(text.replace('zh = "A座 2号梯"', "zh = 2").replace('sensor = "mcp23017"', ""))
    assert len(told) == 4
    for line, words in zip(
        told, ("[car.lift.zh]", "range_g", 'did you mean "port"', "'sensor'"), strict=True
    ):
        assert words in line or any(words in other for other in told)


def test_what_is_well_formed_and_impossible_is_told_together() -> None:
    text = (
        changed("Asia/Shanghai", "Asia/Nowhere")
        .replace("range_g = 2", "range_g = 3")
        .replace("= 0x20", "= 0x30")
    )
    told = complaints(text)
    assert [line.split(" ")[0] for line in told] == ["[accelerometer]", "[car]", "[door]"]


def test_a_missing_section_is_named() -> None:
    assert complaint("") == "the file needs the section [car]; hoistway-agent config --write FILE writes one"


def test_a_file_that_is_not_there_says_what_to_write(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigError, match=r"nowhere.toml: No such file.*hoistway-agent config --write FILE writes one"
    ):
        load(tmp_path / "nowhere.toml")


def test_a_file_that_is_not_utf_8_says_so(tmp_path: Path) -> None:
    path = tmp_path / "latin.toml"
    path.write_bytes(GOOD.encode("gb18030"))
    with pytest.raises(ConfigError, match=r"latin.toml: not UTF-8 text; save it as UTF-8"):
        load(path)
    assert screen_of(path) is None


def test_the_screen_is_known_although_all_the_rest_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "f.toml"
    path.write_text(changed("[broker]", "[brokr]"), encoding="utf-8")
    screen = screen_of(path)
    assert screen is not None
    assert (screen.width, screen.height) == (1080, 1920)


@pytest.mark.parametrize("text", ["x = " + "[" * 5000, "x = " + "9" * 5000, "[screen]", "\x00"])
def test_a_screen_that_cannot_be_known_is_none(text: str, tmp_path: Path) -> None:
    path = tmp_path / "f.toml"
    path.write_text(text, encoding="utf-8")
    assert screen_of(path) is None


TOML = st.text() | st.lists(
    st.sampled_from(
        ["[car]\n", "name", " = ", '"x"', "1", "\n", "[[", "]", "{", "}", ",", "é", "1979-05-27", "."]
    )
).map("".join)


@given(TOML)
@example('x = "\\ud800"')
def test_no_text_is_more_than_a_list_of_faults(text: str) -> None:
    complaint(text)


LINES = GOOD.splitlines()


@given(st.lists(st.integers(0, len(LINES) - 1), max_size=5), st.integers(0, len(LINES)), st.text(max_size=20))
def test_no_damage_to_a_good_file_is_more_than_a_list_of_faults(
    dropped: list[int], place: int, line: str
) -> None:
    lines = [one for number, one in enumerate(LINES) if number not in dropped]
    lines.insert(place, line)
    config, found = parse("\n".join(lines), "f.toml")
    assert (config is None) == bool(found)
