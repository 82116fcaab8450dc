import NNCore
import NNData
import NNDrawing
import NNLayers
import NNLosses
import NNOptimizers
import NNTraining

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The maximum error of one hidden layer against its width, for functions of one and two inputs.
struct UniversalApproximationLesson: Lesson {
  static let name = "universal-approximation"
  static let title = "Universal approximation: one hidden layer comes as close as you like"
  static let summary =
    "The maximum error on [0, 1]ⁿ falls as N grows, for three functions of one input and two of two"

  private static let widths = [1, 2, 4, 8, 16, 32]

  func run(_ options: LessonOptions, into report: inout LessonReport) throws(NNError) {
    report.paragraph(
      "The theorem: for every continuous function f on [0, 1]ⁿ, every activation σ such as the "
        + "sigmoid and every ε > 0 there are a number N of hidden nodes and weights such that the "
        + "network's error is below ε everywhere on [0, 1]ⁿ.")
    report.formula("|f(x) − Σ_{i=1}^N wᵢ σ(uᵢᵀx + bᵢ)| < ε")
    try build(into: &report)
    let functions = TargetFunction.all
    let results = try functions.map { function throws(NNError) in
      try Self.widths.map { width throws(NNError) in
        let fit = try function.fit(width: width, seed: options.seed)
        report.measure("maximum error, \(function.name), N = \(width)", fit.error)
        return fit
      }
    }
    try showFits(functions[0], results[0], into: &report)
    showErrors(functions, results, into: &report)
    if let index = functions.firstIndex(where: { $0.inputs == 2 }) {
      showSurfaces(functions[index], results[index], into: &report)
    }
    report.paragraph(
      "How fast N grows as ε decreases depends on f and on the number n of inputs: for a function "
        + "of which only a Lipschitz constant is known, N grows like (1/ε)ⁿ, that is exponentially "
        + "with the number of inputs. The theorem states that the weights exist, not that training "
        + "finds them.")
  }

  /// Weights by hand: a staircase of steep sigmoids.
  private func build(into report: inout LessonReport) throws(NNError) {
    let counts = [4, 8, 16, 32, 64, 128, 256]
    let x = spaced(4001, 0...1)
    let values = x.map { sin(2 * .pi * $0) }
    var stairs: [Int: [Double]] = [:]
    for count in counts { stairs[count] = try Staircase.outputs(count, at: x) }
    let errors = counts.map { count in
      report.measure(
        "maximum error of a staircase, N = \(count)",
        zip(stairs[count] ?? [], values).map { abs($0 - $1) }.max() ?? .nan)
    }
    let bounds = counts.map { Double.pi / Double($0) }
    report.paragraph(
      "One can construct such weights. A steep sigmoid is a step, and N steps form a staircase "
        + "that follows f. For f = sin(2πx), whose derivative is at most 2π, its error is at most "
        + "π/N: half a step's width times the derivative. With \(counts[1]) steps the error is "
        + "\(errors[1].text), with \(counts[counts.count - 1]) it is "
        + "\(errors[errors.count - 1].text).")
    report.show(
      Figure(
        title: "A staircase of steep sigmoids",
        description: "Left: a sine and two staircases. Right: the error falls along the bound π/N.",
        columns: 2,
        panels: [
          Plot(
            title: "f = sin(2πx) and two staircases", x: Axis("x"), y: Axis("y"), legend: .topRight,
            marks: [
              Line("N = 8", x: x, y: stairs[8] ?? [], color: .series(1), dash: .solid),
              Line("N = 32", x: x, y: stairs[32] ?? [], color: .series(0), dash: .solid),
              Line("f", x: x, y: values, color: .emphasis, width: 1.5, dash: .dashed),
            ]),
          Plot(
            title: "maximum error against N", x: Axis("N", scale: .log),
            y: Axis("maximum error", scale: .log), legend: .topRight,
            marks: [
              Line("π/N", x: counts.map(Double.init), y: bounds, color: .muted, dash: .dashed),
              Line(
                "staircase", x: counts.map(Double.init), y: errors, color: .series(0),
                dash: .solid, markers: true),
            ]),
        ]),
      name: "staircase", caption: "Constructed weights, without training.")
  }

  private func showFits(
    _ function: TargetFunction, _ fits: [TargetFunction.Fit], into report: inout LessonReport
  ) throws(NNError) {
    report.paragraph(
      "Training is better with the same number of nodes, since it also chooses the steepness and "
        + "the position of the sigmoids. [[sine]] follows single nodes.")
    let x = function.points.map { $0[0] }
    let shown = [0, 1, 2, 4]
    let dots = stride(from: 0, to: x.count, by: 25)
    report.show(
      Figure(
        title:
          "\(function.name), learned with "
          + "\(shown.map { "\(Self.widths[$0])" }.joined(separator: ", ")) hidden nodes",
        description: "Four plots of a function and a network whose fit improves as N grows.",
        columns: 2,
        panels: shown.map { index in
          Plot(
            title: "N = \(Self.widths[index]): maximum error \(fits[index].error.text)",
            x: Axis("x"), y: Axis("y", range: -1.5...1.5),
            legend: index == 0 ? .topRight : .hidden,
            marks: [
              Points(
                "f", x: dots.map { x[$0] }, y: dots.map { function.values[$0] }, color: .muted,
                symbol: .circle, size: 3),
              Line("network", x: x, y: fits[index].outputs, color: .series(0), dash: .solid),
            ])
        }),
      name: "fits", caption: "Grey dots are the function, the line is the network.")
  }

  private func showErrors(
    _ functions: [TargetFunction], _ results: [[TargetFunction.Fit]],
    into report: inout LessonReport
  ) {
    report.show(
      Figure(
        title: "Maximum error against the number of hidden nodes",
        description: "Five falling lines, one for each function.",
        panels: [
          Plot(
            x: Axis(
              "N", scale: .log, ticks: Self.widths.map { Tick(Double($0), "\($0)") }),
            y: Axis("maximum error", scale: .log), legend: .bottomLeft,
            marks: zip(functions, results).map { function, fits in
              Line(
                function.name, x: Self.widths.map(Double.init), y: fits.map(\.error),
                markers: true)
            })
        ]),
      name: "errors", caption: "The maximum error over [0, 1]ⁿ, after training.")
    let bounds = [0.3, 0.1, 0.03, 0.01]
    report.table(
      header: ["f"] + bounds.map { "ε = \($0)" },
      rows: zip(functions, results).map { function, fits in
        [function.name]
          + bounds.map { bound in
            zip(Self.widths, fits).first { $0.1.error < bound }.map { "\($0.0)" } ?? "more than 32"
          }
      },
      caption: "The smallest N of 1, 2, 4, 8, 16, 32 with an error below ε")
  }

  private func showSurfaces(
    _ function: TargetFunction, _ fits: [TargetFunction.Fit], into report: inout LessonReport
  ) {
    let shown = [0, 2, 4]
    let side = TargetFunction.side
    func map(_ title: String, _ values: [Double]) -> Plot {
      Plot(
        title: title, x: Axis("x"), y: Axis("y"), keepsAspect: true, legend: .hidden,
        marks: [
          HeatMap(
            x: 0...1, y: 0...1, columns: side, rows: side, values: values, colors: .diverging,
            range: -1.2...1.2, bar: false)
        ])
    }
    report.show(
      Figure(
        title:
          "\(function.name) and networks of "
          + "\(shown.map { "\(Self.widths[$0])" }.joined(separator: ", ")) hidden nodes",
        description: "Four colour maps of the unit square; the last one looks like the first.",
        columns: 2,
        panels: [map("f", function.values)]
          + shown.map {
            map("N = \(Self.widths[$0]): maximum error \(fits[$0].error.text)", fits[$0].outputs)
          }),
      name: "surfaces", caption: "The same with two inputs: blue below 0, orange above.")
  }
}

/// A continuous function on [0, 1]ⁿ.
private struct TargetFunction {
  /// A network trained on the function.
  struct Fit {
    let error: Double
    let outputs: [Double]
  }

  let name: String
  let inputs: Int
  let value: @Sendable ([Double]) -> Double

  static let all = [
    TargetFunction(name: "sin 2πx", inputs: 1) { sin(2 * .pi * $0[0]) },
    TargetFunction(name: "|2x − 1|", inputs: 1) { abs(2 * $0[0] - 1) },
    TargetFunction(name: "1/(1 + 25(2x − 1)²)", inputs: 1) {
      1 / (1 + 25 * (2 * $0[0] - 1) * (2 * $0[0] - 1))
    },
    TargetFunction(name: "sin 2πx · cos πy", inputs: 2) { sin(2 * .pi * $0[0]) * cos(.pi * $0[1]) },
    TargetFunction(name: "|x − y|", inputs: 2) { abs($0[0] - $0[1]) },
  ]

  /// The number of points along a side of the unit square at which the error is measured.
  static let side = 61

  /// The points at which the error is measured.
  var points: [[Double]] { inputs == 1 ? Self.grid(1001, 1) : Self.grid(Self.side, 2) }
  /// The function's values at these points.
  var values: [Double] { points.map(value) }

  /// Trains a network of a given width and measures its error at all points.
  func fit(width: Int, seed: UInt64) throws(NNError) -> Fit {
    let rows = inputs == 1 ? Self.grid(101, 1) : Self.grid(21, 2)
    let data = try Dataset(
      name: name, inputs: Self.tensor(rows),
      targets: HostTensor(rows.map(value), shape: [rows.count, 1]))
    let epochs = 2000
    let training = LessonTraining(
      data: data, loss: MeanSquaredError(), optimizer: Adam(learningRate: 0.05), epochs: epochs,
      schedule: ScheduleChain([
        TimedSchedule(schedule: CosineAnnealingLR(period: epochs, minimum: 1e-4))
      ]), normalization: .standard)
    let trainer = try training.best(
      of: 2,
      Model {
        // Steep sigmoids, spread over the inputs.
        Dense(width, weightInitializer: .uniform(-4, 4), biasInitializer: .uniform(-6, 6))
        Sigmoid()
        Dense(1)
      }, seed: seed)
    let outputs = try LayerProbe(trainer, rows: Self.tensor(points)).readOutput().doubles
    return Fit(
      error: zip(outputs, values).map { abs($0 - $1) }.max() ?? .nan, outputs: outputs)
  }

  private static func grid(_ side: Int, _ inputs: Int) -> [[Double]] {
    let line = spaced(side, 0...1)
    return inputs == 1 ? line.map { [$0] } : line.flatMap { y in line.map { [$0, y] } }
  }

  private static func tensor(_ rows: [[Double]]) -> HostTensor {
    HostTensor(rows.flatMap { $0 }, shape: [rows.count, rows[0].count])
  }
}

/// N steep sigmoids that follow sin(2πx).
private enum Staircase {
  /// Its outputs at given points.
  static func outputs(_ count: Int, at x: [Double]) throws(NNError) -> [Double] {
    let heights = (0...count).map { sin(2 * .pi * Double($0) / Double(count)) }
    let steepness = 200.0 * Double(count)
    let network = FixedNetwork(
      Model {
        Dense(count)
        Sigmoid()
        Dense(1)
      },
      weights: [
        "0.weight": HostTensor([Double](repeating: steepness, count: count), shape: [count, 1]),
        "0.bias": HostTensor(
          (1...count).map { -steepness * (Double($0) - 0.5) / Double(count) }),
        "2.weight": HostTensor(
          (1...count).map { heights[$0] - heights[$0 - 1] }, shape: [1, count]),
        "2.bias": HostTensor([heights[0]]),
      ])
    return try network(HostTensor(x, shape: [x.count, 1])).doubles
  }
}
