"""tvboptim on JAX: a model without coupling whose nodes are the sets of a batch, streaming noise by blocks of steps."""
import jax
import jax.numpy as jnp
import numpy as np
from sweeps import Sums, gain_map as jr, in_batches, larter_breakspear as lb, measures_of
from tvboptim.experimental.network_dynamics.dynamics.tvb import JansenRit, LarterBreakspear
from tvboptim.experimental.network_dynamics.noise import AdditiveNoise
from tvboptim.experimental.network_dynamics.solve import prepare
from tvboptim.experimental.network_dynamics.solvers import Euler

packages = ("tvboptim", "jax", "jaxlib")
methods = {"gain_map": "euler"}      # it has euler, heun and rk4
settings = {
    "gain_map": [dict(batch=b, block=k) for k in (25, 100) for b in (128, 256, 512, 1024)],
    "larter_breakspear": [dict(batch=b) for b in (128, 256, 512, 1024, 2048)],
}
compiled = {}        # a compiled loop for each size of a batch


def jansen_rit(batch, noise, block):
    dt = 1000 * jr.dt                # ms, and rates in 1/ms
    model = JansenRit(v0=6.0, mu=0.12, INITIAL_STATE=(0.0,) * 6, VARIABLES_OF_INTEREST=("y1", "y2"))
    process = AdditiveNoise(apply_to="y4") if noise else None
    solve, config = prepare(model, Euler(block_size=block if noise else None), t0=0.0, t1=jr.steps * dt, dt=dt,
                            n_nodes=batch, noise=process)

    @jax.jit
    def run(key, Ae, Ai):
        config.dynamics.A, config.dynamics.B = Ae, Ai
        if noise:                    # on the input of a step: dy4 = A a dt (noise / 1000)
            config.noise.key, config.noise.sigma = key, Ae * 0.1 * np.sqrt(dt) * jr.noise / 1000
        y = solve(config).ys[jr.transient:]
        return measures_of(y[:, 0] - y[:, 1], jnp)

    return run


def gain_map(columns, noise, seed, batch, block):
    key, batch = jax.random.key(seed), min(batch, len(columns[0]))
    if (batch, noise, block) not in compiled:
        compiled[batch, noise, block] = jansen_rit(batch, noise, block)
    run = compiled[batch, noise, block]
    return in_batches(lambda i, Ae, Ai: run(jax.random.fold_in(key, i), Ae, Ai), columns, batch)


def nodes_of_larter_breakspear(batch):
    def fold(carry, V):              # V[step of a block][0][node]
        done, (low, high, total, squares) = carry
        V = V[:, 0]
        sums = (jnp.minimum(low, V.min(axis=0)), jnp.maximum(high, V.max(axis=0)), total + V.sum(axis=0), squares + (V * V).sum(axis=0))
        sums = [jnp.where(done < lb.transient, old, new) for old, new in zip(carry[1], sums)]
        return done + len(V), tuple(sums)

    def start(template, steps):
        return 0, Sums.start(jnp.zeros(batch), jnp)

    solve, config = prepare(LarterBreakspear(VARIABLES_OF_INTEREST=("V",)), Euler(block_size=100), t0=0.0, t1=lb.steps * lb.dt,
                            dt=lb.dt, n_nodes=batch, reduce=(start, fold, lambda carry: Sums.measures(carry[1], jnp)))

    @jax.jit
    def run(d_V):
        config.dynamics.d_V = d_V
        return solve(config)

    return run


def larter_breakspear(columns, noise, seed, batch):
    batch = min(batch, len(columns[0]))
    if batch not in compiled:
        compiled[batch] = nodes_of_larter_breakspear(batch)
    return in_batches(lambda i, d_V: compiled[batch](d_V), columns, batch)
