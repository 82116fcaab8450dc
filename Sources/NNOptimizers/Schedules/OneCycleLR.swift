/// A schedule whose length is that of the run unless it is set.
public protocol RunLengthSchedule: Schedule {
  /// The number of epochs or steps that it lasts; nil for those of the run.
  var duration: Int? { get }

  /// The schedule with a number of epochs or steps.
  func lasting(_ duration: Int) -> any Schedule
}

/// One cycle of the learning rate: up to a maximum, then down to nearly 0 (PyTorch's `OneCycleLR`
/// with `cycle_momentum=False`).
///
/// The rate does not depend on the optimizer's: it starts at maximum/divFactor and ends at
/// start/finalDivFactor, where it stays.
///
/// Source: Smith, Topin, "Super-convergence: very fast training of neural networks using large
/// learning rates", 2018.
public struct OneCycleLR: RunLengthSchedule, Hashable {
  /// The curve between two rates.
  public enum Annealing: String, Sendable, Hashable, CaseIterable {
    /// Half a cosine.
    case cosine = "cos"
    /// A straight line.
    case linear
  }

  /// The highest rate; nil for the optimizer's.
  public let maximum: Double?
  /// The number of epochs or steps, at least 2; nil for those of the run. PyTorch's `total_steps`.
  public let duration: Int?
  /// The share of the cycle in which the rate rises.
  public let pctStart: Double
  /// The curve.
  public let annealing: Annealing
  /// The maximum divided by the first rate.
  public let divFactor: Double
  /// The first rate divided by the last one.
  public let finalDivFactor: Double
  /// Whether the rate first falls to the first rate, as fast as it rose, and only then to the last.
  public let threePhase: Bool

  /// Creates the schedule.
  public init(
    maximum: Double?, duration: Int? = nil, pctStart: Double = 0.3,
    annealing: Annealing = .cosine, divFactor: Double = 25, finalDivFactor: Double = 1e4,
    threePhase: Bool = false
  ) {
    self.maximum = maximum
    self.duration = duration
    self.pctStart = pctStart
    self.annealing = annealing
    self.divFactor = divFactor
    self.finalDivFactor = finalDivFactor
    self.threePhase = threePhase
  }

  /// The name in config files: `one_cycle_lr`.
  public var name: String { "one_cycle_lr" }

  /// The same cycle with another length.
  public func lasting(_ duration: Int) -> any Schedule {
    OneCycleLR(
      maximum: maximum, duration: duration, pctStart: pctStart, annealing: annealing,
      divFactor: divFactor, finalDivFactor: finalDivFactor, threePhase: threePhase)
  }

  /// The learning rate at an index; the highest one until the length is known.
  public func learningRate(at index: Int, base: Double) -> Double {
    let highest = maximum ?? base
    guard let duration else { return highest }
    let first = highest / divFactor
    let last = first / finalDivFactor
    let total = Double(duration)
    let top = pctStart * total - 1
    let phases =
      threePhase
      ? [
        (top, first, highest), (2 * pctStart * total - 2, highest, first), (total - 1, first, last),
      ]
      : [(top, first, highest), (total - 1, highest, last)]
    let place = min(Double(index), total - 1)
    var begin = 0.0
    for (number, (end, from, to)) in phases.enumerated() {
      if place <= end || number == phases.count - 1 {
        // A phase without a step in it is at its end.
        let share = end > begin ? (place - begin) / (end - begin) : 1
        return annealed(from, to, share)
      }
      begin = end
    }
    return last
  }

  private func annealed(_ from: Double, _ to: Double, _ share: Double) -> Double {
    switch annealing {
    case .linear: (to - from) * share + from
    case .cosine: to + (from - to) / 2 * ((Double.pi * share).cosine + 1)
    }
  }

  /// false: the rates do not depend on the base rate.
  public func isFactor(upTo index: Int) -> Bool { false }
}
