"""Proof that bytes existed not later, or not earlier, than a moment: stamps by authorities, by Bitcoin; beacons."""
