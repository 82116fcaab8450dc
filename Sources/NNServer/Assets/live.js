// Shows a run: receives the objects of `--progress json` from the server and draws the newest.

import { Chart, Series, figureText } from "./chart.js";

const byId = (id) => document.getElementById(id);
const colorNames = ["line", "soft", "one", "two", "faint"];
const endings = { finished: "finished", interrupted: "interrupted", failed: "failed" };
const shownEpochs = 200;
// Figures follow every update, 20 per second; curves and tables are drawn less often.
const curveInterval = 250;
const tableInterval = 500;

let start = null;
let state = "connecting";
let lastStep = null;
let lastEpoch = 0;
let status = null;
let newEpochs = [];
let tableTimer = null;
let metricCharts = new Map();
let isDirty = false;
let areCurvesDirty = false;
let curveTimer = null;
let colors = {};

const loss = new Series();
const rate = new Series();
const gradient = new Series();
const validation = new Series(512);

const charts = [
  new Chart("Loss", "loss", [
    { name: "batch", color: "faint", points: () => loss.points() },
    { name: "smoothed", color: "one", points: () => loss.smoothed() },
    { name: "validation", color: "two", dashed: true, dots: true, points: () => validation.points() },
  ]),
  new Chart("Learning rate", "learning rate", [{ name: "rate", color: "one", points: () => rate.points() }]),
  new Chart("Gradient norm", "norm", [
    { name: "norm", color: "faint", points: () => gradient.points() },
    { name: "smoothed", color: "one", points: () => gradient.smoothed() },
  ]),
];

// MARK: - Events of the server

const take = {
  run(run) {
    byId("name").textContent = run.name;
    byId("folder").textContent = run.run_dir;
  },
  start(event) {
    start = event;
  },
  step(step) {
    if (lastStep && step.step <= lastStep.step) return;
    lastStep = step;
    if (step.loss !== null) loss.add(step.step, step.loss);
    rate.add(step.step, step.lr);
    gradient.add(step.step, step.grad_norm);
  },
  epoch(epoch) {
    if (epoch.epoch <= lastEpoch) return;
    lastEpoch = epoch.epoch;
    const step = epoch.epoch * start.steps_per_epoch;
    validation.add(step, epoch.val_loss);
    for (const [name, value] of Object.entries(epoch.metrics)) {
      metric(name).add(step, value);
    }
    newEpochs.push(epoch);
    tableTimer ??= setTimeout(drawTable, byId("no-epochs").hidden ? tableInterval : 0);
  },
  status(event) {
    status = event;
  },
  checkpoint() {},
  finish() {},
};

function apply(data) {
  for (const event of JSON.parse(data)) take[event.event]?.(event);
  document.documentElement.dataset.updates = 1 + Number(document.documentElement.dataset.updates ?? 0);
  curveTimer ??= setTimeout(() => {
    curveTimer = null;
    redrawCurves();
  }, curveInterval);
  showStatus();
  redraw();
}

function redraw() {
  if (isDirty) return;
  isDirty = true;
  requestAnimationFrame(draw);
}

function redrawCurves() {
  areCurvesDirty = true;
  redraw();
}

function forget() {
  start = lastStep = null;
  lastEpoch = 0;
  newEpochs = [];
  for (const series of [loss, rate, gradient, validation]) series.clear();
  for (const { chart } of metricCharts.values()) chart.figure.remove();
  metricCharts = new Map();
  byId("epochs").tHead.replaceChildren();
  byId("epochs").tBodies[0].replaceChildren();
}

const source = new EventSource("events");
source.addEventListener("history", (event) => {
  forget();
  apply(event.data);
});
source.addEventListener("update", (event) => apply(event.data));
source.addEventListener("error", () => {
  if (!(state in endings)) return show("lost", "no connection; trying again");
  // The program has also ended, and with it its server. Until then it takes the open connection as a
  // sign that the page is open.
  source.close();
  byId("report").hidden = byId("earlier").hidden = true;
});

/** Lists the reports of other runs in the same folder. */
async function listRuns() {
  const answer = await fetch("runs");
  if (!answer.ok) return;
  const { runs } = await answer.json();
  byId("runs").replaceChildren(...runs.map(({ name, date, report }) => {
    const link = Object.assign(document.createElement("a"), { href: report, target: "_blank", textContent: name });
    const item = document.createElement("li");
    item.append(link, ` ${new Date(date * 1000).toLocaleString([], { dateStyle: "medium", timeStyle: "short" })}`);
    return item;
  }));
  byId("earlier").hidden = runs.length === 0;
}

// MARK: - Display

function metric(name) {
  if (!metricCharts.has(name)) {
    const series = new Series(512);
    const title = name.replace(/^val_/, "Validation ").replace(/^train_/, "Training ");
    const chart = new Chart(title, name.replace(/^(train|val)_/, ""), [
      { name, color: "one", dots: true, points: () => series.points() },
    ]);
    metricCharts.set(name, { series, chart });
    charts[0].figure.after(...[...metricCharts.values()].map(({ chart }) => chart.figure));
  }
  return metricCharts.get(name).series;
}

/** Adds the new epochs together, since every added row causes a layout of the table. */
function drawTable() {
  tableTimer = null;
  const table = byId("epochs");
  for (const epoch of newEpochs.slice(-shownEpochs)) addRow(table, epoch);
  while (table.tBodies[0].rows.length > shownEpochs) table.tBodies[0].deleteRow(-1);
  newEpochs = [];
  byId("no-epochs").hidden = table.tBodies[0].rows.length > 0;
}

function addRow(table, epoch) {
  const names = Object.keys(epoch.metrics);
  const hasValidation = epoch.val_loss != null;
  if (!table.tHead.rows.length) {
    const titles = ["epoch", "train_loss", ...(hasValidation ? ["val_loss"] : []),
      ...names];
    const row = table.tHead.insertRow();
    for (const title of [...titles, "seconds", "samples/s", "best"]) {
      const cell = row.appendChild(document.createElement("th"));
      cell.scope = "col";
      cell.textContent = title;
    }
  }
  const row = table.tBodies[0].insertRow(0);
  const values = [
    epoch.epoch.toLocaleString("en"), figureText(epoch.train_loss),
    ...(hasValidation ? [figureText(epoch.val_loss)] : []),
    ...names.map((name) => figureText(epoch.metrics[name])), figureText(epoch.seconds, 3),
    Math.round(epoch.samples_per_s).toLocaleString("en"), epoch.best ? "best" : "",
  ];
  for (const value of values) row.insertCell().textContent = value;
  if (!epoch.best) return;
  table.querySelector("tr.best")?.classList.remove("best");
  row.className = "best";
}

function show(newState, text) {
  if (state === newState) return;
  state = newState;
  byId("state").dataset.state = newState;
  byId("state").textContent = text ?? newState;
}

/** Does not wait for an animation frame: hidden windows have none, but they have titles. */
function showStatus() {
  if (!status) return;
  const hasEnded = status.state in endings;
  const share = status.state === "running" ? `${Math.floor(status.share * 100)} %` : status.state;
  const title = `${share} · ${byId("name").textContent}`;
  if (document.title !== title) document.title = title;
  byId("message").hidden = !status.message;
  set("message", status.message ?? "");
  show(status.state);
  byId("stop").hidden = status.state !== "running";
  byId("report").hidden = !status.report || source.readyState === EventSource.CLOSED;
  if (hasEnded) drawTable();
}

function clock(seconds) {
  if (seconds == null) return "–";
  const whole = Math.ceil(seconds);
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return `${hours ? `${hours}:${two(minutes)}` : minutes}:${two(whole % 60)}`;
}

function set(id, text) {
  const element = byId(id);
  if (element.textContent !== text) element.textContent = text;
}

function drawFigures() {
  if (lastStep) {
    set("epoch", `${lastStep.epoch.toLocaleString("en")} / ${start.epochs.toLocaleString("en")}`);
    set("step", lastStep.step.toLocaleString("en"));
    set("loss", figureText(lastStep.loss));
    set("rate", figureText(lastStep.lr));
    if (gradient.last) set("gradient", figureText(gradient.last[1]));
  }
  if (!status) return;
  set("speed", Math.round(status.rows_per_s).toLocaleString("en"));
  set("elapsed", clock(status.seconds));
  set("remaining", status.state === "running" ? clock(status.seconds_left) : "–");
  byId("progress").value = status.share;
}

function drawCurves() {
  const from = start?.steps_done ?? 0;
  const to = Math.max(from + 1, lastStep?.step ?? 0, validation.last?.[0] ?? 0);
  for (const chart of [...charts, ...[...metricCharts.values()].map(({ chart }) => chart)]) {
    chart.draw(from, to, colors);
  }
}

function draw() {
  isDirty = false;
  drawFigures();
  if (areCurvesDirty) {
    areCurvesDirty = false;
    drawCurves();
  }
}

function readColors() {
  const style = getComputedStyle(document.documentElement);
  colors = Object.fromEntries(colorNames.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
  redrawCurves();
}

byId("stop").addEventListener("click", async (event) => {
  const button = event.currentTarget;
  button.disabled = true;
  button.textContent = "Stopping …";
  try {
    const answer = await fetch("stop", { method: "POST" });
    if (!answer.ok) throw new Error(answer.statusText);
  } catch {
    button.disabled = false;
    button.textContent = "Stop and save";
  }
});
// The page is complete without the list.
listRuns().catch(() => {});
byId("charts").append(...charts.map(({ figure }) => figure));
byId("logarithmic").addEventListener("change", (event) => {
  charts[0].logarithmic = event.target.checked;
  redrawCurves();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", readColors);
new ResizeObserver(() => readColors()).observe(byId("charts"));
readColors();
