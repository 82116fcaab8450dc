import NNOptimizers
import NNTestSupport
import NNTraining
import Testing

@Suite struct ScheduleChainTests {
  private func chain(_ schedules: [any Schedule], _ interval: Interval = .epoch) -> ScheduleChain {
    ScheduleChain(schedules.map { TimedSchedule(schedule: $0, interval: interval) })
  }

  /// The rates of PyTorch's `ChainedScheduler`, computed by its `get_lr` step by step.
  static let examples: [(schedules: [any Schedule], base: Double, rates: [Double])] = [
    (
      [
        LinearLR(startFactor: 0.25, endFactor: 1, duration: 4),
        CosineAnnealingLR(period: 6, minimum: 0.01),
      ], 0.1,
      [
        0.025, 0.041489178688862406, 0.0496057753312573, 0.04632500528708965,
        0.03350769556128595, 0.016298868041563254, 0.01, 0.01602885682970026,
        0.03250000000000001, 0.05500000000000004,
      ]
    ),
    (
      [
        LinearLR(startFactor: 0.5, endFactor: 1, duration: 3),
        CosineAnnealingLR(period: 4, minimum: 0.2),
      ], 1,
      [
        0.5, 0.5983249156101944, 0.520955988548012, 0.3245227278524751, 0.2, 0.31715728752538097,
        0.6000000000000001, 0.8828427124746192, 1.0000000000000002, 0.8828427124746192,
        0.6000000000000003,
      ]
    ),
    (
      [CosineAnnealingLR(period: 3), StepLR(stepSize: 2, gamma: 0.5)], 1,
      [
        1, 0.75, 0.12500000000000006, 0, 0.12499999999999997, 0.3750000000000002,
        0.2500000000000001, 0.18750000000000014, 0.03125000000000006,
      ]
    ),
    (
      [
        ConstantLR(factor: 0.5, duration: 2), CosineAnnealingLR(period: 4, minimum: 0.1),
        ExponentialLR(gamma: 0.9),
      ], 1,
      [
        0.5, 0.39727922061357857, 0.45617662350913724, 0.18388954595312862, 0.09000000000000001,
        0.19962175361944826, 0.3961169480834202, 0.5449529250877243,
      ]
    ),
  ]

  @Test(arguments: examples.indices, [Interval.epoch, .step])
  func chainsAsPyTorch(index: Int, interval: Interval) {
    let (schedules, base, rates) = Self.examples[index]
    func rate(_ chain: ScheduleChain, _ index: Int) -> Double {
      chain.learningRate(
        epoch: interval == .epoch ? index : 0, step: interval == .step ? index : 99, base: base)
    }
    let tight = Tolerance(relative: 1e-13, absolute: 1e-15)
    let inOrder = chain(schedules, interval)
    expectClose(rates.indices.map { rate(inOrder, $0) }, rates, tight)
    // Requested in any order, as by a resumed run.
    let jumping = chain(schedules, interval)
    for index in [5, 4, 7, 1, 0, 6, 6, 7] {
      expectClose([rate(jumping, index)], [rates[index]], tight, "index \(index)")
    }
  }

  /// Each recursion matches the closed form.
  @Test func recursionsFollowTheClosedForms() {
    let schedules: [any Schedule] = [
      StepLR(stepSize: 3, gamma: 0.5), MultiStepLR(milestones: [2, 5, 5], gamma: 0.3),
      ExponentialLR(gamma: 0.8), CosineAnnealingLR(period: 4, minimum: 0.05),
      LinearLR(startFactor: 0.2, endFactor: 0.7, duration: 6),
      ConstantLR(factor: 0.25, duration: 3),
      ConstantLR(factor: 0, duration: 3),
    ]
    for schedule in schedules {
      var rate = schedule.learningRate(at: 0, base: 0.4)
      for index in 1..<20 {
        rate = schedule.learningRate(after: rate, at: index, base: 0.4)
        expectClose(
          [rate], [schedule.learningRate(at: index, base: 0.4)],
          Tolerance(relative: 1e-13, absolute: 1e-15), "\(schedule.name) at \(index)")
      }
    }
  }

  /// A schedule with a closed form only.
  private struct Halving: Schedule {
    var name: String { "halving" }
    func learningRate(at index: Int, base: Double) -> Double { index < 3 ? base : base / 2 }
  }

  @Test func aCustomScheduleIsChained() {
    let chained = chain([Halving(), CosineAnnealingLR(period: 5, minimum: 0.1)])
    let plain = chain([CosineAnnealingLR(period: 5, minimum: 0.1)])
    for index in 0..<3 {
      expectClose(
        [chained.learningRate(epoch: index, step: 0, base: 1)],
        [plain.learningRate(epoch: index, step: 0, base: 1)], Tolerance(relative: 1e-14))
    }
    #expect(
      chained.learningRate(epoch: 3, step: 0, base: 1)
        < plain.learningRate(epoch: 3, step: 0, base: 1))
  }
}
