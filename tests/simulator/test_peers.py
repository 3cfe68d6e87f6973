"""The peers: their levels and units, their re-arm rules, and that they keep quiet on a chip's noise."""

import numpy as np
import pytest
from numpy.typing import NDArray

from simulator.score.peers import (
    GAL,
    PEERS,
    RSUDP_PACKET,
    Peer,
    recursive_sta_lta,
    rsudp,
    windowed_ratio,
)

Floats = NDArray[np.float64]

RATE_HZ = 125.0
QUIET_S = 60.0
NOISE = 0.0017
"""ADXL355 at 125 Hz, m/s²."""
RSUDP, OPENEEW, JAPAN_P, JAPAN_S80, JAPAN_S120, ASME = PEERS
SEED = 7

every_peer = pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)


def noise(seconds: float, rate_hz: float = RATE_HZ) -> Floats:
    return np.random.default_rng(SEED).normal(0.0, NOISE, (round(seconds * rate_hz), 3))


def burst(start: float, gal: float, axis: int, seconds: float = 10.0, end: float = 120.0) -> Floats:
    """A faded sine of 3 Hz in the chip's noise."""
    samples = noise(end)
    t = np.arange(len(samples)) / RATE_HZ - start
    inside = (t >= 0) & (t < seconds)
    fade = np.sin(np.pi * np.clip(t, 0, seconds) / seconds)
    samples[:, axis] += np.where(inside, gal * GAL * fade * np.sin(2 * np.pi * 3 * t), 0.0)
    return samples


def earthquake(scale: float = 1.0, rate_hz: float = RATE_HZ) -> Floats:
    """After a quiet minute, P for 4 s, then S: 40 gal vertical and 250 gal horizontal, 3 Hz noise-like."""
    samples = noise(QUIET_S + 40, rate_hz)
    t = np.arange(len(samples)) / rate_hz - QUIET_S
    rng = np.random.default_rng(SEED)
    for axis, p_gal, s_gal in ((0, 10, 250), (1, 8, 200), (2, 40, 200)):
        envelope = p_gal * (t > 0) * np.exp(-np.clip(t, 0, None) / 20)
        envelope += s_gal * (t > 4) * np.exp(-np.clip(t - 4, 0, None) / 6)
        waves = sum(np.sin(2 * np.pi * hz * t + rng.uniform(0, 6)) for hz in (1.7, 2.9, 4.1)) / 2
        samples[:, axis] += scale * GAL * envelope * waves
    return samples


@every_peer
def test_alarms_once_the_earthquake_has_come(peer: Peer) -> None:
    times = peer.alarms(earthquake(), RATE_HZ)
    assert times
    assert times[0] >= QUIET_S
    assert times[0] < QUIET_S + (4 if peer.tier == "early" else 8)


@every_peer
@pytest.mark.parametrize("rate_hz", [31.33, 100.0, 416.667])
def test_works_at_any_rate(peer: Peer, rate_hz: float) -> None:
    times = peer.alarms(earthquake(rate_hz=rate_hz), rate_hz)
    assert QUIET_S <= times[0] < QUIET_S + 8


@every_peer
def test_is_silent_on_the_noise_of_the_chip(peer: Peer) -> None:
    assert peer.alarms(noise(1800), RATE_HZ) == []


@every_peer
@pytest.mark.parametrize("samples", [1, 100, 3774])
def test_is_silent_on_what_is_too_short(peer: Peer, samples: int) -> None:
    assert peer.alarms(np.zeros((samples, 3)), RATE_HZ) == []


@every_peer
def test_is_silent_on_zeros(peer: Peer) -> None:
    assert peer.alarms(np.zeros((10_000, 3)), RATE_HZ) == []


@every_peer
def test_leaves_the_acceleration_as_it_was(peer: Peer) -> None:
    samples = earthquake()
    before = samples.copy()
    peer.alarms(samples, RATE_HZ)
    np.testing.assert_array_equal(samples, before)


@pytest.mark.parametrize(
    ("peer", "axis", "level_gal"),
    [
        (JAPAN_P, 2, 5.0),
        (JAPAN_S80, 0, 80.0),
        (JAPAN_S80, 1, 80.0),
        (JAPAN_S120, 0, 120.0),
        (ASME, 2, 147.1),
    ],
    ids=lambda value: value.name if isinstance(value, Peer) else str(value),
)
def test_has_its_level_in_gal_on_its_own_axis(peer: Peer, axis: int, level_gal: float) -> None:
    assert peer.alarms(burst(QUIET_S, 1.15 * level_gal, axis), RATE_HZ)
    assert not peer.alarms(burst(QUIET_S, 0.85 * level_gal, axis), RATE_HZ)
    other = 0 if axis == 2 else 2
    assert not peer.alarms(burst(QUIET_S, 10 * level_gal, other), RATE_HZ)


def test_s_switches_feel_the_horizontal_vector_whatever_the_rotation() -> None:
    shaking = burst(QUIET_S, 90, 0)
    angle = np.radians(45)
    turned = shaking.copy()
    turned[:, 0] = np.cos(angle) * shaking[:, 0] - np.sin(angle) * shaking[:, 1]
    turned[:, 1] = np.sin(angle) * shaking[:, 0] + np.cos(angle) * shaking[:, 1]
    assert JAPAN_S80.alarms(turned, RATE_HZ) == pytest.approx(JAPAN_S80.alarms(shaking, RATE_HZ), abs=0.02)


def test_vertical_switches_do_not_feel_the_start_of_a_ride() -> None:
    samples = noise(120)
    t = np.arange(len(samples)) / RATE_HZ
    samples[:, 2] += np.where((t > 60) & (t < 70), 1.0 * np.sin(2 * np.pi * 0.1 * (t - 60)), 0.0)
    assert ASME.alarms(samples, RATE_HZ) == []


def test_rsudp_hears_only_the_vertical() -> None:
    assert RSUDP.alarms(burst(QUIET_S, 50, 0), RATE_HZ) == []
    assert RSUDP.alarms(burst(QUIET_S, 50, 2), RATE_HZ)


def test_rsudp_is_deaf_in_its_first_long_window() -> None:
    assert RSUDP.alarms(burst(10, 50, 2, seconds=5, end=35), RATE_HZ) == []


def test_rsudp_decides_at_the_end_of_a_packet() -> None:
    (time,) = RSUDP.alarms(earthquake(), RATE_HZ)
    assert (round(time * RATE_HZ) + 1) % RSUDP_PACKET == 0


def test_rsudp_alarms_again_only_after_its_ratio_fell() -> None:
    once = burst(QUIET_S, 50, 2, seconds=4, end=300)
    soon = once + burst(QUIET_S + 4, 50, 2, seconds=4, end=300)
    later = once + burst(QUIET_S + 120, 50, 2, seconds=4, end=300)
    assert len(RSUDP.alarms(once, RATE_HZ)) == 1
    assert len(RSUDP.alarms(soon, RATE_HZ)) == 1
    assert len(RSUDP.alarms(later, RATE_HZ)) == 2


def test_the_quick_ratio_is_obspys_own() -> None:
    short, long = 600, 3000
    samples = earthquake()[:, 2]
    ends = np.arange(long + 1, len(samples) + 1, 97)
    own = [recursive_sta_lta()(samples[end - long - 1 : end], short, long)[-1] for end in ends]
    np.testing.assert_allclose(windowed_ratio(samples, short, long, ends), own, rtol=1e-6)


def test_obspys_ratio_is_the_recursion_by_hand() -> None:
    """Squares 4, 9, 16 after the ignored first sample; averages over 2 and 3 from rest."""
    sta = ((4 / 2) / 2 + 9 / 2) / 2 + 16 / 2
    lta = ((4 / 3) * 2 / 3 + 9 / 3) * 2 / 3 + 16 / 3
    assert recursive_sta_lta()(np.array([1.0, 2.0, 3.0, 4.0]), 2, 3)[-1] == pytest.approx(sta / lta)


def test_rsudp_gives_the_same_for_any_unit() -> None:
    samples = earthquake()
    assert rsudp(samples, RATE_HZ) == rsudp(100 * samples, RATE_HZ)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_openeew_hears_any_axis_at_the_end_of_a_second(axis: int) -> None:
    times = OPENEEW.alarms(burst(QUIET_S, 50, axis), RATE_HZ)
    assert times == [pytest.approx(QUIET_S + 1 - 1 / RATE_HZ)]


def test_openeew_needs_three_times_the_energy() -> None:
    """A last second r times as strong as ten before it has the ratio 11 r² / (10 + r²): 3 at r = 1.94."""
    for r, alarms in ((1.85, 0), (2.05, 1)):
        samples = np.tile(np.sin(2 * np.pi * 5 * np.arange(11 * 125) / RATE_HZ)[:, None], 3)
        samples[-125:] *= r
        assert len(OPENEEW.alarms(samples, RATE_HZ)) == alarms


def test_openeew_counts_a_run_once_and_is_armed_at_once() -> None:
    first = burst(QUIET_S, 50, 0, seconds=3)
    again = first + burst(QUIET_S + 30, 50, 0, seconds=3)
    assert len(OPENEEW.alarms(first, RATE_HZ)) == 1
    assert len(OPENEEW.alarms(again, RATE_HZ)) == 2


@pytest.mark.parametrize(("peer", "axis"), [(JAPAN_P, 2), (JAPAN_S80, 0)], ids=["P", "S 80"])
def test_returns_by_itself_after_a_minute(peer: Peer, axis: int) -> None:
    first = burst(QUIET_S, 300, axis, end=240)
    soon = first + burst(QUIET_S + 40, 300, axis, end=240)
    later = first + burst(QUIET_S + 80, 300, axis, end=240)
    assert [len(peer.alarms(one, RATE_HZ)) for one in (first, soon, later)] == [1, 1, 2]


@pytest.mark.parametrize(("peer", "axis"), [(JAPAN_S120, 0), (ASME, 2)], ids=["S 120", "ASME"])
def test_stays_out_of_service_until_a_technician_comes(peer: Peer, axis: int) -> None:
    twice = burst(QUIET_S, 300, axis, end=600) + burst(500, 300, axis, end=600)
    assert len(peer.alarms(twice, RATE_HZ)) == 1


def test_there_are_early_and_strong_peers_with_a_source_each() -> None:
    assert [peer.tier for peer in PEERS] == ["early"] * 3 + ["strong"] * 3
    assert len({peer.name for peer in PEERS}) == len(PEERS)
    assert all(peer.source for peer in PEERS)
