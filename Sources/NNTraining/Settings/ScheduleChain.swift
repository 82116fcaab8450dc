import NNCore
public import NNOptimizers

/// The unit that schedules and checkpoints count.
public enum Interval: String, Sendable, Hashable, CaseIterable {
  /// One pass over the training data.
  case epoch
  /// One batch.
  case step
}

/// A learning-rate schedule and the unit of its index.
public struct TimedSchedule: Sendable {
  /// The schedule.
  public let schedule: any Schedule
  /// Whether its index counts epochs or steps.
  public let interval: Interval

  /// Creates a schedule by epochs (default) or steps.
  public init(schedule: any Schedule, interval: Interval = .epoch) {
    self.schedule = schedule
    self.interval = interval
  }
}

/// Chained schedules, each of which changes the rate of the one before (PyTorch's
/// `ChainedScheduler`).
///
/// A warm-up is a `linear_lr` by steps before the main schedule:
///
/// ```yaml
/// schedule:
///   - linear_lr: {start_factor: 0.01, total_iters: 500, interval: step}
///   - cosine_annealing_lr: {T_max: 10}
/// ```
///
/// If one of several schedules with the same interval does more than multiply, such as
/// `cosine_annealing_lr` with a minimum or past its period, the rate at each index follows from the
/// one before, as in PyTorch. Otherwise, and if some count epochs and some steps, their factors
/// multiply.
public struct ScheduleChain: Sendable {
  /// The schedules in order; empty for a constant rate.
  public let parts: [TimedSchedule]
  private let recursion = ChainRecursion()

  /// Creates a chain.
  public init(_ parts: [TimedSchedule]) { self.parts = parts }

  /// The learning rate of a step.
  ///
  /// - Parameters:
  ///   - epoch: The number of epochs done, from 0.
  ///   - step: The number of steps done since training began, from 0.
  ///   - base: The optimizer's learning rate.
  public func learningRate(epoch: Int, step: Int, base: Double) -> Double {
    if parts.count > 1, let interval = parts.first?.interval {
      let index = interval == .epoch ? epoch : step
      let countTheSame = parts.allSatisfy { $0.interval == interval }
      if countTheSame, !parts.allSatisfy({ $0.schedule.isFactor(upTo: index) }) {
        return recursion.learningRate(at: index, base: base, parts)
      }
    }
    return parts.reduce(base) { rate, part in
      part.schedule.learningRate(at: part.interval == .epoch ? epoch : step, base: rate)
    }
  }
}

/// The rates of chained schedules, each computed from the one before. Keeps the last two for each
/// base rate, of which every group of parameters has one, so that consecutive indices compute each
/// rate once.
private final class ChainRecursion: Sendable {
  private struct State {
    var index = 0
    var rate: Double
    var rateBefore: Double
  }

  private let states = Guarded<[Double: State]>([:])

  func learningRate(at index: Int, base: Double, _ parts: [TimedSchedule]) -> Double {
    states.withLock { states in
      var state: State
      if let known = states[base], index >= known.index - 1 {
        state = known
      } else {
        let first = parts.reduce(base) { $1.schedule.learningRate(at: 0, base: $0) }
        state = State(rate: first, rateBefore: first)
      }
      defer { states[base] = state }
      while state.index < index {
        state.index += 1
        state.rateBefore = state.rate
        for part in parts {
          state.rate = part.schedule.learningRate(after: state.rate, at: state.index, base: base)
        }
      }
      return index == state.index ? state.rate : state.rateBefore
    }
  }
}
