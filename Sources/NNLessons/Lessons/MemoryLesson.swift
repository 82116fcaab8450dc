import NNCore
import NNData
import NNDrawing
import NNLayers
import NNLosses
import NNMetrics
import NNOptimizers
import NNTraining

/// A recall task that a plain recurrent network fails and LSTM and GRU solve; the LSTM's gates
/// step by step.
struct MemoryLesson: Lesson {
  static let name = "memory"
  static let title = "LSTM and GRU: remember one thing, ignore the rest"
  static let summary = "A recall task that the RNN fails and LSTM and GRU solve; the LSTM's gates"

  func run(_ options: LessonOptions, into report: inout LessonReport) throws(NNError) {
    let task = try RecallTask(rows: 2000, seed: options.seed, part: 0)
    let test = try RecallTask(rows: 1000, seed: options.seed, part: 1)
    var curves: [any Mark] = []
    var rows: [[String]] = []
    var accuracies: [Double] = []
    var lstm: Trainer?
    var echoes: [(name: String, distances: [Double])] = []
    for (name, layer) in Self.networks {
      var losses: [Double] = []
      let trainer = try Self.trainer(layer, data: task.data, seed: options.seed)
      for _ in 1...Self.epochs { losses.append(try trainer.epoch().trainLoss) }
      if name == "LSTM" { lstm = trainer }
      echoes.append((name, try Self.echo(of: trainer, name, test)))
      let metrics = try trainer.evaluate(on: test.data, metrics: [Accuracy()]).metrics
      accuracies.append(report.measure("accuracy, \(name)", metrics[0].value))
      let loss = report.measure("loss, \(name)", losses[losses.count - 1])
      curves.append(Line(name, x: losses.indices.map { Double($0 + 1) }, y: losses))
      rows.append([name, "\(trainer.parameterCount)", loss.text, metrics[0].value.percent])
    }
    report.paragraph(
      """
      Each sequence has \(RecallTask.steps) symbols out of \(RecallTask.symbols), and one of the \
      first \(RecallTask.window) has a mark. At the end the network must classify the marked \
      symbol: it must store it once, keep it for 20 steps or more, and ignore everything that \
      follows. Guessing has an accuracy of 25 %.
      """)
    report.paragraph(
      """
      Three networks with \(Self.units) units are trained on it, with equal data, steps and \
      learning rate. On 1,000 new sequences the accuracy of the RNN is \
      \(accuracies[0].percent), that of the LSTM \(accuracies[1].percent), that of the GRU \
      \(accuracies[2].percent). The state of the RNN is overwritten at each step, and the gradient \
      that should train it to remember vanishes on the way back. The LSTM began with its forget \
      gates open (a bias of \(Self.forgetBias.text), see \
      [[vanishing-gradient]]).
      """)
    report.table(
      header: ["network", "weights", "training loss", "accuracy on new sequences"], rows: rows,
      caption: "After \(Self.epochs) epochs of 2,000 sequences; guessing has log 4 = 1.386.")
    report.show(
      Figure(
        title: "Learning to remember",
        description:
          "Training loss by epoch: that of the RNN stays at the level of guessing, those "
          + "of LSTM and GRU drop to almost 0 at some point.",
        panels: [
          Plot(
            x: Axis("epoch"), y: Axis("training loss", scale: .log), marks: curves)
        ]),
      name: "loss", caption: "The loss stays on a plateau for a while, then drops.")
    showEchoes(echoes, &report)
    guard let lstm else { return }
    try showGates(of: lstm, test, &report)
  }

  static let units = 24
  static let epochs = 30
  static let forgetBias = 3.0
  static let networks: [(name: String, layer: any Layer)] = [
    ("RNN", RNN(units, returns: .last)), ("LSTM", LSTM(units, returns: .last)),
    ("GRU", GRU(units, returns: .last)),
  ]
  private static let everyStep: [String: any Layer] = [
    "RNN": RNN(units), "LSTM": LSTM(units), "GRU": GRU(units),
  ]

  /// A network with one recurrent layer, ready to learn the task.
  static func trainer(
    _ layer: any Layer, data: Dataset, seed: UInt64
  ) throws(NNError) -> Trainer {
    let trainer = try Trainer(
      model: Model([layer, Dense(RecallTask.symbols)]), loss: CrossEntropy(),
      optimizer: Adam(learningRate: 0.01), data: data, batchSize: 25, seed: seed,
      settings: TrainingSettings(clipping: [.norm(maximum: 1)], logEvery: 0))
    guard layer is LSTM else { return trainer }
    var tensors = Dictionary(
      try trainer.weights().map { ($0.name, $0.tensor) }, uniquingKeysWith: { $1 })
    tensors.setSecondGate("0.bias_ih_l0", units: units, to: forgetBias)
    try trainer.load(tensors)
    return trainer
  }

  // MARK: - Memory of the symbol

  /// The number of steps after the mark that every sequence has at least.
  static let stepsAfter = RecallTask.steps - RecallTask.window
  static let twinCount = 200

  /// The mean distance between the states of two sequences that differ in the marked symbol only,
  /// at 0, 1, 2, … steps after the mark.
  private static func echo(
    of trainer: Trainer, _ name: String, _ test: RecallTask
  ) throws(NNError) -> [Double] {
    guard let layer = everyStep[name] else { return [] }
    let network = FixedNetwork(
      Model(layer), weights: try recurrentWeights(of: trainer), dtype: .float32)
    let (rows, changed) = test.twins(twinCount)
    let (states, others) = (try network(rows).doubles, try network(changed).doubles)
    return (0...stepsAfter).map { step -> Double in
      var mean = 0.0
      for row in 0..<twinCount {
        let start = (row * RecallTask.steps + test.marked[row] + step) * units
        var square = 0.0
        for unit in start..<start + units {
          let difference = states[unit] - others[unit]
          square += difference * difference
        }
        mean += square.squareRoot() / Double(twinCount)
      }
      return mean
    }
  }

  /// The tensors of the first layer under the layer's own names.
  private static func recurrentWeights(
    of trainer: Trainer
  ) throws(NNError) -> [String: HostTensor] {
    Dictionary(
      try trainer.weights().filter { $0.name.hasPrefix("0.") }
        .map { (String($0.name.dropFirst(2)), $0.tensor) }, uniquingKeysWith: { $1 })
  }

  private func showEchoes(
    _ echoes: [(name: String, distances: [Double])], _ report: inout LessonReport
  ) {
    let left = echoes.map { name, distances in
      report.measure(
        "distance left \(Self.stepsAfter) steps after the mark, \(name)",
        distances[Self.stepsAfter] / distances[0])
    }
    report.paragraph(
      """
      To measure the memory of the symbol, change it: \(Self.twinCount) sequences were read \
      twice, with another symbol at the mark the second time and all else equal. At the mark the \
      two states diverge. \(Self.stepsAfter) steps later the distance between them is \
      \(left[0].text) of what it was in the RNN, \(left[1].rounded(digits: 2)) times as large in \
      the LSTM and \(left[2].rounded(digits: 2)) times in the GRU.
      """)
    report.show(
      Figure(
        title: "Memory of the marked symbol",
        description:
          "Distance between the states of two sequences that differ in the marked symbol, by steps "
          + "after the mark, on a logarithmic axis: it falls for the RNN and stays for LSTM and "
          + "GRU.",
        panels: [
          Plot(
            x: Axis("steps after the mark"),
            y: Axis("distance of the states", scale: .log),
            marks: echoes.map { name, distances in
              Line(name, x: distances.indices.map(Double.init), y: distances, markers: true)
            })
        ]),
      name: "echo", caption: "Mean over \(Self.twinCount) pairs of sequences.")
  }

  // MARK: - Gates

  private func showGates(
    of trainer: Trainer, _ test: RecallTask, _ report: inout LessonReport
  ) throws(NNError) {
    // A sequence whose mark comes after a few steps also shows what happens before it.
    let row = test.marked.firstIndex(of: 6) ?? 0
    let rows = test.data.inputs.rows(row..<row + 1)
    let numbers = rows.doubles
    let width = RecallTask.symbols + 1
    let inputs = (0..<RecallTask.steps).map { Array(numbers[($0 * width)..<(($0 + 1) * width)]) }
    let trace = GateTrace(weights: try Self.recurrentWeights(of: trainer), inputs: inputs)
    let probe = try LayerProbe(trainer, rows: rows)
    if let layer = probe.layers.firstIndex(where: { $0.path == "0" }) {
      report.measure(
        "largest difference between computed state and network's state",
        zip(trace.hidden[RecallTask.steps - 1], probe.read()[layer].doubles)
          .map { abs($0 - $1) }.max() ?? 0)
    }
    let marked = test.marked[row]
    // The unit that the mark opens most.
    func elsewhere(_ unit: Int) -> Double {
      trace.input.indices.filter { $0 != marked }.reduce(0) { $0 + trace.input[$1][unit] }
        / Double(RecallTask.steps - 1)
    }
    let unit =
      (0..<Self.units).max {
        trace.input[marked][$0] - elsewhere($0) < trace.input[marked][$1] - elsewhere($1)
      } ?? 0
    let open = report.measure(
      "input gate that the mark opens most, at the mark", trace.input[marked][unit])
    let usual = report.measure("the same gate at the other steps, mean", elsewhere(unit))
    let kept = trace.forget[(marked + 1)...].joined()
    let forget = report.measure(
      "mean forget gate after the mark", kept.reduce(0, +) / Double(kept.count))
    report.paragraph(
      """
      The plots show the LSTM reading one sequence with the mark at step \(marked + 1), a row for \
      each unit, computed from its weights by the formulas of the deck. The mark opens input \
      gates: that of unit \(unit + 1) is \(open.rounded(digits: 2)) there and \
      \(usual.rounded(digits: 2)) on average over the other steps. The forget gates are \
      \(forget.rounded(digits: 2)) on average after the mark: most of what is written stays, and \
      the marked symbol decides which cells grow.
      """)
    report.formula("c_t = f_t∘c_{t−1} + i_t∘c̃_t,   h_t = o_t∘tanh(c_t)")
    func map(
      _ title: String, _ values: [[Double]], _ colors: ColorMap, _ range: ClosedRange<Double>?
    ) -> Plot {
      let (columns, units) = (values.count, Self.units)
      return Plot(
        title: title, x: Axis("step", range: 0.5...Double(columns) + 0.5), y: Axis("unit"),
        marks: [
          HeatMap(
            x: 0.5...Double(columns) + 0.5, y: 0.5...Double(units) + 0.5, columns: columns,
            rows: units, values: (0..<units).flatMap { unit in values.map { $0[unit] } },
            colors: colors, range: range),
          Rule(vertical: Double(marked + 1), color: .emphasis, hasRim: true),
        ])
    }
    report.show(
      Figure(
        title: "The gates of the LSTM while it reads",
        description: "Heat maps of units against steps: forget gates mostly open, input gates that "
          + "open at the marked step, and cells whose values begin there and stay to the end.",
        columns: 1,
        panels: [
          map("input gate i", trace.input, .sequential, 0...1),
          map("forget gate f", trace.forget, .sequential, 0...1),
          map("cell c", trace.cell, .diverging, nil),
        ]),
      name: "gates", caption: "The dashed line is the step with the mark.")
  }
}
