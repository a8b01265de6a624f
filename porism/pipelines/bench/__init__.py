"""``porism bench``: the project's own measurements, beside peers where there are any."""
