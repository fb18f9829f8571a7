"""`python -m infra`: what the CDK's command line starts to synthesize before it deploys."""

import sys

from infra.node import use_bundled_node


def main() -> None:
    """Synthesizes to where the command line wants it."""
    use_bundled_node()
    # Imported here because importing the CDK starts Node.
    from infra.app import add_stacks, config_of, new_app
    from infra.config import StageError, require_deployable

    app = new_app(validate=True, bundle=True)
    try:
        require_deployable(config_of(app))
        add_stacks(app)
    except StageError as error:
        sys.exit(str(error))
    app.synth()


if __name__ == "__main__":
    main()
