import Foundation
import NNCore
import NNData
import NNReports

/// The grid on which the playground evaluates a network, and the encoding of the results.
///
/// Points with two coordinates have a square of cells: the network's output is encoded as a uint16
/// for each cell; the output of a node is encoded as a uint8 for each block of four cells, 128 for
/// 0 and 1 or 255 for minus or plus the node's largest magnitude. Points with one coordinate have a
/// row of positions, and both outputs are float32 numbers. Rows run from the top.
struct PlaygroundStage: Sendable {
  /// The extent of the stage in each direction.
  static let extent = 3.2
  /// The number of cells along each side of the square.
  static let side = 60
  /// The number of positions in the row.
  static let positions = 121

  /// The centers of the cells.
  let cells: [(x: Double, y: Double)]
  private let dimensions: Int
  private let classCount: Int?
  private let loss: PlaygroundLoss
  /// The numbers at both ends of the color map, if targets are numbers.
  private let range: ClosedRange<Double>

  init(_ experiment: PlaygroundExperiment) {
    dimensions = experiment.points.dimensions
    classCount = experiment.points.classCount
    loss = experiment.settings.loss ?? .meanSquaredError
    let extent = Self.extent(dimensions)
    if dimensions == 1 {
      cells = (0..<Self.positions).map { index in
        (extent * (2 * Double(index) / Double(Self.positions - 1) - 1), 0)
      }
    } else {
      let side = Self.side
      func middle(_ index: Int) -> Double {
        extent * (2 * (Double(index) + 0.5) / Double(side) - 1)
      }
      cells = (0..<side * side).map { (middle($0 % side), -middle($0 / side)) }
    }
    let dataset = experiment.points.dataset
    if dataset.hasLabels {
      range = 0...1
    } else {
      let targets = dataset.targets.converted(to: .float64).scalars(as: Double.self)
      let (low, high) = (targets.min() ?? 0, targets.max() ?? 1)
      range = low < high ? low...high : low - 1...low + 1
    }
  }

  private static func extent(_ dimensions: Int) -> Double {
    // The domain of the sine is −π to π.
    dimensions == 1 ? 3.7 : extent
  }

  // MARK: - What training changes

  /// Adds the outputs of a layer's nodes [N, nodes]; returns the largest magnitude of each.
  func addNodes(of output: HostTensor, to body: inout FrameBody) -> [Double] {
    let count = output.shape[1]
    let values = output.converted(to: .float32).scalars(as: Float.self)
    return (0..<count).map { node in
      let own = stride(from: node, to: values.count, by: count).map { values[$0] }
      return dimensions == 1 ? addRow(own, to: &body) : addMap(own, to: &body)
    }
  }

  private func addRow(_ values: [Float], to body: inout FrameBody) -> Double {
    body.add(floats: values)
    return values.reduce(0) { max($0, Double(abs($1))) }
  }

  private func addMap(_ values: [Float], to body: inout FrameBody) -> Double {
    let (side, half) = (Self.side, Self.side / 2)
    var means: [Float] = []
    means.reserveCapacity(half * half)
    for row in 0..<half {
      for column in 0..<half {
        let first = 2 * row * side + 2 * column
        let top = values[first] + values[first + 1]
        means.append((top + values[first + side] + values[first + side + 1]) / 4)
      }
    }
    let size = means.reduce(0) { $1.isFinite ? max($0, abs($1)) : $0 }
    let factor = size > 0 ? 127 / size : 0
    body.add(bytes: means.map { UInt8(Self.integer(128 + $0 * factor, upTo: 255)) })
    return Double(size)
  }

  /// Adds the network's output [N, outputs]: for two classes the probability of the second, for
  /// more the probability of each, for numbers the number.
  func addOutput(_ output: HostTensor, to body: inout FrameBody) {
    let values = output.converted(to: .float32).scalars(as: Float.self)
    let shown: [[Float]]
    switch loss {
    case .binaryCrossEntropy: shown = [values.map(Self.sigmoid)]
    case .crossEntropy:
      let classes = Self.softmax(values, count: output.shape[1])
      shown = classes.count == 2 ? [classes[1]] : classes
    case .meanSquaredError, .absoluteError, .huber: shown = [values]
    }
    let (low, high) = (Float(range.lowerBound), Float(range.upperBound))
    for values in shown {
      if dimensions == 1 {
        body.add(floats: values)
      } else {
        let factor = 65535 / (high - low)
        body.add(words: values.map { UInt16(Self.integer(($0 - low) * factor, upTo: 65535)) })
      }
    }
  }

  private static func sigmoid(_ value: Float) -> Float {
    1 / (1 + exp(-value))
  }

  private static func softmax(_ values: [Float], count: Int) -> [[Float]] {
    var classes = [[Float]](repeating: [], count: count)
    for start in stride(from: 0, to: values.count, by: count) {
      let row = values[start..<start + count]
      let largest = row.max() ?? 0
      let powers = row.map { exp($0 - largest) }
      let sum = powers.reduce(0, +)
      for (index, power) in powers.enumerated() { classes[index].append(power / sum) }
    }
    return classes
  }

  /// The nearest integer within bounds; 0 for NaN.
  private static func integer(_ value: Float, upTo limit: Float) -> Float {
    value.isNaN ? 0 : max(0, min(limit, value.rounded()))
  }

  // MARK: - What stays

  /// Adds the maps of all features, chosen or not, in the order of their list.
  func addFeatures(_ experiment: PlaygroundExperiment, to body: inout FrameBody) {
    for feature in Self.features(dimensions) {
      let values = cells.map { Float(feature.value($0.x, $0.y)) }
      _ = dimensions == 1 ? addRow(values, to: &body) : addMap(values, to: &body)
    }
  }

  /// The features of points with `dimensions` coordinates.
  private static func features(_ dimensions: Int) -> [PlaygroundFeature] {
    PlaygroundFeature.allCases.filter { $0.dimensions <= dimensions }
  }

  /// Adds points, scales and everything else that a page needs for a complete redraw.
  func describe(_ experiment: PlaygroundExperiment, in header: inout JSONLine) {
    let points = experiment.points
    header.add("dimensions", dimensions)
    header.add("classes", points.classCount ?? 0)
    header.add(
      "class_names",
      points.dataset.classNames ?? (0..<(points.classCount ?? 0)).map { "\($0)" })
    header.add("losses", PlaygroundLoss.choices(classes: classCount).map(\.rawValue))
    header.add("outputs", experiment.settings.outputCount(points))
    header.add("range", numbers: [range.lowerBound, range.upperBound])
    header.add("extent", Self.extent(dimensions))
    header.add("cells", dimensions == 1 ? Self.positions : Self.side)
    header.add("axes", points.axes)
    header.add("offsets", numbers: points.scale.offsets)
    header.add("divisors", numbers: points.scale.divisors)
    header.add("all_features", Self.features(dimensions).map(\.rawValue))
    let staged = points.staged
    let targets = points.dataset.targets.converted(to: .float64).scalars(as: Double.self)
    for (name, rows) in [
      ("train_points", experiment.rows.train), ("test_points", experiment.rows.test),
    ] {
      header.add(
        name,
        numbers: rows.flatMap { row in
          [Self.short(staged[row].x), Self.short(staged[row].y), targets[row]]
        })
    }
  }

  /// A coordinate rounded to the resolution of a screen.
  private static func short(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}
