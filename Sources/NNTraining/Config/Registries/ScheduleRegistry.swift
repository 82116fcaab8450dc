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
      timed(
        "one_cycle_lr", aliases: ["one_cycle"], interval: .step,
        "One cycle over the whole run, up to `max_lr` and down to nearly 0, as `OneCycleLR` with "
          + "`cycle_momentum=False`; the optimizer's rate does not count."
      ) { options in
        let maximum = options.required(
          "max_lr", .rateOrAuto,
          "the highest rate; auto: the suggestion of a range test (`lr-find`) before the first step"
        )
        let duration = options.optional(
          "total_steps", .integer(2...), "the number of steps of the cycle; null: those of the run")
        let share = options.value(
          "pct_start", .number(.probability), default: 0.3,
          "the share of the cycle in which the rate rises")
        let annealing = options.value(
          "anneal_strategy", .choice(OneCycleLR.Annealing.allCases.map { ($0.rawValue, $0) }),
          default: .cosine, "the curve: half a cosine or a line")
        let first = options.value(
          "div_factor", .number(.positive), default: 25, "max_lr divided by the first rate")
        let last = options.value(
          "final_div_factor", .number(.positive), default: 1e4,
          "the first rate divided by the last one")
        let phases = options.value(
          "three_phase", .bool, default: false,
          "whether the rate falls to the first rate as fast as it rose, and only then to the last")
        return {
          OneCycleLR(
            maximum: maximum, duration: duration, pctStart: share, annealing: annealing,
            divFactor: first, finalDivFactor: last, threePhase: phases)
        }
      },
    ])

  /// A row whose last option is the interval.
  private static func timed(
    _ name: String, aliases: [String] = [], interval standard: Interval = .epoch,
    _ meaning: String,
    read: @escaping @Sendable (OptionReader) -> () -> any Schedule
  ) -> Row {
    Row(name, aliases: aliases, meaning) { options in
      let build = read(options)
      let interval = options.value(
        "interval", .interval, default: standard,
        "the unit of the schedule's numbers; with `step` they count batches")
      return { TimedSchedule(schedule: build(), interval: interval) }
    }
  }
}

extension OptionKind where Value == Double? {
  /// A learning rate, or `auto` for nil.
  fileprivate static var rateOrAuto: Self {
    let rate = OptionKind<Double>.number(.positive)
    return Self(
      expectation: "\(rate.expectation) or auto",
      schema: .either(rate.schema(), .words(["auto"])), placeholder: rate.placeholder,
      parse: { node, place in
        node.scalar?.text == "auto" ? .some(nil) : rate.parse(node, place).map(Optional.some)
      }, encode: { $0.map(ConfigValue.number) ?? .string("auto") })
  }
}
