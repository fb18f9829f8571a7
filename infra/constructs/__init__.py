"""The parts that stacks compose: one idea each, with the rights and alarms that belong to it."""
