import NNOptimizers
import NNTestSupport
import Testing

@Suite struct ScheduleTests {
  private func rates(_ schedule: any Schedule, _ count: Int, base: Double = 1) -> [Double] {
    (0..<count).map { schedule.learningRate(at: $0, base: base) }
  }

  @Test func ratesByHand() {
    let tight = Tolerance(relative: 1e-15)
    expectClose(rates(StepLR(stepSize: 2, gamma: 0.5), 5), [1, 1, 0.5, 0.5, 0.25], tight)
    expectClose(
      rates(MultiStepLR(milestones: [3, 1, 3], gamma: 0.5), 5), [1, 0.5, 0.5, 0.125, 0.125], tight)
    expectClose(rates(ExponentialLR(gamma: 0.5), 3, base: 8), [8, 4, 2], tight)
    // cos(π/4) = √½.
    let (high, low) = (0.75 + 0.25 * 0.5.squareRoot(), 0.75 - 0.25 * 0.5.squareRoot())
    expectClose(
      rates(CosineAnnealingLR(period: 4, minimum: 0.5), 9),
      [1, high, 0.75, low, 0.5, low, 0.75, high, 1], tight)
    expectClose(
      rates(LinearLR(startFactor: 0.25, endFactor: 1, duration: 3), 5), [0.25, 0.5, 0.75, 1, 1],
      tight)
    expectClose(
      rates(ConstantLR(factor: 0.5, duration: 2), 4, base: 3), [1.5, 1.5, 3, 3], tight)
  }

  @Test func namesAreThoseOfConfigs() {
    let schedules: [any Schedule] = [
      StepLR(stepSize: 1), MultiStepLR(milestones: []), ExponentialLR(gamma: 1),
      CosineAnnealingLR(period: 1), LinearLR(), ConstantLR(),
    ]
    #expect(
      schedules.map(\.name) == [
        "step_lr", "multi_step_lr", "exponential_lr", "cosine_annealing_lr", "linear_lr",
        "constant_lr",
      ])
  }
}
