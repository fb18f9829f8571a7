"""The Lambda service of the laptop: functions in subprocesses that speak the Lambda Runtime API.

`runtime_client` is what a subprocess runs; everything else runs in the platform's own process.
"""

from local.lambda_host.host import LambdaHost
from local.lambda_host.spec import FunctionSpec, InvocationResult, name_of, qualifier_of

__all__ = ["FunctionSpec", "InvocationResult", "LambdaHost", "name_of", "qualifier_of"]
