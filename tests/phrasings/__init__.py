"""What people say to the assistant, held apart from the tests that the grammar is written by."""
