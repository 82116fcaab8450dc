/// A learning-rate schedule: a function of the number of epochs (or steps) done.
///
/// Schedules are pure functions of the index, so a resumed run continues with the same bits.
public protocol Schedule: Sendable {
  /// The name in config files: `step_lr`.
  var name: String { get }

  /// The learning rate at an index.
  ///
  /// - Parameters:
  ///   - index: Epochs or steps done, from 0.
  ///   - base: The optimizer's learning rate.
  func learningRate(at index: Int, base: Double) -> Double

  /// The rate that follows another one, which chained schedules may have changed (PyTorch's
  /// `get_lr`).
  ///
  /// By default `rate` changes by the same factor as `learningRate(at:base:)`.
  ///
  /// - Parameters:
  ///   - rate: The rate at the previous index.
  ///   - index: Epochs or steps done, from 1.
  ///   - base: The optimizer's learning rate.
  func learningRate(after rate: Double, at index: Int, base: Double) -> Double

  /// Whether the rates up to an index, counted from 0, are the base rate times factors that do not
  /// depend on the base rate, so that chained schedules multiply; true by default.
  func isFactor(upTo index: Int) -> Bool
}

extension Schedule {
  /// The rate, changed by the same factor as the closed form.
  public func learningRate(after rate: Double, at index: Int, base: Double) -> Double {
    let before = learningRate(at: index - 1, base: base)
    let now = learningRate(at: index, base: base)
    // A rate of 0 cannot be changed by a factor.
    return before == now ? rate : before == 0 ? now : rate * (now / before)
  }
  /// true: the rates are the base rate times factors.
  public func isFactor(upTo index: Int) -> Bool { true }
}
