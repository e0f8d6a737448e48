"""Prints the OpenAPI file: `python -m haechi.web > docs/api/openapi.json`."""

import sys

from haechi.web.openapi import openapi_text
from haechi.web.table import OPERATIONS

sys.stdout.write(openapi_text(OPERATIONS))
