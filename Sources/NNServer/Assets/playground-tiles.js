// Thumbnails of the data sets.

import { addSymbol } from './playground-stage.js';

/** A fixed sequence of pseudorandom numbers between −1 and 1. */
function* scatter() {
  let state = 7;
  for (;;) {
    state = (state * 16807) % 2147483647;
    yield state / 1073741823.5 - 1;
  }
}

/** The points of a thumbnail: x and y from −1 to 1, and the class. */
function points(kind) {
  const random = scatter();
  const shake = size => random.next().value * size;
  const list = [];
  const add = (x, y, label) => list.push([x, y, label]);
  for (let index = 0; index < 18; index += 1) {
    const share = index / 17;
    const angle = 2 * Math.PI * index / 18;
    switch (kind) {
      case 'circles':
        add(0.82 * Math.cos(angle), 0.82 * Math.sin(angle), 0);
        if (index % 2) add(0.38 * Math.cos(angle), 0.38 * Math.sin(angle), 1);
        break;
      case 'xor': {
        const [a, b] = [index % 2, (index >> 1) % 2];
        add(a * 1.1 - 0.55 + shake(0.28), b * 1.1 - 0.55 + shake(0.28), a ^ b);
        break;
      }
      case 'spirals':
        for (const label of [0, 1]) {
          const turn = 4 * share + Math.PI * label;
          if (share > 0.06) add(0.85 * share * Math.sin(turn), 0.85 * share * Math.cos(turn), label);
        }
        break;
      case 'moons':
        add(0.55 * Math.cos(Math.PI * share) - 0.28, 0.2 - 0.62 * Math.sin(Math.PI * share), 0);
        add(0.28 - 0.55 * Math.cos(Math.PI * share), 0.62 * Math.sin(Math.PI * share) - 0.2, 1);
        break;
      case 'blobs': {
        const [x, y] = [[-0.45, -0.4], [0.5, -0.2], [-0.1, 0.5]][index % 3];
        add(x + shake(0.26), y + shake(0.26), index % 3);
        break;
      }
      default:
        add(1.7 * share - 0.85, -0.7 * Math.sin(2 * Math.PI * (share - 0.5)) + shake(0.06), 0);
    }
  }
  return list;
}

/** Draws the thumbnail of a data set. */
export function drawTile(canvas, kind, colors) {
  const side = 112;
  canvas.width = canvas.height = side;
  const context = canvas.getContext('2d');
  for (const [x, y, label] of points(kind)) {
    context.beginPath();
    addSymbol(context, label, side / 2 * (1 + x), side / 2 * (1 + y), 5);
    context.fillStyle = colors.classes[label];
    context.fill();
  }
}
