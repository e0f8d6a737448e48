"""Tracing: faces found, laid on each other and compared in worker processes; coefficients and their record as data."""
