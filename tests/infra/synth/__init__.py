"""Run in the synthesis environment; nothing here may need what only the laptop has."""
