"""The chat assistant's individual Lambdas: submit, status, clear, answer. None stands yet."""
