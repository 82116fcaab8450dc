import NNCore
import NNOptimizers
import NNTestSupport
import Testing

@Suite struct ScheduleReferenceTests {
  /// PyTorch chains rates from step to step and rounds each time; its closed form rounds once.
  @Test func rates() throws {
    for example in try Fixture.load("schedules", "schedules").examples {
      let schedule = try makeSchedule(example)
      let base = try #require(example.options["lr"]?.number)
      for name in example.expectedNames(.float64) {
        let expected = try example.expected(name, .float64).doubles
        let rates = expected.indices.map { schedule.learningRate(at: $0, base: base) }
        let tolerance =
          name == "closed_form"
          ? Tolerance(relative: 1e-15, absolute: 1e-17)
          : Tolerance(relative: 1e-13, absolute: 1e-15)
        expectClose(rates, expected, tolerance, "\(example.name) \(name)")
      }
    }
  }

  private func makeSchedule(_ example: FixtureExample) throws -> any Schedule {
    let (name, options) = try #require(example.config.named)
    func number(_ key: String, _ initial: Double) -> Double { options[key]?.number ?? initial }
    switch name {
    case "step_lr":
      return StepLR(
        stepSize: try #require(options["step_size"]?.integer), gamma: number("gamma", 0.1))
    case "multi_step_lr":
      let milestones = try #require(options["milestones"]?.numbers)
      return MultiStepLR(milestones: milestones.map { Int($0) }, gamma: number("gamma", 0.1))
    case "exponential_lr": return ExponentialLR(gamma: number("gamma", 0))
    case "cosine_annealing_lr":
      return CosineAnnealingLR(
        period: try #require(options["T_max"]?.integer), minimum: number("eta_min", 0))
    case "linear_lr":
      return LinearLR(
        startFactor: number("start_factor", 1.0 / 3), endFactor: number("end_factor", 1),
        duration: options["total_iters"]?.integer ?? 5)
    case "one_cycle_lr":
      return OneCycleLR(
        maximum: try #require(options["max_lr"]?.number),
        duration: try #require(options["total_steps"]?.integer),
        pctStart: number("pct_start", 0.3),
        annealing: options["anneal_strategy"]?.text.flatMap(OneCycleLR.Annealing.init) ?? .cosine,
        divFactor: number("div_factor", 25), finalDivFactor: number("final_div_factor", 1e4),
        threePhase: options["three_phase"]?.boolean ?? false)
    default: throw NNError.invalid("no schedule called \(name)")
    }
  }
}
