"""Creates what the blueprint describes: in moto, in the Lambda host, or as wiring for delivery.

A resource type has a function in a module of this package, or stands in `ignored` with its reason;
any other type is an error that names it.
"""

from local.provision.deployment import Deployment, Wiring
from local.provision.provisioner import provision

__all__ = ["Deployment", "Wiring", "provision"]
