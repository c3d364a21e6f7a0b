"""uvicorn write_api.main:app --port 8000"""

from __future__ import annotations

from runtime.logging import configure_logging
from runtime.memory import spare_the_collector
from runtime.settings import read_settings
from write_api.bootstrap import create_app

settings = read_settings()
configure_logging(settings, "write_api")
app = create_app(settings)
spare_the_collector()
