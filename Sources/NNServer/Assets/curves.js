// Curves on a canvas: axes with round ticks, one line per series, labelled at its end.

/** Sets a canvas to the screen's resolution; returns its size in CSS pixels and a scaled context. */
export function prepare(canvas) {
  const ratio = window.devicePixelRatio || 1;
  const { width, height } = canvas.getBoundingClientRect();
  const [pixelsX, pixelsY] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== pixelsX || canvas.height !== pixelsY) {
    canvas.width = pixelsX;
    canvas.height = pixelsY;
  }
  const context = canvas.getContext('2d');
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
  if (number === null || !Number.isFinite(number)) return '–';
  const size = Math.abs(number);
  if (size !== 0 && (size < 0.0001 || size >= 100000)) return minus(number.toExponential(1));
  return minus(String(Number(number.toPrecision(size >= 1000 ? 4 : digits))));
}

const minus = text => text.replace('-', '−');

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
  context.font = '11px system-ui, sans-serif';
  const marks = ticks(low, top, 3);
  const left = 8 + Math.max(...marks.map(mark => context.measureText(short(mark)).width));
  const names = series.map(one => context.measureText(one.name).width);
  const box = { left, right: width - Math.max(...names) - 10, top: 6, bottom: height - 30 };
  const placeX = value => box.left + (value / last) * (box.right - box.left);
  const placeY = value => box.bottom - ((value - low) / (top - low)) * (box.bottom - box.top);

  context.textBaseline = 'middle';
  context.textAlign = 'right';
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
  context.textBaseline = 'top';
  context.textAlign = 'center';
  context.fillStyle = style.soft;
  for (const mark of ticks(0, last, Math.max(2, Math.floor(width / 90)))) {
    if (Number.isInteger(mark)) context.fillText(mark.toLocaleString('en'), placeX(mark), box.bottom + 5);
  }
  context.textAlign = 'right';
  context.fillText(style.xName, box.right, box.bottom + 17);

  const ends = [];
  for (const one of series) {
    context.strokeStyle = one.color;
    context.lineWidth = 1.75;
    context.setLineDash(one.dash ?? []);
    context.lineJoin = 'round';
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
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  for (const { one, y } of ends) {
    context.fillStyle = one.color;
    context.fillText(one.name, box.right + 6, y);
  }
}
