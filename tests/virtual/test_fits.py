"""The sensor's constants against the measurements they were fitted to, with the residuals that sensor.py states."""

import gzip

import numpy as np
import pytest

from sitbone.virtual.sitters.sensor import ADC_KNEE_MV, BENCH_EXPONENTS, ZoneSensor, adc_counts, batch


def table(path):
    data = path.read_bytes()
    text = gzip.decompress(data) if path.suffix == ".gz" else data
    return np.genfromtxt(text.decode().splitlines(), delimiter=",", skip_header=1)


def test_the_adc_curve(shared_data):
    mv, counts, spread = table(shared_data / "esp32_adc.csv").T
    alive = (counts > 0) & (counts < 4095)
    left = counts[alive] - adc_counts(mv[alive])
    low = mv[alive] <= ADC_KNEE_MV
    assert np.sqrt(np.mean(left[low] ** 2)) == pytest.approx(4.6, abs=0.1)
    assert np.sqrt(np.mean(left[~low] ** 2)) == pytest.approx(7.2, abs=0.1)
    assert np.abs(left).max() == pytest.approx(14.7, abs=0.2)
    assert np.median(spread[alive]) == pytest.approx(2.3, abs=0.1)
    assert ZoneSensor().noise_mv * 1.22 < spread.max()
    dead = mv[counts == 0].max()
    assert dead < ZoneSensor().dead_below_mv < mv[counts > 0].min()


@pytest.mark.parametrize(
    ("sensor", "k", "n", "contact", "rms"),
    [(1, 0.0408, 1.45, 34.4, 0.15), (2, 0.055, 1.75, 5.67, 0.24), (3, 0.165, 1.6, 13.0, 0.43)],
)
def test_a_power_law_with_a_contact_fits_the_bench(sensor, k, n, contact, rms, shared_data):
    rows = table(shared_data / "fsr_bench.csv.gz")
    newton, mv = rows[rows[:, 0] == sensor][:, 2:4].T
    used = (newton >= 5) & (mv > 50) & (mv < 4900)
    free = k * newton[used] ** n
    left = np.log(mv[used] / (5000 - mv[used])) - np.log(free / (1 + free / contact))
    assert np.sqrt(np.mean(left**2)) == pytest.approx(rms, abs=0.01)
    local = n / (1 + k * 10**n / contact)  # the exponent that is left at 10 N
    assert 1.05 <= local <= 1.45


def test_a_batch_differs_and_is_seeded():
    one, two = (batch(np.random.default_rng(4), 4) for _ in range(2))
    assert one == two
    kpa = np.full((1, 4), 8.0)
    mv = one.divider_mv(kpa, np.zeros((1, 1)))
    assert np.ptp(mv) > 10
    warm = batch(np.random.default_rng(4), 4, temperature_c=40.0).divider_mv(kpa, np.zeros((1, 1)))
    assert (warm > mv).all()


def test_a_bag_of_sensors_is_as_bent_as_benches_show(shared_data):
    """Slopes of conductance over force, log by log, where the bench has readings: from light loads to 40 N."""
    rows, slopes = table(shared_data / "fsr_bench.csv.gz"), []
    for sensor in (1, 2, 3):
        newton, mv = rows[rows[:, 0] == sensor][:, 2:4].T
        for low, high in ((5, 15), (10, 25), (15, 40)):
            used = (newton >= low) & (newton <= high) & (mv > 50) & (mv < 4900)
            slopes.append(np.polyfit(np.log(newton[used]), np.log(mv[used] / (5000 - mv[used])), 1)[0])
    drawn = [
        exponent
        for seed in range(200)
        for exponent in batch(np.random.default_rng(seed), 4, exponents=BENCH_EXPONENTS).exponent
    ]
    assert 0.4 <= min(drawn) < 0.45
    assert 1.55 < max(drawn) <= 1.6
    inside = [slope for slope in slopes if min(drawn) <= slope <= max(drawn)]
    assert len(inside) >= len(slopes) - 2, slopes  # hand-applied forces near 5 N are wild


def test_a_load_falls_later_than_it_rises():
    from sitbone.virtual import SitterSeat

    seat = SitterSeat("adult", seed=1)
    up, down = (seat._lag(np.full((1, 4), kpa))[0, 0] for kpa in (8.0, 7.8))
    assert up == down  # within the width of the loop nothing moves
