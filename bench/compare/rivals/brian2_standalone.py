"""Brian2's C++ standalone mode: the sets are the neurons of a group; the program that it builds runs once for each batch.

Its Cython mode was slower, and so was OpenMP than a process for each core, which waits for nobody at the end of a step.
"""
import platform
import tempfile

import brian2 as b2
import numpy as np
from sweeps import izhikevich as iz

packages = ("brian2",)
settings = {"izhikevich": [dict(batch=b) for b in (4096, 16384, 65536)]}

b2.BrianLogger.suppress_name("py.warnings")
b2.prefs.core.default_float_dtype = np.float32
flags = ["-w", "-O3", "-ffast-math", "-march=native", "-std=c++14"]
b2.prefs.codegen.cpp.extra_compile_args_gcc = flags + ["-mprefer-vector-width=512"] * (platform.machine() == "x86_64")
built = {}           # the program of the last batch size


def build(n):
    b2.set_device("cpp_standalone", build_on_run=False)
    b2.device.reinit()
    b2.device.activate(build_on_run=False)
    b2.defaultclock.dt = iz.dt * b2.ms
    group = b2.NeuronGroup(n, """dv/dt = (0.04 * v**2 + 5 * v + 140 - u + I) / ms : 1
                                 du/dt = 0.02 * (0.2 * v - u) / ms : 1
                                 I : 1 (constant)""", threshold="v >= 30", reset="v = -65; u += 8", method="euler")
    group.v, group.u, group.I = -65, -13, 0
    spikes = b2.SpikeMonitor(group, record=False)
    b2.Network(group, spikes).run(iz.steps * iz.dt * b2.ms)
    b2.device.build(directory=tempfile.mkdtemp(), run=False)
    return group, spikes


def izhikevich(columns, noise, seed, batch):
    batch = min(batch, len(columns[0]))
    if batch not in built:
        built.clear()
        built[batch] = build(batch)
    group, spikes = built[batch]
    counts = []
    for i in range(0, len(columns[0]), batch):
        b2.device.run(run_args={group.I: columns[0][i:i + batch]})
        counts.append(np.array(spikes.count[:]))
    return {"spike_count": np.concatenate(counts)}
