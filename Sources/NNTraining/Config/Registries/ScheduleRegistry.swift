import NNOptimizers

extension Registry where Product == TimedSchedule {
  /// The learning-rate schedules. Each takes `interval: epoch | step`, the unit of its numbers.
  package static let schedules = Registry(
    "schedule", example: "`step_lr: {step_size: 10}`",
    [
      timed("step_lr") { options in
        let stepSize = options.required("step_size", .integer(1...))
        let gamma = options.value("gamma", .number(.nonNegative), default: 0.1)
        return { StepLR(stepSize: stepSize, gamma: gamma) }
      },
      timed("multi_step_lr") { options in
        let milestones = options.required("milestones", .list(.integer(1...)))
        let gamma = options.value("gamma", .number(.nonNegative), default: 0.1)
        options.check(
          zip(milestones, milestones.dropFirst()).allSatisfy { $0 < $1 }, on: "milestones",
          "`milestones` must increase")
        return { MultiStepLR(milestones: milestones, gamma: gamma) }
      },
      timed("exponential_lr") { options in
        let gamma = options.required("gamma", .number(.positive))
        return { ExponentialLR(gamma: gamma) }
      },
      timed("cosine_annealing_lr") { options in
        let period = options.required("T_max", .integer(1...))
        let minimum = options.value("eta_min", .number(.nonNegative), default: 0)
        return { CosineAnnealingLR(period: period, minimum: minimum) }
      },
      timed("linear_lr") { options in
        let start = options.value("start_factor", .number(.positive), default: 1.0 / 3)
        let end = options.value("end_factor", .number(.nonNegative), default: 1)
        let duration = options.value("total_iters", .integer(1...), default: 5)
        return { LinearLR(startFactor: start, endFactor: end, duration: duration) }
      },
      timed("constant_lr") { options in
        let factor = options.value("factor", .number(.nonNegative), default: 1.0 / 3)
        let duration = options.value("total_iters", .integer(1...), default: 5)
        return { ConstantLR(factor: factor, duration: duration) }
      },
    ])

  /// A row whose last option is the interval.
  private static func timed(
    _ name: String,
    read: @escaping @Sendable (OptionReader) -> () -> any Schedule
  ) -> Row {
    Row(name) { options in
      let build = read(options)
      let interval = options.value("interval", .interval, default: .epoch)
      return { TimedSchedule(schedule: build(), interval: interval) }
    }
  }
}
