public import NNCore
import NNData
import NNOptimizers

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The learning-rate range test (Smith, "Cyclical learning rates for training neural networks",
/// 2017): training steps whose rate grows exponentially, until the loss diverges.
public struct LearningRateFinder: Sendable, Hashable {
  /// The rate of the first step; 1e-7 by default.
  public var start: Double
  /// The rate of the last step; 10 by default.
  public var end: Double
  /// The number of steps; 100 by default.
  public var steps: Int

  /// The weight of earlier losses in the smoothed loss.
  public static let smoothing = 0.98
  /// The test ends if the smoothed loss exceeds its minimum by this factor.
  public static let divergence = 4.0

  /// Creates a test, with fastai's defaults.
  ///
  /// - Precondition: 0 < start < end, and at least 20 steps.
  public init(start: Double = 1e-7, end: Double = 10, steps: Int = 100) {
    precondition(start > 0 && start < end && steps >= 20, "\(start) to \(end) in \(steps) steps")
    self.start = start
    self.end = end
    self.steps = steps
  }

  /// Trains a config's network from its initial weights, without writing anything.
  ///
  /// Groups of parameters with rates of their own keep the ratio to the main rate. The config's
  /// schedule is not used.
  ///
  /// - Parameters:
  ///   - config: The config.
  ///   - shouldStop: Called after each step; true ends the test.
  /// - Throws: `NNError` for an optimizer without a rate that could grow, and for incompatible data
  ///   or layers.
  public func run(
    _ config: Config, shouldStop: () -> Bool = { false }
  ) throws(NNError) -> LearningRateCurve {
    try run(config, RunData(config), shouldStop: shouldStop)
  }

  /// The same with data that have been read.
  func run(
    _ config: Config, _ data: RunData, shouldStop: () -> Bool = { false }
  ) throws(NNError) -> LearningRateCurve {
    let optimizer = try config.makeOptimizer()
    guard optimizer is any GraphOptimizer, optimizer.learningRate > 0 else {
      throw .invalid(
        optimizer is any GraphOptimizer
          ? "the learning rate of `\(optimizer.name)` is 0, which does not grow"
          : "`\(optimizer.name)` chooses the lengths of its steps itself", at: "optimizer",
        hint: "a learning rate can be found for sgd, adam and the like")
    }
    var config = config
    config.log = LogConfig(every: OptionBound.count)
    let ramp = ExponentialRamp(
      first: start / optimizer.learningRate, growth: log(end / start) / Double(steps - 1))
    let trainer = try TrainingRun.trainer(
      try config.adapted(to: data), data,
      schedule: ScheduleChain([TimedSchedule(schedule: ramp, interval: .step)]))
    var curve = LearningRateCurve()
    do throws(NNError) {
      while curve.points.count < steps, !curve.hasDiverged, !shouldStop() {
        guard let step = try trainer.step() else {
          trainer.progress.finishEpoch()
          continue
        }
        curve.add(rate: step.learningRate, loss: step.loss)
      }
    } catch {
      guard error.isDivergence else { throw error }
      curve.hasDiverged = true
    }
    return curve
  }
}

/// A rate that grows exponentially with the steps, in proportion to the optimizer's rate.
private struct ExponentialRamp: Schedule {
  /// The factor of the first step.
  let first: Double
  /// The growth of the factor's logarithm with each step.
  let growth: Double

  var name: String { "exponential_ramp" }

  func learningRate(at index: Int, base: Double) -> Double {
    base * first * exp(growth * Double(index))
  }
}

/// The losses of a learning-rate range test.
public struct LearningRateCurve: Sendable, Hashable {
  /// A step.
  public struct Point: Sendable, Hashable {
    /// The learning rate.
    public let rate: Double
    /// The batch's loss before the step.
    public let loss: Double
    /// The exponentially smoothed loss, without the bias of its start.
    public let smoothed: Double
  }

  /// The steps in their order.
  public private(set) var points: [Point] = []
  /// Whether the loss was no longer finite, or much larger than its minimum.
  public internal(set) var hasDiverged = false
  private var average = 0.0
  private var weight = 0.0
  private var least = Double.infinity

  /// Creates a curve without steps.
  public init() {}

  /// Adds a step.
  public mutating func add(rate: Double, loss: Double) {
    // A batch without a counted target has no loss.
    guard !loss.isNaN else { return }
    let kept = LearningRateFinder.smoothing
    average = kept * average + (1 - kept) * loss
    weight = kept * weight + (1 - kept)
    let smoothed = average / weight
    points.append(Point(rate: rate, loss: loss, smoothed: smoothed))
    least = min(least, smoothed)
    if smoothed > least + (LearningRateFinder.divergence - 1) * abs(least) { hasDiverged = true }
  }

  /// The points from which rates are suggested: without the first tenth, where the average has few
  /// losses, and the last five, where the loss diverges (as in fastai).
  public var considered: ArraySlice<Point> { points.dropFirst(points.count / 10).dropLast(5) }

  /// The index of the point with the smallest smoothed loss among those considered.
  private var minimum: Int? {
    considered.indices.min { points[$0].smoothed < points[$1].smoothed }
  }

  /// The rate at which the smoothed loss falls fastest with the logarithm of the rate, on its way to
  /// the minimum; nil if it never falls below its start.
  public var steepest: Double? {
    guard let minimum else { return nil }
    // Where the loss falls after the minimum, it only recovers from a rise.
    let falling = considered[...minimum]
    let gradients = zip(falling, falling.dropFirst()).map { left, right in
      (rate: left.rate, gradient: (right.smoothed - left.smoothed) / log(right.rate / left.rate))
    }
    guard let best = gradients.min(by: { $0.gradient < $1.gradient }), best.gradient < 0 else {
      return nil
    }
    return best.rate
  }

  /// A tenth of the rate with the smallest smoothed loss; nil without enough steps.
  public var minimumTenth: Double? {
    minimum.map { points[$0].rate / 10 }
  }

  /// The rate to train with: the steepest one.
  ///
  /// - Throws: `NNError` if the loss never falls below its start.
  public func suggestion() throws(NNError) -> Double {
    if let steepest { return steepest }
    throw .failed(
      points.count < 20
        ? "the loss diverged after \(points.count) steps, too few to find a learning rate"
        : "the loss falls below its start with none of the learning rates from \(points[0].rate) to "
          + "\(points[points.count - 1].rate)",
      hint: "check data and network, or choose other bounds")
  }
}
