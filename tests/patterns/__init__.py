"""Event patterns: EventBridge's documented rules as cases, and how moto's matcher takes them."""
