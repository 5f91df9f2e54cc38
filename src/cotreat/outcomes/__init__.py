"""What happened while drugs were combined: reasons, response, adverse events."""
