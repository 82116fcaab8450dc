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

/// The effect of learning rate and batch size for the same network, data and number of epochs.
struct LearningRateLesson: Lesson {
  static let name = "learning-rate"
  static let title = "Learning rate and batch size"
  static let summary = "The final loss over learning rate × batch size, and why the two go together"

  /// η = 2⁻⁷ … 2⁵
  static let rates = (-7...5).map { pow(2.0, Double($0)) }
  static let batchSizes = [4, 8, 16, 32, 64, 128, 256]
  static let rows = 256
  static let epochs = 40

  func run(_ options: LessonOptions, into report: inout LessonReport) throws(NNError) {
    var losses: [[Double]] = []
    for size in Self.batchSizes {
      var row: [Double] = []
      for rate in Self.rates {
        row.append(try Self.finalLoss(rate: rate, batchSize: size, seed: options.seed))
      }
      losses.append(row)
    }
    let guess = log(2.0)
    report.paragraph(
      """
      The same small network is trained on the same two half moons, \(Self.rows) points, for \
      \(Self.epochs) epochs, \(Self.rates.count * Self.batchSizes.count) times: with learning \
      rates from \(Self.rates[0].rounded(digits: 2)) to \
      \(Self.rates[Self.rates.count - 1].text) and batches of \(Self.batchSizes[0]) to \
      \(Self.rows) points, by plain gradient descent. Each cell of the heat map is the final loss \
      of one of these runs.
      """)
    showMap(losses, &report)
    findBest(losses, guess: guess, &report)
    compareScaled(losses, &report)
  }

  /// The loss over all examples after the last epoch; NaN where training has diverged.
  static func finalLoss(rate: Double, batchSize: Int, seed: UInt64) throws(NNError) -> Double {
    let data = try DataGenerator(.moons, samples: rows, noise: 0.1, seed: seed).make()
    let model = Model {
      Dense(16)
      Tanh()
      Dense(2)
    }
    do throws(NNError) {
      return try LessonTraining(
        data: data, loss: CrossEntropy(), optimizer: SGD(learningRate: rate), epochs: epochs,
        batchSize: batchSize, dtype: .float32
      ).train(model, seed: seed).evaluate(on: data).loss
    } catch {
      guard error.kind == .runFailed else { throw error }
      return .nan
    }
  }

  private static func label(_ rate: Double) -> String {
    rate < 1 ? "1/\(Int(1 / rate))" : "\(Int(rate))"
  }

  private func showMap(_ losses: [[Double]], _ report: inout LessonReport) {
    let (columns, rows) = (Self.rates.count, Self.batchSizes.count)
    func edges(_ count: Int) -> ClosedRange<Double> { -0.5...Double(count) - 0.5 }
    report.show(
      Figure(
        title: "Final loss by learning rate and batch size",
        description:
          "A heat map: the loss is high for small rates with large batches, at the upper "
          + "left, low along a diagonal band, and high again on the right, where rates are too "
          + "large.",
        panels: [
          Plot(
            title: "log₁₀ of the final loss",
            x: Axis(
              "learning rate η", range: edges(columns),
              ticks: Self.rates.enumerated().map { Tick(Double($0), Self.label($1)) }),
            y: Axis(
              "batch size B", range: edges(rows),
              ticks: Self.batchSizes.enumerated().map { Tick(Double($0), "\($1)") }),
            marks: [
              HeatMap(
                x: edges(columns), y: edges(rows), columns: columns, rows: rows,
                values: losses.flatMap { $0.map { log10(max($0, 1e-4)) } }, range: -4...1)
            ])
        ]),
      name: "map", caption: "Dark is good. Guessing gives log₁₀(log 2) = −0.16.")
  }

  private func findBest(_ losses: [[Double]], guess: Double, _ report: inout LessonReport) {
    var rows: [[String]] = []
    var best: [Double] = []
    for (size, row) in zip(Self.batchSizes, losses) {
      let finite = row.indices.filter { row[$0].isFinite }
      let index = finite.min { row[$0] < row[$1] } ?? 0
      best.append(report.measure("best rate, batches of \(size)", Self.rates[index]))
      let loss = report.measure("its loss, batches of \(size)", row[index])
      rows.append([
        "\(size)", "\(Self.rows / size)", Self.label(Self.rates[index]), loss.text,
        row[0].text,
      ])
    }
    let failed = report.measure(
      "runs that end worse than guessing",
      Double(losses.joined().filter { !($0 < guess) }.count))
    let slowest = report.measure(
      "loss of the smallest rate with full batches", losses[losses.count - 1][0])
    report.paragraph(
      """
      A rate that is too small has made little progress when the epochs are over: \
      \(slowest.text) at the upper left, where guessing has log 2 = \(guess.text). A rate that is \
      too large oscillates or diverges, and \(failed.text) of the runs end worse than guessing. \
      In between there is a diagonal band of good rates: larger batches need larger rates.
      """)
    report.table(
      header: ["batch size", "steps per epoch", "best η", "its loss", "loss with the smallest η"],
      rows: rows, caption: "The best learning rate of each row of the map.")
  }

  private func compareScaled(_ losses: [[Double]], _ report: inout LessonReport) {
    // Rates and sizes both double from one to the next: equal η/B is one column right and one row
    // up.
    let along = losses.indices.map { losses[$0][$0] }
    let spread = report.measure(
      "ratio of highest to lowest loss along equal η/B", (along.max() ?? 0) / (along.min() ?? 1))
    let across = report.measure(
      "ratio of highest to lowest loss at the smallest rate",
      (losses.map { $0[0] }.max() ?? 0) / (losses.map { $0[0] }.min() ?? 1))
    let (first, last) = (Self.label(Self.rates[0]), Self.label(Self.rates[losses.count - 1]))
    report.paragraph(
      """
      Why diagonal? Half the batch size makes twice as many steps per epoch, each as long as \
      before. As long as steps are small, the progress of an epoch depends on η/B alone: along \
      equal η/B, from η = \(first) with batches of 4 to η = \(last) with batches of 256, \
      losses differ by a factor of \(spread.text); with η = \(first) for all sizes it is \
      \(across.text). Hence the linear scaling rule: scale the learning rate with the batch size. \
      It fails where a single step becomes too long: see [[convex-convergence]].
      """)
    let shown = [0, 2, 4, 6]
    func lines(scaled: Bool) -> [any Mark] {
      shown.map { index in
        let size = Self.batchSizes[index]
        return Line(
          "B = \(size)", x: Self.rates.map { scaled ? $0 / Double(size) : $0 }, y: losses[index],
          markers: true)
      }
    }
    report.show(
      Figure(
        title: "The same losses over η and over η/B",
        description: "On the left four curves of loss against learning rate, side by side; on the "
          + "right, against rate divided by batch size, they coincide until rates are large.",
        columns: 2,
        panels: [
          Plot(
            title: "over η", x: Axis("learning rate η", scale: .log),
            y: Axis("final loss", scale: .log), marks: lines(scaled: false)),
          Plot(
            title: "over η/B", x: Axis("η/B", scale: .log), y: Axis("final loss", scale: .log),
            marks: lines(scaled: true)),
        ]),
      name: "scaled",
      caption: "Divided by the batch size, the falling parts of the curves coincide.")
  }
}
