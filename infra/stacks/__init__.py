"""The stacks. They only compose constructs; what a construct needs to know is in the construct."""
