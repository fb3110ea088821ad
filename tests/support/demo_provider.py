"""The provider of the demo, as `./dev up` starts it, for as long as a test needs it."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from devtools.services import Provider
from tests.support.product import wait_for


@contextmanager
def demo_provider() -> Iterator[str]:
    """Its issuer."""
    # Of any port: tests side by side would take each other's provider for their own.
    provider = Provider(preferred_port=0)
    child = provider.child({})
    with subprocess.Popen(
        child.command, env=dict(child.environment), cwd=child.folder, stderr=subprocess.DEVNULL
    ) as process:
        try:
            wait_for(provider.answers, "the provider")
            yield provider.issuer
        finally:
            process.terminate()
