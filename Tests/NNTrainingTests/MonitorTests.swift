import NNTraining
import Testing

@Suite struct MonitorTests {
  private func verdicts(_ monitor: Monitor, _ values: [Double]) -> (Monitor, [Bool], [Bool]) {
    var monitor = monitor
    var best: [Bool] = []
    var exhausted: [Bool] = []
    for (index, value) in values.enumerated() {
      best.append(monitor.update(value, epoch: index + 1))
      exhausted.append(monitor.isExhausted)
    }
    return (monitor, best, exhausted)
  }

  @Test func lowerIsBetter() {
    let (monitor, best, exhausted) = verdicts(
      Monitor(figure: "val_loss", prefersHigher: false, patience: 2), [3, 2, 2, 1, 4, 1])
    #expect(best == [true, true, false, true, false, false])
    #expect(exhausted == [false, false, false, false, false, true])
    #expect(monitor.best == 1)
    #expect(monitor.bestEpoch == 4)
    #expect(monitor.epochsWithoutImprovement == 2)
  }

  @Test func higherIsBetter() {
    let (monitor, best, _) = verdicts(
      Monitor(figure: "accuracy", prefersHigher: true), [0.5, 0.4, 0.5, 0.75])
    #expect(best == [true, false, false, true])
    #expect(monitor.best == 0.75)
  }

  @Test func smallImprovementsDoNotCount() {
    let (monitor, best, exhausted) = verdicts(
      Monitor(figure: "val_loss", prefersHigher: false, minimumChange: 0.5, patience: 2),
      [2, 1.75, 1.5, 1])
    // What was gained is measured from the best that counted, so small steps add up.
    #expect(best == [true, false, false, true])
    #expect(exhausted == [false, false, true, false])
    #expect(monitor.best == 1)
  }

  @Test func notANumberIsNeverBest() {
    let (monitor, best, exhausted) = verdicts(
      Monitor(figure: "val_loss", prefersHigher: false, patience: 3),
      [.nan, 5, .nan, .infinity, 6])
    #expect(best == [false, true, false, false, false])
    #expect(exhausted == [false, false, false, false, true])
    #expect(monitor.best == 5)
    #expect(monitor.bestEpoch == 2)
  }

  @Test func withoutPatienceItNeverEnds() {
    let (_, _, exhausted) = verdicts(
      Monitor(figure: "val_loss", prefersHigher: false), [1] + [Double](repeating: 2, count: 50))
    #expect(!exhausted.contains(true))
  }

  @Test func noPatienceEndsAtTheFirstFailure() {
    let (_, _, exhausted) = verdicts(
      Monitor(figure: "val_loss", prefersHigher: false, patience: 1), [1, 0.5, 0.5])
    #expect(exhausted == [false, false, true])
  }
}
