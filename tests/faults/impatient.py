"""`python -m tests.faults.impatient <module> [arguments]` runs a service that waits briefly for those that died.

What a killed consumer had taken is delivered again after a second, where production waits half a minute for the slow.
"""

import runpy
import sys

from services.chassis import bus

bus._ACK_WAIT_SECONDS = 1.0

if __name__ == "__main__":
    module = sys.argv.pop(1)
    sys.argv[0] = module
    runpy.run_module(module, run_name="__main__", alter_sys=True)
