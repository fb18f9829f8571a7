"""The chat assistant's individual Lambdas, and its sweeper."""
