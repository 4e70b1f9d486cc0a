"""The control language of Rosstat's templates: one language for the controls of every edition."""

from reports.controls.checking import (
    Finding,
    check,
    controls_needing_previous,
    parse_control,
    validate_controls,
)
from reports.controls.formulas import fill_formulas

__all__ = ["Finding", "check", "controls_needing_previous", "fill_formulas", "parse_control", "validate_controls"]
