"""The schedules of both kinds: expressions, the clock that can be moved, deliveries with retries.

Schedules of EventBridge Scheduler and rules with a schedule stand in moto's backends and nowhere
else, so that whoever creates, changes, disables or deletes one over the AWS API is obeyed.
"""
