import NNOptimizers
import NNTestSupport
import NNTraining
import Testing

/// What every schedule of the registry must hold, tried on its samples.
@Suite("Every schedule") struct ScheduleBatteryTests {
  private static let base = 0.3
  private static let count = 30

  @Test(
    "rates are those of a plain formula, by epochs and by steps",
    arguments: Registry.schedules.names)
  func rates(name: String) throws {
    for sample in try ScheduleSample.samples(of: name) {
      try Self.expectRates(sample)
      let steps = try sample.schedule(.step)
      for index in 0..<Self.count {
        expectClose(
          [steps.learningRate(epoch: 999, step: index, base: Self.base)],
          [sample.rate(index, Self.base)], Tolerance(relative: 1e-13), "\(sample.text), \(index)")
      }
    }
  }

  private static func expectRates(_ sample: ScheduleSample) throws {
    let schedule = try sample.schedule()
    let rates = (0..<count).map { schedule.learningRate(epoch: $0, step: 999, base: base) }
    expectClose(
      rates, (0..<count).map { sample.rate($0, base) }, Tolerance(relative: 1e-13), sample.text)
    #expect(rates.allSatisfy { $0.isFinite && $0 >= 0 }, "\(sample.text)")
  }

  /// A run that is resumed at an epoch asks for the rate of that epoch first.
  @Test("a resumed run continues with the same bits", arguments: Registry.schedules.names)
  func resumption(name: String) throws {
    for sample in try ScheduleSample.samples(of: name) {
      let whole = try sample.schedule()
      for epoch in 0..<Self.count {
        let rate = whole.learningRate(epoch: epoch, step: 0, base: Self.base)
        let resumed = try sample.schedule().learningRate(epoch: epoch, step: 0, base: Self.base)
        #expect(resumed == rate, "\(sample.text), epoch \(epoch)")
      }
    }
  }

  /// PyTorch computes each rate from the one before, which chained schedules may have changed.
  @Test("each rate follows from the one before", arguments: Registry.schedules.names)
  func recursion(name: String) throws {
    for sample in try ScheduleSample.samples(of: name) {
      let schedule = try #require(sample.schedule().parts.first).schedule
      var rate = schedule.learningRate(at: 0, base: Self.base)
      for index in 1..<Self.count {
        rate = schedule.learningRate(after: rate, at: index, base: Self.base)
        expectClose(
          [rate], [sample.rate(index, Self.base)], Tolerance(relative: 1e-11),
          "\(sample.text), \(index)")
      }
    }
  }

  @Test("samples are those of the registry") func samplesHaveRows() {
    #expect(Set(ScheduleSample.all.map(\.kind)) == Set(Registry.schedules.names))
  }

  @Test func wrongRatesAreFound() {
    let late = ScheduleSample("step_lr: {step_size: 3}") { $0 > 3 ? $1 * 0.1 : $1 }
    withKnownIssue { try Self.expectRates(late) }
  }
}
