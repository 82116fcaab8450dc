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

/// The gradient through a hundred steps back in time: chains of one weight; RNN, LSTM and GRU;
/// exploding gradients with and without clipping.
struct VanishingGradientLesson: Lesson {
  static let name = "vanishing-gradient"
  static let title = "Vanishing and exploding gradients: a hundred steps back in time"
  static let summary = "Gradients that vanish or explode over time in RNN, LSTM and GRU; clipping"

  func run(_ options: LessonOptions, into report: inout LessonReport) throws(NNError) {
    let small = report.measure("0.1 · 0.3 · (−0.2)", 0.1 * 0.3 * -0.2)
    let large = report.measure("10 · (−40) · 50", 10.0 * -40 * 50)
    report.paragraph(
      """
      A recurrent network uses the same weights at every step, so the gradient from the last step \
      to the first is a product with a weight and a derivative σ′ for each step between. Three \
      factors are enough to see the effect: 0.1 · 0.3 · (−0.2) = \(small.text), 10 · (−40) · 50 = \
      \(large.rounded(digits: 6)).
      """)
    try followChains(&report)
    try followNetworks(seed: options.seed, &report)
    try clip(seed: options.seed, &report)
  }

  static let steps = 100
  private static let times = (1...steps).map(Double.init)

  // MARK: - Chains of one weight

  static let chainWeights = [0.8, 0.9, 1.0, 1.1, 1.25]

  private func followChains(_ report: inout LessonReport) throws(NNError) {
    var marks: [any Mark] = []
    var rows: [[String]] = []
    // With inputs above 0 the derivative of ReLU is 1, so the chain is linear.
    let inputs = HostTensor([Double](repeating: 1, count: Self.steps), shape: [1, Self.steps, 1])
    for weight in Self.chainWeights {
      let gradients = try StepGradients(
        RNN(1, nonlinearity: .relu, bias: false, returns: .last), inputs: inputs, seed: 1
      ) { tensors in
        tensors["weight_ih_l0"] = HostTensor([1.0], shape: [1, 1])
        tensors["weight_hh_l0"] = HostTensor([weight], shape: [1, 1])
      }
      let slope = report.measure(
        "slope, w = \(weight)", gradients.slope(stepsBack: 0..<Self.steps))
      let first = report.measure("∂h₁₀₀/∂h₁, w = \(weight)", gradients.norms[0])
      marks.append(Line("w = \(weight)", x: Self.times, y: gradients.norms))
      rows.append([
        "\(weight)", first.text, slope.rounded(digits: 6), log(weight).rounded(digits: 6),
      ])
    }
    report.paragraph(
      """
      The shortest chain has one weight w: hₜ = w·hₜ₋₁ + xₜ. The gradient of the last step by an \
      earlier one is a power of w.
      """)
    report.formula("{∂h_T}/{∂h_t} = w·w·…·w = w^{T−t},   log {∂h_T}/{∂h_t} = (T − t)·log w")
    report.paragraph(
      """
      On a logarithmic axis this is a straight line, with the slope log w for each step back. A \
      weight only a tenth below 1 leaves almost nothing of the first step, one a tenth above makes \
      it thousands of times as important as the last.
      """)
    report.show(
      Figure(
        title: "The gradient of the last of 100 steps by each step",
        description:
          "Five straight lines on a logarithmic axis that meet at the last step: weights "
          + "below 1 fall towards the first step, those above 1 rise.",
        panels: [
          Plot(x: Axis("step t"), y: Axis("|∂h₁₀₀/∂hₜ|", scale: .log), marks: marks)
        ]),
      name: "chains", caption: "A chain of one weight, by automatic differentiation.")
    report.table(
      header: ["w", "∂h₁₀₀/∂h₁", "slope measured", "log w"], rows: rows,
      caption: "Slopes by least squares over all steps.")
  }

  // MARK: - RNN, LSTM, GRU

  static let units = 32
  /// At each step, σ(4) = 0.982 of a cell stays.
  static let openBias = 4.0

  private func followNetworks(seed: UInt64, _ report: inout LessonReport) throws(NNError) {
    let random = Philox(seed: seed, stream: 1)
    let inputs = HostTensor(
      (0..<16 * Self.steps * 4).map(random.normal), shape: [16, Self.steps, 4])
    func open(_ tensors: inout [String: HostTensor]) {
      tensors.setSecondGate("bias_ih_l0", units: Self.units, to: Self.openBias)
    }
    let lstm = LSTM(Self.units, returns: .last)
    let gru = GRU(Self.units, returns: .last)
    let networks: [(name: String, gradients: StepGradients)] = [
      ("RNN", try StepGradients(RNN(Self.units, returns: .last), inputs: inputs, seed: seed)),
      ("LSTM", try StepGradients(lstm, inputs: inputs, seed: seed)),
      ("GRU", try StepGradients(gru, inputs: inputs, seed: seed)),
      ("LSTM, gates open", try StepGradients(lstm, inputs: inputs, seed: seed, change: open)),
      ("GRU, gates open", try StepGradients(gru, inputs: inputs, seed: seed, change: open)),
    ]
    var rows: [[String]] = []
    for (name, gradients) in networks {
      let share = report.measure(
        "\(name): ratio of first to last step", gradients.norms[0] / gradients.norms[Self.steps - 1]
      )
      let slope = report.measure(
        "\(name): slope", gradients.slope(stepsBack: 10..<Self.steps))
      rows.append([name, share.text, exp(slope).text])
    }
    let stays = report.measure("σ(4)", 1 / (1 + exp(-Self.openBias)))
    report.paragraph(
      """
      Networks of \(Self.units) units show the same, whatever their inputs: initial RNN weights \
      shrink the gradient at each step. LSTM and GRU are designed to avoid that: cₜ = f∘cₜ₋₁ + i∘c̃ has \
      no weight before cₜ₋₁, only the gate f. But that depends on the gate's bias. \
      Initially gates are half open, f ≈ ½, and halve the gradient at each step. With a bias of \
      \(Self.openBias.text) on the forget gate of the LSTM, and on the update gate of the GRU, \
      \(stays.text) stays at each step, and the first step still has an effect after a hundred. \
      Training opens the gates if the task needs it; initializing the forget gate with a positive \
      bias is common practice. [[memory]] shows such gates at work.
      """)
    report.show(
      Figure(
        title: "RNN, LSTM and GRU",
        description:
          "Norm of the gradient by step on a logarithmic axis: RNN, LSTM and GRU with initial "
          + "weights fall by many powers of ten; with open gates the lines are nearly flat.",
        panels: [
          Plot(
            x: Axis("step t"), y: Axis("‖∂h₁₀₀/∂xₜ‖", scale: .log),
            marks: networks.map { Line($0.name, x: Self.times, y: $0.gradients.norms) })
        ]),
      name: "networks", caption: "Random inputs, weights before any training.")
    report.table(
      header: ["network", "ratio of first to last step", "factor per step back"], rows: rows,
      caption: "The last column is the slope of the line, as a factor.")
  }

  // MARK: - Exploding

  private func clip(seed: UInt64, _ report: inout LessonReport) throws(NNError) {
    let free = try ExplodingRun(seed: seed, clipping: nil)
    let clipped = try ExplodingRun(seed: seed, clipping: 1)
    let first = report.measure("loss of the first step", free.losses[0])
    let worst = report.measure("highest loss without clipping", free.losses.max() ?? 0)
    let norm = report.measure("highest norm without clipping", free.norms.max() ?? 0)
    let end = report.measure("mean loss of the last 20 steps, clipped", clipped.finalLoss)
    report.measure("steps without clipping", Double(free.losses.count))
    report.measure("steps, clipped", Double(clipped.losses.count))
    let slope = report.measure("slope with weights three times as large", free.slope)
    let growth = report.measure("factor per step back, weights three times as large", exp(slope))
    let halt: String
    if free.hasStopped {
      halt = "After \(free.losses.count) steps the numbers overflowed"
    } else {
      let rest = report.measure("mean loss of the last 20 steps, not clipped", free.finalLoss)
      halt = "Over the last 20 of \(free.losses.count) steps the loss is \(rest.text) on average"
    }
    report.paragraph(
      """
      Products grow as easily. The initial recurrent weights of this RNN are three times as large \
      as usual, which multiplies the gradient by about \(growth.text) per step, and its target is \
      the mean of the last five of 50 numbers. One step of plain gradient descent with such a \
      gradient moves the weights far away: the loss goes from \(first.text) to \
      \(worst.rounded(digits: 2)), with a gradient of norm \(norm.rounded(digits: 2)). \(halt). \
      Clipping keeps the direction and rescales the gradient to a norm of 1 wherever it is \
      longer; the same network then learns, down to a loss of \(end.text).
      """)
    report.formula("g ← g · min(1, 1/‖g‖)")
    func line(_ name: String, _ values: [Double]) -> Line {
      Line(name, x: values.indices.map { Double($0 + 1) }, y: values)
    }
    report.show(
      Figure(
        title: "Exploding gradients with and without clipping",
        description:
          "Two plots on logarithmic axes. Without clipping loss and gradient norm explode "
          + "within a few steps; clipped, the loss falls.",
        columns: 2,
        panels: [
          Plot(
            title: "loss", x: Axis("step"), y: Axis(scale: .log),
            marks: [line("not clipped", free.losses), line("clipped", clipped.losses)]),
          Plot(
            title: "norm of the gradient before clipping", x: Axis("step"), y: Axis(scale: .log),
            marks: [line("not clipped", free.norms), line("clipped", clipped.norms)]),
        ]),
      name: "clipping", caption: "The same network, data and order of batches.")
  }
}

/// Trains an RNN whose initial recurrent weights are three times as large as usual to predict the
/// mean of the last five of 50 numbers, by plain gradient descent.
struct ExplodingRun {
  /// The loss of each step.
  private(set) var losses: [Double] = []
  /// The gradient's norm before clipping, of each step.
  private(set) var norms: [Double] = []
  /// Whether a number became infinite.
  private(set) var hasStopped = false
  /// The growth of the gradient's logarithm per step back, before training.
  let slope: Double

  private static let (rows, steps, units, scale) = (512, 50, 32, 3.0)

  /// The mean loss of the last 20 steps.
  var finalLoss: Double { losses.suffix(20).reduce(0, +) / Double(min(20, losses.count)) }

  /// Trains for at most ten epochs, until a number becomes infinite.
  init(seed: UInt64, clipping: Double?) throws(NNError) {
    let random = Philox(seed: seed, stream: 2)
    let (steps, units) = (Self.steps, Self.units)
    let numbers = (0..<Self.rows * steps).map(random.normal)
    let means = (1...Self.rows).map { row in
      numbers[(row * steps - 5)..<(row * steps)].reduce(0, +) / 5
    }
    let inputs = HostTensor(numbers, shape: [Self.rows, steps, 1])
    let trainer = try Trainer(
      model: Model {
        RNN(units, returns: .last)
        Dense(1)
      },
      loss: MeanSquaredError(), optimizer: SGD(learningRate: 0.1),
      data: Dataset(
        name: "means", inputs: inputs, targets: HostTensor(means, shape: [Self.rows, 1])),
      batchSize: 32, seed: seed,
      settings: TrainingSettings(
        clipping: clipping.map { [.norm(maximum: $0)] } ?? [], logEvery: 1))
    var tensors = Dictionary(
      try trainer.weights().map { ($0.name, $0.tensor) }, uniquingKeysWith: { $1 })
    tensors.scale("0.weight_hh_l0", by: Self.scale)
    try trainer.load(tensors)
    slope = try StepGradients(
      RNN(units, returns: .last), inputs: inputs.rows(0..<32), seed: seed
    ) { layer in
      for name in layer.keys {
        layer[name] = tensors["0.\(name)"]?.converted(to: .float64)
      }
    }.slope(stepsBack: 5..<steps)
    for _ in 1...10 {
      do throws(NNError) {
        while let step = try trainer.step() {
          losses.append(step.loss)
          norms.append(step.gradientNorm ?? .nan)
        }
        try trainer.epoch()
      } catch {
        guard error.kind == .runFailed else { throw error }
        hasStopped = true
        return
      }
    }
  }
}
