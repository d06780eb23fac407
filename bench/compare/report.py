"""The Markdown page of a session."""
import platform
import shlex
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import numpy as np
from agreement import sets, z_limit

root = Path(__file__).resolve().parents[2]


def output(*command):
    done = subprocess.run(command, capture_output=True, text=True, cwd=root)
    return done.stdout.strip()


def cpu_name():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return platform.machine()


def table(header, rows):
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines) + "\n"


def millions(rate):
    return f"{rate / 1e6:.0f}" if rate > 99.5e6 else f"{rate / 1e6:.1f}"


def times(ratio):
    return f"{ratio:.1f}" if ratio < 20 else f"{ratio:.0f}"


def cores_of(count):
    return f"{count} core{'s' * (count > 1)}"


def number(value):
    return "" if np.isnan(value) else f"{value:.2g}"


def settings_of(line, sweep):
    other = [line.method] if line.method != sweep.method else []
    return ", ".join(other + [f"{name} {value}" for name, value in line.setting.items()])


def agreement_of(outcome, titles):
    """A row for each rival, a column for each measure; the scales below."""
    def rows(noise, cell):
        checks = {(c.rival, c.measure): c for c in outcome.checks if c.noise == noise}
        return [[titles[r]] + [cell(checks[r, m]) for m in outcome.sweep.measures] for r in dict.fromkeys(r for r, _ in checks)]

    if not outcome.checks:
        return ""
    text = f"\n### Agreement on {sets(outcome.sweep)} sets\n"
    scale = [c for c in outcome.checks if not c.noise][:len(outcome.sweep.measures)]
    if scale:
        scales = [["*allowed*", *(number(c.limit) for c in scale)],
                  ["*scale of rounding: neurosweep, float against double*", *(number(c.rounding) for c in scale)],
                  ["*scale of a wrong scheme: neurosweep, heun instead*", *(number(c.scheme) for c in scale)]]
        text += "\nWithout noise, set by set: what 99 % of the differences keep to, and the largest (units of the sweep's CSV). A rival "
        text += "with another method is held to neurosweep with that method.\n\n"
        text += table(["", *outcome.sweep.measures], rows(False, lambda c: f"{number(c.found)}, {number(c.largest)}") + scales)
    if any(c.noise for c in outcome.checks):
        text += "\nWith noise: the mean difference over the sets, in standard errors "
        text += f"({number(z_limit)} allowed).\n\n" + table(["", *outcome.sweep.measures], rows(True, lambda c: number(c.found)))
    for c in outcome.checks:
        if not c.agrees:
            text += f"\n**Does not agree: {titles[c.rival]}, {c.measure}{' with noise' if c.noise else ''}.**\n"
    return text


def section(outcome, session, titles):
    sweep = outcome.sweep
    text = f"\n## {sweep.title}\n\n{sweep.steps} steps a set{f' of {sweep.cells} cells, counted cell by cell' if sweep.cells > 1 else ''}, {sweep.method}, float.\n"
    for cores, whole, own in outcome.large:
        rows = [[titles[m.rival], f"{m.sets}", settings_of(m, sweep), f"{m.compile:.1f}", millions(m.rate), millions(m.neurosweep),
                 times(m.ratio), times(m.large)] for m in outcome.measured if m.cores == cores]
        command = shlex.join(session.command(sweep, sweep.large, session.cores[:cores])).replace(str(session.program), "neurosweep")
        text += f"\n### {cores_of(cores)}\n\n"
        text += table(["", "sets", "best setting", "compiling [s]", "million node-steps/s", "neurosweep on as many sets", "ratio",
                       "to the large map"], rows)
        text += f"\nneurosweep's large map, {sweep.large} sets: {millions(whole)} million node-steps/s; {millions(own)} by its own count.\n\n"
        text += f"    {command.replace(str(root) + '/', '').replace(session.folder.name, '/tmp')}\n"
    text += agreement_of(outcome, titles)
    for rival, why in outcome.failures.items():
        text += f"\n**{titles[rival]} did not run: {why}**\n"
    return text


def summary(outcomes, titles):
    """How many times as fast neurosweep is: a row for each rival, a column for each sweep and number of cores."""
    columns = [(o, cores) for o in outcomes for cores, *_ in o.large]
    ratios = {(m.rival, o.sweep.name, m.cores): f"{times(m.ratio)} ({times(m.large)})" for o in outcomes for m in o.measured}
    present = [rival for rival in titles if any(rival == m.rival for o in outcomes for m in o.measured)]
    return table(["rival's time / neurosweep's"] + [f"{o.sweep.title.split(',')[0]}, {cores_of(n)}" for o, n in columns],
                 [[titles[r]] + [ratios.get((r, o.sweep.name, n), "") for o, n in columns] for r in present])


def write(file, session, outcomes, titles, reasons):
    versions = {}
    for outcome in outcomes:
        versions |= outcome.versions
    text = f"# Side by side, {date.today()}\n\n"
    text += f"Load average {session.load:.1f} when it began"
    text += ": **taken on a busy machine, a first impression, to be measured again**.\n\n" if session.load > 0.5 else ".\n\n"
    text += f"""{cpu_name()}, {len(session.cores)} cores; {platform.system()} {platform.release()}, Python {platform.python_version()}, {output("g++", "--version").splitlines()[0] if shutil.which("g++") else ""}.
{output(str(session.program), "--version").splitlines()[0]}; {", ".join(f"{n} {v}" for n, v in sorted(versions.items(), key=lambda v: v[0].lower()))}.

    {shlex.join(["bench/compare/compare", *sys.argv[1:]])}

Node-steps/s are sets x steps / wall time, medians of {session.rounds} rounds in which every rival and neurosweep took turns. Rivals are warm:
compiled, in a process that stays; compiling is what their first call took beyond that. neurosweep is the whole program: start,
sweep, store. The ratio is that of the times on as many sets; in brackets that of the node-steps/s to neurosweep's on a large map,
where its start no longer counts; both are medians of the rounds'. Each rival's setting is the best of those in
bench/compare/rivals/, by CPU time on one core. All cores: numba's own threads, neurosweep's --threads, and of the others a process for
each core with its share of the sets, started together.

"""
    text += summary(outcomes, titles) + "\n"
    text += "".join(f"- {reason}.\n" for reason in reasons)
    text += "".join(section(outcome, session, titles) for outcome in outcomes)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
