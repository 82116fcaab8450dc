import NNCore
import NNData
import NNDrawing
import NNLayers
import NNLosses
import NNOptimizers
import NNTraining

/// y = sin(x) by one hidden layer of several widths, and the role of each node.
struct SineLesson: Lesson {
  static let name = "sine"
  static let title = "Regression: a sine from switches"
  static let summary =
    "2, 3, 4, 10 and 100 hidden nodes learn y = sin(x); each node turns on or off at δ = −b/w"

  private static let widths = [2, 3, 4, 10, 100]
  private static let starts = 4

  func run(_ options: LessonOptions, into report: inout LessonReport) throws(NNError) {
    let data = try DataGenerator(.sine, samples: 101).make()
    let training = LessonTraining(
      data: data, loss: MeanSquaredError(), optimizer: Adam(learningRate: 0.05), epochs: 2500)
    report.paragraph(
      "The network is trained on \(data.count) points of y = sin(x) and predicts y from x: a "
        + "hidden layer of sigmoids, a linear output, squared error.")
    report.formula("o(x) = Σ_i vᵢ σ(wᵢx + bᵢ) + c")
    var networks: [Network] = []
    var rows: [[String]] = []
    for width in Self.widths {
      let losses = try (0..<Self.starts).map { start throws(NNError) in
        let trainer = try training.train(
          Model {
            Dense(width)
            Sigmoid()
            Dense(1)
          }, seed: options.seed &+ UInt64(start))
        if start == 0 { networks.append(try Network(trainer, width: width)) }
        return try trainer.evaluate(on: data).loss
      }
      let first = report.measure("squared error, N = \(width)", losses[0])
      let best = report.measure(
        "lowest of \(Self.starts) starts, N = \(width)", losses.min() ?? .nan)
      let worst = report.measure(
        "highest of \(Self.starts) starts, N = \(width)", losses.max() ?? .nan)
      rows.append(["\(width)", first.text, best.text, worst.text])
    }
    showFits(networks, data, into: &report)
    report.table(
      header: ["hidden nodes", "this start", "best of \(Self.starts)", "worst of \(Self.starts)"],
      rows: rows, caption: "Mean squared error after \(training.epochs) steps of Adam")
    report.paragraph(
      "More nodes make a smaller error possible, but training need not find it: the result depends "
        + "on the initial weights, the more so the fewer nodes the network has."
    )
    try explainNodes(networks, into: &report)
  }

  private func showFits(
    _ networks: [Network], _ data: Dataset, into report: inout LessonReport
  ) {
    let (x, y) = (data.inputs.doubles, data.targets.doubles)
    let dots = stride(from: 0, to: x.count, by: 4)
    report.show(
      Figure(
        title: "y = sin(x) with 2, 3, 4, 10 and 100 hidden nodes",
        description:
          "Five plots: the sine and the output of each network; the fit improves with width.",
        columns: 3,
        panels: networks.map { network in
          let range = network.boundaries.filter { (-Double.pi...Double.pi).contains($0.position) }
          return Plot(
            title: "\(network.width) hidden nodes", x: Axis("x", range: -3.3...3.3),
            y: Axis("y", range: -1.4...1.4), legend: network.width == 2 ? .bottomRight : .hidden,
            marks: range.map { Rule(vertical: $0.position, dash: .dotted) }
              + [
                Points(
                  "sin x", x: dots.map { x[$0] }, y: dots.map { y[$0] }, color: .muted,
                  symbol: .circle, size: 3),
                Line("network", x: network.x, y: network.outputs, color: .series(0), dash: .solid),
              ])
        }),
      name: "fits",
      caption:
        "Grey dots are the sine, the line is the network. Each dotted line is a node's boundary "
        + "δ = −b/w.")
  }

  private func explainNodes(
    _ networks: [Network], into report: inout LessonReport
  ) throws(NNError) {
    guard let network = networks.first(where: { $0.width == 4 }) else { return }
    report.paragraph(
      "What does a node do? From left to right, a node σ(wx + b) crosses one half where "
        + "wx + b = 0, that is at δ = −b/w: with w > 0 it turns on there, with w < 0 off. After "
        + "δ the output has changed by the node's v.")
    report.table(
      header: ["node", "w", "b", "δ = −b/w", "at δ it turns", "v"],
      rows: network.boundaries.map { node in
        [
          "\(node.number)", node.weight.text, node.bias.text, node.position.text,
          node.weight > 0 ? "on" : "off", node.output.text,
        ]
      },
      caption: "The 4 hidden nodes from left to right")
    let crossing = report.measure(
      "largest |σ(wδ + b) − 1/2|, N = 4",
      network.boundaries.map { node in
        abs(sigmoid([node.weight * node.position + node.bias])[0] - 0.5)
      }.max() ?? .nan)
    let steps = network.steps
    let regions = report.measure(
      "pieces of constant output, 4 switches", Double(steps.regions))
    let inside = report.measure("boundaries inside the plot, N = 4", Double(steps.inside))
    report.paragraph(
      "At its δ each of them is one half (up to \(crossing.text)). If every node were a switch, "
        + "the output would be constant between two boundaries: \(inside.text) boundaries inside "
        + "the plot cut it into \(regions.text) regions. The sigmoids smooth the steps, and "
        + "training moves the boundaries so that the smoothed steps approximate a sine.")
    let colors = network.boundaries.indices.map { SeriesColor.series($0) }
    let nodes = network.boundaries.enumerated().map { index, node in
      Line(
        "node \(node.number)", x: network.x,
        y: network.x.map { sigmoid([node.weight * $0 + node.bias])[0] }, color: colors[index])
    }
    let rules = network.boundaries.enumerated().filter { abs($1.position) <= 3.3 }.map {
      index, node in
      Rule(
        vertical: node.position, label: "δ\(["₁", "₂", "₃", "₄"][index % 4])", color: colors[index],
        dash: .dotted)
    }
    report.show(
      Figure(
        title: "4 hidden nodes, one by one",
        description:
          "Above: each node as a function of x, with its boundary. Below: the network's output, "
          + "and what it would be if every node were a switch.",
        panels: [
          Plot(
            title: "The output of each node: σ(wx + b)", x: Axis("x", range: -3.3...3.3),
            y: Axis("activation", range: -0.1...1.1), legend: .above, marks: rules + nodes),
          Plot(
            title: "Their weighted sum", x: Axis("x", range: -3.3...3.3), y: Axis("y"),
            legend: .above,
            marks: [
              Line("with switches", x: network.x, y: steps.outputs, color: .muted, dash: .solid),
              Line(
                "with sigmoids", x: network.x, y: network.outputs, color: .series(0), dash: .solid),
            ]),
        ]),
      name: "nodes", caption: "Each time x passes a boundary, a node turns on or off.")
  }
}

/// A trained network, node by node.
private struct Network {
  /// A hidden node and the x at which it turns on or off.
  struct Boundary {
    let number: Int
    let weight: Double
    let bias: Double
    let output: Double
    var position: Double { -bias / weight }
  }

  let width: Int
  /// The nodes from left to right.
  let boundaries: [Boundary]
  let x = spaced(661, -3.3...3.3)
  let outputs: [Double]
  private let offset: Double

  init(_ trainer: Trainer, width: Int) throws(NNError) {
    let numbers = try trainer.weights().map(\.tensor.doubles)
    self.width = width
    let order = (0..<width).sorted {
      numbers[1][$0] / numbers[0][$0] > numbers[1][$1] / numbers[0][$1]
    }
    boundaries = order.enumerated().map { index, node in
      Boundary(
        number: index + 1, weight: numbers[0][node], bias: numbers[1][node],
        output: numbers[2][node])
    }
    offset = numbers[3][0]
    outputs = try LayerProbe(trainer, rows: HostTensor(x, shape: [x.count, 1])).readOutput().doubles
  }

  /// The output if every node were a switch, the number of its constant pieces and the number of
  /// boundaries inside the plot.
  var steps: (outputs: [Double], regions: Int, inside: Int) {
    let patterns = x.map { x in boundaries.map { $0.weight * x + $0.bias >= 0 } }
    let outputs = patterns.map { pattern in
      zip(pattern, boundaries).reduce(offset) { $0 + ($1.0 ? $1.1.output : 0) }
    }
    let changes = patterns.indices.dropFirst().count { patterns[$0] != patterns[$0 - 1] }
    let inside = boundaries.count { (x[0]...x[x.count - 1]).contains($0.position) }
    return (outputs, changes + 1, inside)
  }
}
