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
settings = {"izhikevich": [dict(batch=b) for b in (4096, 16384, 65536)], "balanced_network": [dict(batch=b) for b in (1, 8, 32)]}
cells_a_set, excitatory = balanced.cells, 160

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


def edges(batch, population, p):
    """Sources and targets of a projection from `population` to all cells, wired anew in each set of a batch; no cell reaches itself."""
    pairs = np.random.default_rng(1).random((batch, len(population), cells_a_set)) < p
    pairs[:, np.arange(len(population)), population] = False
    sets, source, target = np.nonzero(pairs)
    return dict(i=sets * cells_a_set + population[source], j=sets * cells_a_set + target)


def build_network(batch):
    """The sets of a batch are one group, whose sets nothing connects: a step's fixed cost is shared, and lanes are full. The weight of
    inhibition is the target's. One random number a cell and step for its 100 sources: PoissonInput."""
    b2.set_device("cpp_standalone", build_on_run=False)
    b2.device.reinit()
    b2.device.activate(build_on_run=False)
    b2.defaultclock.dt = balanced.dt * b2.ms
    cells = b2.NeuronGroup(cells_a_set * batch, """dv/dt = ((-75 - v) + (s_exc * (0 - v) + s_inh * (-80 - v)) / 10) / (10 * ms) : 1 (unless refractory)
                                                   ds_exc/dt = -s_exc / (2 * ms) : 1
                                                   ds_inh/dt = -s_inh / (5 * ms) : 1
                                                   w : 1 (constant)""",
                           threshold="v >= -55", reset="v = -75", refractory=2 * b2.ms, method="euler")
    cells.v, cells.w = -75, 4
    exc = b2.Synapses(cells, cells, on_pre="s_exc_post += 0.6")
    exc.connect(**edges(batch, np.arange(excitatory), 0.1))
    inh = b2.Synapses(cells, cells, on_pre="s_inh_post += w_post")
    inh.connect(**edges(batch, np.arange(excitatory, cells_a_set), 0.1))
    poisson = b2.PoissonInput(cells, "v", 100, 40 * b2.Hz, weight=0.5)
    spikes = b2.SpikeMonitor(cells, record=False)
    b2.Network(cells, exc, inh, poisson, spikes).run(balanced.steps * balanced.dt * b2.ms)
    b2.device.build(directory=tempfile.mkdtemp(), run=False)
    return cells, spikes


def balanced_network(columns, noise, seed, batch):
    batch = min(batch, len(columns[0]))
    if ("network", batch) not in built:
        built.clear()
        built["network", batch] = build_network(batch)
    cells, spikes = built["network", batch]
    counts = []
    for i in range(0, len(columns[0]), batch):
        weights = np.resize(columns[0][i:i + batch], batch)             # the last batch is filled up
        b2.device.run(run_args={cells.w: np.repeat(weights, cells_a_set)})
        counts.append(spikes.count[:].reshape(batch, cells_a_set))
    rates = np.concatenate(counts)[:len(columns[0])] / (balanced.steps * balanced.dt * 1e-3)
    return {"E.rate": rates[:, :excitatory].mean(axis=1), "I.rate": rates[:, excitatory:].mean(axis=1)}
