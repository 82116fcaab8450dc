import NNCore
import NNData
import NNDrawing
import NNLayers
import NNLosses
import NNOptimizers
import NNTraining

/// Training and validation loss against width; the effect of dropout, weight decay and early
/// stopping.
struct OverfittingLesson: Lesson {
  static let name = "overfitting"
  static let title = "Overfitting: memorizing the training data"
  static let summary =
    "Training and validation loss diverge as a network gets wider; dropout and weight decay help"

  private static let widths = [1, 2, 4, 8, 16, 32, 64]
  private static let epochs = 600
  private static let starts = 3

  func run(_ options: LessonOptions, into report: inout LessonReport) throws(NNError) {
    let task = try Task(seed: options.seed, epochs: Self.epochs)
    report.paragraph(
      "The training data are \(task.train.count) points of two half moons, and noise makes them "
        + "overlap: even the best classifier makes mistakes. \(task.validation.count) other points "
        + "from the same moons measure how good a network is on unseen data.")
    let plain = try Self.widths.map { width throws(NNError) in
      try (0..<Self.starts).map { start throws(NNError) in
        try task.learn(width, .none, seed: options.seed &+ UInt64(start))
      }
    }
    showWidths(plain, into: &report)
    let first = plain.map { $0[0] }
    showBoundaries(task, [first[1], first[3], first[first.count - 1]], into: &report)
    let wide = first[first.count - 1]
    showCurves(wide, into: &report)
    try showRemedies(task, wide, options, into: &report)
  }

  private func showWidths(_ outcomes: [[Outcome]], into report: inout LessonReport) {
    let x = Self.widths.map(Double.init)
    let train = zip(Self.widths, outcomes).map { width, outcomes in
      report.measure("training loss, width \(width)", Outcome.mean(outcomes.map(\.trainLoss)))
    }
    let validation = zip(Self.widths, outcomes).map { width, outcomes in
      report.measure(
        "validation loss, width \(width)", Outcome.mean(outcomes.map(\.validationLoss)))
    }
    report.show(
      Figure(
        title: "Loss against the width of two hidden layers",
        description: "Training loss falls with width; validation loss rises far above it.",
        panels: [
          Plot(
            x: Axis(
              "nodes in each hidden layer", scale: .log,
              ticks: Self.widths.map { Tick(Double($0), "\($0)") }),
            y: Axis("cross-entropy", scale: .log), legend: .bottomLeft,
            marks: [
              Line("training", x: x, y: train, markers: true),
              Line("validation", x: x, y: validation, markers: true),
            ])
        ]),
      name: "width",
      caption:
        "After \(Self.epochs) epochs, the mean of \(Self.starts) starts. The gap is "
        + "overfitting.")
    let last = Self.widths.count - 1
    report.paragraph(
      "With \(Self.widths[0]) node in each of two hidden layers the losses are \(train[0].text) on "
        + "the training points and \(validation[0].text) on the others. With \(Self.widths[last]) "
        + "they are \(train[last].text) and \(validation[last].text): the network has memorized "
        + "the training points, and its wrong predictions have high confidence. That is "
        + "overfitting.")
  }

  private func showBoundaries(
    _ task: Task, _ outcomes: [Outcome], into report: inout LessonReport
  ) {
    report.show(
      Figure(
        title: "Boundaries of a narrow, a medium and a wide network",
        description:
          "Three plots of the training points. The narrow network draws a nearly straight line, "
          + "the wide one a boundary around single points.",
        columns: 3,
        panels: outcomes.map { outcome in
          task.grid.plot(
            title: "width \(outcome.width)", probabilities: outcome.probabilities,
            data: task.train)
        }),
      name: "boundaries",
      caption: "The boundary of the wide network encloses single points, which are noise.")
  }

  private func showCurves(_ wide: Outcome, into report: inout LessonReport) {
    let best = report.measure("best epoch, width \(wide.width)", Double(wide.bestEpoch))
    let loss = report.measure(
      "validation loss at the best epoch, width \(wide.width)", wide.bestValidationLoss)
    report.paragraph(
      "The wide network is not bad from the start. Measured every \(Outcome.interval) epochs, its "
        + "validation loss is lowest after \(best.text): \(loss.text). From then on it only "
        + "memorizes. Early stopping keeps the weights of the best epoch (early_stopping in a "
        + "config).")
    let x = wide.epochs.map(Double.init)
    report.show(
      Figure(
        title: "Losses of the wide network during training",
        description: "Training loss falls to almost 0. Validation loss falls, then rises.",
        panels: [
          Plot(
            x: Axis("epoch"), y: Axis("cross-entropy"), legend: .above,
            marks: [
              Line("training", x: x, y: wide.trainLosses, dash: .solid),
              Line("validation", x: x, y: wide.validationLosses, dash: .solid),
              Rule(vertical: best, label: "stop here"),
            ])
        ]),
      name: "curves", caption: "Width \(wide.width).")
  }

  private func showRemedies(
    _ task: Task, _ plain: Outcome, _ options: LessonOptions, into report: inout LessonReport
  ) throws(NNError) {
    var outcomes: [(name: String, outcome: Outcome)] = [("nothing", plain)]
    for (name, remedy) in [
      ("dropout 0.5", .dropout(0.5)), ("weight decay 0.005", .weightDecay(0.005)),
      ("both, 0.3 and 0.003", .both(dropout: 0.3, weightDecay: 0.003)),
    ] as [(String, Remedy)] {
      let outcome = try task.learn(plain.width, remedy, seed: options.seed)
      report.measure("training loss, \(name)", outcome.trainLoss)
      report.measure("validation loss, \(name)", outcome.validationLoss)
      outcomes.append((name, outcome))
    }
    for (name, outcome) in outcomes {
      report.measure("validation accuracy, \(name)", outcome.validationAccuracy)
    }
    report.paragraph(
      "Two remedies act during training. Dropout sets random activations to 0 in each step, so "
        + "that no node relies on another. Weight decay adds half of λ|w|² to the loss, so that "
        + "weights stay small and boundaries smooth. At width \(plain.width), with the same number "
        + "of steps:"
    )
    report.table(
      header: ["remedy", "training loss", "validation loss", "validation accuracy"],
      rows: outcomes.map { name, outcome in
        [
          name, outcome.trainLoss.text, outcome.validationLoss.text,
          outcome.validationAccuracy.percent,
        ]
      },
      caption: "Width \(plain.width), after \(Self.epochs) epochs")
    report.show(
      Figure(
        title: "The effect of dropout and weight decay",
        description: "Four plots of the training points with ever smoother boundaries.",
        columns: 2,
        panels: outcomes.map { name, outcome in
          task.grid.plot(
            title: "\(name): \(outcome.validationLoss.text)", probabilities: outcome.probabilities,
            data: task.train)
        }),
      name: "remedies", caption: "Above each plot is its validation loss.")
  }
}

/// A remedy against overfitting.
private enum Remedy {
  case none
  case dropout(Double)
  case weightDecay(Double)
  case both(dropout: Double, weightDecay: Double)

  var dropout: Double {
    switch self {
    case .dropout(let rate), .both(let rate, _): rate
    case .none, .weightDecay: 0
    }
  }

  var weightDecay: Double {
    switch self {
    case .weightDecay(let factor), .both(_, let factor): factor
    case .none, .dropout: 0
    }
  }
}

/// A small training set and a large validation set.
private struct Task {
  let train: Dataset
  let validation: Dataset
  let epochs: Int
  let grid = PlaneGrid(x: -2...3, y: -1.8...2.2)

  init(seed: UInt64, epochs: Int) throws(NNError) {
    func moons(_ count: Int, part: UInt32) throws(NNError) -> Dataset {
      try DataGenerator(.moons, samples: count, noise: 0.3, seed: seed, part: part).make()
        .withNumericTargets()
    }
    train = try moons(40, part: 0)
    validation = try moons(1000, part: 1)
    self.epochs = epochs
  }

  func learn(_ width: Int, _ remedy: Remedy, seed: UInt64) throws(NNError) -> Outcome {
    let training = LessonTraining(
      data: train, loss: BinaryCrossEntropyWithLogits(),
      optimizer: Adam(learningRate: 0.01, weightDecay: remedy.weightDecay), epochs: epochs)
    var outcome = Outcome(width: width)
    let trainer = try training.train(
      Model {
        Dense(width)
        LeakyReLU(negativeSlope: 0.1)
        if remedy.dropout > 0 { Dropout(remedy.dropout) }
        Dense(width)
        LeakyReLU(negativeSlope: 0.1)
        if remedy.dropout > 0 { Dropout(remedy.dropout) }
        Dense(1)
      }, seed: seed
    ) { (epoch, trainer) throws(NNError) in
      guard epoch % Outcome.interval == 0 else { return }
      outcome.epochs.append(epoch)
      outcome.trainLosses.append(try trainer.evaluate(on: train).loss)
      outcome.validationLosses.append(try trainer.evaluate(on: validation).loss)
    }
    outcome.probabilities = try grid.probabilities(trainer)
    outcome.validationAccuracy = try training.accuracy(of: trainer, on: validation)
    return outcome
  }
}

/// The result of training a network.
private struct Outcome {
  /// The number of epochs between two measurements of the losses.
  static let interval = 10

  let width: Int
  /// The epochs at which the losses were measured.
  var epochs: [Int] = []
  var trainLosses: [Double] = []
  var validationLosses: [Double] = []
  var probabilities: [Double] = []
  var validationAccuracy = 0.0

  init(width: Int) { self.width = width }

  static func mean(_ numbers: [Double]) -> Double {
    numbers.reduce(0, +) / Double(numbers.count)
  }

  var trainLoss: Double { trainLosses.last ?? .nan }
  var validationLoss: Double { validationLosses.last ?? .nan }
  var bestValidationLoss: Double { validationLosses.min() ?? .nan }
  var bestEpoch: Int {
    zip(epochs, validationLosses).min { $0.1 < $1.1 }?.0 ?? 0
  }
}
