"""What all sections have in common."""

from typing import Final

from pydantic import ConfigDict

# Unknown keys are refused, and nothing changes after the start.
SECTION: Final = ConfigDict(extra="forbid", frozen=True, validate_default=True)
