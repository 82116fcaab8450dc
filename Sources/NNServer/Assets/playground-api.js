// Requests to the server that trains, and the decoding of its frames.

/** An error response: `status`, `message`, `hint`, `retryAfter` (seconds). */
export class Refusal extends Error {
  constructor(status, message, hint, retryAfter) {
    super(message);
    Object.assign(this, { status, hint, retryAfter });
  }
}

async function send(path, method, value) {
  let answer;
  try {
    answer = await fetch(path, {
      method,
      headers: value === undefined ? {} : { 'Content-Type': 'application/json' },
      body: value === undefined ? undefined : JSON.stringify(value),
      cache: 'no-store',
    });
  } catch {
    throw new Refusal(0, 'The program does not answer.', 'Is nntrain still running?');
  }
  if (answer.ok) return answer;
  let body = {};
  try { body = await answer.json(); } catch { /* not JSON: only the status is shown */ }
  const retry = Number(answer.headers.get('Retry-After')) || null;
  const [message, hint] = (body.error ?? `the program answers with status ${answer.status}`).split('\n  hint: ');
  throw new Refusal(answer.status, sentence(message), hint ? sentence(hint) : '', retry);
}

const sentence = text => `${text[0].toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;

export const getOptions = async () => (await send('api/options', 'GET')).json();
export const openSession = async settings => decode(await (await send('api/sessions', 'POST', settings)).arrayBuffer());
export const configure = async (session, settings) =>
  decode(await (await send(`api/sessions/${session}`, 'POST', settings)).arrayBuffer());
export const advance = async (session, how) =>
  decode(await (await send(`api/sessions/${session}/advance`, 'POST', how)).arrayBuffer());
export const setWeight = async (session, weight) =>
  decode(await (await send(`api/sessions/${session}/weight`, 'POST', weight)).arrayBuffer());
export const getTexts = async session => (await send(`api/sessions/${session}/texts`, 'GET')).json();

/** Closes the session when the page is closed; does not wait for the answer. */
export const closeSession = session => {
  fetch(`api/sessions/${session}`, { method: 'DELETE', keepalive: true }).catch(() => {});
};

function decode(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  return { header, buffer, start: 4 + length };
}

/** Splits a frame's body into weights and maps; `complete` is the header of the last complete frame. */
export function unpack(frame, complete) {
  let place = frame.start;
  const take = (Type, count) => {
    const part = new Type(frame.buffer, place, count);
    place += part.byteLength;
    return part;
  };
  const widths = [complete.settings.features.length, ...complete.settings.hidden, complete.outputs];
  const layers = widths.slice(1).map((outputs, index) => {
    const inputs = widths[index];
    return { inputs, outputs, weights: take(Float32Array, inputs * outputs), bias: take(Float32Array, outputs) };
  });
  const isLine = complete.dimensions === 1;
  const [Output, Node] = isLine ? [Float32Array, Float32Array] : [Uint16Array, Uint8Array];
  const [outputSize, nodeSize] = isLine
    ? [complete.cells, complete.cells] : [complete.cells ** 2, (complete.cells / 2) ** 2];
  const maps = complete.outputs <= 2 ? 1 : complete.outputs;
  const output = Array.from({ length: maps }, () => take(Output, outputSize));
  const largest = [...frame.header.sizes];
  const nodes = complete.settings.hidden.map(count =>
    Array.from({ length: count }, () => ({ map: take(Node, nodeSize), size: largest.shift() })));
  const features = frame.header.all_features?.map(() => take(Node, nodeSize));
  return { layers, nodes, output, features };
}
