/// minimum + (base − minimum)·(1 + cos(π·index/period))/2: falls along half a cosine, and rises
/// again beyond the period (PyTorch's `CosineAnnealingLR`).
///
/// Source: Loshchilov, Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR 2017,
/// without the restarts.
public struct CosineAnnealingLR: Schedule {
  /// From the highest to the lowest rate; positive. PyTorch's `T_max`.
  public let period: Int
  /// The lowest rate. PyTorch's `eta_min`.
  public let minimum: Double

  /// Creates the schedule.
  public init(period: Int, minimum: Double = 0) {
    precondition(period > 0, "period \(period)")
    self.period = period
    self.minimum = minimum
  }

  /// `cosine_annealing_lr`
  public var name: String { "cosine_annealing_lr" }

  /// The rate in force.
  public func learningRate(at index: Int, base: Double) -> Double {
    let angle = Double.pi * Double(index) / Double(period)
    return minimum + (base - minimum) * (1 + angle.cosine) / 2
  }
}
