"""Structured logs on standard output: JSON in production, readable lines in the demonstration."""

from __future__ import annotations

import logging
import logging.config
import re
from typing import Any

import structlog

# What a link of a mail carries, see mail.links: its key and its proof. An address with one stays out of every line.
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}[a-z2-7]{26}")


def hide_tokens(_logger: Any, _method: str, line: dict[str, Any]) -> dict[str, Any]:
    """Blank the tokens of links: Django names the address in each line of a refused page."""
    return {name: _TOKEN.sub("…", value) if isinstance(value, str) else value for name, value in line.items()}


def configure(options: dict[str, Any]) -> None:
    """Set up structlog and the standard library's loggers to write through one formatter."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        hide_tokens,
    ]
    renderer: Any = (
        structlog.dev.ConsoleRenderer(colors=False)
        if options.get("format") == "console"
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "structured": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": shared,
                    "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
                }
            },
            "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "structured"}},
            "root": {"handlers": ["out"], "level": "INFO"},
            "loggers": {
                "django.server": {"level": "WARNING"},
                "django_tasks": {"level": "WARNING"},
                "fido2": {"level": "WARNING"},  # it names the passkeys that people use
                "_granian": {"level": "WARNING"},
                "granian.access": {"level": "WARNING"},
            },
        }
    )
