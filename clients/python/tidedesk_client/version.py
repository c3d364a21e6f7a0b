"""Alone, so that a build can read it without httpx."""

VERSION = "0.1.0"
