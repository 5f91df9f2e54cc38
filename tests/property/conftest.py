"""The same examples on every run: a failure that comes once must come again."""

from hypothesis import HealthCheck, settings

# Building a patient draws many small choices, which Hypothesis takes for slowness.
settings.register_profile(
    "reproducible",
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("reproducible")
