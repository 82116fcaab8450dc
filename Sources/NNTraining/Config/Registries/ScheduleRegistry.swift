extension Registry where Product == Void {
  /// The learning rate schedules. Each takes `interval: epoch | step`: how often it advances.
  ///
  /// Several schedules in a list are combined by multiplying their factors of the learning rate, as
  /// PyTorch's `ChainedScheduler` does; a warm-up is a `linear_lr` with `interval: step` in front.
  package static let schedules = Registry(
    "schedule", example: "`step_lr: {step_size: 10}`",
    [
      Row("step_lr") { options in
        let stepSize = options.required("step_size", .wholeNumber(1...))
        let gamma = options.value("gamma", .number(.nonNegative), default: 0.1)
        let interval = options.interval()
        return { _ = (stepSize, gamma, interval) }
      },
      Row("multi_step_lr") { options in
        let milestones = options.required("milestones", .list(.wholeNumber(1...)))
        let gamma = options.value("gamma", .number(.nonNegative), default: 0.1)
        let interval = options.interval()
        options.check(
          zip(milestones, milestones.dropFirst()).allSatisfy { $0 < $1 }, on: "milestones",
          "`milestones` must increase")
        return { _ = (milestones, gamma, interval) }
      },
      Row("exponential_lr") { options in
        let gamma = options.required("gamma", .number(.positive))
        let interval = options.interval()
        return { _ = (gamma, interval) }
      },
      Row("cosine_annealing_lr") { options in
        let period = options.required("T_max", .wholeNumber(1...))
        let minimum = options.value("eta_min", .number(.nonNegative), default: 0)
        let interval = options.interval()
        return { _ = (period, minimum, interval) }
      },
      Row("linear_lr") { options in
        let start = options.value("start_factor", .number(.positive), default: 1.0 / 3)
        let end = options.value("end_factor", .number(.nonNegative), default: 1)
        let steps = options.value("total_iters", .wholeNumber(1...), default: 5)
        let interval = options.interval()
        return { _ = (start, end, steps, interval) }
      },
    ])
}

extension OptionReader {
  /// How often a schedule advances.
  fileprivate func interval() -> Interval {
    value("interval", .interval, default: .epoch)
  }
}
