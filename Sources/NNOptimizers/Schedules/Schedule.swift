/// How the learning rate changes: a function of how many epochs (or steps) are done.
///
/// Pure functions of the index, so that a resumed run continues with the same bits.
public protocol Schedule: Sendable {
  /// The name as in a config file: `step_lr`.
  var name: String { get }

  /// The rate in force.
  ///
  /// - Parameters:
  ///   - index: Epochs or steps done, from 0.
  ///   - base: The optimizer's own rate.
  func learningRate(at index: Int, base: Double) -> Double

  /// The rate that follows another one, which schedules that are chained with this one may have changed
  /// (PyTorch's `get_lr`).
  ///
  /// By default the other rate, changed as much as `learningRate(at:base:)` changes.
  ///
  /// - Parameters:
  ///   - rate: The rate in force at the index before.
  ///   - index: Epochs or steps done, from 1.
  ///   - base: The optimizer's own rate.
  func learningRate(after rate: Double, at index: Int, base: Double) -> Double

  /// Whether the rates up to an index, counted from 0, are the base rate times factors that do not
  /// depend on it, so that chained schedules multiply; true by default.
  func isFactor(upTo index: Int) -> Bool
}

extension Schedule {
  /// The other rate, changed as much as the closed form changes.
  public func learningRate(after rate: Double, at index: Int, base: Double) -> Double {
    let before = learningRate(at: index - 1, base: base)
    let now = learningRate(at: index, base: base)
    // From 0 there is no way back by a factor.
    return before == now ? rate : before == 0 ? now : rate * (now / before)
  }
  /// Factors alone.
  public func isFactor(upTo index: Int) -> Bool { true }
}
