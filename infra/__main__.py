"""`python -m infra`: what the CDK's command line starts to synthesize before it deploys."""

from infra.node import use_bundled_node


def main() -> None:
    """Synthesizes to where the command line wants it."""
    use_bundled_node()
    # Imported here because importing the CDK starts Node.
    from infra.app import add_stacks, new_app

    app = new_app(validate=True, bundle=True)
    add_stacks(app)
    app.synth()


if __name__ == "__main__":
    main()
