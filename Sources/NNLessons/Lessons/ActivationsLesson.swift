import NNCore
import NNDrawing
import NNGraph
import NNLayers

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Every activation with its derivative, by automatic differentiation and by formula.
struct ActivationsLesson: Lesson {
  static let name = "activations"
  static let title = "Activation functions and their derivatives"
  static let summary =
    "Each activation σ with its derivative σ′, by automatic differentiation and by formula"

  func run(_ options: LessonOptions, into report: inout LessonReport) throws(NNError) {
    report.paragraph(
      "A step function cannot be trained by gradients: its derivative is 0 wherever it has one, so "
        + "no small change of a weight changes the output. An activation must be non-linear, cheap "
        + "to evaluate, and have a useful derivative.")
    let x = spaced(601, -6...6)
    let curves = try Activation.all.map { activation throws(NNError) in
      try Curve(activation, at: x)
    }
    try report.show(
      Figure(
        title: "Activations σ and their derivatives σ′",
        description: "Nine plots, from −6 to 6: each activation and its derivative.",
        columns: 3,
        panels: [stepPanel(x)] + curves.map { $0.panel(x, hasLegend: $0.name == "sigmoid") }),
      name: "all",
      caption: "Each activation and, dashed, its derivative. The derivative of the step is 0.")
    measure(curves, x, into: &report)
    try explainStep(into: &report)
  }

  private func measure(_ curves: [Curve], _ x: [Double], into report: inout LessonReport) {
    report.paragraph(
      "Automatic differentiation finds σ′ as part of a network's graph. Here it is evaluated at "
        + "\(x.count) points in double precision and compared with the formula:")
    report.table(
      header: ["activation", "σ(x)", "σ′(x)", "largest σ′", "largest difference"],
      rows: curves.map { curve in
        let error = report.measure("\(curve.name): largest error of σ′", curve.derivativeError)
        report.measure("\(curve.name): largest error of σ", curve.valueError)
        let greatest = report.measure("\(curve.name): largest σ′", curve.derivatives.max() ?? .nan)
        return [
          curve.name, curve.activation.formula, curve.activation.derivativeFormula, greatest.text,
          error.text,
        ]
      },
      caption: "Derivatives by automatic differentiation compared with the formulas")
    guard let sigmoid = curves.first(where: { $0.name == "sigmoid" }),
      let tanh = curves.first(where: { $0.name == "tanh" }), let end = sigmoid.derivatives.last
    else { return }
    let own = report.measure(
      "sigmoid: largest |σ′ − σ(1 − σ)|",
      zip(sigmoid.values, sigmoid.derivatives).map { abs($1 - $0 * (1 - $0)) }.max() ?? .nan)
    let other = report.measure(
      "tanh: largest |σ′ − (1 − σ²)|",
      zip(tanh.values, tanh.derivatives).map { abs($1 - (1 - $0 * $0)) }.max() ?? .nan)
    report.paragraph(
      "Some derivatives follow from the value itself, which the forward pass has already "
        + "computed: σ′ = σ(1 − σ) for the sigmoid, off by at most \(own.text), and 1 − σ² for "
        + "tanh, off by at most \(other.text).")
    report.measure("sigmoid: σ′ at 6", end)
    let lost = report.measure("sigmoid: ratio of largest σ′ to σ′ at 6", 0.25 / end)
    report.paragraph(
      "Far from 0 a sigmoid is saturated: at x = 6 its derivative is \(end.text), \(lost.text) "
        + "times smaller than at 0, and learning is slower by the same factor. ReLU has derivative "
        + "1 for x > 0 and 0 elsewhere; leaky ReLU, ELU, GELU, SiLU and softplus keep some "
        + "gradient there, too. The effect of small derivatives over many steps is the subject of "
        + "[[vanishing-gradient]].")
  }

  private func explainStep(into report: inout LessonReport) throws(NNError) {
    let graph = Graph()
    let input = graph.input("x", TensorType([1], .float64))
    _ = graph.gradients(of: input.step().sum(), withRespectTo: [input])
    let answer = report.measure(
      "diagnostics when the step is differentiated", Double(graph.diagnostics.count))
    guard answer > 0, let refusal = graph.diagnostics.first else { return }
    report.paragraph(
      "For the step's derivative the framework reports: “\(refusal.message)”"
        + (refusal.hint.map { ", and: “\($0)”" } ?? "") + ".")
  }

  private func stepPanel(_ x: [Double]) throws(NNError) -> Plot {
    let outputs = try FixedNetwork(Model(Step()), weights: [:])(
      HostTensor(x, shape: [x.count, 1])
    ).doubles
    // There is no line at the jump.
    let jumps = outputs.indices.dropFirst().filter { outputs[$0] != outputs[$0 - 1] }
    var (points, heights) = (x, outputs)
    for index in jumps.reversed() {
      points.insert(x[index], at: index)
      heights.insert(.nan, at: index)
    }
    return Plot(
      title: "step", x: Axis(range: -6...6), y: Axis(range: -0.3...1.3), legend: .hidden,
      marks: [
        Line(x: points, y: heights, color: .series(0), dash: .solid),
        Line(x: [-6, 6], y: [0, 0], color: .series(1), dash: .dashed),
      ])
  }
}

/// An activation with its formulas.
private struct Activation: Sendable {
  let name: String
  let layer: any ElementwiseLayer
  let formula: String
  let derivativeFormula: String
  let value: @Sendable (Double) -> Double
  let derivative: @Sendable (Double) -> Double

  static let all = [
    Activation(
      name: "sigmoid", layer: Sigmoid(), formula: "1/(1 + e⁻ˣ)", derivativeFormula: "σ(1 − σ)",
      value: logistic, derivative: { logistic($0) * (1 - logistic($0)) }),
    Activation(
      name: "tanh", layer: Tanh(), formula: "(eˣ − e⁻ˣ)/(eˣ + e⁻ˣ)", derivativeFormula: "1 − σ²",
      value: { tanh($0) }, derivative: { 1 - tanh($0) * tanh($0) }),
    Activation(
      name: "relu", layer: ReLU(), formula: "max(x, 0)", derivativeFormula: "1 if x > 0, else 0",
      value: { max($0, 0) }, derivative: { $0 > 0 ? 1 : 0 }),
    Activation(
      name: "leaky_relu", layer: LeakyReLU(negativeSlope: 0.1),
      formula: "x if x > 0, else 0.1x", derivativeFormula: "1 if x > 0, else 0.1",
      value: { $0 > 0 ? $0 : 0.1 * $0 }, derivative: { $0 > 0 ? 1 : 0.1 }),
    Activation(
      name: "elu", layer: ELU(), formula: "x if x > 0, else eˣ − 1",
      derivativeFormula: "1 if x > 0, else σ + 1", value: { $0 > 0 ? $0 : expm1($0) },
      derivative: { $0 > 0 ? 1 : exp($0) }),
    Activation(
      name: "gelu", layer: GELU(), formula: "x Φ(x)", derivativeFormula: "Φ(x) + x φ(x)",
      value: { $0 * normal($0) },
      derivative: { normal($0) + $0 * exp(-$0 * $0 / 2) / (2 * Double.pi).squareRoot() }),
    Activation(
      name: "silu", layer: SiLU(), formula: "x/(1 + e⁻ˣ)",
      derivativeFormula: "s + σ(1 − s), s = 1/(1 + e⁻ˣ)",
      value: { $0 * logistic($0) },
      derivative: { logistic($0) + $0 * logistic($0) * (1 - logistic($0)) }),
    Activation(
      name: "softplus", layer: Softplus(), formula: "ln(1 + eˣ)", derivativeFormula: "1/(1 + e⁻ˣ)",
      value: { log1p(exp($0)) }, derivative: logistic),
  ]

  /// The logistic function.
  @Sendable private static func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  /// Φ, the normal distribution.
  @Sendable private static func normal(_ x: Double) -> Double {
    0.5 * erfc(-x / 2.0.squareRoot())
  }
}

/// An activation and its derivative at some points, as the framework computes them.
private struct Curve {
  let activation: Activation
  let values: [Double]
  let derivatives: [Double]
  let valueError: Double
  let derivativeError: Double

  var name: String { activation.name }

  init(_ activation: Activation, at x: [Double]) throws(NNError) {
    let graph = Graph()
    let input = graph.input("x", TensorType([x.count], .float64))
    let output = activation.layer.apply(input)
    let derivative = graph.gradients(of: output.sum(), withRespectTo: [input])[0]
    let function = try Function(graph, outputs: ["value": output, "derivative": derivative])
    try function(["x": HostTensor(x)])
    self.activation = activation
    values = try function.read("value").doubles
    derivatives = try function.read("derivative").doubles
    valueError = zip(x, values).map { abs(activation.value($0) - $1) }.max() ?? .nan
    derivativeError = zip(x, derivatives).map { abs(activation.derivative($0) - $1) }.max() ?? .nan
  }

  func panel(_ x: [Double], hasLegend: Bool) -> Plot {
    let isBounded = (values.max() ?? 0) <= 1
    return Plot(
      title: name, x: Axis(range: -6...6),
      y: Axis(range: isBounded ? (name == "tanh" ? -1.3...1.3 : -0.3...1.3) : -1.5...4),
      legend: hasLegend ? .topLeft : .hidden,
      marks: [
        Line("σ", x: x, y: values, color: .series(0), dash: .solid),
        Line("σ′", x: x, y: derivatives, color: .series(1), dash: .dashed),
      ])
  }
}
