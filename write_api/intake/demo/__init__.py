"""Demo data that reads like the work of a real help desk: the support of a till for cafés."""
