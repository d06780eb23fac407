"""Brian2's C++ standalone mode: the sets are the neurons of a group; the program that it builds runs once for each batch.

Its Cython mode was slower, and so was OpenMP than a process for each core, which waits for nobody at the end of a step.
"""
import platform
import tempfile

import brian2 as b2
import numpy as np
from sweeps import balanced
from sweeps import izhikevich as iz

packages = ("brian2",)
settings = {"izhikevich": [dict(batch=b) for b in (4096, 16384, 65536)], "balanced_network": [{}]}

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


def build_network():
    """Wired anew in each run, as the sweep's sets are. One random number a cell and step for its 100 sources: PoissonInput."""
    b2.set_device("cpp_standalone", build_on_run=False)
    b2.device.reinit()
    b2.device.activate(build_on_run=False)
    b2.defaultclock.dt = balanced.dt * b2.ms
    cells = b2.NeuronGroup(200, """dv/dt = ((-75 - v) + (s_exc * (0 - v) + s_inh * (-80 - v)) / 10) / (10 * ms) : 1 (unless refractory)
                                   ds_exc/dt = -s_exc / (2 * ms) : 1
                                   ds_inh/dt = -s_inh / (5 * ms) : 1""", threshold="v >= -55", reset="v = -75", refractory=2 * b2.ms, method="euler")
    cells.v = -75
    excitatory, inhibitory = cells[:160], cells[160:]
    exc = b2.Synapses(excitatory, cells, on_pre="s_exc_post += 0.6")
    exc.connect(condition="i != j", p=0.1)
    inh = b2.Synapses(inhibitory, cells, "w : 1 (shared, constant)", on_pre="s_inh_post += w")
    inh.connect(condition="i + 160 != j", p=0.1)
    inh.w = 4
    poisson = b2.PoissonInput(cells, "v", 100, 40 * b2.Hz, weight=0.5)
    spikes = b2.SpikeMonitor(cells, record=False)
    b2.Network(cells, exc, inh, poisson, spikes).run(balanced.steps * balanced.dt * b2.ms)
    b2.device.build(directory=tempfile.mkdtemp(), run=False)
    return inh, spikes


def balanced_network(columns, noise, seed):
    if "network" not in built:
        built.clear()
        built["network"] = build_network()
    inh, spikes = built["network"]
    rates = []
    for w in columns[0]:
        b2.device.run(run_args={inh.w: float(w)})
        rates.append(spikes.count[:].reshape(200))
    rates = np.array(rates) / (balanced.steps * balanced.dt * 1e-3)
    return {"E.rate": rates[:, :160].mean(axis=1), "I.rate": rates[:, 160:].mean(axis=1)}
