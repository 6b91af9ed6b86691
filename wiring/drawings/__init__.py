"""The drawings of docs/wiring, and whether they show the circuits that are simulated."""
