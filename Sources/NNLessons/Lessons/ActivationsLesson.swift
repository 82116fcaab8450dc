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

/// Every activation with its derivative, as the framework finds it and as a formula.
struct ActivationsLesson: Lesson {
  static let name = "activations"
  static let title = "Activation functions and their derivatives"
  static let summary =
    "Each activation σ with its derivative σ′, found by the framework and held against the formula"

  func run(_ options: LessonOptions, into report: inout LessonReport) throws(NNError) {
    report.say(
      "A binary switch cannot be trained by small changes: its slope is 0 wherever it has one, so no "
        + "small change of a weight changes the output. An activation must be non-linear, simple to "
        + "evaluate, and have a slope that says where to go.")
    let x = spaced(601, -6...6)
    let curves = try Activation.all.map { activation throws(NNError) in
      try Curve(activation, at: x)
    }
    try report.show(
      Figure(
        title: "Activations σ and their derivatives σ′",
        description: "Nine plots, from −6 to 6: each activation and its slope.",
        columns: 3,
        panels: [stepPanel(x)] + curves.map { $0.panel(x, hasLegend: $0.name == "sigmoid") }),
      name: "all", caption: "Each activation and, dashed, its slope. The step's slope is 0.")
    measure(curves, x, into: &report)
    try explainStep(into: &report)
  }

  private func measure(_ curves: [Curve], _ x: [Double], into report: inout LessonReport) {
    report.say(
      "The framework finds σ′ by itself, as part of the graph of a network. Here it is evaluated at "
        + "\(x.count) places in double precision and held against the formula:")
    report.table(
      header: ["activation", "σ(x)", "σ′(x)", "greatest σ′", "largest difference"],
      rows: curves.map { curve in
        let error = report.measure("\(curve.name): largest error of σ′", curve.slopeError)
        report.measure("\(curve.name): largest error of σ", curve.valueError)
        let greatest = report.measure("\(curve.name): greatest σ′", curve.slopes.max() ?? .nan)
        return [
          curve.name, curve.activation.formula, curve.activation.slopeFormula, greatest.text,
          error.text,
        ]
      },
      caption: "Derivatives found by the framework beside the formulas")
    guard let sigmoid = curves.first(where: { $0.name == "sigmoid" }),
      let tanh = curves.first(where: { $0.name == "tanh" }), let end = sigmoid.slopes.last
    else { return }
    let own = report.measure(
      "sigmoid: largest |σ′ − σ(1 − σ)|",
      zip(sigmoid.values, sigmoid.slopes).map { abs($1 - $0 * (1 - $0)) }.max() ?? .nan)
    let other = report.measure(
      "tanh: largest |σ′ − (1 − σ²)|",
      zip(tanh.values, tanh.slopes).map { abs($1 - (1 - $0 * $0)) }.max() ?? .nan)
    report.say(
      "Some derivatives follow from the value itself, which is there already when the network has "
        + "predicted: σ′ = σ(1 − σ) for the sigmoid, off by at most \(own.text), and 1 − σ² for "
        + "tanh, off by at most \(other.text).")
    report.measure("sigmoid: σ′ at 6", end)
    let lost = report.measure("sigmoid: greatest σ′ through its slope at 6", 0.25 / end)
    report.say(
      "Far from 0 a sigmoid is saturated: at x = 6 its slope is \(end.text), \(lost.text) times "
        + "smaller than in the middle, and learning is as much slower. ReLU keeps a slope of 1 "
        + "wherever it is on, and 0 where it is off; leaky ReLU, ELU, GELU, SiLU and softplus let "
        + "something through there, too. What small derivatives do over many steps is the subject of "
        + "[[vanishing-gradient]].")
  }

  private func explainStep(into report: inout LessonReport) throws(NNError) {
    let graph = Graph()
    let input = graph.input("x", TensorType([1], .float64))
    _ = graph.gradients(of: input.step().sum(), withRespectTo: [input])
    let answer = report.measure(
      "refusals to differentiate the step", Double(graph.diagnostics.count))
    guard answer > 0, let refusal = graph.diagnostics.first else { return }
    report.say(
      "Asked for the step's derivative, the framework says: “\(refusal.message)”"
        + (refusal.hint.map { ", and: “\($0)”" } ?? "") + ".")
  }

  private func stepPanel(_ x: [Double]) throws(NNError) -> Plot {
    let outputs = try FixedNetwork(Model(Step()), weights: [:])(
      HostTensor(x, shape: [x.count, 1])
    ).doubles
    // Where it jumps there is no line.
    let jumps = outputs.indices.dropFirst().filter { outputs[$0] != outputs[$0 - 1] }
    var (places, heights) = (x, outputs)
    for index in jumps.reversed() {
      places.insert(x[index], at: index)
      heights.insert(.nan, at: index)
    }
    return Plot(
      title: "step", x: Axis(range: -6...6), y: Axis(range: -0.3...1.3), legend: .hidden,
      marks: [
        Line(x: places, y: heights, color: .series(0), dash: .solid),
        Line(x: [-6, 6], y: [0, 0], color: .series(1), dash: .dashed),
      ])
  }
}

/// An activation with its formulas.
private struct Activation: Sendable {
  let name: String
  let layer: any ElementwiseLayer
  let formula: String
  let slopeFormula: String
  let value: @Sendable (Double) -> Double
  let slope: @Sendable (Double) -> Double

  static let all = [
    Activation(
      name: "sigmoid", layer: Sigmoid(), formula: "1/(1 + e⁻ˣ)", slopeFormula: "σ(1 − σ)",
      value: logistic, slope: { logistic($0) * (1 - logistic($0)) }),
    Activation(
      name: "tanh", layer: Tanh(), formula: "(eˣ − e⁻ˣ)/(eˣ + e⁻ˣ)", slopeFormula: "1 − σ²",
      value: { tanh($0) }, slope: { 1 - tanh($0) * tanh($0) }),
    Activation(
      name: "relu", layer: ReLU(), formula: "max(x, 0)", slopeFormula: "1 if x > 0, else 0",
      value: { max($0, 0) }, slope: { $0 > 0 ? 1 : 0 }),
    Activation(
      name: "leaky_relu", layer: LeakyReLU(negativeSlope: 0.1),
      formula: "x if x > 0, else 0.1x", slopeFormula: "1 if x > 0, else 0.1",
      value: { $0 > 0 ? $0 : 0.1 * $0 }, slope: { $0 > 0 ? 1 : 0.1 }),
    Activation(
      name: "elu", layer: ELU(), formula: "x if x > 0, else eˣ − 1",
      slopeFormula: "1 if x > 0, else σ + 1", value: { $0 > 0 ? $0 : expm1($0) },
      slope: { $0 > 0 ? 1 : exp($0) }),
    Activation(
      name: "gelu", layer: GELU(), formula: "x Φ(x)", slopeFormula: "Φ(x) + x φ(x)",
      value: { $0 * normal($0) },
      slope: { normal($0) + $0 * exp(-$0 * $0 / 2) / (2 * Double.pi).squareRoot() }),
    Activation(
      name: "silu", layer: SiLU(), formula: "x/(1 + e⁻ˣ)",
      slopeFormula: "s + σ(1 − s), s = 1/(1 + e⁻ˣ)",
      value: { $0 * logistic($0) },
      slope: { logistic($0) + $0 * logistic($0) * (1 - logistic($0)) }),
    Activation(
      name: "softplus", layer: Softplus(), formula: "ln(1 + eˣ)", slopeFormula: "1/(1 + e⁻ˣ)",
      value: { log1p(exp($0)) }, slope: logistic),
  ]

  /// The logistic function.
  @Sendable private static func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  /// Φ, the normal distribution.
  @Sendable private static func normal(_ x: Double) -> Double {
    0.5 * erfc(-x / 2.0.squareRoot())
  }
}

/// An activation at some places, as the framework computes it.
private struct Curve {
  let activation: Activation
  let values: [Double]
  let slopes: [Double]
  let valueError: Double
  let slopeError: Double

  var name: String { activation.name }

  init(_ activation: Activation, at x: [Double]) throws(NNError) {
    let graph = Graph()
    let input = graph.input("x", TensorType([x.count], .float64))
    let output = activation.layer.apply(input)
    let slope = graph.gradients(of: output.sum(), withRespectTo: [input])[0]
    let session = Session(
      try Plan(graph, fetches: [("value", output), ("slope", slope)]), variables: VariableStore())
    session.write("x", HostTensor(x))
    session.run()
    self.activation = activation
    values = session.read("value").doubles
    slopes = session.read("slope").doubles
    valueError = zip(x, values).map { abs(activation.value($0) - $1) }.max() ?? .nan
    slopeError = zip(x, slopes).map { abs(activation.slope($0) - $1) }.max() ?? .nan
  }

  func panel(_ x: [Double], hasLegend: Bool) -> Plot {
    let isBounded = (values.max() ?? 0) <= 1
    return Plot(
      title: name, x: Axis(range: -6...6),
      y: Axis(range: isBounded ? (name == "tanh" ? -1.3...1.3 : -0.3...1.3) : -1.5...4),
      legend: hasLegend ? .topLeft : .hidden,
      marks: [
        Line("σ", x: x, y: values, color: .series(0), dash: .solid),
        Line("σ′", x: x, y: slopes, color: .series(1), dash: .dashed),
      ])
  }
}
