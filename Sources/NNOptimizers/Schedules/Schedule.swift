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
}
