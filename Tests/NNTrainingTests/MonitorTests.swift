import Foundation
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

  @Test func smallImprovementsAreBestButDoNotCountForPatience() {
    let (monitor, best, exhausted) = verdicts(
      Monitor(figure: "val_loss", prefersHigher: false, minimumChange: 0.5, patience: 2),
      [2, 1.75, 1.5, 1])
    // Patience measures from the last improvement that counted, so small ones accumulate.
    #expect(best == [true, true, true, true])
    #expect(exhausted == [false, false, true, false])
    #expect(monitor.best == 1)
  }

  /// The best of all epochs, whatever the minimum change: 9.4e-5, not epoch 1's 0.55.
  @Test func bestIsByAnyImprovement() {
    let (monitor, best, exhausted) = verdicts(
      Monitor(figure: "val_loss", prefersHigher: false, minimumChange: 1, patience: 1000),
      [0.55, 0.1, 9.4e-5, 2e-4])
    #expect(best == [true, true, true, false])
    #expect(monitor.best == 9.4e-5 && monitor.bestEpoch == 3)
    #expect(monitor.epochsWithoutImprovement == 3)
    #expect(!exhausted.contains(true))
  }

  @Test func patienceOfZeroStopsAfterTheFirstEpochWithoutImprovement() {
    let monitor = Monitor(figure: "val_loss", prefersHigher: false, patience: 0)
    #expect(!monitor.isExhausted)
    #expect(verdicts(monitor, [3, 2, 2.5]).2 == [false, false, true])
    #expect(verdicts(monitor, [.nan]).2 == [true])
  }

  /// A checkpoint of an older version has one best figure for both, and a metric's name without
  /// prefix.
  @Test func oldStatesAreRead() throws {
    let text = """
      {"figure": "accuracy", "prefersHigher": true, "minimumChange": 0.1, "patience": 2, "best": 0.5,
       "bestEpoch": 3, "epochsWithoutImprovement": 1}
      """
    var monitor = try JSONDecoder().decode(Monitor.self, from: Data(text.utf8))
    #expect(monitor.best == 0.5 && monitor.bestEpoch == 3)
    let small = monitor.update(0.55, epoch: 5)
    #expect(small)
    #expect(monitor.isExhausted && monitor.epochsWithoutImprovement == 2)
    let large = monitor.update(0.65, epoch: 6)
    #expect(large)
    #expect(monitor.epochsWithoutImprovement == 0)
    let again = try JSONDecoder().decode(Monitor.self, from: JSONEncoder().encode(monitor))
    #expect(again == monitor)
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
