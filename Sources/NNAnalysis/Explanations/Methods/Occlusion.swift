package import NNCore

/// f(x) − f(x with a window replaced by the baseline), for every position of the window (captum's
/// `Occlusion`).
///
/// The difference counts for every number of the window; where windows overlap, their mean. At the
/// end of an axis the window is cut off.
///
/// Source: Zeiler, Fergus, "Visualizing and understanding convolutional networks", ECCV 2014.
package struct Occlusion: ExplanationMethod {
  package static let name = "occlusion"
  package static let summary = "How far the score falls when a window of the input is replaced."

  private let baseline: Double
  private let windows: [[Int]]
  package let isAdditive: Bool

  package init(
    _ options: ExplanationOptions, for network: ExplainedNetwork
  ) throws(NNError) {
    baseline = options.baseline
    guard network.parts.count == 1 || options.window == nil && options.strides == nil else {
      throw .invalid(
        "a window of occlusion is that of one input, and the network has \(network.parts.count)",
        hint: "leave the window and its strides out")
    }
    var windows: [[Int]] = []
    for part in network.parts {
      let shape = part.shape
      let window = options.window ?? Self.window(for: part)
      guard window.count == shape.rank, zip(window, shape.dimensions).allSatisfy({ 1...$1 ~= $0 })
      else {
        throw .invalid(
          "the window of occlusion is \(window), and rows have shape \(shape)",
          hint: "give an extent for each axis, from 1 to that of the row")
      }
      let strides = options.strides ?? window.map { max(1, $0 / 2) }
      guard strides.count == shape.rank, zip(strides, window).allSatisfy({ 1...$1 ~= $0 }) else {
        throw .invalid(
          "the strides of occlusion are \(strides), and the window is \(window)",
          hint: "give a stride for each axis, from 1 to the window's extent")
      }
      windows += Self.windows(window, strides, shape).map { $0.map { $0 + part.offset } }
    }
    self.windows = windows
    // Else the difference of a window counts several times.
    let width = network.parts.last?.range.upperBound ?? 0
    isAdditive = windows.count == width && windows.allSatisfy { $0.count == 1 }
  }

  private static func window(for part: ExplainedNetwork.Part) -> [Int] {
    let shape = part.shape.dimensions
    // A token is all numbers of its embedding.
    if part.isEmbedded { return shape.dropLast().map { _ in 1 } + shape.suffix(1) }
    guard shape.count == 3 else { return shape.map { _ in 1 } }
    let side = max(1, max(shape[1], shape[2]) / 7)
    return [shape[0], min(side, shape[1]), min(side, shape[2])]
  }

  /// The indices of the numbers in each position of the window.
  private static func windows(_ window: [Int], _ strides: [Int], _ shape: Shape) -> [[Int]] {
    var windows = [[0]]
    // Axis by axis: the parts of a position so far, times the range along the axis.
    for axis in window.indices {
      let extent = shape.dimensions[axis]
      let count = (extent - window[axis] + strides[axis] - 1) / strides[axis] + 1
      windows = windows.flatMap { part in
        (0..<count).map { position in
          let start = position * strides[axis]
          let range = start..<min(start + window[axis], extent)
          return part.flatMap { base in range.map { base * extent + $0 } }
        }
      }
    }
    return windows
  }

  package func attributions(
    _ network: ExplainedNetwork, _ rows: ExplainedRows, choices: [Int]
  ) throws(NNError) -> [Double] {
    let (base, width) = (rows.filled(with: baseline).numbers, rows.width)
    var counts = [Double](repeating: 0, count: width)
    for window in windows { for index in window { counts[index] += 1 } }
    let scores = try network(rows, choices: choices, ExplainedNetwork.Request()).scores
    var attributions = [Double](repeating: 0, count: rows.numbers.count)
    for (row, choice) in choices.enumerated() {
      let own = Array(rows.numbers[row * width..<(row + 1) * width])
      var start = 0
      while start < windows.count {
        let part = windows[start..<min(start + ExplainedNetwork.batchSize, windows.count)]
        let occluded = part.flatMap { window in
          var copy = own
          for index in window { copy[index] = base[row * width + index] }
          return copy
        }
        let found = try network(
          rows.copies(of: row, occluded), choices: [Int](repeating: choice, count: part.count),
          ExplainedNetwork.Request()
        ).scores
        for (window, score) in zip(part, found) {
          for index in window { attributions[row * width + index] += scores[row] - score }
        }
        start += part.count
      }
      for index in 0..<width where counts[index] > 0 {
        attributions[row * width + index] /= counts[index]
      }
    }
    return rows.withoutPadding(attributions)
  }
}
