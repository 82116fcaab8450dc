import NNReports
import NNTraining
import Testing

@Suite struct ThinnedSeriesTests {
  @Test(arguments: [2, 4, 10, 512], [0, 1, 2, 3, 9, 10, 11, 512, 513, 1024, 1025, 5000])
  func itKeepsEvenlySpacedElementsFromTheFirstOn(capacity: Int, count: Int) {
    var series = ThinnedSeries<Int>(capacity: capacity)
    for number in 0..<count { series.append(number) }
    var stride = 1
    while (count + stride - 1) / stride > capacity { stride *= 2 }
    #expect(series.elements == Array(Swift.stride(from: 0, to: count, by: stride)))
    #expect(series.stride == stride)
  }
}

@Suite struct RunHistoryTests {
  private func step(_ number: Int, norm: Double? = nil) -> TrainingEvent {
    .step(
      .init(
        step: number, epoch: 1, stepInEpoch: number, loss: 1, learningRate: 0.1,
        gradientNorm: norm, rows: 4))
  }

  private func epoch(_ number: Int, best: Bool = false) -> TrainingEvent {
    .epoch(
      .init(
        epoch: number, trainLoss: 1, learningRate: 0.1, seconds: 1, rowsPerSecond: 1, isBest: best))
  }

  @Test func itCountsRowsAndKeepsTheLastOfEverything() {
    var history = RunHistory()
    #expect(history.share == 0 && history.secondsLeft(after: 1) == nil)
    history.add(.started(.init(epochs: 2, rows: 40, stepsPerEpoch: 10, parameterCount: 3)))
    #expect(history.share == 0 && history.secondsLeft(after: 1) == nil)
    for number in 1...5 { history.add(step(number, norm: number == 3 ? 7 : nil)) }
    #expect(history.rows == 20)
    #expect(history.lastStep?.step == 5 && history.lastGradient?.step == 3)
    #expect(history.gradients.elements.map(\.step) == [3])
    #expect(history.share == 0.25)
    #expect(history.secondsLeft(after: 10) == 30)
    for number in 1...20 { history.add(epoch(number, best: number == 2)) }
    #expect(history.recentEpochs.map(\.epoch) == Array(5...20))
    #expect(history.bestEpoch?.epoch == 2 && history.epochCount == 20)
    history.add(.finished(.stoppedEarly))
    #expect(history.outcome == .stoppedEarly)
  }

  @Test func aResumedRunIsMeasuredFromThere() {
    var history = RunHistory()
    history.add(
      .started(.init(epochs: 2, rows: 40, stepsPerEpoch: 10, parameterCount: 3, stepsDone: 15)))
    #expect(history.share == 0.75)
    history.add(step(16))
    #expect(history.secondsLeft(after: 2) == 8)
  }

  @Test func aRateIgnoresWhatIsOlderThanTwoSeconds() {
    var rate = RecentRate()
    var value = 0.0
    for tick in 1...40 { value = rate.update(100 * tick, at: Double(tick) / 10) }
    #expect(abs(value - 1000) < 1e-9)
    for tick in 1...25 { value = rate.update(4000 + 10 * tick, at: 4 + Double(tick) / 10) }
    #expect(abs(value - 100) < 1e-9)
  }

  @Test func aRateAtTheVeryBeginningIsFinite() {
    var rate = RecentRate()
    #expect(rate.update(5, at: 0).isFinite)
  }
}

@Suite struct EventLineTests {
  @Test func everyEventIsOneObjectThatReadsBackExactly() throws {
    let step = TrainingEvent.step(
      .init(step: 3, epoch: 1, stepInEpoch: 3, loss: 0.1 + 0.2, learningRate: .nan, rows: 8))
    #expect(
      step.jsonLine?.text == """
        {"event": "step", "step": 3, "epoch": 1, "step_in_epoch": 3, "loss": 0.30000000000000004, \
        "lr": null, "grad_norm": null, "rows": 8}
        """)
    let epoch = TrainingEvent.epoch(
      .init(
        epoch: 2, trainLoss: 0.5, validationLoss: .infinity, metrics: [("a\"b", 0.25)],
        learningRate: 0.1, seconds: 1.5, rowsPerSecond: 20, isBest: true))
    #expect(
      epoch.jsonLine?.text == """
        {"event": "epoch", "epoch": 2, "train_loss": 0.5, "val_loss": null, "metrics": \
        {"a\\"b": 0.25}, "lr": 0.1, "seconds": 1.5, "samples_per_s": 20.0, "best": true}
        """)
    #expect(
      TrainingEvent.finished(.reachedStepLimit).jsonLine?.text
        == "{\"event\": \"finish\", \"outcome\": \"reachedStepLimit\"}")
  }
}
