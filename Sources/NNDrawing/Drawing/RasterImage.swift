/// A raster image: RGBA pixels in rows.
public struct RasterImage: Sendable, Hashable {
  /// Pixels in a row.
  public let width: Int
  /// The number of rows.
  public let height: Int
  /// Red, green, blue and opacity of each pixel, from the top left, row by row.
  public let rgba: [UInt8]

  /// Creates an image from red, green, blue and opacity of each pixel.
  public init(width: Int, height: Int, rgba: [UInt8]) {
    precondition(
      width >= 0 && height >= 0 && rgba.count == 4 * width * height,
      "an image of \(width) x \(height) pixels has \(4 * width * height) bytes, not \(rgba.count)")
    self.width = width
    self.height = height
    self.rgba = rgba
  }

  /// Creates an image from red, green and blue of each pixel.
  public init(width: Int, height: Int, rgb: [UInt8]) {
    precondition(
      rgb.count == 3 * width * height,
      "an image of \(width) x \(height) pixels has \(3 * width * height) bytes, not \(rgb.count)")
    var rgba: [UInt8] = []
    rgba.reserveCapacity(4 * width * height)
    for pixel in 0..<(width * height) {
      rgba.append(rgb[3 * pixel])
      rgba.append(rgb[3 * pixel + 1])
      rgba.append(rgb[3 * pixel + 2])
      rgba.append(255)
    }
    self.init(width: width, height: height, rgba: rgba)
  }

  /// Creates an image from the brightness of each pixel, 0 for black.
  public init(width: Int, height: Int, gray: [UInt8]) {
    self.init(width: width, height: height, rgb: gray.flatMap { [$0, $0, $0] })
  }

  /// Creates an image of numbers through a color map.
  ///
  /// - Parameters:
  ///   - width: Pixels in a row.
  ///   - height: Rows.
  ///   - values: One number per pixel, from the top left, row by row; values that are not finite
  ///     are transparent.
  ///   - colors: The color map.
  ///   - range: The numbers at both ends of the color map; nil for minimum and maximum, and
  ///     for `.diverging` the greatest magnitude on both sides of 0.
  public init(
    width: Int, height: Int, values: [Double], colors: ColorMap = .gray,
    range: ClosedRange<Double>? = nil
  ) {
    precondition(
      values.count == width * height,
      "an image of \(width) x \(height) pixels has \(width * height) values, not \(values.count)")
    let scale = ColorScale(colors, values: values, range: range)
    var rgba: [UInt8] = []
    rgba.reserveCapacity(4 * values.count)
    for value in values {
      let color = scale.color(value)
      rgba.append(color.red)
      rgba.append(color.green)
      rgba.append(color.blue)
      rgba.append(color.alpha)
    }
    self.init(width: width, height: height, rgba: rgba)
  }

  /// The image downsampled so that no side has more than `size` pixels: each is the mean of a
  /// block.
  package func reduced(to size: Int) -> RasterImage {
    let factor = (max(width, height) + size - 1) / max(size, 1)
    guard factor > 1 else { return self }
    let (columns, rows) = ((width + factor - 1) / factor, (height + factor - 1) / factor)
    var result: [UInt8] = []
    result.reserveCapacity(4 * columns * rows)
    for row in 0..<rows {
      for column in 0..<columns {
        var sums = [0, 0, 0, 0]
        var count = 0
        for y in row * factor..<min((row + 1) * factor, height) {
          for x in column * factor..<min((column + 1) * factor, width) {
            for channel in 0..<4 { sums[channel] += Int(rgba[4 * (y * width + x) + channel]) }
            count += 1
          }
        }
        result += sums.map { UInt8(($0 + count / 2) / count) }
      }
    }
    return RasterImage(width: columns, height: rows, rgba: result)
  }

  /// The image with each pixel repeated, so that its longer side has about `size` pixels.
  func enlarged(to size: Double) -> RasterImage {
    let factor = Int((size / Double(max(width, height, 1))).rounded())
    guard factor > 1 else { return self }
    var result: [UInt8] = []
    result.reserveCapacity(rgba.count * factor * factor)
    for row in 0..<height {
      var line: [UInt8] = []
      for pixel in (row * width)..<((row + 1) * width) {
        let bytes = rgba[(4 * pixel)..<(4 * pixel + 4)]
        for _ in 0..<factor { line += bytes }
      }
      for _ in 0..<factor { result += line }
    }
    return RasterImage(width: width * factor, height: height * factor, rgba: result)
  }

  /// The colour of a pixel, counted from the top left, row by row.
  func color(at pixel: Int) -> RGBA {
    RGBA(rgba[4 * pixel], rgba[4 * pixel + 1], rgba[4 * pixel + 2], alpha: rgba[4 * pixel + 3])
  }
}
