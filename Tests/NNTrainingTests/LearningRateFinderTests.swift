import Foundation
import NNCore
import NNTestSupport
import NNTraining
import Testing

@Suite("Learning-rate finder")
struct LearningRateFinderTests {
  @Test("the smoothed loss is an exponential average without bias")
  func smoothing() {
    var curve = LearningRateCurve()
    let losses: [Double] = (0..<30).map { 2 + sin(Double($0)) }
    for (index, loss) in losses.enumerated() {
      curve.add(rate: pow(10, Double(index) / 10), loss: loss)
    }
    for (index, point) in curve.points.enumerated() {
      let weights: [Double] = (0...index).map { 0.02 * pow(0.98, Double(index - $0)) }
      let sum = zip(weights, losses).map { $0 * $1 }.reduce(0, +)
      let mean = sum / weights.reduce(0, +)
      #expect(abs(point.smoothed - mean) < 1e-12)
      #expect(point.loss == losses[index])
    }
    #expect(!curve.hasDiverged)
  }

  /// The rate of a step of the ramp of `suggestions`.
  private static func rate(_ index: Int) -> Double { pow(10, Double(index) / 20 - 5) }

  /// A curve of smoothed losses: their average is inverted.
  private static func curve(_ target: [Double]) -> LearningRateCurve {
    var curve = LearningRateCurve()
    var average = 0.0
    for (index, smoothed) in target.enumerated() {
      let sum: Double = smoothed * (1 - pow(0.98, Double(index + 1)))
      let loss: Double = (sum - 0.98 * average) / 0.02
      curve.add(rate: rate(index), loss: loss)
      average = sum
    }
    expectClose(curve.points.map(\.smoothed), target, Tolerance(relative: 1e-9, absolute: 1e-9))
    return curve
  }

  @Test("suggests the steepest rate, and a tenth of that of the minimum")
  func suggestions() throws {
    // The smoothed loss is linear in pieces.
    let target = (0..<100).map { index -> Double in
      let x = Double(index)
      switch index {
      case ..<40: return 2
      case ..<60: return 2 - 0.01 * (x - 40)
      case ..<62: return 1.8 - 0.2 * (x - 60)
      case ..<80: return 1.4 - 0.001 * (x - 62)
      default: return 1.4 + 0.1 * (x - 80)
      }
    }
    let curve = Self.curve(target)
    #expect(curve.considered.count == 85)
    // It falls by 0.2 from 60 to 61 and from there to 62.
    let steepest = try #require(curve.steepest)
    let candidates = [60, 61].map { steepest / Self.rate($0) }
    #expect(candidates.contains { abs($0 - 1) < 1e-12 })
    let tenth = try #require(curve.minimumTenth)
    let minima = [79, 80].map { 10 * tenth / Self.rate($0) }
    #expect(minima.contains { abs($0 - 1) < 1e-12 })
    #expect(try curve.suggestion() == steepest)
  }

  @Test("a steeper fall after the minimum is no suggestion")
  func fallAfterTheMinimum() throws {
    let target = (0..<100).map { index -> Double in
      let x = Double(index)
      switch index {
      case ..<40: return 2
      case ..<41: return 1.9
      case ..<60: return 1.9 - 0.01 * (x - 40)
      case ..<80: return 1.71 + 0.02 * (x - 60)
      case ..<83: return 2.11 - 0.12 * (x - 80)
      default: return 1.8 + 0.1 * (x - 83)
      }
    }
    let curve = Self.curve(target)
    let steepest = try #require(curve.steepest)
    #expect(abs(steepest / Self.rate(39) - 1) < 1e-12)
    let tenth = try #require(curve.minimumTenth)
    let minima = [59, 60].map { 10 * tenth / Self.rate($0) }
    #expect(minima.contains { abs($0 - 1) < 1e-12 })
    // After the minimum alone, the loss never falls below its start.
    #expect(Self.curve(Array(target.dropFirst(58))).steepest == nil)
  }

  @Test("the rates grow exponentially and the test ends where the loss diverges")
  func ramp() throws {
    let config = try Config(
      yaml: """
        data: {train: {sine: {samples: 64}}, batch_size: 16}
        model: [{linear: 16}, tanh, {linear: 1}]
        loss: mse
        optimizer: {sgd: {lr: 0.3}}
        schedule: {exponential_lr: 0.5}
        """)
    let curve = try LearningRateFinder(start: 1e-5, end: 100, steps: 80).run(config)
    #expect(curve.hasDiverged)
    // Several epochs of four steps.
    #expect(curve.points.count > 20 && curve.points.count < 80)
    for (index, point) in curve.points.enumerated() {
      let rate = 1e-5 * pow(1e7, Double(index) / 79)
      #expect(abs(point.rate / rate - 1) < 1e-9)
    }
    let rate = try curve.suggestion()
    #expect(rate > 1e-4 && rate < 10)
    #expect(try LearningRateFinder(start: 1e-5, end: 100, steps: 80).run(config) == curve)
  }

  @Test("refuses an optimizer without a rate that could grow, and a loss that never falls")
  func refusals() throws {
    let config = try Config(yaml: smallConfig, overrides: ["optimizer=lbfgs"])
    expectError("`lbfgs` chooses the lengths of its steps itself", "optimizer") {
      _ = try LearningRateFinder().run(config)
    }
    let still = try Config(yaml: smallConfig, overrides: ["optimizer={sgd: {lr: 0}}"])
    expectError("learning rate of `sgd` is 0") { _ = try LearningRateFinder().run(still) }
    var rising = LearningRateCurve()
    for index in 1...40 { rising.add(rate: Double(index), loss: Double(index) / 10 + 5) }
    expectError("the loss falls below its start with none", kind: .runFailed) {
      _ = try rising.suggestion()
    }
  }

  /// One cycle with a rate from a range test.
  private static let cycle = """
    name: cycle
    data: {train: {sine: {samples: 64}}, batch_size: 16}
    model: [{linear: 16}, tanh, {linear: 1}]
    loss: mse
    optimizer: {sgd: {lr: 0.3}}
    schedule: {one_cycle: {max_lr: auto, div_factor: 10}}
    epochs: 4
    checkpoint: {every: 3, interval: step}
    """

  @Test("`max_lr: auto` is replaced by the suggestion, which a resumed run keeps")
  func automatic() throws {
    let config = try Config(yaml: Self.cycle)
    let (checked, _) = try TrainingRun.check(config)
    #expect(checked.schedule[0]["max_lr"] == .string("auto"))
    let folder = try TemporaryFolder()
    let whole = try TrainingRun(config: config, folder: RunFolder(folder.path("whole")))
    let found = try LearningRateFinder().run(config).suggestion()
    guard case .number(let rate) = whole.config.schedule[0]["max_lr"] else {
      Issue.record("no rate was found")
      return
    }
    #expect(abs(rate / found - 1) < 0.01)
    #expect(whole.warnings.contains { $0.contains("found the learning rate \(rate)") })
    let recorder = Recorder()
    _ = try whole.run(observers: [recorder])
    // Sixteen steps: up for 30 % of them, from a tenth, and down to nearly 0.
    let rates = recorder.steps.map(\.learningRate)
    #expect(rates.count == 16 && abs(rates[0] / (rate / 10) - 1) < 1e-12)
    #expect((rates.max() ?? 0) > 0.95 * rate && (rates.max() ?? 1) <= rate)
    #expect(abs(rates[15] / (rate / 1e5) - 1) < 1e-9)
    // Interrupted, and resumed with other data order in mind: the recorded rate counts.
    try train(Self.cycle, in: folder.path("stopped"), stoppingAfter: 7)
    let recorded = try Config(recordedAt: RunFolder(folder.path("stopped")).config)
    #expect(recorded.schedule[0]["max_lr"] == .number(rate))
    let resumed = try TrainingRun(
      config: config, folder: RunFolder(folder.path("stopped")), resumes: true)
    #expect(!resumed.warnings.contains { $0.contains("found the learning rate") })
    _ = try resumed.run()
    #expect(try modelBytes(folder.path("stopped")) == modelBytes(folder.path("whole")))
  }
}
