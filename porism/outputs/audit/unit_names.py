"""Units by the names that people give them, and by pint's. Our text never reaches pint's parser: these names do.

A name that means several things has several: an ounce weighs or holds, a gallon is American or British, a kilobyte has
1,000 or 1,024 bytes. An answer is right if it is right for one of them.
"""

from functools import lru_cache
from typing import Any

_TABLE = """
millimeter: millimeters millimetre millimetres mm
centimeter: centimeters centimetre centimetres cm cms
meter: meters metre metres m
kilometer: kilometers kilometre kilometres km kms
inch: inches in
foot: feet ft
yard: yards yd yds
mile: miles mi
nautical_mile: nautical_miles
milligram: milligrams mg
gram: grams gramme grammes g
kilogram: kilograms kilogramme kilogrammes kg kgs kilo kilos
pound: pounds lb lbs
stone: stones
ounce fluid_ounce imperial_fluid_ounce: ounces oz
fluid_ounce imperial_fluid_ounce: fluid_ounces fl_oz fluid_oz
short_ton metric_ton long_ton: ton tons
metric_ton: tonne tonnes metric_ton metric_tons
milliliter: milliliters millilitre millilitres ml
centiliter: centiliters centilitre centilitres cl
deciliter: deciliters decilitre decilitres dl
liter: liters litre litres l
teaspoon: teaspoons tsp
tablespoon: tablespoons tbsp
cup imperial_cup: cups
pint imperial_pint: pints pt
quart imperial_quart: quarts qt
gallon imperial_gallon: gallons gal
second: seconds sec secs s
millisecond: milliseconds ms
minute: minutes min mins
hour: hours hr hrs h
day: days
week: weeks
degree_Celsius: degrees_celsius degree_celsius celsius °c c degrees_c centigrade degrees_centigrade
degree_Fahrenheit: degrees_fahrenheit degree_fahrenheit fahrenheit °f f degrees_f
kelvin: kelvins degrees_kelvin k
bit: bits
byte: bytes
kilobyte kibibyte: kilobytes kb
megabyte mebibyte: megabytes mb
gigabyte gibibyte: gigabytes gb
terabyte tebibyte: terabytes tb
square_foot: square_feet sq_ft sq_feet ft²
square_meter: square_meters square_metres square_metre m²
square_kilometer: square_kilometers square_kilometres km²
square_mile: square_miles
square_yard: square_yards
square_inch: square_inches
acre: acres
hectare: hectares
cubic_foot: cubic_feet
cubic_meter: cubic_meters cubic_metres
cubic_centimeter: cubic_centimeters cubic_centimetres cc
mile_per_hour: miles_per_hour mph
kilometer_per_hour: kilometers_per_hour kilometres_per_hour km/h kph kmh kmph km_per_hour
meter_per_second: meters_per_second metres_per_second m/s
knot: knots
joule: joules j
kilojoule: kilojoules kj
watt: watts w
kilowatt: kilowatts kw
radian: radians
degree: degrees
"""


def _entries() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for line in _TABLE.strip().splitlines():
        units, _, names = line.partition(":")
        meanings = tuple(units.split())
        for name in [meanings[0] if meanings[0] not in ("short_ton",) else "ton", *names.split()]:
            found.setdefault(name.replace("_", " ").lower(), meanings)
    return found


NAMES = _entries()
"""The meanings of each name, in lower case with spaces."""


def meanings(name: str) -> tuple[str, ...]:
    """The units that a name may mean, by pint's names; none where it is unknown.

    >>> meanings("Fluid  ounces"), meanings("cubits")
    (('fluid_ounce', 'imperial_fluid_ounce'), ())
    """
    return NAMES.get(" ".join(name.lower().replace(".", "").split()), ())


@lru_cache(maxsize=1)
def registry() -> Any:
    """Pint's units; made once, which takes a third of a second."""
    import pint

    return pint.UnitRegistry()


@lru_cache(maxsize=4096)
def converted(value: float, unit: str, other: str) -> float | None:
    """A quantity in another unit; None where the two do not measure the same.

    Args:
        value: how much of ``unit``.
        unit: a name of pint's.
        other: a name of pint's.
    """
    from pint import DimensionalityError

    units = registry()
    try:
        return float(units.Quantity(value, _OWN.get(unit, unit)).to(_OWN.get(other, other)).magnitude)
    except DimensionalityError:
        return None


_OWN = {  # what pint has no name for
    "square_meter": "meter**2",
    "square_kilometer": "kilometer**2",
    "cubic_meter": "meter**3",
    "meter_per_second": "meter/second",
}
