// The stage: the network's output at each point of the plane, and the data points.

import { prepare, short, ticks } from './chart.js';
import { paintClasses, paintMap, rampColor } from './playground-colors.js';

const margin = { left: 40, right: 8, top: 8, bottom: 34 };
const font = '11px system-ui, sans-serif';

/** Adds the symbol of a class to a path: classes also differ in shape. */
export function addSymbol(context, kind, x, y, size) {
  switch (kind % 5) {
    case 0: context.moveTo(x + size, y); context.arc(x, y, size, 0, 2 * Math.PI); break;
    case 1: context.rect(x - size * 0.88, y - size * 0.88, size * 1.76, size * 1.76); break;
    case 2: polygon(context, [[x, y - size * 1.25], [x + size * 1.15, y + size * 0.85], [x - size * 1.15, y + size * 0.85]]); break;
    case 3: polygon(context, [[x, y - size * 1.3], [x + size * 1.3, y], [x, y + size * 1.3], [x - size * 1.3, y]]); break;
    default: polygon(context, [[x - size * 1.2, y - size * 0.85], [x + size * 1.2, y - size * 0.85], [x, y + size * 1.25]]);
  }
}

function polygon(context, corners) {
  corners.forEach(([x, y], index) => (index ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.closePath();
}

export class Stage {
  constructor(canvas) {
    this.canvas = canvas;
    this.image = document.createElement('canvas');
  }

  /**
   * Draws everything.
   * what: {complete, output: [maps], preview: {map, size, name} or null, colors, showsTest, decides}
   */
  draw(what) {
    const { context, width, height } = prepare(this.canvas);
    const box = { left: margin.left, top: margin.top, right: width - margin.right, bottom: height - margin.bottom };
    if (what.complete.dimensions === 1) this.drawLine(context, box, what); else this.drawSquare(context, box, what);
  }

  drawSquare(context, box, what) {
    const { complete, colors } = what;
    const [width, height] = [box.right - box.left, box.bottom - box.top];
    const maps = what.preview ? [what.preview.map] : what.output;
    const side = Math.round(Math.sqrt(maps[0].length));
    this.image.width = this.image.height = side;
    const own = this.image.getContext('2d');
    const image = own.createImageData(side, side);
    if (maps.length === 1) paintMap(image, maps[0], what.preview ? colors.ramp : colors.wash, what.decides && !what.preview && complete.classes > 0);
    else paintClasses(image, maps, colors, what.decides);
    own.putImageData(image, 0, 0);
    context.save();
    context.beginPath();
    context.rect(box.left, box.top, width, height);
    context.clip();
    context.imageSmoothingEnabled = !what.decides || Boolean(what.preview);
    context.imageSmoothingQuality = 'high';
    context.drawImage(this.image, box.left, box.top, width, height);
    if (complete.classes === 2 && !what.preview) this.drawBoundary(context, box, maps[0], side, colors);
    const place = {
      x: value => box.left + ((value + complete.extent) / (2 * complete.extent)) * width,
      y: value => box.top + ((complete.extent - value) / (2 * complete.extent)) * height,
    };
    this.drawPoints(context, what, place, true);
    context.restore();
    this.drawAxes(context, box, what, place, {
      x: this.axis(complete, 0), y: this.axis(complete, 1),
    });
  }

  drawLine(context, box, what) {
    const { complete, colors } = what;
    const curves = what.preview ? [what.preview.map] : what.output;
    const targets = [...complete.train_points, ...complete.test_points].filter((_, index) => index % 3 === 2);
    const values = what.preview ? [...curves[0]].filter(Number.isFinite) : targets;
    let [low, high] = complete.classes > 0 && !what.preview ? [0, 1] : [Math.min(...values), Math.max(...values)];
    if (!(high > low)) [low, high] = [low - 1, low + 1];
    const room = (high - low) * 0.18;
    [low, high] = [low - room, high + room];
    const vertical = ticks(low, high, 5).map(mark => ({ at: mark, text: short(mark) }));
    context.font = font;
    box.left = Math.max(box.left, 22 + Math.max(...vertical.map(({ text }) => context.measureText(text).width)));
    const place = {
      x: value => box.left + ((value + complete.extent) / (2 * complete.extent)) * (box.right - box.left),
      y: value => box.bottom - ((value - low) / (high - low)) * (box.bottom - box.top),
    };
    context.fillStyle = colors.paper;
    context.fillRect(box.left, box.top, box.right - box.left, box.bottom - box.top);
    context.save();
    context.beginPath();
    context.rect(box.left, box.top, box.right - box.left, box.bottom - box.top);
    context.clip();
    context.strokeStyle = colors.line;
    context.lineWidth = 1;
    for (const { at } of vertical) {
      context.beginPath();
      context.moveTo(box.left, Math.round(place.y(at)) + 0.5);
      context.lineTo(box.right, Math.round(place.y(at)) + 0.5);
      context.stroke();
    }
    if (!what.preview) this.drawPoints(context, what, place, false);
    curves.forEach((curve, index) => {
      context.strokeStyle = what.preview ? colors.ink : curves.length > 1 ? colors.classes[index] : colors.class1;
      context.lineWidth = 2.5;
      context.lineJoin = 'round';
      context.beginPath();
      curve.forEach((value, step) => {
        const x = place.x(complete.extent * (2 * step / (curve.length - 1) - 1));
        const y = place.y(Math.max(low - 9 * (high - low), Math.min(high + 9 * (high - low), value)));
        if (step) context.lineTo(x, y); else context.moveTo(x, y);
      });
      context.stroke();
    });
    context.restore();
    this.drawAxes(context, box, what, place, {
      x: this.axis(complete, 0),
      y: { name: what.preview ? what.preview.name : complete.classes > 0 ? 'probability' : 'target', marks: vertical },
    });
  }

  /** Round numbers in the data's own scale, at their positions on the stage. */
  axis(complete, index) {
    const original = value => value * complete.divisors[index] + complete.offsets[index];
    const [low, high] = [original(-complete.extent), original(complete.extent)];
    const marks = ticks(low, high, 5).map(mark => (
      { at: (mark - complete.offsets[index]) / complete.divisors[index], text: short(mark) }));
    return { name: complete.axes[index], marks };
  }

  drawAxes(context, box, what, place, axes) {
    const { colors } = what;
    context.strokeStyle = colors.soft;
    context.fillStyle = colors.soft;
    context.lineWidth = 1;
    context.strokeRect(box.left + 0.5, box.top + 0.5, box.right - box.left - 1, box.bottom - box.top - 1);
    context.font = font;
    context.textAlign = 'center';
    context.textBaseline = 'top';
    for (const { at, text } of axes.x.marks) {
      const x = place.x(at);
      context.fillRect(Math.round(x), box.bottom, 1, 4);
      const half = context.measureText(text).width / 2;
      context.fillText(text, Math.min(x, box.right + margin.right - half), box.bottom + 6);
    }
    context.fillText(fit(context, axes.x.name, box.right - box.left), (box.left + box.right) / 2, box.bottom + 20);
    context.textAlign = 'right';
    context.textBaseline = 'middle';
    for (const { at, text } of axes.y.marks) {
      context.fillRect(box.left - 4, Math.round(place.y(at)), 4, 1);
      context.fillText(text, box.left - 6, place.y(at));
    }
    context.save();
    context.translate(6, (box.top + box.bottom) / 2);
    context.rotate(-Math.PI / 2);
    context.textAlign = 'center';
    context.fillText(fit(context, axes.y.name, box.bottom - box.top), 0, 0);
    context.restore();
  }

  drawPoints(context, what, place, isSquare) {
    const { complete, colors } = what;
    const [low, high] = complete.range;
    // Classes are spread over the range of the probabilities.
    const height = target => (complete.classes > 2 ? target / (complete.classes - 1) : target);
    const draw = (points, isTest) => {
      const size = points.length > 1200 ? 2.4 : 3.1;
      for (let index = 0; index < points.length; index += 3) {
        const [x, y, target] = points.slice(index, index + 3);
        const kind = complete.classes > 0 ? target : 0;
        context.beginPath();
        addSymbol(context, kind, place.x(x), place.y(isSquare ? y : height(target)), size);
        const color = complete.classes > 0
          ? colors.classes[target] : isSquare ? rampColor(colors, (target - low) / (high - low)) : colors.class0;
        if (isTest) {
          context.lineWidth = 3.2;
          context.strokeStyle = colors.panel;
          context.stroke();
          context.lineWidth = 1.6;
          context.strokeStyle = complete.classes > 0 || !isSquare ? color : colors.ink;
          context.fillStyle = complete.classes > 0 || !isSquare ? colors.panel : color;
        } else {
          context.fillStyle = color;
          context.lineWidth = 0.9;
          context.strokeStyle = complete.classes > 0 || !isSquare ? colors.panel : colors.ink;
        }
        context.fill();
        context.stroke();
      }
    };
    draw(complete.train_points, false);
    if (what.showsTest) draw(complete.test_points, true);
  }

  /** The line on which both classes are equally probable, by marching squares. */
  drawBoundary(context, box, map, side, colors) {
    const [stepX, stepY] = [(box.right - box.left) / side, (box.bottom - box.top) / side];
    // Between cells the logit is nearly linear, the probability is not.
    const logit = value => Math.log((value + 1) / (65536 - value));
    context.beginPath();
    for (let row = 0; row + 1 < side; row += 1) {
      for (let column = 0; column + 1 < side; column += 1) {
        const first = row * side + column;
        const corners = [map[first], map[first + 1], map[first + side + 1], map[first + side]].map(logit);
        const places = [[0, 0], [1, 0], [1, 1], [0, 1]];
        const crossings = [];
        for (let edge = 0; edge < 4; edge += 1) {
          const [a, b] = [corners[edge], corners[(edge + 1) % 4]];
          if ((a < 0) === (b < 0)) continue;
          const share = a / (a - b);
          const [from, to] = [places[edge], places[(edge + 1) % 4]];
          crossings.push([
            box.left + (column + 0.5 + from[0] + share * (to[0] - from[0])) * stepX,
            box.top + (row + 0.5 + from[1] + share * (to[1] - from[1])) * stepY]);
        }
        for (let index = 0; index + 1 < crossings.length; index += 2) {
          context.moveTo(...crossings[index]);
          context.lineTo(...crossings[index + 1]);
        }
      }
    }
    context.strokeStyle = colors.ink;
    context.lineWidth = 1.5;
    context.stroke();
  }
}

/** A text truncated to a width. */
function fit(context, text, width) {
  if (context.measureText(text).width <= width) return text;
  let short = text;
  while (short.length > 1 && context.measureText(`${short}…`).width > width) short = short.slice(0, -1);
  return `${short}…`;
}
