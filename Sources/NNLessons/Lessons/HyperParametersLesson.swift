import NNCore
import NNData
import NNDrawing
import NNLayers
import NNLosses
import NNOptimizers
import NNSearch
import NNTraining

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Grid search, random search and the tree-structured Parzen estimator side by side, over equal
/// numbers of trials.
struct HyperParametersLesson: Lesson {
  static let name = "hyper-parameters"
  static let title = "Hyper-parameter search: grid, random and model-based"
  static let summary =
    "A learning rate and a weight decay for two spirals: three methods with equal numbers of trials"

  /// The points along each side of the grid.
  static let side = 6
  /// The trials of each search.
  static let trials = side * side
  /// The searches of each random method, with different seeds.
  static let repetitions = 5
  /// The points along each side of the map.
  private static let mapSide = 13

  func run(_ options: LessonOptions, into report: inout LessonReport) throws(NNError) {
    let task = try Task(seed: options.seed)
    report.paragraph(
      """
      Gradient descent finds weights. The learning rate, the weight decay, the number of nodes are \
      hyper-parameters: the loss has no gradient with respect to them, and each look at a setting \
      costs a whole training. What remains is to try settings and to compare the loss on validation \
      data. Which ones to try is the question.
      """)
    report.paragraph(
      """
      Here a network with two hidden layers of \(Task.width) nodes learns two noisy spirals from \
      \(task.train.count) points for \(Task.epochs) epochs. Two settings are to be found: the \
      learning rate η of Adam and the weight decay λ. Both may vary over several powers of ten, so \
      their logarithms are sampled.
      """)
    let grid = try task.search(Method.grid, seed: options.seed)
    var random: [Outcome] = []
    var model: [Outcome] = []
    for repetition in 0..<UInt64(Self.repetitions) {
      random.append(try task.search(Method.random, seed: options.seed &+ repetition))
      model.append(try task.search(Method.tpe, seed: options.seed &+ repetition))
    }
    try showPoints([grid, random[0], model[0]], task, &report)
    showHistory(grid, random, model, &report)
    compareLate(random, model, &report)
  }

  // MARK: - Where the methods look

  private func showPoints(
    _ searches: [Outcome], _ task: Task, _ report: inout LessonReport
  ) throws(NNError) {
    for search in searches {
      report.measure("best validation loss, \(search.method.title)", search.best.loss)
      report.measure("its learning rate, \(search.method.title)", search.best.rate)
      report.measure("its weight decay, \(search.method.title)", search.best.decay)
      report.measure(
        "different learning rates, \(search.method.title)",
        Double(Set(search.trials.map(\.rate)).count))
    }
    let (grid, random) = (searches[0], searches[1])
    report.paragraph(
      """
      Grid search tries all combinations of \(Self.side) learning rates and \(Self.side) weight \
      decays: \(Self.trials) trainings, and the best has a validation loss of \
      \(grid.best.loss.text). Random search draws \(Self.trials) points; its best is \
      \(random.best.loss.text). The same number of trials has tried \
      \(Set(random.trials.map(\.rate)).count) different learning rates instead of \
      \(Set(grid.trials.map(\.rate)).count). If one parameter matters more than the other, that is \
      the better choice, since a grid repeats each of its values.
      """)
    report.paragraph(
      """
      The tree-structured Parzen estimator (TPE) learns from the results. After \(Method.startup) \
      random points it splits all results into the best few and the others, estimates from both a \
      density of points, and tries next a point that is likely among the good and unlikely among \
      the others. Its best is \(searches[2].best.loss.text).
      """)
    report.formula("x = argmax {p(x | \"good\")}/{p(x | \"others\")}")
    let map = try Self.map(of: task)
    report.show(
      Figure(
        title: "The points of the three methods",
        description:
          "Three times the same map of the validation loss over learning rate and weight decay, with "
          + "the points tried: a regular grid, scattered points, and points that crowd in the best "
          + "region.",
        columns: 3,
        panels: searches.map { search in
          Plot(
            title: "\(search.method.title): \(search.best.loss.text)",
            x: Axis("log₁₀ η", range: Task.rates), y: Axis("log₁₀ λ", range: Task.decays),
            legend: .hidden,
            marks: [
              HeatMap(
                x: Task.rates, y: Task.decays, columns: Self.mapSide, rows: Self.mapSide,
                values: map, range: -0.8...0.2, bar: false),
              Points(
                x: search.trials.map { log10($0.rate) }, y: search.trials.map { log10($0.decay) },
                color: .series(1), symbol: .circle, size: 3),
              Points(
                x: [log10(search.best.rate)], y: [log10(search.best.decay)], color: .emphasis,
                symbol: .diamond, size: 5),
            ])
        }),
      name: "points",
      caption:
        "Dark is a low validation loss, measured by \(Self.mapSide * Self.mapSide) further "
        + "trainings. The diamond is the best trial.")
  }

  /// The logarithms of the validation loss over the plane, row by row from below.
  private static func map(of task: Task) throws(NNError) -> [Double] {
    let grid = PlaneGrid(x: Task.rates, y: Task.decays, columns: mapSide, rows: mapSide)
    return try grid.points.map { point throws(NNError) in
      log10(min(max(try task.loss(rate: pow(10, point.x), decay: pow(10, point.y)), 1e-4), 1e4))
    }
  }

  // MARK: - What the methods find

  private func showHistory(
    _ grid: Outcome, _ random: [Outcome], _ model: [Outcome], _ report: inout LessonReport
  ) {
    let rows = [("grid", [grid]), ("random", random), ("TPE", model)].map { name, searches in
      let best = searches.map(\.best.loss).sorted()
      return (
        name,
        [
          report.measure("lowest of the best losses, \(name)", best[0]),
          report.measure("median of the best losses, \(name)", best[best.count / 2]),
          report.measure("highest of the best losses, \(name)", best[best.count - 1]),
        ]
      )
    }
    report.paragraph(
      """
      One search proves little, since random search may be lucky. So both random methods were run \
      \(Self.repetitions) times with different seeds. The median of their best losses is \
      \(rows[1].1[1].text) for random search and \(rows[2].1[1].text) for TPE.
      """)
    report.table(
      header: ["method", "searches", "lowest", "median", "highest"],
      rows: rows.map { name, values in
        [name, name == "grid" ? "1" : "\(Self.repetitions)"] + values.map(\.text)
      }, caption: "The best validation loss of each search, after \(Self.trials) trials")
    let x = (1...Self.trials).map(Double.init)
    report.show(
      Figure(
        title: "The best loss so far",
        description:
          "Three falling stairs: the best validation loss after each trial, for grid, random search "
          + "and TPE.",
        panels: [
          Plot(
            x: Axis("trial", isCount: true), y: Axis("best validation loss", scale: .log),
            legend: .topRight,
            marks: [
              Line("grid", x: x, y: grid.history),
              Line("random", x: x, y: Outcome.median(random.map(\.history))),
              Line("TPE", x: x, y: Outcome.median(model.map(\.history))),
            ])
        ]),
      name: "history",
      caption:
        "For random search and TPE, the median of \(Self.repetitions) searches. The order of a grid "
        + "is arbitrary.")
  }

  private func compareLate(
    _ random: [Outcome], _ model: [Outcome], _ report: inout LessonReport
  ) {
    func late(_ searches: [Outcome]) -> Double {
      let losses = searches.flatMap { $0.trials.suffix(Self.trials / 2) }.map(\.loss).sorted()
      return losses[losses.count / 2]
    }
    let (chance, learned) = (
      report.measure("median loss of the second half of trials, random", late(random)),
      report.measure("median loss of the second half of trials, TPE", late(model))
    )
    report.paragraph(
      """
      The difference between the methods is not only the best trial. In the second half of the \
      trials the median loss is \(chance.text) for random search, whose points do not depend on \
      results, and \(learned.text) for TPE, which by then tries good regions most of the time. The \
      more trials and parameters there are, the more that counts; with a dozen trials, random \
      search is as good.
      """)
    report.paragraph(
      """
      Which trial is best was decided by the validation data, so its loss there is too optimistic: \
      test data that no trial has seen give the honest figure. nntrain search CONFIG runs such \
      searches for a config of your own, several trials at a time, and ends hopeless ones early. \
      For the learning rate alone there is a shorter way: [[learning-rate-finder]].
      """)
  }
}

/// A method of search.
private struct Method: Sendable {
  /// The number of random points before TPE uses its estimator.
  static let startup = 10

  let title: String
  let options: SamplerOptions
  /// Whether the method needs a finite number of values.
  var needsList = false

  static let grid = Method(title: "grid", options: .grid, needsList: true)
  static let random = Method(title: "random", options: .random)
  static let tpe = Method(title: "TPE", options: .tpe(startup: startup, candidates: 24))
}

/// The trials of a search.
private struct Outcome {
  /// A training with its settings and its result.
  struct Trial {
    let rate: Double
    let decay: Double
    /// The validation loss; infinite if training diverged.
    let loss: Double
  }

  let method: Method
  var trials: [Trial] = []

  /// The trial with the lowest loss; on ties the first.
  var best: Trial { trials.min { $0.loss < $1.loss } ?? Trial(rate: 0, decay: 0, loss: .infinity) }

  /// The lowest loss after each trial.
  var history: [Double] {
    var least = Double.infinity
    return trials.map { trial in
      least = min(least, trial.loss)
      return least
    }
  }

  /// The median of several histories after each trial.
  static func median(_ histories: [[Double]]) -> [Double] {
    (histories.first ?? []).indices.map { index in
      histories.map { $0[index] }.sorted()[histories.count / 2]
    }
  }
}

/// What is trained, and the space of its settings.
private struct Task {
  static let width = 32
  static let epochs = 80
  /// The logarithms of the learning rates.
  static let rates = -4.0...0.0
  /// The logarithms of the weight decays.
  static let decays = -6.0...0.0

  let train: Dataset
  let validation: Dataset
  private let seed: UInt64

  init(seed: UInt64) throws(NNError) {
    func spirals(_ count: Int, part: UInt32) throws(NNError) -> Dataset {
      try DataGenerator(.spirals, samples: count, noise: 0.15, seed: seed, part: part).make()
        .withNumericTargets()
    }
    train = try spirals(80, part: 0)
    validation = try spirals(400, part: 1)
    self.seed = seed
  }

  /// The validation loss of a training; infinite if it diverges.
  func loss(rate: Double, decay: Double) throws(NNError) -> Double {
    let training = LessonTraining(
      data: train, loss: BinaryCrossEntropyWithLogits(),
      optimizer: Adam(learningRate: rate, weightDecay: decay), epochs: Self.epochs, batchSize: 20,
      dtype: .float32)
    do throws(NNError) {
      let loss = try training.train(
        Model {
          Dense(Self.width)
          ReLU()
          Dense(Self.width)
          ReLU()
          Dense(1)
        }, seed: seed
      ).evaluate(on: validation).loss
      return loss.isFinite ? loss : .infinity
    } catch {
      guard error.isDivergence else { throw error }
      return .infinity
    }
  }

  /// Runs a search, each point chosen from the results of all points before.
  func search(_ method: Method, seed: UInt64) throws(NNError) -> Outcome {
    func domain(_ range: ClosedRange<Double>) -> SearchDomain {
      guard method.needsList else {
        return .range(
          SearchRange(pow(10, range.lowerBound), pow(10, range.upperBound), isLogarithmic: true))
      }
      let grid = PlaneGrid(
        x: range, y: 0...1, columns: HyperParametersLesson.side, rows: 1)
      return .choice(grid.points.map { .number(pow(10, $0.x)) })
    }
    let space = SearchSpace(
      SearchConfig(parameters: [
        SearchParameter("optimizer.adam.lr", domain(Self.rates)),
        SearchParameter("optimizer.adam.weight_decay", domain(Self.decays)),
      ]))
    let sampler = try method.options.sampler(of: space, seed: seed)
    var search = Outcome(method: method)
    var observations: [Observation] = []
    while search.trials.count < HyperParametersLesson.trials,
      let point = sampler.point(
        ofTrial: search.trials.count + 1, after: observations, pending: []),
      case .number(let rate)? = space.configValue(0, at: point),
      case .number(let decay)? = space.configValue(1, at: point)
    {
      let loss = try loss(rate: rate, decay: decay)
      search.trials.append(Outcome.Trial(rate: rate, decay: decay, loss: loss))
      observations.append(
        Observation(
          trial: search.trials.count, point: point, loss: loss,
          end: loss.isFinite ? .complete : .failed))
    }
    return search
  }
}
