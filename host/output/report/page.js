// Draws the maps, says what the set under the pointer has, and makes the command that shows it over time.
"use strict";

const element = (id) => document.getElementById(id);
const map = JSON.parse(element("map").textContent);
const {axes, columns, plot} = map;
const sets = axes.reduce((n, axis) => n * axis.size, 1);
const strides = axes.map((axis, a) => axes.slice(a + 1).reduce((n, later) => n * later.size, 1));
const VALUE = 0, OUTSIDE = 3;                          // of map.kinds, which are what a set can show

// What is shown: the axes across and upwards (none: -1), where the cursor stands on each axis, counted in increasing
// order of its values, and where it stood at the last click.
const view = {x: axes.length - 1, y: axes.length - 2, at: null, chosen: null};

// ---- data ---------------------------------------------------------------------------------------------------------------

// Numbers as they lie in memory, in base64.
function decode(id, Type) {
  const text = atob(element(id).textContent), bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; ++i) bytes[i] = text.charCodeAt(i);
  return new Type(bytes.buffer);
}

columns.forEach((column, c) => {
  column.values = decode("values-" + c, map.single ? Float32Array : Float64Array);
  column.kinds = column.whole ? new Uint8Array(sets) : decode("kinds-" + c, Uint8Array);
});
const failed = map.replicates > 1 ? decode("failed", Uint32Array) : null;

const indexOn = (axis, position) => axis.order ? axis.order[position] : position;
const setAt = (at) => at.reduce((set, position, a) => set + indexOn(axes[a], position) * strides[a], 0);

// ---- text ---------------------------------------------------------------------------------------------------------------

const label = ({name, unit}) => unit ? `${name} [${unit}]` : name;
const withUnit = (text, unit) => unit ? `${text} ${unit}` : text;

// The fewest digits that read back to the same number: of a float, to the same float.
function digits(value) {
  for (let n = 1; map.single && n <= 9; ++n) {
    const shorter = Number(value.toPrecision(n));
    if (Math.fround(shorter) === value) return String(shorter);
  }
  return String(value);
}

const pointOn = (axis, position) => axis.names ? axis.names[indexOn(axis, position)] : String(axis.values[indexOn(axis, position)]);

function valueText(column, set) {
  const kind = column.kinds[set], value = withUnit(digits(column.values[set]), column.unit);
  if (kind === VALUE) return value;
  return kind === OUTSIDE && isFinite(column.values[set]) ? `${value} (${map.kinds[kind].name})` : map.kinds[kind].name;
}

function textsOf(at) {
  const set = setAt(at), texts = [];
  if (axes.length) texts.push(axes.map((axis, a) => `${axis.name} = ${withUnit(pointOn(axis, at[a]), axis.unit)}`).join(", "));
  for (const column of columns) texts.push(`${column.name}: ${valueText(column, set)}`);
  if (failed && failed[set] > 0 && failed[set] <= map.replicates) texts.push(`${failed[set]} of ${map.replicates} replicates diverged`);
  if (axes.length) texts.push(`set ${set + 1} of ${sets}`);
  return texts;
}

// For a shell, as it stands if that does no harm.
const word = (text) => /^[\w.\/:=,+@%-]+$/.test(text) ? text : "'" + text.replaceAll("'", "'\\''") + "'";

function commandOf(at) {
  const flags = axes.map((axis, a) => " --at " + word(`${axis.name}=${pointOn(axis, at[a])}`));
  if (map.replicates > 1) flags.push(" --replicate " + Math.min(Math.max(Math.floor(element("replicate").value) || 0, 0), map.replicates - 1));
  return `neurosweep trace --from-store ${word(map.store)}${flags.join("")}`;
}

// ---- where cells are ----------------------------------------------------------------------------------------------------

// Shares of an axis's length, from 0 to 1.
const edge = (axis, i) => axis.edges ? axis.edges[i] : i / axis.size;

function positionAt(axis, share) {
  let low = 0, high = axis.size - 1;
  if (!axis.edges) return Math.min(Math.max(Math.floor(share * axis.size), low), high);
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (axis.edges[middle] <= share) low = middle; else high = middle - 1;
  }
  return low;
}

// ---- drawing ------------------------------------------------------------------------------------------------------------

const rgba = (hex) => 0xff000000 | parseInt(hex.slice(5, 7) + hex.slice(3, 5) + hex.slice(1, 3), 16);      // as a canvas has it
const palette = Uint32Array.from(map.palette, rgba);
const kindColours = map.kinds.map(({colour, stripe}) => colour && [rgba(colour), rgba(stripe)]);

// Sets without a value differ by their stripes, too: /, \, both or none.
function kindColour(kind, i, j, scale) {
  const [colour, stripe] = kindColours[kind], {falling, rising} = map.kinds[kind], period = 10 * scale, width = (falling && rising ? 1.5 : 3) * scale;
  const on = (rising && (i + j) % period < width) || (falling && (i - j + 1e6 * period) % period < width);
  return on ? stripe : colour;
}

function colourIndex(value, {low, high}) {             // halved, so that no difference is infinite
  return Math.round(255 * Math.min(Math.max((value / 2 - low / 2) / (high / 2 - low / 2), 0), 1));
}

// An image of at least a pixel for each cell, up to what every browser takes; `clear`: values are left out. Cells that are
// not equally wide get many.
function imageOf(column, clear) {
  const most = 4096, uneven = 2048, x = axes[view.x], y = axes[view.y];
  const length = (axis, pixels) => Math.min(Math.max(Math.round(pixels * devicePixelRatio), axis?.edges ? uneven : axis?.size ?? 1), most);
  const width = length(x, plot.width), height = length(y, plot.height);
  const along = (axis, n) => Int32Array.from({length: n}, (_, i) => axis ? indexOn(axis, positionAt(axis, (i + 0.5) / n)) : 0);
  const xs = along(x, width).map((i) => i * strides[view.x]), ys = along(y, height).map((i) => y ? i * strides[view.y] : 0);
  const held = view.at.reduce((set, position, a) => a === view.x || a === view.y ? set : set + indexOn(axes[a], position) * strides[a], 0);
  const image = new ImageData(width, height), pixels = new Uint32Array(image.data.buffer);
  for (let j = 0; j < height; ++j)
    for (let i = 0; i < width; ++i) {
      const set = held + xs[i] + ys[height - 1 - j], kind = column.kinds[set];
      if (kind !== VALUE) pixels[j * width + i] = kindColour(kind, i, j, width / plot.width);
      else if (!clear) pixels[j * width + i] = palette[colourIndex(column.values[set], column.scale)];
    }
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

const font = "14px system-ui, sans-serif", gap = 6, line = 18, barWidth = 16, barGap = 14;

// Room for texts around the plot, and where it stands.
function layoutOf(pen, column) {
  pen.font = font;
  const widest = (ticks) => Math.max(0, ...ticks.map((tick) => pen.measureText(tick.text).width));
  const x = axes[view.x].across, scale = column.scale?.ticks ?? [], y = view.y < 0 ? scale : axes[view.y].upwards;
  const left = line + gap + widest(y) + gap, below = gap + (x.some((tick) => tick.turned) ? widest(x) : line) + line + gap;
  const right = view.y < 0 ? 2 * line : barGap + barWidth + 2 * gap + widest(scale) + line;
  return {x, y, scale, left, top: line / 2, width: left + plot.width + right, height: line / 2 + plot.height + below};
}

function write(pen, text, x, y, {align = "center", base = "middle", turned = false}) {
  pen.save();
  pen.translate(x, y);
  if (turned) pen.rotate(-Math.PI / 2);
  pen.textAlign = align, pen.textBaseline = base;
  pen.fillText(text, 0, 0);
  pen.restore();
}

function drawAxes(pen, column, layout) {
  const {left, top} = layout, bottom = top + plot.height, right = left + plot.width;
  const text = getComputedStyle(document.body).color;
  pen.fillStyle = pen.strokeStyle = text;
  pen.strokeRect(left, top, plot.width, plot.height);
  const mark = (x, y, dx, dy) => { pen.beginPath(), pen.moveTo(x, y), pen.lineTo(x + dx, y + dy), pen.stroke(); };
  for (const {at, text, turned} of layout.x) {
    mark(left + at * plot.width, bottom, 0, text ? 5 : 3);
    write(pen, text, left + at * plot.width, bottom + gap + 2, turned ? {align: "right", turned} : {base: "top"});
  }
  for (const {at, text} of layout.y) {
    mark(left, bottom - at * plot.height, text ? -5 : -3, 0);
    write(pen, text, left - gap - 2, bottom - at * plot.height, {align: "right"});
  }
  write(pen, label(axes[view.x]), left + plot.width / 2, layout.height - gap, {base: "bottom"});
  write(pen, label(view.y < 0 ? column : axes[view.y]), line / 2, top + plot.height / 2, {turned: true});
  if (view.y < 0) return;
  if (column.scale) {
    map.palette.forEach((colour, i) => {
      pen.fillStyle = colour;
      pen.fillRect(right + barGap, bottom - (i + 1) / 256 * plot.height, barWidth, plot.height / 256 + 0.5);
    });
    pen.fillStyle = text;
    pen.strokeRect(right + barGap, top, barWidth, plot.height);
    for (const {at, text} of layout.scale) write(pen, text, right + barGap + barWidth + gap, bottom - at * plot.height, {align: "left"});
  }
  write(pen, label(column), layout.width - line / 2, top + plot.height / 2, {turned: true});
}

// The column after a measure may be its SD.
function deviationOf(column) {
  const next = columns[columns.indexOf(column) + 1];
  return next?.name === column.name + "_sd" ? next.values : null;
}

// The measure over the only axis, with its SD as error bars; what has no value is a gap, and so is all between names.
function drawLine(pen, column, layout) {
  if (!column.scale) return;
  const axis = axes[view.x], {low, high} = column.scale, sd = deviationOf(column);
  const x = (p) => layout.left + (edge(axis, p) + edge(axis, p + 1)) / 2 * plot.width;
  const y = (value) => layout.top + (1 - (value / 2 - low / 2) / (high / 2 - low / 2)) * plot.height;
  pen.strokeStyle = pen.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--link");
  const bars = new Path2D(), curve = new Path2D();
  for (let p = 0, drawing = false; p < axis.size; ++p) {
    const set = indexOn(axis, p), value = column.values[set], shown = column.kinds[set] === VALUE;
    if (shown && drawing) curve.lineTo(x(p), y(value)); else if (shown) curve.moveTo(x(p), y(value));
    if (shown && sd && isFinite(sd[set])) bars.moveTo(x(p), y(value - sd[set])), bars.lineTo(x(p), y(value + sd[set]));
    if (shown && axis.size <= 100) pen.fillRect(x(p) - 2.5, y(value) - 2.5, 5, 5);
    drawing = shown && !axis.names;
  }
  pen.stroke(bars), pen.stroke(curve);
}

function draw(panel) {
  const {canvas, column} = panel, pen = canvas.getContext("2d");
  const layout = panel.layout = layoutOf(pen, column);
  canvas.width = layout.width * devicePixelRatio, canvas.height = layout.height * devicePixelRatio;
  canvas.style.width = layout.width + "px";
  pen.scale(devicePixelRatio, devicePixelRatio);
  pen.font = font;
  const image = imageOf(column, view.y < 0);
  pen.imageSmoothingEnabled = image.width > plot.width * devicePixelRatio || image.height > plot.height * devicePixelRatio;
  pen.imageSmoothingQuality = "high";
  pen.drawImage(image, layout.left, layout.top, plot.width, plot.height);
  if (view.y < 0) drawLine(pen, column, layout);
  drawAxes(pen, column, layout);
}

// A frame around the set at `at`, if that is in the picture.
function mark(panel, frame, at) {
  const seen = at && at.every((position, a) => a === view.x || a === view.y || position === view.at[a]);
  frame.hidden = !seen;
  if (!seen) return;
  const {left, top, width, height} = panel.layout, x = axes[view.x], y = axes[view.y];
  const [x0, x1] = [edge(x, at[view.x]), edge(x, at[view.x] + 1)], [y0, y1] = y ? [edge(y, at[view.y]), edge(y, at[view.y] + 1)] : [0, 1];
  const percent = (share) => 100 * share + "%";
  frame.style.left = percent((left + (x0 + x1) / 2 * plot.width) / width);
  frame.style.top = percent((top + (1 - (y0 + y1) / 2) * plot.height) / height);
  frame.style.width = percent((x1 - x0) * plot.width / width);
  frame.style.height = percent((y1 - y0) * plot.height / height);
}

// ---- what is said of the set --------------------------------------------------------------------------------------------

function show() {
  for (const panel of panels) mark(panel, panel.cursor, view.at), mark(panel, panel.chosen, view.chosen);
  element("set").textContent = textsOf(view.at).join("; ");
}

function choose() {
  view.chosen = [...view.at];
  element("trace").hidden = false;
  element("command").textContent = commandOf(view.chosen);
  element("copied").textContent = "";
  show();
}

function copy() {
  const select = () => { getSelection().selectAllChildren(element("command")), element("copied").textContent = "selected: copy it with Ctrl-C"; };
  if (!navigator.clipboard) return select();           // a page that came over an insecure network
  navigator.clipboard.writeText(element("command").textContent).then(() => element("copied").textContent = "copied", select);
}

// ---- pointer and keys ---------------------------------------------------------------------------------------------------

// Moves the cursor to the set there; false outside the plot.
function point(panel, event) {
  const box = panel.canvas.getBoundingClientRect(), {left, top, width} = panel.layout, scale = width / box.width;
  const x = ((event.clientX - box.left) * scale - left) / plot.width, y = 1 - ((event.clientY - box.top) * scale - top) / plot.height;
  if (!(x >= 0 && x < 1 && y >= 0 && y < 1)) return false;
  view.at[view.x] = positionAt(axes[view.x], x);
  if (view.y >= 0) view.at[view.y] = positionAt(axes[view.y], y);
  show();
  return true;
}

const moves = {ArrowLeft: ["x", -1], ArrowRight: ["x", 1], ArrowDown: ["y", -1], ArrowUp: ["y", 1], Home: ["x", -Infinity], End: ["x", Infinity]};

function press(event) {
  if (event.key === "Enter" || event.key === " ") choose();
  else if (event.key in moves) {
    const [which, step] = moves[event.key], a = view[which];
    if (a >= 0) view.at[a] = Math.min(Math.max(view.at[a] + step * (event.shiftKey ? 10 : 1), 0), axes[a].size - 1);
    show();
  } else return;
  event.preventDefault();
}

// ---- the page -----------------------------------------------------------------------------------------------------------

function make(tag, parent, properties = {}) {
  return parent.appendChild(Object.assign(document.createElement(tag), properties));
}

function makePanel(column) {
  const figure = make("figure", element("panels"));
  make("figcaption", figure, {textContent: label(column)});
  const picture = make("div", figure, {className: "picture"}), canvas = make("canvas", picture, {tabIndex: 0});
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", `Map of ${label(column)} over ${axes.map(label).join(", ")}: arrow keys move over the sets, Enter shows a set's trace command`);
  canvas.setAttribute("aria-describedby", "set");
  const panel = {column, canvas, chosen: make("div", picture, {className: "mark chosen", hidden: true}), cursor: make("div", picture, {className: "mark", hidden: true})};
  canvas.addEventListener("pointermove", (event) => point(panel, event));
  canvas.addEventListener("click", (event) => { if (point(panel, event)) choose(); });
  canvas.addEventListener("keydown", press);
  canvas.addEventListener("focus", show);
  return panel;
}

function redraw() {
  panels.forEach(draw);
  show();
}

// Which axes are shown, and where the others stand. Of more than two only.
function makeControls() {
  const form = element("axes");
  form.hidden = axes.length < 3;
  if (form.hidden) return;
  form.replaceChildren();
  for (const [which, other, text] of [["y", "x", "upwards"], ["x", "y", "across"]]) {
    const select = make("select", make("label", form, {textContent: text + " "}));
    axes.forEach((axis, a) => make("option", select, {value: a, textContent: axis.name, selected: a === view[which]}));
    select.addEventListener("change", () => {
      const before = view[which];
      view[which] = Number(select.value);
      if (view[other] === view[which]) view[other] = before;
      makeControls(), redraw();
      form.querySelectorAll("select")[which === "y" ? 0 : 1].focus();
    });
  }
  axes.forEach((axis, a) => {
    if (a === view.x || a === view.y) return;
    const row = make("label", form, {textContent: axis.name + " "});
    const slider = make("input", row, {type: "range", min: 0, max: axis.size - 1, value: view.at[a]}), output = make("output", row);
    const tell = () => {
      output.textContent = withUnit(pointOn(axis, view.at[a]), axis.unit);
      slider.setAttribute("aria-valuetext", output.textContent);
    };
    slider.addEventListener("input", () => { view.at[a] = Number(slider.value), tell(), redraw(); });
    tell();
  });
}

// Which maps are shown. Of more than two only.
function makeChoice() {
  const form = element("measures");
  form.hidden = panels.length < 3;
  for (const {column, canvas} of panels) {
    const row = make("label", form), box = make("input", row, {type: "checkbox", checked: true});
    row.append(" " + column.name);
    box.addEventListener("change", () => canvas.closest("figure").hidden = !box.checked);
  }
}

function makeLegend() {
  const list = element("legend");
  map.kinds.forEach(({name, occurs}, kind) => {
    if (!occurs) return;
    list.hidden = false;
    const item = make("li", list), swatch = make("canvas", item, {width: 28, height: 18}), image = new ImageData(28, 18);
    new Uint32Array(image.data.buffer).forEach((_, i, pixels) => pixels[i] = kindColour(kind, i % 28, Math.floor(i / 28), 1));
    swatch.getContext("2d").putImageData(image, 0, 0);
    make("span", item, {textContent: name});
  });
}

function makeTable() {
  const most = 5000, details = element("table");
  if (details.querySelector("table, p")) return;
  if (sets > most) return make("p", details, {textContent: `${sets} sets are too many for a table here: neurosweep export ${word(map.store)} --csv map.csv writes one`});
  const table = make("table", details), head = make("tr", make("thead", table)), body = make("tbody", table);
  for (const quantity of [...axes, ...columns]) make("th", head, {scope: "col", textContent: label(quantity)});
  for (let set = 0; set < sets; ++set) {
    const row = make("tr", body);
    axes.forEach((axis, a) => { const i = Math.floor(set / strides[a]) % axis.size; make("td", row, {textContent: axis.names ? axis.names[i] : axis.values[i]}); });
    for (const column of columns) make("td", row, {textContent: column.kinds[set] === VALUE ? digits(column.values[set]) : valueText(column, set)});
  }
}

view.at = axes.map(() => 0);
const isDeviation = (column, c) => c > 0 && column.name === columns[c - 1].name + "_sd";
const panels = columns.filter((column, c) => axes.length > 1 || (axes.length === 1 && !isDeviation(column, c))).map(makePanel);
element("help").hidden = !axes.length;
element("replicate-label").hidden = map.replicates === 1;
element("replicate").max = map.replicates - 1;
element("replicate").addEventListener("input", () => element("command").textContent = commandOf(view.chosen));
element("copy").addEventListener("click", copy);
element("table").addEventListener("toggle", makeTable);
makeControls(), makeChoice(), makeLegend();
if (axes.length) redraw(); else choose();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
let sharpness = devicePixelRatio;
addEventListener("resize", () => { if (devicePixelRatio !== sharpness) sharpness = devicePixelRatio, redraw(); });
