import NNCore
import NNData
import NNDrawing
import NNGraph
import NNLayers
import NNLosses
import NNOptimizers
import NNTraining

/// A stack of linear layers is one linear layer; an activation between them makes the difference.
struct LinearOrNotLesson: Lesson {
  static let name = "linear-or-not"
  static let title = "Nonlinearity: without an activation, depth adds nothing"
  static let summary =
    "Three linear layers equal one up to rounding; with σ between them the network is non-linear"

  func run(_ options: LessonOptions, into report: inout LessonReport) throws(NNError) {
    report.paragraph(
      "A linear layer computes Cx + c. Put a second one after it, and the two together are again a "
        + "linear layer:")
    report.formula("D(Cx + c) + d = (DC)x + (Dc + d)")
    try collapse(options, into: &report)
    try fitSine(options, into: &report)
    try separateCircles(options, into: &report)
    report.paragraph(
      "So a network needs a non-linear function after each hidden layer: see "
        + "[[activations]].")
  }

  /// Random layers, multiplied into one.
  private func collapse(
    _ options: LessonOptions, into report: inout LessonReport
  ) throws(NNError) {
    let stack = Model {
      Dense(16)
      Dense(16)
      Dense(1)
    }
    let layout = try stack.layout(input: TensorType([1, 2], .float64))
    let weights = try layout.initialize(seed: options.seed)
    var product = LinearMap.identity(2)
    for layer in 0..<3 {
      guard let weight = weights["\(layer).weight"], let bias = weights["\(layer).bias"] else {
        preconditionFailure("a dense layer has a weight and a bias")
      }
      product = LinearMap(weight, bias).after(product)
    }
    let folded = ["0.weight": product.weight, "0.bias": product.bias]
    let rows = try DataGenerator(.blobs, samples: 200, seed: options.seed).make().inputs
    let double = try difference(stack, weights, folded, rows, .float64)
    let single = try difference(stack, weights, folded, rows, .float32)
    report.measure("stack against one layer, float64", double)
    report.measure("stack against one layer, float32", single)
    let many = report.measure("parameters in the stack", Double(layout.parameterCount))
    let few = report.measure(
      "parameters in one layer", Double(folded.values.map(\.elementCount).reduce(0, +)))
    report.paragraph(
      "Three layers of random weights, 2 → 16 → 16 → 1, multiplied into one, 2 → 1: for 200 inputs "
        + "their outputs differ by at most \(double.text) of the largest one, which is rounding in "
        + "double precision (\(single.text) in single precision). \(many.text) parameters "
        + "are equivalent to \(few.text).")
  }

  /// The largest difference between the outputs, relative to the largest output.
  private func difference(
    _ stack: Model, _ weights: [String: HostTensor], _ folded: [String: HostTensor],
    _ rows: HostTensor, _ dtype: DType
  ) throws(NNError) -> Double {
    let deep = try FixedNetwork(stack, weights: weights, dtype: dtype)(rows).doubles
    let flat = try FixedNetwork(Model([Dense(1)]), weights: folded, dtype: dtype)(rows).doubles
    let largest = deep.map { abs($0) }.max() ?? 1
    return (zip(deep, flat).map { abs($0 - $1) }.max() ?? .nan) / largest
  }

  private func fitSine(
    _ options: LessonOptions, into report: inout LessonReport
  ) throws(NNError) {
    let data = try DataGenerator(.sine, samples: 101).make()
    let training = LessonTraining(
      data: data, loss: MeanSquaredError(), optimizer: Adam(learningRate: 0.05), epochs: 1500)
    let linear = try training.train(
      Model {
        Dense(10)
        Dense(1)
      }, seed: options.seed)
    let nonlinear = try training.train(
      Model {
        Dense(10)
        Sigmoid()
        Dense(1)
      }, seed: options.seed)
    let (x, y) = (data.inputs.doubles, data.targets.doubles)
    // The best line goes through the origin, since the sine is odd and x is symmetric around 0.
    let products: Double = zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }
    let squares: Double = x.reduce(0) { $0 + $1 * $1 }
    let slope = products / squares
    let residuals: Double = zip(x, y).reduce(0) { sum, point in
      let residual = point.1 - slope * point.0
      return sum + residual * residual
    }
    let best = residuals / Double(x.count)
    let linearLoss = report.measure(
      "sine, linear stack: squared error", try linear.evaluate(on: data).loss)
    report.measure("sine, best straight line: squared error", best)
    let nonlinearLoss = report.measure(
      "sine, with σ: squared error", try nonlinear.evaluate(on: data).loss)
    let line = try LayerProbe(linear, rows: data.inputs).readOutput().doubles
    let curve = try LayerProbe(nonlinear, rows: data.inputs).readOutput().doubles
    let straightness = report.measure(
      "sine, linear stack: largest second difference", Self.largestSecondDifference(line))
    let curvature = report.measure(
      "sine, with σ: largest second difference", Self.largestSecondDifference(curve))
    report.paragraph(
      "Trained on y = sin(x), two linear layers with 10 hidden nodes end at a mean squared error "
        + "of \(linearLoss.text); the best straight line has \(best.text). With σ between them the "
        + "error is \(nonlinearLoss.text). The second difference of neighbouring outputs, |o₁ − "
        + "2o₂ + o₃|, is 0 on a line: at most \(straightness.text) for the stack, up to "
        + "\(curvature.text) with σ."
    )
    report.show(
      Figure(
        title: "y = sin(x), learned with and without σ",
        description:
          "The output of the linear stack is a straight line; with σ the network follows the sine.",
        panels: [
          Plot(
            x: Axis("x"), y: Axis("y"),
            marks: [
              Points("sin x", x: x, y: y, color: .muted, size: 2.5),
              Line("10 hidden nodes, linear", x: x, y: line, color: .series(1)),
              Line("10 hidden nodes, σ", x: x, y: curve, color: .series(0), dash: .solid),
            ])
        ]),
      name: "sine", caption: "The same number of weights, with and without σ.")
  }

  private func separateCircles(
    _ options: LessonOptions, into report: inout LessonReport
  ) throws(NNError) {
    let data = try DataGenerator(.circles, samples: 300, noise: 0.1, seed: options.seed).make()
      .withNumericTargets()
    let training = LessonTraining(
      data: data, loss: BinaryCrossEntropyWithLogits(), optimizer: Adam(learningRate: 0.05),
      epochs: 500)
    let grid = PlaneGrid(x: -1.5...1.5, y: -1.5...1.5)
    var panels: [Plot] = []
    for (name, layers) in [
      ("linear", [Dense(8), Dense(8), Dense(1)]),
      ("with σ", [Dense(8), Sigmoid(), Dense(8), Sigmoid(), Dense(1)]),
    ] as [(String, [any Layer])] {
      let trainer = try training.train(Model(layers), seed: options.seed)
      let accuracy = report.measure(
        "circles, \(name): accuracy", try training.accuracy(of: trainer))
      panels.append(
        grid.plot(
          title: "\(name): \(accuracy.percent)", probabilities: try grid.probabilities(trainer),
          data: data))
    }
    report.show(
      Figure(
        title: "Three layers around a ring",
        description:
          "Two rings, one inside the other. The linear stack separates the plane by a straight "
          + "line, the network with σ by a closed curve around the inner ring.",
        columns: 2, panels: panels),
      name: "circles",
      caption: "Three layers, 2 → 8 → 8 → 1: without σ their boundary is a straight line.")
  }

  /// The largest second difference.
  private static func largestSecondDifference(_ outputs: [Double]) -> Double {
    let inner = 1..<outputs.count - 1
    return inner.map { index in
      let chord = outputs[index - 1] + outputs[index + 1]
      return abs(chord - 2 * outputs[index])
    }.max() ?? 0
  }
}

/// x ↦ Wx + b in double precision, by plain loops.
private struct LinearMap {
  let rows: [[Double]]
  let offset: [Double]

  init(_ weight: HostTensor, _ bias: HostTensor) {
    let (numbers, width) = (weight.doubles, weight.shape[1])
    rows = (0..<weight.shape[0]).map { Array(numbers[$0 * width..<($0 + 1) * width]) }
    offset = bias.doubles
  }

  private init(rows: [[Double]], offset: [Double]) {
    self.rows = rows
    self.offset = offset
  }

  static func identity(_ size: Int) -> LinearMap {
    LinearMap(
      rows: (0..<size).map { row in (0..<size).map { $0 == row ? 1 : 0 } },
      offset: [Double](repeating: 0, count: size))
  }

  /// The composition: this map applied to the output of another.
  func after(_ first: LinearMap) -> LinearMap {
    func times(_ column: [Double]) -> [Double] {
      rows.map { zip($0, column).map { $0 * $1 }.reduce(0, +) }
    }
    let columns = first.rows[0].indices.map { column in times(first.rows.map { $0[column] }) }
    return LinearMap(
      rows: rows.indices.map { row in columns.map { $0[row] } },
      offset: zip(times(first.offset), offset).map { $0 + $1 })
  }

  var weight: HostTensor {
    HostTensor(rows.flatMap { $0 }, shape: [rows.count, rows[0].count])
  }

  var bias: HostTensor { HostTensor(offset) }
}
