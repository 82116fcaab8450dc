import NNCore

/// Changes of an image's colours, as torchvision's functions `adjust_…` compute them for numbers in
/// 0…1: results are clipped to that range, or 0…255 for bytes.
extension AugmentedExample {
  /// Calls `body` with the indices of each pixel's red, green and blue, which are one for grey
  /// images, and of its first channel.
  private mutating func changePixels(
    _ body: (_ pixel: (red: Double, green: Double, blue: Double)) -> (Double, Double, Double)
  ) {
    let plane = layout.height * layout.width
    for index in 0..<plane {
      let (red, green, blue) = body(
        (
          values[index], values[plane + index], values[2 * plane + index]
        ))
      values[index] = red
      values[plane + index] = green
      values[2 * plane + index] = blue
    }
  }

  private func clipped(_ number: Double) -> Double { min(max(number, 0), layout.unit) }

  /// The brightness of a pixel: 0.2989 red + 0.587 green + 0.114 blue, or the grey value.
  private func grey(_ index: Int) -> Double {
    guard layout.channels == 3 else { return values[index] }
    let plane = layout.height * layout.width
    return 0.2989 * values[index] + 0.587 * values[plane + index]
      + 0.114 * values[2 * plane + index]
  }

  /// The mixture factor · image + (1 − factor) · other.
  private mutating func blend(_ factor: Double, _ other: (_ index: Int) -> Double) {
    guard factor != 1 else { return }
    for index in 0..<count {
      values[index] = clipped(factor * values[index] + (1 - factor) * other(index))
    }
  }

  /// Multiplies the image by a factor.
  mutating func adjustBrightness(_ factor: Double) { blend(factor) { _ in 0 } }

  /// Mixes the image with its mean brightness.
  mutating func adjustContrast(_ factor: Double) {
    guard factor != 1 else { return }
    let plane = layout.height * layout.width
    let mean = (0..<plane).reduce(0) { $0 + grey($1) } / Double(plane)
    blend(factor) { _ in mean }
  }

  /// Mixes the image with its grey image; grey images stay unchanged.
  mutating func adjustSaturation(_ factor: Double) {
    guard layout.channels == 3, factor != 1 else { return }
    let plane = layout.height * layout.width
    for index in 0..<plane {
      let grey = grey(index)
      for channel in 0..<3 {
        let place = channel * plane + index
        values[place] = clipped(factor * values[place] + (1 - factor) * grey)
      }
    }
  }

  /// Turns the hue by a share of the circle, from −0.5 to 0.5; grey images stay unchanged.
  mutating func adjustHue(_ shift: Double) {
    guard layout.channels == 3, shift != 0 else { return }
    let unit = layout.unit
    changePixels { pixel in
      let (hue, saturation, value) = Self.hsv(
        pixel.red / unit, pixel.green / unit, pixel.blue / unit)
      let turned = hue + shift
      let rgb = Self.rgb(turned - turned.rounded(.down), saturation, value)
      return (rgb.red * unit, rgb.green * unit, rgb.blue * unit)
    }
  }

  /// Hue, saturation and value of a colour, each in 0…1.
  private static func hsv(
    _ red: Double, _ green: Double, _ blue: Double
  ) -> (hue: Double, saturation: Double, value: Double) {
    let (most, least) = (max(red, green, blue), min(red, green, blue))
    let range = most - least
    guard range > 0 else { return (0, 0, most) }
    let (r, g, b) = ((most - red) / range, (most - green) / range, (most - blue) / range)
    let sector = most == red ? b - g : most == green ? 2 + r - b : 4 + g - r
    let hue = sector / 6 + 1
    return (hue - hue.rounded(.down), range / most, most)
  }

  private static func rgb(
    _ hue: Double, _ saturation: Double, _ value: Double
  ) -> (red: Double, green: Double, blue: Double) {
    let place = hue * 6
    let sector = place.rounded(.down)
    let share = place - sector
    func clip(_ number: Double) -> Double { min(max(number, 0), 1) }
    let p = clip(value * (1 - saturation))
    let q = clip(value * (1 - saturation * share))
    let t = clip(value * (1 - saturation * (1 - share)))
    return switch Int(sector) % 6 {
    case 0: (value, t, p)
    case 1: (q, value, p)
    case 2: (p, value, t)
    case 3: (p, q, value)
    case 4: (t, p, value)
    default: (value, p, q)
    }
  }

  /// Mixes the image with a smoothed one, whose edge is that of the image: above 1 it is sharper.
  /// Images of less than three rows or columns stay unchanged.
  mutating func adjustSharpness(_ factor: Double) {
    let layout = layout
    let (height, width, unit) = (layout.height, layout.width, layout.unit)
    guard height > 2, width > 2, factor != 1 else { return }
    replace(layout: layout) { source, target in
      for channel in 0..<layout.channels {
        for row in 0..<height {
          for column in 0..<width {
            let index = (channel * height + row) * width + column
            let own = source[index]
            guard row > 0, row < height - 1, column > 0, column < width - 1 else {
              target[index] = own
              continue
            }
            var sum = 4 * own
            for other in [index - width, index, index + width] {
              sum += source[other - 1] + source[other] + source[other + 1]
            }
            target[index] = min(max(factor * own + (1 - factor) * sum / 13, 0), unit)
          }
        }
      }
    }
  }

  /// Rounds down to 2^bits levels.
  mutating func posterize(bits: Int) {
    guard bits < 8 else { return }
    let levels = Double(1 << bits)
    for index in 0..<count {
      let level = min(max((values[index] / layout.unit * levels).rounded(.down), 0), levels - 1)
      values[index] = level / levels * layout.unit
    }
  }

  /// Inverts numbers of a threshold or more, which is in the unit of images.
  mutating func solarize(threshold: Double) {
    for index in 0..<count where values[index] >= threshold * layout.unit {
      values[index] = layout.unit - values[index]
    }
  }

  /// Stretches each channel to the whole range; a constant one stays unchanged.
  mutating func stretchContrast() {
    let plane = layout.height * layout.width
    for channel in 0..<layout.channels {
      let range = channel * plane..<(channel + 1) * plane
      let (least, most) = range.reduce((Double.infinity, -Double.infinity)) {
        (min($0.0, values[$1]), max($0.1, values[$1]))
      }
      guard most > least else { continue }
      for index in range {
        values[index] = clipped((values[index] - least) * (layout.unit / (most - least)))
      }
    }
  }

  /// Equalizes the histogram of each channel over 256 levels.
  mutating func equalize() {
    let plane = layout.height * layout.width
    let unit = layout.unit
    func level(_ number: Double) -> Int {
      Int((min(max(number / unit, 0), 1) * 255).rounded(.toNearestOrEven))
    }
    for channel in 0..<layout.channels {
      let range = channel * plane..<(channel + 1) * plane
      var counts = [Int](repeating: 0, count: 256)
      for index in range { counts[level(values[index])] += 1 }
      let last = counts.last { $0 > 0 } ?? 0
      let step = (plane - last) / 255
      guard step > 0 else { continue }
      var table = [Double](repeating: 0, count: 256)
      var sum = 0
      for index in 0..<256 {
        table[index] = Double(min((sum + step / 2) / step, 255)) / 255 * unit
        sum += counts[index]
      }
      for index in range { values[index] = table[level(values[index])] }
    }
  }
}

extension ExampleLayout {
  /// Verifies that an image has 1 or 3 channels, as colours need.
  func requireColors(_ name: String) throws(NNError) {
    guard channels == 1 || channels == 3 else {
      throw .invalid(
        "`\(name)` changes grey images or red, green and blue, and the images have \(channels) "
          + "channels",
        hint: "leave it out")
    }
  }
}
