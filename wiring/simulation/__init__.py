"""Circuits in ngspice: corners, netlists, measures, verdicts."""
