import NNCore

/// The channel of each element of an example.
struct ChannelLayout {
  let channelCount: Int
  /// The number of contiguous elements of one channel.
  let innerCount: Int

  /// The layout of an example: in [F] and [T, F] channels are last, in [C, H, W] and above first.
  init(_ shape: Shape) {
    switch shape.rank {
    case 0: (channelCount, innerCount) = (1, 1)
    case 1, 2: (channelCount, innerCount) = (shape[-1], 1)
    default:
      channelCount = shape[0]
      innerCount = shape.dimensions.dropFirst().reduce(1, *)
    }
  }

  /// The number of elements of an example in its first `steps` steps; nil for all steps.
  static func validCount(_ shape: Shape, steps: Int?) -> Int {
    guard let steps, shape.rank > 0 else { return shape.elementCount }
    return shape.elementCount / max(1, shape[0]) * min(steps, shape[0])
  }

  /// The channel of an element of an example.
  func channel(of element: Int) -> Int { element / innerCount % channelCount }

  /// The runs of the first `count` elements of an example.
  func runs(of count: Int) -> LazyMapSequence<StrideTo<Int>, ChannelRun> {
    // Where channels alternate, a run has one element of each.
    let (size, width) = innerCount == 1 ? (channelCount, channelCount) : (innerCount, 1)
    return stride(from: 0, to: count, by: size).lazy.map { start in
      let first = channel(of: start)
      return ChannelRun(elements: start..<start + size, channels: first..<first + width)
    }
  }
}

/// Successive elements of an example: all of one channel, or one of each of several channels.
struct ChannelRun {
  let elements: Range<Int>
  let channels: Range<Int>

  /// Adds a term for each element to its channel's sum.
  ///
  /// - Parameters:
  ///   - values: The elements.
  ///   - term: The term of a value of a channel.
  @inline(__always)
  func add(
    _ values: UnsafeBufferPointer<Double>, to sums: inout [Double],
    _ term: (_ value: Double, _ channel: Int) -> Double
  ) {
    let first = channels.lowerBound
    guard channels.count == 1 else {
      sums.withUnsafeMutableBufferPointer { sums in
        for index in values.indices { sums[first + index] += term(values[index], first + index) }
      }
      return
    }
    var sum = 0.0
    for value in values { sum += term(value, first) }
    sums[first] += sum
  }

  /// Replaces each channel's bound by the lower one of itself and its elements, or by the greater one.
  @inline(__always)
  func extend(
    _ bounds: inout [Double], by values: UnsafeBufferPointer<Double>,
    _ bound: (Double, Double) -> Double
  ) {
    let first = channels.lowerBound
    guard channels.count == 1 else {
      bounds.withUnsafeMutableBufferPointer { bounds in
        for index in values.indices {
          bounds[first + index] = bound(bounds[first + index], values[index])
        }
      }
      return
    }
    bounds[first] = values.reduce(bounds[first], bound)
  }
}
