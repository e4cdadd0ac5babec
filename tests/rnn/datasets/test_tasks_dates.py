import datetime
import re

import numpy as np
import pytest

from rnn.datasets.tasks import DATE_FORMS, MONTHS, WEEKDAYS, written_dates


def rng():
    return np.random.default_rng(7)


def read(written):
    """Read a date in any of the forms, by rules of its own."""
    text = re.sub(r"(?<=\d)(st|nd|rd|th)\b", "", written.lower())
    months = [i for i, month in enumerate(MONTHS, 1) if month.lower()[:3] in re.findall("[a-z]{3}", text)]
    numbers = [int(n) for n in re.findall(r"\d+", text)]
    year = max(numbers)
    if months:
        (day,) = [n for n in numbers if n != year]
        return datetime.date(year, months[0], day)
    ordered = numbers if numbers[0] == year else numbers[::-1]
    return datetime.date(*ordered)


def test_written_dates_mean_what_their_iso_form_says():
    pairs = written_dates(3000, rng())
    assert len(pairs) == 3000
    for written, iso in pairs:
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", iso)
        assert read(written).isoformat() == iso, written
        for number, name in enumerate(WEEKDAYS):
            if name.lower() in written.lower():
                assert datetime.date.fromisoformat(iso).weekday() == number


def test_every_way_of_writing_a_date_occurs_about_equally_often():
    assert len(DATE_FORMS) == 11
    shapes = {}
    for written, _ in written_dates(11_000, rng()):
        shape = written.lower()
        for name, sign in [(n, "W") for n in WEEKDAYS] + [(m, "M") for m in MONTHS if m != "May"]:
            shape = shape.replace(name.lower(), sign)
        shape = re.sub(r"\bmay\b|\b[a-z]{3}\b(?<!the)", "m", shape).replace("M", "m")
        shape = re.sub(r"\d+(st|nd|rd|th)", "D", re.sub(r"\b\d{4}\b", "Y", shape))
        shape = re.sub(r"\d+", "d", shape)
        shapes[shape] = shapes.get(shape, 0) + 1
    # "5 March 1998" and "5 Mar 1998" look alike here
    assert shapes.pop("d m Y") == pytest.approx(2000, rel=0.1)
    assert set(shapes) == {
        "m d, Y", "W, d m Y", "W, m d, Y", "D m Y", "the D of m Y", "m d Y", "Y m d", "Y/d/d", "d.d.Y",
    }  # fmt: skip
    assert list(shapes.values()) == pytest.approx([1000] * 9, rel=0.12)


@pytest.mark.parametrize(
    ("day", "ending"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (13, "13th"), (21, "21st"),
     (22, "22nd"), (23, "23rd"), (30, "30th"), (31, "31st")],
)  # fmt: skip
def test_ordinals_end_as_in_english(day, ending):
    said = [
        re.search(r"\d+[a-z]+", written).group()
        for written, iso in written_dates(3000, rng())
        if int(iso[-2:]) == day and re.search(r"\d(st|nd|rd|th)\b", written)
    ]
    assert set(said) == {ending}


def test_a_third_of_the_dates_is_in_small_letters():
    words = [written for written, _ in written_dates(6000, rng()) if re.search("[A-Za-z]", written)]
    assert np.mean([written.islower() for written in words]) == pytest.approx(1 / 3, abs=0.05)


def test_all_73049_days_can_come_and_are_equally_likely():
    days = [datetime.date.fromisoformat(iso) for _, iso in written_dates(40_000, rng())]
    first, last = datetime.date(1900, 1, 1), datetime.date(2099, 12, 31)
    assert (last - first).days + 1 == 73_049
    assert first <= min(days) < datetime.date(1900, 1, 31)
    assert datetime.date(2099, 12, 1) < max(days) <= last
    decades = np.bincount([(day.year - 1900) // 10 for day in days])
    assert decades == pytest.approx(np.full(20, 2000), rel=0.08)
    # 40,000 draws from 73,049 equally likely days meet N(1 − (1 − 1/N)^40,000) different ones on average
    assert len(set(days)) == pytest.approx(73_049 * (1 - (1 - 1 / 73_049) ** 40_000), rel=0.01)


def test_dates_of_the_same_seed_are_the_same():
    assert written_dates(50, rng()) == written_dates(50, rng())
    assert written_dates(50) != written_dates(50)
