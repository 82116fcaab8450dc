// The drawing of the network: features, nodes with their outputs, weights between them.

import { prepare, short } from './chart.js';
import { drawEdges, edgesBetween, nearestEdge } from './playground-edges.js';
import { paintMap } from './playground-colors.js';

const make = (name, className, parent) => {
  const element = document.createElement(name);
  element.className = className;
  parent.append(element);
  return element;
};

export class NetworkView {
  /**
   * actions: toggleFeature(name), changeNodes(layer, by), show(node or null)
   * texts: {features: Map(name → {title, meaning}), limits}
   * editor: the WeightEditor that nodes and connections open
   */
  constructor(container, detail, texts, editor, actions) {
    Object.assign(this, { container, detail, texts, editor, actions });
    this.lines = document.createElement('canvas');
    this.lines.className = 'lines';
    this.lines.setAttribute('aria-hidden', 'true');
    this.tip = document.createElement('div');
    this.tip.className = 'tip';
    this.tip.hidden = true;
    container.addEventListener('pointermove', event => this.pointAtEdge(event));
    container.addEventListener('pointerleave', () => this.leaveEdge());
    container.addEventListener('click', event => this.editEdge(event));
    container.addEventListener('keydown', event => this.moveFocus(event));
  }

  /** Builds everything for the header of a complete frame. */
  build(complete) {
    const focused = document.activeElement?.dataset?.key;
    this.complete = complete;
    this.editor.close();
    this.container.replaceChildren(this.lines, this.tip, this.editor.form);
    this.edgePointed = null;
    this.tip.hidden = true;
    // The shown node and its numbers belong to another network.
    this.shown = this.parts = null;
    const { features, hidden } = complete.settings;
    this.columns = [
      complete.all_features.map(name => ({ feature: name, isOn: features.includes(name) })),
      ...hidden.map((count, layer) => Array.from({ length: count }, (_, node) => ({ layer, node }))),
      Array.from({ length: complete.outputs }, (_, output) => ({ output })),
    ];
    this.layOut();
    this.columns.forEach((column, index) => {
      this.addHead(index);
      column.forEach(item => this.addNode(item));
    });
    this.addEdges();
    this.describeShown(null);
    this.setStop(this.columns.flat().find(item => item.key === this.stop) ?? this.columns[0][0]);
    if (focused) this.container.querySelector(`[data-key="${focused}"]`)?.focus();
  }

  layOut() {
    const width = this.container.clientWidth;
    const count = this.columns.length;
    const labels = 44;
    const most = Math.max(...this.columns.map(column => column.length));
    const pitch = (width - labels) / count;
    const size = Math.max(17, Math.min(46, Math.floor(pitch * 0.6), Math.floor(505 / most) - 6));
    const isNarrow = pitch < 88;
    const head = isNarrow ? 74 : 34;
    const gap = Math.max(5, Math.min(16, Math.floor(505 / most) - size));
    const height = most * (size + gap) - gap;
    Object.assign(this, { size, isNarrow, head, pitch, labels });
    this.container.style.minHeight = `${head + height + 8}px`;
    this.columns.forEach((column, index) => {
      const x = labels + pitch * (index + 0.5) - size / 2;
      const own = column.length * (size + gap) - gap;
      const top = head + (height - own) / 2;
      column.forEach((item, row) => Object.assign(item, { x: Math.round(x), y: Math.round(top + row * (size + gap)) }));
    });
    // The space to the left of the features is for their names.
    const shift = Math.min(0, labels + 4 - this.columns[0][0].x);
    this.columns[0].forEach(item => { item.x += shift; });
  }

  addHead(index) {
    const head = make('div', `column-head${this.isNarrow ? ' stacked' : ''}`, this.container);
    const first = this.columns[index][0];
    head.style.left = `${first.x + this.size / 2}px`;
    head.style.top = '0';
    head.style.height = `${this.head - 6}px`;
    head.style.transform = 'translateX(-50%)';
    if (index === 0) { head.textContent = this.isNarrow ? '' : 'Features'; return; }
    if (index === this.columns.length - 1) { head.textContent = this.isNarrow ? 'Out' : 'Output'; return; }
    const layer = index - 1;
    const count = this.columns[index].length;
    head.setAttribute('role', 'group');
    head.setAttribute('aria-label', `Nodes of hidden layer ${index}`);
    const button = (text, by, name, limit) => {
      const element = make('button', '', head);
      element.type = 'button';
      element.textContent = text;
      element.dataset.key = `${name}-${layer}`;
      element.setAttribute('aria-label', `${by > 0 ? 'Add a node to' : 'Remove a node from'} hidden layer ${index}`);
      element.disabled = count === limit;
      element.addEventListener('click', () => this.actions.changeNodes(layer, by));
      return element;
    };
    const fewer = button('−', -1, 'fewer', 1);
    const number = make('span', 'number', head);
    number.textContent = count;
    const more = button('+', 1, 'more', this.texts.limits.nodes);
    if (this.isNarrow) head.replaceChildren(more, number, fewer);
  }

  addNode(item) {
    const element = make('button', 'node', this.container);
    element.type = 'button';
    Object.assign(element.style, {
      left: `${item.x}px`, top: `${item.y}px`, width: `${this.size}px`, height: `${this.size}px`,
    });
    item.element = element;
    item.canvas = make('canvas', '', element);
    item.key = item.feature ?? (item.layer === undefined ? `output-${item.output}` : `${item.layer}-${item.node}`);
    element.dataset.key = item.key;
    element.tabIndex = -1;
    if (item.feature) {
      const { title, meaning } = this.texts.features.get(item.feature);
      element.classList.add('feature');
      element.setAttribute('aria-pressed', item.isOn);
      element.setAttribute('aria-label', `Feature ${title}: ${meaning}`);
      element.addEventListener('click', () => this.actions.toggleFeature(item.feature));
      const label = make('span', 'node-label', this.container);
      label.textContent = title;
      label.setAttribute('aria-hidden', 'true');
      Object.assign(label.style, {
        right: `${this.container.clientWidth - item.x + 6}px`, top: `${item.y + this.size / 2 - 9}px`,
      });
    } else {
      element.setAttribute('aria-label', this.nameOf(item));
      element.setAttribute('aria-haspopup', 'dialog');
      element.addEventListener('click', () => this.edit(item, null));
    }
    element.addEventListener('pointerenter', () => this.show(item));
    element.addEventListener('pointerleave', () => this.show(null));
    element.addEventListener('focus', () => { this.setStop(item); this.show(item); });
    element.addEventListener('blur', () => this.show(null));
  }

  /** The Tab key stops at one node; arrows move from there. */
  setStop(item) {
    for (const { element } of this.columns.flat()) element.tabIndex = -1;
    item.element.tabIndex = 0;
    this.stop = item.key;
  }

  nameOf(item) {
    if (item.feature) return this.texts.features.get(item.feature).title;
    if (item.layer !== undefined) return `Layer ${item.layer + 1}, node ${item.node + 1}`;
    const names = this.complete.class_names;
    return this.complete.outputs > 1 ? `Output for class ${names[item.output]}` : 'Output';
  }

  addEdges() {
    const features = this.complete.settings.features.map(name => this.columns[0].find(item => item.feature === name));
    this.sources = [features, ...this.columns.slice(1, -1)];
    this.edges = edgesBetween(this.columns, this.sources, this.size);
    this.container.dataset.edges = this.edges.length;
  }

  drawEdges() { drawEdges(this.lines, this.edges, this.edgePointed, this.colors); }

  /** Shows the numbers of a frame. */
  update(parts, colors) {
    Object.assign(this, { parts, colors });
    for (const edge of this.edges) edge.weight = parts.layers[edge.layer].weights[edge.index];
    this.drawEdges();
    if (this.edgePointed) this.describeEdge();
    this.columns.forEach((column, index) => column.forEach(item => {
      if (item.feature && !item.isPainted) {
        const map = this.features[this.complete.all_features.indexOf(item.feature)];
        this.paint(item, map, colors);
      } else if (item.layer !== undefined) {
        const { map, size } = parts.nodes[item.layer][item.node];
        this.paint(item, map, colors, size);
      } else if (item.output !== undefined) {
        const map = parts.output[Math.min(item.output, parts.output.length - 1)];
        // With two classes only the second has a map.
        const isFirstOfTwo = this.complete.outputs === 2 && item.output === 0;
        const one = map instanceof Uint16Array ? 65535 : 1;
        this.paint(item, isFirstOfTwo ? map.map(value => one - value) : map, colors);
      }
    }));
    if (this.shown) this.describeShown(this.shown);
  }

  /** Feature maps are in complete frames only; other colours require a repaint. */
  setFeatures(features) {
    if (features) this.features = features;
    this.columns?.[0].forEach(item => { item.isPainted = false; });
  }

  paint(item, map, colors, size) {
    const { canvas } = item;
    if (map instanceof Float32Array) {
      paintCurve(canvas, map, colors, this.size, size);
    } else {
      const side = Math.round(Math.sqrt(map.length));
      if (canvas.width !== side) canvas.width = canvas.height = side;
      const context = canvas.getContext('2d');
      item.image ??= context.createImageData(side, side);
      paintMap(item.image, map, colors.ramp);
      context.putImageData(item.image, 0, 0);
    }
    item.isPainted = true;
  }

  /** The map of the hovered or focused node, for the stage. */
  get preview() {
    const item = this.shown;
    if (!item || !this.parts || item.output !== undefined) return null;
    const name = this.nameOf(item);
    if (item.feature) return { name, map: this.features[this.complete.all_features.indexOf(item.feature)] };
    return { name, ...this.parts.nodes[item.layer][item.node] };
  }

  show(item) {
    this.nameTip(item);
    this.shown?.element.classList.remove('shown');
    this.shown?.element.removeAttribute('aria-describedby');
    this.shown = item;
    item?.element.classList.add('shown');
    item?.element.setAttribute('aria-describedby', this.detail.id);
    this.describeShown(item);
    this.actions.show(item);
  }

  /** Shows the name of the hovered node next to it. */
  nameTip(item) {
    this.tip.hidden = !item;
    if (!item) return;
    this.tip.textContent = this.nameOf(item);
    const most = this.container.clientWidth - this.tip.offsetWidth;
    const left = Math.max(0, Math.min(most, item.x + this.size / 2 - this.tip.offsetWidth / 2));
    const above = item.y - this.tip.offsetHeight - 4;
    const top = above < 0 ? item.y + this.size + 4 : above;
    Object.assign(this.tip.style, { left: `${left}px`, top: `${top}px` });
  }

  /** Describes a node: its bias and all incoming weights. */
  describeShown(item) {
    if (!item) {
      this.detail.textContent = 'Point at a node, or go to it with Tab and the arrow keys, to see its output and '
        + 'its weights; press a node or a line to set them. Lines: orange is positive, blue negative; the thicker, the larger.';
      return;
    }
    const name = document.createElement('b');
    name.textContent = this.nameOf(item);
    if (item.feature) {
      const { meaning } = this.texts.features.get(item.feature);
      this.detail.replaceChildren(name, `: ${meaning}. ${item.isOn ? 'The network reads it' : 'Not used'}; press to change.`);
      return;
    }
    if (!this.parts) return;
    const layer = this.layerOf(item);
    const node = item.node ?? item.output;
    const { bias, weights, inputs } = this.parts.layers[layer];
    const sources = layer === 0
      ? this.complete.settings.features.map(feature => this.texts.features.get(feature).title)
      : Array.from({ length: inputs }, (_, index) => `node ${index + 1}`);
    const list = sources.map((source, index) => `${source} ${short(weights[node * inputs + index])}`).join(', ');
    const size = item.layer === undefined ? '' : ` Largest value here: ${short(this.parts.nodes[layer][node].size)}.`;
    this.detail.replaceChildren(name, `: bias ${short(bias[node])}; weights of ${list}.${size}`);
  }

  // Connections and the editor.

  /** The connection at the position of an event, with a larger tolerance for touch; null at nodes. */
  edgeAt(event) {
    if (event.target.closest('button, form')) return null;
    const { left, top } = this.container.getBoundingClientRect();
    const reach = event.pointerType === 'touch' ? 14 : 6;
    return nearestEdge(this.edges ?? [], event.clientX - left, event.clientY - top, reach);
  }

  pointAtEdge(event) {
    const best = this.edgeAt(event);
    if (!best) { this.leaveEdge(); return; }
    this.edgePointed = best;
    this.describeEdge();
    this.tip.hidden = false;
    this.drawEdges();
    const frame = this.container.getBoundingClientRect();
    const left = Math.max(0, Math.min(frame.width - this.tip.offsetWidth, event.clientX - frame.left + 12));
    const top = Math.max(0, event.clientY - frame.top - 30);
    Object.assign(this.tip.style, { left: `${left}px`, top: `${top}px` });
  }

  editEdge(event) {
    const edge = this.edgeAt(event);
    if (!edge) return;
    const { left, top } = this.container.getBoundingClientRect();
    this.edit(edge.target, edge.input, event.clientX - left + 10, event.clientY - top + 10);
  }

  /** Opens the editor for a node: the weight of an input, or the bias for null. */
  edit(item, input, x = item.x + this.size + 8, y = item.y) {
    if (!this.parts) return;
    const layer = this.layerOf(item);
    const sources = this.sources[layer].map(source => this.nameOf(source));
    const { clientWidth: width, clientHeight: height } = this.container;
    this.editor.open(
      { layer, node: item.node ?? item.output, name: this.nameOf(item), sources },
      input, this.parts, { x, y, width, height }, item.element,
    );
  }

  /** The index of the layer before a node: the hidden layers from 0, then the output. */
  layerOf(item) { return item.layer ?? this.complete.settings.hidden.length; }

  describeEdge() {
    const { source, target, weight } = this.edgePointed;
    this.tip.textContent = `${this.nameOf(source)} → ${this.nameOf(target)}: ${short(weight)}`;
  }

  leaveEdge() {
    if (!this.edgePointed) return;
    this.edgePointed = null;
    this.nameTip(this.shown);
    this.drawEdges();
  }

  moveFocus(event) {
    const moves = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
    const move = moves[event.key];
    const element = event.target.closest('.node');
    if (!move || !element) return;
    event.preventDefault();
    event.stopPropagation();
    const column = this.columns.findIndex(items => items.some(item => item.element === element));
    const row = this.columns[column].findIndex(item => item.element === element);
    const items = this.columns[Math.max(0, Math.min(this.columns.length - 1, column + move[0]))];
    const next = items[Math.max(0, Math.min(items.length - 1, row + move[1]))];
    next.element.focus();
  }
}

/** Draws a node of a network with one input: its curve. */
function paintCurve(canvas, values, colors, size, largest) {
  const pixels = Math.round(size * (window.devicePixelRatio || 1));
  if (canvas.width !== pixels) canvas.width = canvas.height = pixels;
  const context = canvas.getContext('2d');
  context.fillStyle = colors.paper;
  context.fillRect(0, 0, pixels, pixels);
  const reach = largest ?? values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const place = value => pixels / 2 - (reach > 0 ? value / reach : 0) * pixels * 0.42;
  context.strokeStyle = colors.line;
  context.lineWidth = pixels / size;
  context.beginPath();
  context.moveTo(0, pixels / 2);
  context.lineTo(pixels, pixels / 2);
  context.stroke();
  context.strokeStyle = colors.class1;
  context.lineWidth = 2 * pixels / size;
  context.beginPath();
  values.forEach((value, index) => context.lineTo(index / (values.length - 1) * pixels, place(value)));
  context.stroke();
}
