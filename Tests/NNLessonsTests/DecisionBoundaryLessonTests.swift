import NNCore
import NNLessons
import NNTestSupport
import NNTraining
import Testing

@Suite struct DecisionBoundaryLessonTests {
  private func measure(_ figure: String) throws -> Double {
    try RanLessons.measure("decision-boundary", figure)
  }

  @Test func aLineGuesses() throws {
    let share = try measure("accuracy, logistic regression")
    #expect(share > 0.4 && share < 0.6)
  }

  @Test(arguments: [(1, 0.58, 0.75), (2, 0.7, 0.9), (3, 0.97, 1), (5, 0.98, 1), (10, 0.985, 1)])
  func hiddenNodesPartTheRings(_ width: Int, _ least: Double, _ most: Double) throws {
    let share = try measure("accuracy, N = \(width)")
    #expect(share >= least && share <= most)
  }

  @Test(arguments: [2, 3, 5])
  func regionsAreAtMostThoseOfLines(_ width: Int) throws {
    let count = try measure("regions seen, N = \(width)")
    let most = try measure("regions that lines can cut, N = \(width)")
    // 1 + N + N(N − 1)/2
    #expect(most == [2: 4, 3: 7, 5: 16][width])
    #expect(count >= Double(width) + 1 && count <= most)
    let purity = try measure("purity of the regions, N = \(width)")
    #expect(purity > 0.6 && purity <= 1)
  }

  @Test func polarCoordinatesLetALineDoIt() throws {
    #expect(try measure("accuracy, logistic regression on r² and θ") >= 0.97)
  }

  @Test func drawsARun() throws {
    let folder = try TemporaryFolder()
    let config = try Config(
      yaml: """
        name: rings
        data: {train: {circles: {samples: 200, noise: 0.05}}, batch_size: 50}
        model: [linear: 8, tanh, linear: 2]
        loss: cross_entropy
        optimizer: {adam: {lr: 0.05}}
        epochs: 40
        """)
    let run = RunFolder(folder.path("run"))
    _ = try TrainingRun(config: config, folder: run).run()
    let lesson = try LessonCatalogue.lesson(named: "decision-boundary")
    let entry = try Booklet.run(lesson, LessonOptions(runFolder: run))
    let share = try #require(entry.report.measures["accuracy, the run"])
    #expect(share > 0.97)
    let pictures = entry.report.blocks.compactMap { block -> String? in
      if case .figure(_, let name, _) = block { return name }
      return nil
    }
    #expect(pictures.contains("run"))
  }

  @Test func refusesRunsWithOtherInputs() throws {
    let folder = try TemporaryFolder()
    let config = try Config(
      yaml: """
        name: wave
        data: {train: {sine: {samples: 10}}, batch_size: 10}
        model: [linear: 1]
        loss: mse
        optimizer: {adam: {lr: 0.05}}
        epochs: 1
        """)
    let run = RunFolder(folder.path("run"))
    _ = try TrainingRun(config: config, folder: run).run()
    expectError("[1]", "two inputs", run.path) {
      var report = LessonReport()
      try LessonCatalogue.lesson(named: "decision-boundary").init()
        .run(LessonOptions(runFolder: run), into: &report)
    }
  }
}
