#!/usr/bin/env python3
"""The page of `neurosweep report` in headless Chromium: what a reader sees, points at, types and copies. Real pointer and key
events; whatever the page complains of on its console, and any request but for the page itself, is a failure."""
import contextlib
import os
import shlex
import struct
import subprocess
import sys
import unittest

import browser
from stores import CHUNKED, HEAD, PRESETS, PROGRAM, StoreTest, Table


def single(number):
    return struct.unpack("f", struct.pack("f", number))[0]


class ReportPage(StoreTest):
    @contextlib.contextmanager
    def page(self, store=None, **how):
        file = os.path.join(self.folder, "map.html")
        subprocess.run([PROGRAM, "report", store or self.store, "-o", file], check=True, cwd=self.folder, capture_output=True)
        with browser.Browser(file, **how) as self.browser:
            yield self.browser
            self.assertEqual(self.browser.problems, [])
            self.assertEqual(self.browser.requests, ["file://" + file])

    def place(self, across, upwards=0.5, panel=0):
        """Where these shares of a map's width and height are on the screen."""
        self.browser.value(f"panels[{panel}].canvas.scrollIntoView({{block: 'center'}})")
        left, top, width, height = self.browser.value(
            f"""(() => {{ const {{canvas, layout}} = panels[{panel}], box = canvas.getBoundingClientRect(), scale = box.width / layout.width;
                 return [box.left + layout.left * scale, box.top + layout.top * scale, plot.width * scale, plot.height * scale]; }})()""")
        return left + across * width, top + (1 - upwards) * height

    def expect_set(self, table, row):
        """The page says what the table's row says, every digit of it."""
        said = dict(part.split(": ", 1) for part in self.browser.text("#set").split("; ") if ": " in part)
        for name in table.names:
            if name in said:
                self.assertEqual(single(float(said[name].split(" ")[0])), single(float(table.columns[name][row])), name)
                self.assertEqual(said[name].partition(" ")[2] or "1", table.units[name])
        self.assertGreater(len(said), 0)
        self.assertIn(f"set {row + 1} of ", self.browser.text("#set"))

    def traced(self, command):
        """The rows of the observed part of what the copied command writes, by its columns."""
        words = shlex.split(command)
        self.assertEqual(words[:3], ["neurosweep", "trace", "--from-store"])
        done = subprocess.run(command + " --csv -", shell=True, cwd=self.folder, capture_output=True, text=True,
                              env={**os.environ, "PATH": os.path.dirname(PROGRAM) + ":" + os.environ["PATH"]})
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("not on the axis", done.stderr)
        return Table(done.stdout), done.stderr

    def observed(self, command, signal, transient):
        table, _ = self.traced(command)
        return [float(x) for x, t in zip(table.columns[signal], table.columns["time"]) if float(t) >= transient - 1e-9]

    # ---- two axes -------------------------------------------------------------------------------------------------------

    def test_every_set_under_the_pointer(self):
        table = self.gain_map()
        with self.page() as page:
            self.assertEqual(page.text("h1"), "How do the gains of excitation and inhibition shape the rhythm?")
            self.assertEqual(page.value("document.querySelectorAll('figure').length"), 2)
            for panel in (0, 1):
                for i in range(8):
                    for j in range(8):
                        page.hover(*self.place((j + 0.5) / 8, (i + 0.5) / 8, panel))
                        self.expect_set(table, 8 * i + j)
            self.assertIn(f"Ae = {table.columns['Ae'][63]} mV, Ai = {table.columns['Ai'][63]} mV", page.text("#set"))

    def test_colours_of_the_picture(self):
        """viridis from its first to its last colour, at the pixels of the least and the greatest value."""
        table = self.gain_map()
        values = [float(x) for x in table.columns["amplitude"]]
        with self.page() as page:
            seen = page.value(f"""(() => {{ const {{canvas, layout}} = panels[0], image = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
                return [{values.index(min(values))}, {values.index(max(values))}].map((row) => {{
                  const x = Math.round(layout.left + (row % 8 + 0.5) / 8 * plot.width), y = Math.round(layout.top + (1 - (Math.floor(row / 8) + 0.5) / 8) * plot.height);
                  return [...image.data.slice(4 * (y * canvas.width + x), 4 * (y * canvas.width + x) + 3)]; }}); }})()""")
        self.assertEqual(seen, [[68, 1, 84], [253, 231, 37]])

    def test_the_command_of_a_click(self):
        self.store = os.path.join(self.folder, "it's a map.zarr")          # a name that a shell takes apart
        table = self.gain_map()
        with self.page("it's a map.zarr") as page:
            self.assertEqual(page.text("#trace"), "")
            page.click(*self.place(3.5 / 8, 5.5 / 8))
            row = 8 * 5 + 3
            self.expect_set(table, row)
            command = page.text("#command")
            self.assertTrue(command.endswith(f" --at Ae={table.columns['Ae'][row]} --at Ai={table.columns['Ai'][row]}"), command)
            page.hover(*self.place(0.5 / 8, 0.5 / 8))                      # the command stays
            self.assertEqual(page.text("#command"), command)
            page.call("Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])
            page.click_on("#copy")
            page.value("new Promise((done) => setTimeout(done, 100))")
            self.assertEqual(page.text("#copied"), "copied")
            self.assertEqual(page.value("navigator.clipboard.readText()"), command)
        eeg = self.observed(command, "eeg", 500)
        self.assertEqual(single(max(eeg) - min(eeg)), single(float(table.columns["amplitude"][row])))

    def test_keys(self):
        table = self.gain_map()
        with self.page() as page:
            page.press("Tab")
            self.assertEqual(page.value("document.activeElement === panels[0].canvas"), True)
            for keys, row in ((["ArrowRight"], 1), (["ArrowUp", "ArrowUp"], 17), (["End"], 23), (["ArrowRight"], 23), (["ArrowDown", "ArrowLeft"], 14),
                              (["Home"], 8), (["ArrowDown", "ArrowDown"], 0)):
                for key in keys:
                    page.press(key)
                self.expect_set(table, row)
            page.press("ArrowUp", shift=True)
            self.expect_set(table, 56)
            page.press("Enter")
            self.assertIn(" --at Ae=5 --at Ai=15", page.text("#command"))
            self.assertIn("arrow keys", page.value("panels[0].canvas.getAttribute('aria-label')"))
            self.assertEqual(page.value("document.querySelector('#set').getAttribute('aria-live')"), "polite")

    def test_table(self):
        table = self.gain_map()
        with self.page() as page:
            page.click_on("summary")
            page.value("new Promise((done) => setTimeout(done, 100))")
            rows = page.value("[...document.querySelectorAll('#table tr')].map((row) => [...row.children].map((cell) => cell.textContent))")
        self.assertEqual(rows[0], ["Ae [mV]", "Ai [mV]", "amplitude [mV]", "peak_frequency [Hz]"])
        self.assertEqual([[float(x) for x in row] for row in rows[1:]],
                         [[float(table.columns[name][i]) for name in table.names[:4]] for i in range(64)])

    def test_dark(self):
        self.gain_map()
        luminance = "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).reduce((sum, x) => sum + Number(x), 0)"
        with self.page() as page:
            self.assertGreater(page.value(luminance), 600)
        with self.page(dark=True) as page:
            self.assertLess(page.value(luminance), 150)

    def test_without_scripts(self):
        self.gain_map()
        with self.page(scripts=False) as page:
            for words in ("64 sets", "largest at Ae = ", "JavaScript, which is switched off", "method = exp-euler"):
                self.assertIn(words, page.text("body"))

    def test_large(self):
        """2000 x 2000 sets; the far corner and one in between."""
        self.run_sweep('model = "jansen-rit"\ndt = "0.5 ms"\nduration = "10 ms"\n[input.E]\nnoise = 20\n[observe]\nmeasures = ["mean"]\n',
                       "--axis", "Ae=2:5:2000", "--axis", "Ai=15:30:2000", "--shard", "0/1")
        with self.page() as page:
            page.hover(*self.place(0.9999, 0.9999))
            self.assertIn("set 4000000 of 4000000", page.text("#set"))
            page.click(*self.place(0.25, 0.75))
            set_number = int(page.text("#set").split("set ")[-1].split(" ")[0])
            i, j = divmod(set_number - 1, 2000)
            self.assertLess(abs(i - 1500), 6)
            self.assertLess(abs(j - 500), 6)
            mean, command = float(page.text("#set").split("mean: ")[1].split(" ")[0]), page.text("#command")
        eeg = self.observed(command, "eeg", 0)
        self.assertAlmostEqual(sum(eeg) / len(eeg), mean, delta=1e-5 * max(map(abs, eeg)))        # 20 values added in float

    # ---- other shapes ---------------------------------------------------------------------------------------------------

    def test_three_axes(self):
        table = self.run_sweep(HEAD, "--axis", "bi=40:60:3", "--axis", "Ae=2:5:4", "--axis", "input.E.mean=50:200:5", "--set", "observe.measures=mean")
        with self.page() as page:
            page.hover(*self.place(4.5 / 5, 3.5 / 4))
            self.expect_set(table, 19)
            before = page.value("panels[0].canvas.toDataURL()")
            page.value("document.querySelector('input[type=range]').focus()")
            page.press("ArrowRight")
            self.assertEqual(page.text("output"), "50 Hz")
            self.expect_set(table, 39)
            self.assertNotEqual(page.value("panels[0].canvas.toDataURL()"), before)
            # bi upwards, Ae across: input.E.mean is held.
            for number, value in ((0, 0), (1, 1)):
                page.value(f"(() => {{ const s = document.querySelectorAll('select')[{number}]; s.value = {value}; s.dispatchEvent(new Event('change')); }})()")
            page.click(*self.place(0.5 / 4, 2.5 / 3))
            self.expect_set(table, 44)
            self.assertTrue(page.text("#command").endswith(" --at bi=60 --at Ae=2 --at input.E.mean=200"), page.text("#command"))

    def test_one_axis_with_replicates(self):
        table = self.run_sweep(HEAD, "--axis", "Ae=5:2:4", "--set", "replicates=3", "--set", "input.E.noise=20", "--set", "observe.measures=amplitude")
        with self.page() as page:
            self.assertEqual(page.value("document.querySelectorAll('figure').length"), 1)            # the SD is its error bars
            for position in range(4):                                                              # from 2 to 5, against the sweep's order
                page.hover(*self.place((position + 0.5) / 4))
                self.expect_set(table, 3 - position)
            page.click(*self.place(0.1))
            commands = [page.text("#command")]
            for replicate in ("1", "2"):
                page.value(f"(() => {{ const i = document.querySelector('#replicate'); i.value = {replicate}; i.dispatchEvent(new Event('input')); }})()")
                commands.append(page.text("#command"))
        amplitudes = []
        for replicate, command in enumerate(commands):
            self.assertTrue(command.endswith(f" --at Ae=2 --replicate {replicate}"), command)
            eeg = self.observed(command, "eeg", 500)
            amplitudes.append(max(eeg) - min(eeg))
        self.assertAlmostEqual(sum(amplitudes) / 3, float(table.columns["amplitude"][3]), delta=1e-6 * max(amplitudes))

    def test_names(self):
        table = self.run_sweep(PRESETS)
        with self.page() as page:
            page.click(*self.place(4.5 / 5, 1.5 / 3))
            self.expect_set(table, 9)
            self.assertIn("preset = chattering, input.I.mean = 20", page.text("#set"))
            command = page.text("#command")
        _, told = self.traced(command)
        self.assertIn("set 10 of 15", told)

    def test_a_single_set(self):
        table = self.run_sweep(HEAD)
        with self.page() as page:
            said = page.text("#set")
            self.assertEqual(single(float(said.split("amplitude: ")[1].split(" ")[0])), single(float(table.columns["amplitude"][0])))
            command = page.text("#command")
        eeg = self.observed(command, "eeg", 500)
        self.assertEqual(single(max(eeg) - min(eeg)), single(float(table.columns["amplitude"][0])))

    # ---- what has no value ----------------------------------------------------------------------------------------------

    def legend(self):
        return self.browser.value("[...document.querySelectorAll('#legend li')].map((item) => item.innerText.trim())")

    def test_an_unfinished_store(self):
        self.run_sweep(CHUNKED, "--shard", "1/4")
        with self.page() as page:
            self.assertEqual(self.legend(), ["not computed"])
            page.hover(*self.place(0.25, 0.25))
            self.assertIn("mean: not computed; set ", page.text("#set"))
            page.hover(*self.place(0.75, 0.25))
            self.assertRegex(page.text("#set"), r"mean: -\d+\.\d+ mV; set ")
            self.assertIn("are not computed", page.text("header"))

    def expect_kinds(self, table, rows, columns, kinds):
        """Each set without a value says why, and the legend names what occurs, `kinds`."""
        names = {"0": "no value", "1": "diverged", "2": "left its domain"}
        with self.page() as page:
            self.assertEqual(set(self.legend()), kinds)
            seen = set()
            for row, (status, value) in enumerate(zip(table.columns["status"], table.columns["peak_frequency"])):
                page.hover(*self.place((row % columns + 0.5) / columns, (row // columns + 0.5) / rows))
                said = page.text("#set").split("peak_frequency: ")[1].split(";")[0]
                if value != "nan":
                    self.assertEqual(single(float(said.split(" ")[0])), single(float(value)))
                if status != "0" or value == "nan":
                    seen.add(names[status])
                    self.assertIn(names[status], said)
                else:
                    self.assertTrue(said.endswith(" Hz"), said)
            self.assertEqual(seen, kinds)

    def test_sets_that_left_their_domain(self):
        table = self.run_sweep("lb_regimes", "--axis", "d_V=0.4:0.8:9", "--axis", "Iext=0.165:0.345:5")
        self.expect_kinds(table, 9, 5, {"left its domain", "no value"})

    def test_sets_that_diverged(self):
        table = self.run_sweep('model = "jansen-rit"\nmethod = "euler"\nduration = "10 s"\ndt = "5 ms"\n', "--axis", "input.E.mean=0:120:4",
                               "--axis", "be=100:20000:3", "--set", "observe.measures=peak_frequency")
        self.expect_kinds(table, 4, 3, {"diverged"})

    # ---- harm -----------------------------------------------------------------------------------------------------------

    def test_a_title_is_no_script(self):
        title = "</script><script>alert(1)</script><img src=x onerror=alert(2)> & \"quoted\""
        self.run_sweep("jr_gain_map", "--set", "title=" + title)
        with self.page() as page:                  # an alert would be among its problems
            self.assertEqual(page.text("h1"), title)
            self.assertEqual(page.value("document.title"), title)
            self.assertEqual(page.value("document.querySelectorAll('img').length"), 0)


if __name__ == "__main__":
    if not browser.program():
        print("SKIP: no Chromium for the pages of neurosweep report; scripts/test installs it")
        sys.exit()
    unittest.main()
