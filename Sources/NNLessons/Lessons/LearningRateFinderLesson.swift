import NNCore
import NNData
import NNDrawing
import NNLayers
import NNLosses
import NNOptimizers
import NNTraining

/// The range test of a learning rate, and trainings at a tenth, at and ten times its suggestion.
struct LearningRateFinderLesson: Lesson {
  static let name = "learning-rate-finder"
  static let title = "Learning-rate finder: a hundred steps instead of guesses"
  static let summary =
    "The range test's curve and its suggestions; trainings at a tenth, at and ten times the rate"

  private static let finder = LearningRateFinder(start: 1e-4, end: 10)

  /// The config of the network, as `nntrain lr-find` takes it.
  static func config(seed: UInt64) -> String {
    """
    name: half-moons
    seed: \(seed)
    data: {train: {moons: {samples: 500, noise: 0.1}}, batch_size: 100}
    model: [linear: 32, relu, linear: 32, relu, linear: 2]
    loss: cross_entropy
    optimizer: {sgd: {lr: 0.01}}
    epochs: 40
    """
  }

  func run(_ options: LessonOptions, into report: inout LessonReport) throws(NNError) {
    let config = try Config(yaml: Self.config(seed: options.seed))
    let curve = try Self.finder.run(config)
    let rate = try curve.suggestion()
    report.paragraph(
      """
      How large should the learning rate be? [[learning-rate]] trains a network with every rate \
      and compares the results. The range test needs a single, short training, whose rate grows \
      with each step from a value that is certainly too small to one that is certainly too large.
      """)
    report.formula("η_t = η_1·(η_T/η_1)^{(t − 1)/(T − 1)},   t = 1, 2, …, T")
    showTest(curve, rate: rate, &report)
    try train(config, around: rate, stepsOfTest: curve.points.count, &report)
  }

  // MARK: - The range test

  private func showTest(
    _ curve: LearningRateCurve, rate: Double, _ report: inout LessonReport
  ) {
    let points = curve.points
    let first = report.measure("smoothed loss of the first step", points[0].smoothed)
    let lowest = points.indices.min { points[$0].smoothed < points[$1].smoothed } ?? 0
    let least = report.measure("smallest smoothed loss", points[lowest].smoothed)
    let bottom = report.measure("rate with the smallest smoothed loss", points[lowest].rate)
    let last = report.measure("smoothed loss of the last step", points[points.count - 1].smoothed)
    let end = report.measure("rate of the last step", points[points.count - 1].rate)
    let steps = report.measure("steps of the test", Double(points.count))
    report.measure("suggestion: steepest fall", rate)
    let tenth = report.measure(
      "suggestion: a tenth of the minimum", curve.minimumTenth ?? .infinity)
    report.paragraph(
      """
      The network has two hidden layers of 32 nodes and learns two half moons, by plain \
      gradient descent. The test took \(steps.text) steps. At first the rate is so \
      small that the loss stays at \(first.text); guessing has log 2 = 0.693. Then it falls, to \
      \(least.text) at η = \(bottom.text). Then steps are so long that they lead out of the valley: \
      at η = \(end.text) the loss is \(last.text)\
      \(curve.hasDiverged ? ", and the test ends, since it diverges" : "").
      """)
    report.paragraph(
      """
      Single batches are noisy, so the loss is smoothed: each value is a mean in which the weight \
      of earlier steps decays by \(LearningRateFinder.smoothing) per step. Two rules read a rate \
      off the curve. The rate at which the smoothed loss falls fastest, on the logarithmic axis, is \
      \(rate.text); a tenth of the rate with the smallest loss is \(tenth.text). The minimum itself \
      is too large: there the loss is about to rise.
      """)
    report.show(
      Figure(
        title: "Loss of each step while the learning rate grows",
        description:
          "Loss against learning rate on a logarithmic axis: flat for small rates, then falling, "
          + "then rising steeply. Two vertical lines on the falling part mark the suggestions.",
        panels: [
          Plot(
            x: Axis("learning rate η", scale: .log),
            y: Axis("loss", range: 0...1.5 * max(first, 0.7)), legend: .topLeft,
            marks: [
              Line(
                "batch", x: points.map(\.rate), y: points.map(\.loss), color: .muted, width: 1,
                dash: .solid),
              Line(
                "smoothed", x: points.map(\.rate), y: points.map(\.smoothed), color: .series(0),
                dash: .solid),
              Rule(vertical: rate, label: "steepest", color: .series(1)),
              Rule(vertical: tenth, label: "minimum / 10", color: .series(2), dash: .dotted),
            ])
        ]),
      name: "test", caption: "Each step of the test is one point. Both rules are heuristics.")
  }

  // MARK: - Three trainings

  /// A training at one rate.
  private struct Outcome {
    let name: String
    let rate: Double
    /// The loss on all examples before the first epoch and after each.
    var losses: [Double] = []
    var accuracy = 0.0
    /// Whether the loss was no longer finite.
    var hasDiverged = false

    var loss: Double { hasDiverged ? .infinity : losses.last ?? .infinity }
  }

  private func train(
    _ config: Config, around rate: Double, stepsOfTest: Int, _ report: inout LessonReport
  ) throws(NNError) {
    let data = try config.load(config.makeTrainSource())
    let outcomes = try [
      ("a tenth of it", rate / 10), ("the suggested rate", rate), ("ten times it", 10 * rate),
    ].map { name, rate throws(NNError) in
      try Self.train(config, data, name: name, rate: rate)
    }
    for outcome in outcomes {
      report.measure("rate, \(outcome.name)", outcome.rate)
      report.measure("loss, \(outcome.name)", outcome.loss)
      report.measure("accuracy, \(outcome.name)", outcome.accuracy)
    }
    let steps = report.measure(
      "steps of each training", Double(config.epochs * (data.count / config.data.batchSize)))
    report.paragraph(
      """
      Is the suggestion any good? The same network is trained three times for \
      \(config.epochs) epochs, which are \(steps.text) steps: with a tenth of the rate that the \
      steepest fall suggests, with this rate and with ten times it. The final losses are \
      \(outcomes.map { Self.text($0) }.joined(separator: ", ")). A tenth of the rate makes a \
      tenth of the progress in each step; ten times the rate oscillates or diverges.
      """)
    report.table(
      header: ["training", "η", "loss", "accuracy"],
      rows: outcomes.map { outcome in
        [outcome.name, outcome.rate.text, Self.text(outcome), outcome.accuracy.percent]
      }, caption: "After \(config.epochs) epochs")
    report.show(
      Figure(
        title: "Three trainings",
        description:
          "Loss by epoch for a tenth of the suggested rate, for the suggested one and for ten times "
          + "it: the suggested rate ends lowest.",
        panels: [
          Plot(
            x: Axis("epoch", isCount: true), y: Axis("loss", scale: .log), legend: .above,
            marks: outcomes.map { outcome in
              Line(
                "η = \(outcome.rate.text)", x: outcome.losses.indices.map(Double.init),
                y: outcome.losses)
            })
        ]),
      name: "trainings", caption: "The loss on all points after each epoch.")
    report.paragraph(
      """
      The test costs \(stepsOfTest) steps and knows only the first steps of a training, so take \
      its result as a starting point: for a schedule that warms up and decays, such as \
      one_cycle_lr, it is the largest rate. nntrain lr-find CONFIG runs it for a config of your \
      own, and schedule: {one_cycle_lr: {max_lr: auto}} before each training. If other settings are \
      to be found as well, see [[hyper-parameters]].
      """)
  }

  private static func text(_ outcome: Outcome) -> String {
    outcome.hasDiverged ? "none, it diverged" : outcome.loss.text
  }

  /// Trains the config's network with another rate.
  private static func train(
    _ config: Config, _ data: Dataset, name: String, rate: Double
  ) throws(NNError) -> Outcome {
    var outcome = Outcome(name: name, rate: rate)
    let training = LessonTraining(
      data: data, loss: CrossEntropy(), optimizer: SGD(learningRate: rate),
      epochs: config.epochs, batchSize: config.data.batchSize, dtype: .float32)
    do throws(NNError) {
      _ = try training.train(config.makeModel(), seed: UInt64(config.seed)) {
        (_, trainer) throws(NNError) in
        outcome.losses.append(try trainer.evaluate(on: data).loss)
        outcome.accuracy = try training.accuracy(of: trainer)
      }
    } catch {
      guard error.isDivergence else { throw error }
      outcome.hasDiverged = true
    }
    return outcome
  }
}
