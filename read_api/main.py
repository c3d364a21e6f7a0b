"""`uvicorn read_api.main:app`"""

from __future__ import annotations

from read_api.bootstrap import create_app
from runtime.logging import configure_logging
from runtime.memory import spare_the_collector
from runtime.settings import read_settings

_settings = read_settings()
configure_logging(_settings, process="read_api")
app = create_app(_settings)
spare_the_collector()
