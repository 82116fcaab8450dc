/// Antialiased bilinear interpolation, byte for byte as Pillow's `Image.resize(…, BILINEAR, box)`.
///
/// Each output is the mean of the inputs under a triangle of the width of an output pixel, at least
/// of an input pixel, in fixed-point arithmetic; columns first, rounded to bytes, then rows.
extension PixelImage {
  /// The part of an image that is resized, in pixels from the left and top edge.
  struct Box: Sendable, Hashable {
    var left: Double
    var top: Double
    var right: Double
    var bottom: Double
  }

  /// Resizes a part of the image.
  ///
  /// - Parameters:
  ///   - box: A part inside the image; nil (default) for the whole.
  ///   - newWidth: The number of columns of the result.
  ///   - newHeight: The number of rows of the result.
  func resized(
    _ box: Box? = nil, width newWidth: Int, height newHeight: Int
  ) -> PixelImage {
    let columns = ResampledAxis(
      input: width, from: box?.left ?? 0, to: box?.right ?? Double(width), output: newWidth)
    let rows = ResampledAxis(
      input: height, from: box?.top ?? 0, to: box?.bottom ?? Double(height), output: newHeight)
    var image = self
    var firstRow = 0
    if !columns.isIdentity {
      // Only the rows that the second pass reads.
      let range = rows.inputRange
      image = image.resamplingColumns(columns, ofRows: range)
      firstRow = range.lowerBound
    }
    return rows.isIdentity ? image : image.resamplingRows(rows, from: firstRow)
  }

  private func resamplingColumns(_ axis: ResampledAxis, ofRows range: Range<Int>) -> PixelImage {
    let size = range.count * axis.count * channels
    let result = [UInt8](unsafeUninitializedCapacity: size) { out, count in
      pixels.withUnsafeBufferPointer { source in
        axis.weights.withUnsafeBufferPointer { weights in
          var target = 0
          for row in range {
            for column in 0..<axis.count {
              let start = (row * width + axis.starts[column]) * channels
              let first = column * axis.capacity
              let taps = axis.counts[column]
              for channel in 0..<channels {
                var sum = ResampledAxis.half
                var offset = start + channel
                for tap in first..<first + taps {
                  sum &+= Int32(source[offset]) &* weights[tap]
                  offset += channels
                }
                out[target] = ResampledAxis.byte(sum)
                target += 1
              }
            }
          }
        }
      }
      count = size
    }
    return PixelImage(width: axis.count, height: range.count, channels: channels, pixels: result)
  }

  /// - Parameter firstRow: The row of the axis that is the first row of this image.
  private func resamplingRows(_ axis: ResampledAxis, from firstRow: Int) -> PixelImage {
    let length = width * channels
    let size = axis.count * length
    var sums = [Int32](repeating: 0, count: length)
    let result = [UInt8](unsafeUninitializedCapacity: size) { out, count in
      pixels.withUnsafeBufferPointer { source in
        sums.withUnsafeMutableBufferPointer { sums in
          for row in 0..<axis.count {
            sums.update(repeating: ResampledAxis.half)
            for tap in 0..<axis.counts[row] {
              let weight = axis.weights[row * axis.capacity + tap]
              let start = (axis.starts[row] - firstRow + tap) * length
              for index in 0..<length {
                sums[index] &+= Int32(source[start + index]) &* weight
              }
            }
            for index in 0..<length { out[row * length + index] = ResampledAxis.byte(sums[index]) }
          }
        }
      }
      count = size
    }
    return PixelImage(width: width, height: axis.count, channels: channels, pixels: result)
  }
}

/// The weights of the inputs along an axis in each output.
struct ResampledAxis: Sendable {
  /// The number of outputs.
  let count: Int
  /// Whether outputs equal inputs.
  let isIdentity: Bool
  /// The room for weights of an output.
  let capacity: Int
  /// The first input of each output.
  private(set) var starts: [Int]
  /// The number of inputs of each output.
  private(set) var counts: [Int]
  /// The weights as integers with `precision` binary places, `capacity` for each output.
  private(set) var weights: [Int32]

  /// Binary places of weights, so that 256 · 2 · 2^precision fits 32 bits.
  private static let precision: Int32 = 32 - 8 - 2
  /// One half, with which sums begin, so that they are rounded.
  static let half = Int32(1) << (precision - 1)

  /// The byte of a sum.
  static func byte(_ sum: Int32) -> UInt8 { UInt8(clamping: sum >> precision) }

  /// Computes the weights.
  ///
  /// - Parameters:
  ///   - input: The number of inputs.
  ///   - start: The beginning of the range of inputs, at least 0.
  ///   - end: Its end, at most `input`.
  ///   - output: The number of outputs.
  init(input: Int, from start: Double, to end: Double, output: Int) {
    // Pillow holds the range as single-precision numbers.
    let (start, end) = (Float(start), Float(end))
    isIdentity = input == output && start == 0 && end == Float(input)
    count = output
    let scale = Double(end - start) / Double(output)
    let width = max(1, scale)
    capacity = Int(width.rounded(.up)) * 2 + 1
    starts = []
    counts = []
    weights = [Int32](repeating: 0, count: capacity * output)
    var shares: [Double] = []
    for index in 0..<output {
      let center = Double(start) + (Double(index) + 0.5) * scale
      let first = max(0, Int(center - width + 0.5))
      let past = max(first, min(input, Int(center + width + 0.5)))
      shares.removeAll(keepingCapacity: true)
      var sum = 0.0
      for position in first..<past {
        let distance = abs((Double(position) - center + 0.5) * (1 / width))
        shares.append(max(0, 1 - distance))
        sum += shares[position - first]
      }
      starts.append(first)
      counts.append(past - first)
      for (tap, share) in shares.enumerated() {
        let weight = sum == 0 ? share : share / sum
        weights[index * capacity + tap] = Int32(0.5 + weight * Double(1 << Self.precision))
      }
    }
  }

  /// The inputs that any output depends on.
  var inputRange: Range<Int> {
    let last = count - 1
    return starts[0]..<starts[last] + counts[last]
  }
}
