"""Delivery, which moto does not do: queues and streams to functions, and the clock of schedules."""
