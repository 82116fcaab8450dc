// The colours of the page as numbers, read from its style sheet, which depends on the theme.

const names = ['ink', 'soft', 'line', 'panel', 'paper', 'middle', 'test',
  'class0', 'class1', 'class2', 'class3', 'class4'];

function parse(text) {
  const digits = text.trim().replace('#', '');
  return [0, 2, 4].map(place => parseInt(digits.slice(place, place + 2), 16));
}

const mix = (a, b, share) => a.map((part, index) => part + (b[index] - part) * share);

/** Reads all colours: as CSS texts, and as lists of red, green and blue under `rgb`. */
export function readColors() {
  const style = getComputedStyle(document.documentElement);
  const colors = { rgb: {} };
  for (const name of names) {
    colors[name] = style.getPropertyValue(`--${name}`).trim();
    colors.rgb[name] = parse(colors[name]);
  }
  colors.classes = [0, 1, 2, 3, 4].map(index => colors[`class${index}`]);
  // Byte 0 is the colour of class 0 or of a negative number, 255 that of class 1 or a positive one.
  // Behind points it is a tint, on which they stand out.
  [colors.ramp, colors.wash] = [0.92, 0.5].map(strength => Uint32Array.from({ length: 256 }, (_, byte) => {
    const distance = (byte - 127.5) / 127.5;
    const end = distance < 0 ? colors.rgb.class0 : colors.rgb.class1;
    return pack(mix(colors.rgb.middle, end, Math.abs(distance) * strength));
  }));
  return colors;
}

function pack([red, green, blue]) {
  return (255 << 24 | Math.round(blue) << 16 | Math.round(green) << 8 | Math.round(red)) >>> 0;
}

/** An image of uint8 or uint16 values through a color map; `decide` leaves only its ends. */
export function paintMap(image, map, ramp, decide = false) {
  const pixels = new Uint32Array(image.data.buffer);
  const shift = map instanceof Uint16Array ? 8 : 0;
  for (let index = 0; index < map.length; index += 1) {
    const byte = map[index] >> shift;
    pixels[index] = ramp[decide ? (byte < 128 ? 0 : 255) : byte];
  }
}

/** An image of several classes: each pixel has the colour of the most probable, by its probability. */
export function paintClasses(image, maps, colors, decide) {
  const pixels = new Uint32Array(image.data.buffer);
  const least = 65535 / maps.length;
  for (let index = 0; index < pixels.length; index += 1) {
    let best = 0;
    for (let one = 1; one < maps.length; one += 1) {
      if (maps[one][index] > maps[best][index]) best = one;
    }
    const sure = decide ? 1 : Math.max(0, (maps[best][index] - least) / (65535 - least));
    pixels[index] = pack(mix(colors.rgb.middle, colors.rgb[`class${best}`], 0.05 + 0.45 * sure));
  }
}

/** The colour of a number between the ends of the color map, as a CSS text. */
export function rampColor(colors, share) {
  const packed = colors.ramp[Math.max(0, Math.min(255, Math.round(share * 255)))];
  return `rgb(${packed & 255} ${packed >> 8 & 255} ${packed >> 16 & 255})`;
}
