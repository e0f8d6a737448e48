"""Haechi (해치) seals, matches and hands over what a person targeted by deepfake sexual abuse already holds."""

__version__ = "0.1.0"
