"""Properties that hold for every patient: invented patients, and what must be true of them."""
