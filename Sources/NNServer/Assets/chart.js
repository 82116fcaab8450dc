// Curves on a canvas, for all pages: small, fast to redraw, in the colours of the page.

/** Sets a canvas to the screen's resolution; returns its size in CSS pixels and a scaled context. */
export function prepare(canvas) {
  const ratio = window.devicePixelRatio || 1;
  const { width, height } = canvas.getBoundingClientRect();
  const [pixelsX, pixelsY] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== pixelsX || canvas.height !== pixelsY) {
    canvas.width = pixelsX;
    canvas.height = pixelsY;
  }
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}

/** About `count` round numbers from `low` to `high`. */
export function ticks(low, high, count) {
  const rough = (high - low) / Math.max(1, count);
  if (!(rough > 0) || !Number.isFinite(rough)) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find(factor => factor * power >= rough * 0.999) * power;
  const result = [];
  for (let index = Math.ceil(low / step - 1e-9); index * step <= high + step * 1e-9; index += 1) {
    result.push(Number((index * step).toPrecision(12)));
  }
  return result;
}

/** A number with a few significant digits. */
export function short(number, digits = 3) {
  if (number === null || !Number.isFinite(number)) return "–";
  const size = Math.abs(number);
  if (size !== 0 && (size < 0.0001 || size >= 100000)) return minus(number.toExponential(1));
  return minus(String(Number(number.toPrecision(size >= 1000 ? 4 : digits))));
}

const minus = text => text.replace("-", "−");

/** A figure of a run with up to `digits` digits; powers of ten below 0.001 and from a million on. */
export function figureText(value, digits = 4) {
  if (value == null || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (value !== 0 && (size < 1e-3 || size >= 1e6)) {
    return value.toExponential(digits - 2).replace(/\.?0+e/, "e");
  }
  return String(Number(value.toPrecision(digits)));
}

/** A subsample of a stream of points, at most `capacity`, evenly spaced in x. */
export class Series {
  constructor(capacity = 1024) {
    this.capacity = capacity;
    this.clear();
  }

  clear() {
    this.x = [];
    this.y = [];
    this.gap = 0;
    this.last = null;
  }

  add(x, y) {
    if (x == null || y == null) return;
    this.last = [x, y];
    if (this.x.length && x - this.x[this.x.length - 1] < this.gap) return;
    this.x.push(x);
    this.y.push(y);
    if (this.x.length >= this.capacity) this.thin();
  }

  /** Drops points that are closer to the previous one than `capacity` even points would be. */
  thin() {
    this.gap = ((this.last[0] - this.x[0]) * 2) / this.capacity;
    const [x, y] = [this.x, this.y];
    this.x = [];
    this.y = [];
    let place = -Infinity;
    for (let index = 0; index < x.length; index += 1) {
      if (x[index] - place < this.gap) continue;
      place = x[index];
      this.x.push(place);
      this.y.push(y[index]);
    }
  }

  /** The kept points, and the newest. */
  points() {
    const known = this.x.length && this.last[0] === this.x[this.x.length - 1];
    return this.last && !known
      ? { x: [...this.x, this.last[0]], y: [...this.y, this.last[1]] }
      : { x: this.x, y: this.y };
  }

  /**
   * The exponential moving average of the points over about a twentieth of them, with bias correction
   * for the start.
   */
  smoothed() {
    const { x, y } = this.points();
    const weight = 2 / (1 + Math.max(1, y.length / 20));
    let [sum, total] = [0, 0];
    const mean = (value) => {
      sum += weight * (value - sum);
      total += weight * (1 - total);
      return sum / total;
    };
    return { x, y: y.map(mean) };
  }
}

/** The index of the number in a sorted list that is nearest to a value. */
function nearest(x, place) {
  let [low, high] = [0, x.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (x[middle] < place) low = middle;
    else high = middle;
  }
  return place - x[low] < x[high] - place ? low : high;
}

/** A plot with one axis of steps and one of values. */
export class Chart {
  /**
   * @param {string} title The title.
   * @param {string} axis The label of the y axis.
   * @param {{name: string, color: string, points: function, dashed?: boolean, dots?: boolean}[]}
   *   curves Each with its colour's name in the style sheet and a function that returns its points.
   */
  constructor(title, axis, curves) {
    this.title = title;
    this.axis = axis;
    this.curves = curves;
    this.logarithmic = false;
    this.figure = document.createElement("figure");
    const caption = this.figure.appendChild(document.createElement("figcaption"));
    caption.appendChild(document.createElement("b")).textContent = title;
    for (const curve of curves.length > 1 ? curves : []) {
      const entry = caption.appendChild(document.createElement("span"));
      entry.appendChild(document.createElement("i")).className = curve.color;
      entry.append(curve.name);
    }
    const plot = this.figure.appendChild(document.createElement("div"));
    plot.className = "plot";
    this.canvas = plot.appendChild(document.createElement("canvas"));
    this.canvas.setAttribute("role", "img");
    this.tip = plot.appendChild(document.createElement("p"));
    this.tip.className = "tip";
    this.tip.hidden = true;
    this.pointer = null;
    plot.addEventListener("pointermove", (event) => this.point(event.offsetX));
    plot.addEventListener("pointerleave", () => this.point(null));
  }

  /** Shows the values at the pointer's x; null for none. */
  point(x) {
    this.pointer = x;
    const { drawn } = this;
    this.tip.hidden = true;
    if (x == null || !drawn || x < drawn.area.left || x > drawn.area.right) return;
    const { area, from, to, curves } = drawn;
    const place = from + ((x - area.left) / (area.right - area.left)) * (to - from);
    const near = curves.filter((curve) => curve.x.length).map((curve) => {
      const index = nearest(curve.x, place);
      return { name: curve.name, step: curve.x[index], value: curve.y[index] };
    });
    if (!near.length) return;
    const step = near[0].step;
    const texts = near.map(({ name, step: own, value }) =>
      `${name} ${figureText(value)}${own === step ? "" : ` (step ${own.toLocaleString("en")})`}`);
    this.tip.textContent = `step ${step.toLocaleString("en")}: ${texts.join(", ")}`;
    this.tip.classList.toggle("left", x > (area.left + area.right) / 2);
    this.tip.hidden = false;
  }

  /** Draws all curves over the steps from `from` to `to`. */
  draw(from, to, colors) {
    const { canvas } = this;
    if (canvas.clientWidth === 0) return;
    const { context, width, height } = prepare(canvas);
    const curves = this.curves.map((curve) => ({ ...curve, ...curve.points() }));
    const map = this.logarithmic ? Math.log10 : (value) => value;
    const [low, high] = this.range(curves, map);
    context.font = "12px system-ui, sans-serif";
    const marks = this.marks(low, high);
    const left = 30 + Math.max(...marks.map(([, text]) => context.measureText(text).width));
    const area = { left, right: width - 12, top: 8, bottom: height - 38 };
    const toX = (x) => area.left + ((x - from) / Math.max(1e-9, to - from)) * (area.right - area.left);
    const toY = (y) => area.bottom - ((map(y) - low) / (high - low)) * (area.bottom - area.top);
    this.axes(context, area, marks, low, high, from, to, toX, colors);
    this.titles(context, area, height);
    for (const curve of curves) this.curve(context, curve, toX, toY, colors);
    this.describe(curves);
    this.drawn = { area, from, to, curves };
    if (this.pointer != null) this.point(this.pointer);
  }

  range(curves, map) {
    let [low, high] = [Infinity, -Infinity];
    for (const { y } of curves) {
      for (const value of y) {
        const place = map(value);
        if (!Number.isFinite(place)) continue;
        if (place < low) low = place;
        if (place > high) high = place;
      }
    }
    if (low > high) return [0, 1];
    const margin = high > low ? (high - low) * 0.05 : Math.max(Math.abs(high) * 0.1, 1e-12);
    return [low - margin, high + margin];
  }

  /** The ticks of the y axis: positions and texts. */
  marks(low, high) {
    return ticks(low, high, 5).map((place) => [
      place,
      figureText(this.logarithmic ? 10 ** place : Math.abs(place) < (high - low) * 1e-9 ? 0 : place, 3),
    ]);
  }

  axes(context, area, marks, low, high, from, to, toX, colors) {
    context.strokeStyle = colors.line;
    context.fillStyle = colors.soft;
    context.lineWidth = 1;
    context.setLineDash([]);
    context.textAlign = "right";
    context.textBaseline = "middle";
    context.beginPath();
    for (const [place, text] of marks) {
      const y = Math.round(area.bottom - ((place - low) / (high - low)) * (area.bottom - area.top)) + 0.5;
      context.moveTo(area.left, y);
      context.lineTo(area.right, y);
      context.fillText(text, area.left - 6, y);
    }
    context.stroke();
    context.textAlign = "center";
    context.textBaseline = "top";
    let end = -Infinity;
    for (const step of to > from ? ticks(from, to, 4) : [from]) {
      const text = step.toLocaleString("en");
      const half = context.measureText(text).width / 2;
      const x = Math.min(Math.max(toX(step), area.left + half), area.right - half);
      if (x - half < end + 8) continue;
      context.fillText(text, x, area.bottom + 6);
      end = x + half;
    }
  }

  /** Labels the axes. */
  titles(context, area, height) {
    context.textAlign = "center";
    context.textBaseline = "bottom";
    context.fillText("step", (area.left + area.right) / 2, height - 2);
    context.save();
    context.translate(2, (area.top + area.bottom) / 2);
    context.rotate(-Math.PI / 2);
    context.textBaseline = "top";
    context.fillText(this.axis, 0, 0);
    context.restore();
  }

  curve(context, { x, y, color, dashed, dots }, toX, toY, colors) {
    context.strokeStyle = context.fillStyle = colors[color];
    context.lineWidth = color === "faint" ? 1 : 2;
    context.setLineDash(dashed ? [6, 4] : []);
    context.lineJoin = "round";
    context.beginPath();
    let isDown = false;
    for (let index = 0; index < x.length; index += 1) {
      const place = toY(y[index]);
      if (!Number.isFinite(place)) {
        isDown = false;
        continue;
      }
      if (isDown) context.lineTo(toX(x[index]), place);
      else context.moveTo(toX(x[index]), place);
      isDown = true;
    }
    context.stroke();
    if (!dots || x.length > 40) return;
    for (let index = 0; index < x.length; index += 1) {
      context.beginPath();
      context.arc(toX(x[index]), toY(y[index]), 3, 0, 7);
      context.fill();
    }
  }

  /** The description for screen readers. */
  describe(curves) {
    const texts = curves
      .filter(({ y }) => y.length > 0)
      .map(({ name, y }) => `${name} ${figureText(y[y.length - 1])}`);
    this.canvas.setAttribute("aria-label", `${this.title}: ${texts.join(", ") || "no values yet"}`);
  }
}

/**
 * Draws curves over one x axis.
 * series: [{name, x: [], y: [], color, dash: []}]; null in y breaks a line.
 * style: {ink, soft, line, xName}
 */
export function drawCurves(canvas, series, style) {
  const { context, width, height } = prepare(canvas);
  const all = series.flatMap(one => one.y).filter(Number.isFinite);
  const last = Math.max(1, ...series.map(one => one.x.at(-1) ?? 0));
  const high = all.length ? Math.max(...all) : 1;
  const low = Math.min(0, ...all);
  const top = high > low ? high + (high - low) * 0.06 : low + 1;
  context.font = "11px system-ui, sans-serif";
  const marks = ticks(low, top, 3);
  const left = 8 + Math.max(...marks.map(mark => context.measureText(short(mark)).width));
  const names = series.map(one => context.measureText(one.name).width);
  const box = { left, right: width - Math.max(...names) - 10, top: 6, bottom: height - 30 };
  const placeX = value => box.left + (value / last) * (box.right - box.left);
  const placeY = value => box.bottom - ((value - low) / (top - low)) * (box.bottom - box.top);

  context.textBaseline = "middle";
  context.textAlign = "right";
  context.lineWidth = 1;
  for (const mark of marks) {
    context.strokeStyle = style.line;
    context.beginPath();
    context.moveTo(box.left, Math.round(placeY(mark)) + 0.5);
    context.lineTo(box.right, Math.round(placeY(mark)) + 0.5);
    context.stroke();
    context.fillStyle = style.soft;
    context.fillText(short(mark), box.left - 5, placeY(mark));
  }
  context.textBaseline = "top";
  context.textAlign = "center";
  context.fillStyle = style.soft;
  for (const mark of ticks(0, last, Math.max(2, Math.floor(width / 90)))) {
    if (Number.isInteger(mark)) context.fillText(mark.toLocaleString("en"), placeX(mark), box.bottom + 5);
  }
  context.textAlign = "right";
  context.fillText(style.xName, box.right, box.bottom + 17);

  const ends = [];
  for (const one of series) {
    context.strokeStyle = one.color;
    context.lineWidth = 1.75;
    context.setLineDash(one.dash ?? []);
    context.lineJoin = "round";
    context.beginPath();
    let isDown = false;
    one.y.forEach((value, index) => {
      if (!Number.isFinite(value)) { isDown = false; return; }
      const [x, y] = [placeX(one.x[index]), placeY(value)];
      if (isDown) context.lineTo(x, y); else context.moveTo(x, y);
      isDown = true;
    });
    context.stroke();
    const end = one.y.findLast(Number.isFinite);
    ends.push({ one, y: end === undefined ? box.bottom : placeY(end) });
  }
  context.setLineDash([]);

  // Labels next to the ends, moved apart where they would overlap.
  ends.sort((a, b) => a.y - b.y);
  ends.forEach((end, index) => {
    if (index > 0) end.y = Math.max(end.y, ends[index - 1].y + 13);
  });
  const over = (ends.at(-1)?.y ?? 0) - (box.bottom - 4);
  if (over > 0) ends.forEach(end => { end.y -= over; });
  context.textBaseline = "middle";
  context.textAlign = "left";
  for (const { one, y } of ends) {
    context.fillStyle = one.color;
    context.fillText(one.name, box.right + 6, y);
  }
}
