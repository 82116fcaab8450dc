/// minimum + (base − minimum)·(1 + cos(π·index/period))/2: falls along half a cosine and rises
/// again after the period (PyTorch's `CosineAnnealingLR`).
///
/// Source: Loshchilov, Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR 2017,
/// without the restarts.
public struct CosineAnnealingLR: Schedule {
  /// The number of epochs or steps from the highest to the lowest rate; positive. PyTorch's
  /// `T_max`.
  public let period: Int
  /// The lowest rate. PyTorch's `eta_min`.
  public let minimum: Double

  /// Creates the schedule.
  public init(period: Int, minimum: Double = 0) {
    precondition(period > 0, "period \(period)")
    self.period = period
    self.minimum = minimum
  }

  /// The name in config files: `cosine_annealing_lr`.
  public var name: String { "cosine_annealing_lr" }

  /// The learning rate at an index.
  public func learningRate(at index: Int, base: Double) -> Double {
    let angle = Double.pi * Double(index) / Double(period)
    return minimum + (base - minimum) * (1 + angle.cosine) / 2
  }

  /// PyTorch's `get_lr`: after the minimum, where all rates are equal, the increase follows from
  /// the base rate.
  public func learningRate(after rate: Double, at index: Int, base: Double) -> Double {
    let step = Double.pi / Double(period)
    if (index - 1 - period) % (2 * period) == 0 {
      return rate + (base - minimum) * (1 - step.cosine) / 2
    }
    let (now, before) = (Double(index) * step, Double(index - 1) * step)
    return minimum + (rate - minimum) * (1 + now.cosine) / (1 + before.cosine)
  }

  /// True up to the period with a minimum of 0.
  public func isFactor(upTo index: Int) -> Bool { minimum == 0 && index <= period }
}
