"""Fakes of the ports in `shared.platform`: they obey the same conditions, in memory."""
