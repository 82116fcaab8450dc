import NNCore
import NNData
import NNDrawing
import NNTraining

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A grid of points in a rectangle of the plane, row by row from below, at which a network is
/// plotted.
struct PlaneGrid {
  let x: ClosedRange<Double>
  let y: ClosedRange<Double>
  let columns: Int
  let rows: Int

  /// Creates a grid of `columns` × `rows` points, each in the center of its cell.
  init(x: ClosedRange<Double>, y: ClosedRange<Double>, columns: Int = 120, rows: Int = 120) {
    self.x = x
    self.y = y
    self.columns = columns
    self.rows = rows
  }

  /// The points in order.
  var points: [(x: Double, y: Double)] {
    let across = Self.middles(x, columns)
    return Self.middles(y, rows).flatMap { height in across.map { (x: $0, y: height) } }
  }

  /// The centers of `count` cells side by side.
  private static func middles(_ range: ClosedRange<Double>, _ count: Int) -> [Double] {
    let width = (range.upperBound - range.lowerBound) / Double(count)
    return (0..<count).map { range.lowerBound + width * (Double($0) + 0.5) }
  }

  /// The points as a network's input, float64 [N, 2].
  var inputs: HostTensor {
    HostTensor(points.flatMap { [$0.x, $0.y] }, shape: [columns * rows, 2])
  }

  /// The probability of class 1 at each point, for a network whose one output is a logit.
  func probabilities(_ trainer: Trainer) throws(NNError) -> [Double] {
    sigmoid(try LayerProbe(trainer, rows: inputs).readOutput().doubles)
  }

  /// A plot of a network's probabilities with examples of two classes on top and a line where the
  /// probability is one half.
  ///
  /// - Parameters:
  ///   - title: The text above the plot.
  ///   - probabilities: The probability of class 1 at each point.
  ///   - boundary: A function that is 0 along the line; nil for the line at one half.
  ///   - data: Inputs [N, 2] with labels or numbers 0 and 1; nil for none.
  func plot(
    title: String?, probabilities: [Double], boundary: [Double]? = nil, data: Dataset?,
    xLabel: String? = nil,
    yLabel: String? = nil, symbolSize: Double = 2.5
  ) -> Plot {
    Plot(
      title: title, x: Axis(xLabel, range: x), y: Axis(yLabel, range: y), keepsAspect: true,
      legend: .hidden,
      marks: marks(probabilities, boundary: boundary)
        + (data.map { Self.points($0, size: symbolSize) } ?? []))
  }

  /// Probabilities of class 1 as colours, with a line where they are one half or where another
  /// function is 0.
  func marks(_ probabilities: [Double], boundary: [Double]? = nil) -> [any Mark] {
    [
      HeatMap(
        x: x, y: y, columns: columns, rows: rows, values: probabilities, colors: .classes,
        range: 0...1, bar: false),
      Contour(
        x: inner(x, columns), y: inner(y, rows), columns: columns, rows: rows,
        values: boundary ?? probabilities, levels: [boundary == nil ? 0.5 : 0]),
    ]
  }

  /// The range from the first of `count` points to the last one.
  private func inner(_ range: ClosedRange<Double>, _ count: Int) -> ClosedRange<Double> {
    let half = (range.upperBound - range.lowerBound) / Double(2 * count)
    return range.lowerBound + half...range.upperBound - half
  }

  /// The examples of a data set with two inputs, by class.
  static func points(_ data: Dataset, size: Double = 2.5) -> [any Mark] {
    let inputs = data.inputs.doubles
    let targets = data.targets.doubles
    return (0..<2).map { label in
      let rows = targets.indices.filter { (targets[$0] >= 0.5) == (label == 1) }
      return Points(
        "class \(label)", x: rows.map { inputs[2 * $0] }, y: rows.map { inputs[2 * $0 + 1] },
        color: .series(label), size: size)
    }
  }
}

/// σ(x) = 1/(1 + e⁻ˣ) of each element: probabilities from logits.
func sigmoid(_ logits: [Double]) -> [Double] {
  logits.map { 1 / (1 + exp(-$0)) }
}

/// Evenly spaced numbers from one end of a range to the other.
func spaced(_ count: Int, _ range: ClosedRange<Double>) -> [Double] {
  (0..<count).map { index in
    range.lowerBound
      + (range.upperBound - range.lowerBound) * Double(index) / Double(max(1, count - 1))
  }
}
