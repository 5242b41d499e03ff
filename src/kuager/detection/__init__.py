"""Arrays in, events out: sensor gate, seasonal expectation, noise, decoding, calibration. Pure functions, no I/O."""

from kuager.detection.detect import Detection, detect
from kuager.detection.findings import Edge, Finding
from kuager.detection.states import Stretch, could_have_seen, stretches

__all__ = ["Detection", "Edge", "Finding", "Stretch", "could_have_seen", "detect", "stretches"]
