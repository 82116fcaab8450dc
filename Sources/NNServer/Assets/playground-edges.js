// The connections in the network's drawing: their paths, their style, and hit testing.

import { prepare } from './chart.js';

/**
 * The connections between columns of nodes {x, y}, one weight each; nodes are `size` wide.
 * sources: for each column except the first, the nodes of the previous column that it reads
 */
export function edgesBetween(columns, sources, size) {
  return columns.slice(1).flatMap((column, layer) => column.flatMap((target, row) =>
    sources[layer].map((source, input) => ({
      source, target, layer, input, index: row * sources[layer].length + input,
      x0: source.x + size, y0: source.y + size / 2, x1: target.x, y1: target.y + size / 2,
    }))));
}

/** Draws connections: thick for large weights, orange for positive ones; highlights the hovered one. */
export function drawEdges(canvas, edges, pointed, colors) {
  const { context } = prepare(canvas);
  context.lineCap = 'round';
  for (const edge of edges) {
    const size = Math.abs(edge.weight);
    const isPointed = edge === pointed;
    context.strokeStyle = isPointed ? colors.ink : edge.weight < 0 ? colors.class0 : colors.class1;
    context.globalAlpha = isPointed ? 1 : 0.16 + 0.72 * size / (size + 0.5);
    context.lineWidth = 0.4 + 6.6 * size / (size + 1.6);
    const middle = (edge.x0 + edge.x1) / 2;
    context.beginPath();
    context.moveTo(edge.x0, edge.y0);
    context.bezierCurveTo(middle, edge.y0, middle, edge.y1, edge.x1, edge.y1);
    context.stroke();
  }
  context.globalAlpha = 1;
}

/** The nearest connection within a few pixels of a point, or null. */
export function nearestEdge(edges, x, y, reach) {
  let best = null;
  let distance = reach;
  for (const edge of edges) {
    if (x < edge.x0 || x > edge.x1) continue;
    const found = Math.abs(heightAt(edge, x) - y);
    if (found < distance) [best, distance] = [edge, found];
  }
  return best;
}

/** The y of an edge at an x: the curve is flat at both ends. */
function heightAt(edge, x) {
  const share = (x - edge.x0) / (edge.x1 - edge.x0);
  let [low, high] = [0, 1];
  for (let round = 0; round < 12; round += 1) {
    const t = (low + high) / 2;
    // Of the control points' x, which are 0, ½, ½ and 1.
    const at = 1.5 * t * (1 - t) + t ** 3;
    if (at < share) low = t; else high = t;
  }
  const t = (low + high) / 2;
  return edge.y0 + (edge.y1 - edge.y0) * (3 * t * t - 2 * t ** 3);
}
