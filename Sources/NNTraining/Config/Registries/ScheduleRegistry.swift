import NNOptimizers

extension Registry where Product == TimedSchedule {
  /// The learning-rate schedules. Each takes `interval: epoch | step`, the unit of its numbers.
  package static let schedules = Registry(
    "schedule", example: "`step_lr: {step_size: 10}`",
    [
      timed("step_lr", "Multiplies the rate by gamma every `step_size` epochs, as `StepLR`.") {
        options in
        let stepSize = options.required(
          "step_size", .integer(1...), "the number of epochs between changes")
        let gamma = options.value("gamma", .number(.nonNegative), default: 0.1, "the factor")
        return { StepLR(stepSize: stepSize, gamma: gamma) }
      },
      timed("multi_step_lr", "Multiplies the rate by gamma at each milestone, as `MultiStepLR`.") {
        options in
        let milestones = options.required(
          "milestones", .list(.integer(1...)), "the epochs at which the rate changes, ascending")
        let gamma = options.value("gamma", .number(.nonNegative), default: 0.1, "the factor")
        options.check(
          zip(milestones, milestones.dropFirst()).allSatisfy { $0 < $1 }, on: "milestones",
          "`milestones` must increase")
        return { MultiStepLR(milestones: milestones, gamma: gamma) }
      },
      timed("exponential_lr", "Multiplies the rate by gamma after every epoch, as `ExponentialLR`.")
      { options in
        let gamma = options.required("gamma", .number(.positive), "the factor")
        return { ExponentialLR(gamma: gamma) }
      },
      timed(
        "cosine_annealing_lr",
        "Half a cosine from the optimizer's rate down to `eta_min`, as `CosineAnnealingLR`."
      ) { options in
        let period = options.required(
          "T_max", .integer(1...),
          "the number of epochs until the minimum; the rate rises again afterwards")
        let minimum = options.value(
          "eta_min", .number(.nonNegative), default: 0, "the minimum rate")
        return { CosineAnnealingLR(period: period, minimum: minimum) }
      },
      timed(
        "linear_lr",
        "A factor that changes linearly and then stays constant, as `LinearLR`: a "
          + "warm-up by default."
      ) { options in
        let start = options.value(
          "start_factor", .number(.positive), default: 1.0 / 3, "the factor at the start")
        let end = options.value(
          "end_factor", .number(.nonNegative), default: 1, "the factor at the end")
        let duration = options.value(
          "total_iters", .integer(1...), default: 5, "the number of epochs until `end_factor`")
        return { LinearLR(startFactor: start, endFactor: end, duration: duration) }
      },
      timed(
        "constant_lr",
        "A constant factor for the first `total_iters` epochs, then 1, as `ConstantLR`."
      ) { options in
        let factor = options.value("factor", .number(.nonNegative), default: 1.0 / 3, "the factor")
        let duration = options.value(
          "total_iters", .integer(1...), default: 5, "the number of epochs with the factor")
        return { ConstantLR(factor: factor, duration: duration) }
      },
    ])

  /// A row whose last option is the interval.
  private static func timed(
    _ name: String, _ meaning: String,
    read: @escaping @Sendable (OptionReader) -> () -> any Schedule
  ) -> Row {
    Row(name, meaning) { options in
      let build = read(options)
      let interval = options.value(
        "interval", .interval, default: .epoch,
        "the unit of the schedule's numbers; with `step` they count batches")
      return { TimedSchedule(schedule: build(), interval: interval) }
    }
  }
}
