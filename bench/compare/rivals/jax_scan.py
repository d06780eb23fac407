"""Hand-written JAX: jax.lax.scan over time, the sets of a batch side by side in arrays, as jax.vmap of one set lays them.

Unrolling the scan, other random generators (rbg) and XLA's flags for 512-bit registers and fast mathematics made it slower or
changed nothing.
"""
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from sweeps import Sums, gain_map as jr, in_batches, izhikevich as iz, larter_breakspear as lb, measures_of

packages = ("jax", "jaxlib")
settings = {
    "gain_map": [dict(batch=b, block=k) for k in (25, 100) for b in (128, 256, 512, 1024)],
    "izhikevich": [dict(batch=b) for b in (256, 512, 1024, 2048, 4096)],
    "larter_breakspear": [dict(batch=b) for b in (256, 512, 1024, 2048, 4096)],
}


@partial(jax.jit, static_argnames=("noise", "block"))
def jansen_rit(key, Ae, Ai, noise, block):
    dt = np.float32(jr.dt)
    be, bi, C = 100.0, 50.0, 135.0
    fe, fi = (np.float32(-np.expm1(-2 * b * jr.dt) / (2 * b)) for b in (be, bi))    # dt phi(lambda dt)

    def S(v):
        return 5 * jax.nn.sigmoid(0.56 * (v - 6))

    def step(state, normal):
        M, E, I, Mv, Ev, Iv = state
        drive = 120 + np.float32(jr.noise) * normal if noise else 120
        dM = Ae * be * S(E - I) - 2 * be * Mv - be**2 * M
        dE = Ae * be * (drive + 0.8 * C * S(C * M)) - 2 * be * Ev - be**2 * E
        dI = Ai * bi * (0.25 * C * S(0.25 * C * M)) - 2 * bi * Iv - bi**2 * I
        state = M + dt * Mv, E + dt * Ev, I + dt * Iv, Mv + fe * dM, Ev + fe * dE, Iv + fi * dI
        return state, state[1] - state[2]

    def steps(state, key):       # noise for a block of steps at a time stays in the cache
        normals = jax.random.normal(key, (block,) + Ae.shape) if noise else None
        return jax.lax.scan(step, state, normals, length=block)

    _, eeg = jax.lax.scan(steps, (jnp.zeros_like(Ae),) * 6, jax.random.split(key, jr.steps // block))
    return measures_of(eeg.reshape(jr.steps, -1)[jr.transient:], jnp)


def gain_map(columns, noise, seed, batch, block):
    key = jax.random.key(seed)
    return in_batches(lambda i, Ae, Ai: jansen_rit(jax.random.fold_in(key, i), Ae, Ai, noise, block), columns, batch)


@jax.jit
def izhikevich_batch(current):
    dt, a, b, c, d = np.float32(iz.dt), 0.02, 0.2, -65.0, 8.0

    def step(state, _):
        v, u, count = state
        v, u = v + dt * (0.04 * v * v + 5 * v + 140 - u + current), u + dt * a * (b * v - u)
        spiked = v >= 30
        return (jnp.where(spiked, c, v), jnp.where(spiked, u + d, u), count + spiked), None

    start = jnp.full_like(current, c), jnp.full_like(current, b * c), jnp.zeros_like(current)
    (_, _, count), _ = jax.lax.scan(step, start, None, length=iz.steps)
    return {"spike_count": count}


def izhikevich(columns, noise, seed, batch):
    return in_batches(lambda i, current: izhikevich_batch(current), columns, batch)


@jax.jit
def larter_breakspear_batch(d_V):
    dt = np.float32(lb.dt)

    def open_share(x, threshold, width):
        return 0.5 + 0.5 * jnp.tanh((x - threshold) / width)

    def step(state):
        V, W, Z = state
        Q = open_share(V, 0, d_V)
        own = 0.9 * 0.4 * Q
        dV = -((1.1 + 0.25 * own) * open_share(V, -0.01, 0.15) * (V - 1) + 2 * W * (V + 0.7) + 0.5 * (V + 0.5)
               + (6.7 * open_share(V, 0.3, 0.15) + own) * (V - 0.53) + 2 * Z * open_share(Z, 0, 0.7) - 0.3)
        dW = 0.7 * (open_share(V, 0, 0.3) - W)
        dZ = 0.1 * (0.4 * 0.3 + 2 * V * Q)
        return V + dt * dV, W + dt * dW, Z + dt * dZ

    def observed(_, carry):
        state = step(carry[0])
        return state, Sums.add(carry[1], state[0], jnp)

    zero = jnp.zeros_like(d_V)
    state = jax.lax.fori_loop(0, lb.transient, lambda _, state: step(state), (zero, zero, zero))
    _, sums = jax.lax.fori_loop(lb.transient, lb.steps, observed, (state, Sums.start(zero, jnp)))
    return Sums.measures(sums, jnp)


def larter_breakspear(columns, noise, seed, batch):
    return in_batches(lambda i, d_V: larter_breakspear_batch(d_V), columns, batch)
