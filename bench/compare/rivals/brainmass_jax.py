"""brainmass on JAX: one node object whose parameters are arrays over a batch of sets, its time loop compiled."""
import brainmass
import brainstate
import brainunit as u
import jax.numpy as jnp
from sweeps import Sums, gain_map as jr, in_batches, larter_breakspear as lb, measures_of

packages = ("brainmass", "brainstate", "jax", "jaxlib")
settings = {
    "gain_map": [dict(batch=b, noise_as=n) for n in ("node", "block") for b in (128, 256, 512, 1024)],
    "larter_breakspear": [dict(batch=b) for b in (256, 512, 1024, 2048, 4096)],
}
compiled = {}        # a compiled loop for each size of a batch


def jansen_rit(batch, noise, noise_as):
    """noise_as: the node's own noise process, drawn step by step; or handed in, drawn for a block of steps at a time."""
    brainstate.environ.set(dt=jr.dt * u.second)

    @brainstate.transform.jit
    def run(Ae, Ai):
        process = brainmass.GaussianNoise(batch, sigma=jr.noise * u.Hz) if noise and noise_as == "node" else None
        node = brainmass.JansenRitStep(batch, Ae=Ae * u.mV, Ai=Ai * u.mV, noise_E=process)
        brainstate.nn.init_all_states(node)

        def step(normal):
            return node.update(E_inp=(120 + jr.noise * normal) * u.Hz).to_decimal(u.mV)

        def block(_):
            return brainstate.transform.for_loop(step, brainstate.random.normal(size=(100, batch)))

        if noise and noise_as == "block":
            eeg = brainstate.transform.for_loop(block, jnp.arange(jr.steps // 100)).reshape(jr.steps, batch)
        else:
            eeg = brainstate.transform.for_loop(lambda i: step(jnp.float32(0)), jnp.arange(jr.steps))
        return measures_of(eeg[jr.transient:], jnp)

    return run


def gain_map(columns, noise, seed, batch, noise_as):
    brainstate.random.seed(seed)
    key = min(batch, len(columns[0])), noise, noise_as
    if key not in compiled:
        compiled[key] = jansen_rit(*key)
    return in_batches(lambda i, Ae, Ai: compiled[key](Ae, Ai), columns, batch)


def node_of_larter_breakspear(batch):
    brainstate.environ.set(dt=lb.dt * u.ms)

    @brainstate.transform.jit
    def run(d_V):
        node = brainmass.LarterBreakspearStep(batch, d_V=d_V, method="euler")
        brainstate.nn.init_all_states(node)
        brainstate.transform.for_loop(lambda i: (node.update(), None)[1], jnp.arange(lb.transient))
        sums, _ = brainstate.transform.scan(lambda sums, i: (Sums.add(sums, node.update(), jnp), None),
                                            Sums.start(jnp.zeros(batch), jnp), jnp.arange(lb.transient, lb.steps))
        return Sums.measures(sums, jnp)

    return run


def larter_breakspear(columns, noise, seed, batch):
    batch = min(batch, len(columns[0]))
    if batch not in compiled:
        compiled[batch] = node_of_larter_breakspear(batch)
    return in_batches(lambda i, d_V: compiled[batch](d_V), columns, batch)
