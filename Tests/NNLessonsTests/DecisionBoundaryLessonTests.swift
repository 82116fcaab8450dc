import NNCore
import NNDrawing
import NNLessons
import NNTestSupport
import NNTraining
import Testing

@Suite struct DecisionBoundaryLessonTests {
  private func measure(_ figure: String) throws -> Double {
    try LessonResults.measure("decision-boundary", figure)
  }

  @Test func aLineGuesses() throws {
    let share = try measure("accuracy, logistic regression")
    #expect(share > 0.4 && share < 0.6)
  }

  @Test(arguments: [(1, 0.58, 0.75), (2, 0.7, 0.9), (3, 0.97, 1), (5, 0.98, 1), (10, 0.985, 1)])
  func hiddenNodesSeparateTheRings(_ width: Int, _ least: Double, _ most: Double) throws {
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

  @Test func polarCoordinatesMakeTheRingsLinearlySeparable() throws {
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
    let report = try draw(run)
    #expect(try #require(report.measures["accuracy, the run"]) > 0.97)
    try checkColors(report, of: run, classes: 2)
  }

  /// Networks that end in probabilities, and one whose single output is a logit.
  @Test(arguments: [
    ("[linear: 8, tanh, linear: 2, softmax]", "cross_entropy", 2),
    ("[linear: 8, tanh, linear: 2, log_softmax]", "nll", 2),
    ("[linear: 8, tanh, linear: 1]", "bce_with_logits", 1),
    ("[linear: 8, tanh, linear: 1, sigmoid]", "bce", 1),
  ])
  func paintsThePredictorsProbabilities(_ layers: String, _ loss: String, _ outputs: Int) throws {
    let folder = try TemporaryFolder()
    let config = try Config(
      yaml: """
        name: rings
        data: {train: {circles: {samples: 200, noise: 0.05}}, batch_size: 50}
        model: \(layers)
        loss: \(loss)
        optimizer: {adam: {lr: 0.05}}
        epochs: 40
        """)
    let run = RunFolder(folder.path("run"))
    _ = try TrainingRun(config: config, folder: run).run()
    let report = try draw(run)
    #expect(try #require(report.measures["accuracy, the run"]) > 0.9)
    try checkColors(report, of: run, classes: outputs)
  }

  /// The lesson's report of a run.
  private func draw(_ run: RunFolder) throws -> LessonReport {
    let lesson = try LessonCatalogue.lesson(named: "decision-boundary")
    return try Booklet.run(lesson, LessonOptions(runFolder: run)).report
  }

  /// Expects the plot's colours to be the predictor's probabilities of class 1 at the same points.
  private func checkColors(_ report: LessonReport, of run: RunFolder, classes: Int) throws {
    let figures = report.blocks.compactMap { block -> Figure? in
      if case .figure(let figure, "run", _) = block { return figure }
      return nil
    }
    let plot = try #require(figures.first?.panels.first as? Plot)
    let colors = try #require(plot.marks.compactMap { $0 as? HeatMap }.first)
    func middle(_ index: Int, _ count: Int, _ range: ClosedRange<Double>) -> Double {
      range.lowerBound
        + (range.upperBound - range.lowerBound) * (Double(index) + 0.5) / Double(count)
    }
    var positions: [Double] = []
    for row in 0..<colors.rows {
      for column in 0..<colors.columns {
        positions.append(middle(column, colors.columns, colors.x))
        positions.append(middle(row, colors.rows, colors.y))
      }
    }
    let probabilities = try Predictor(TrainedModel(folder: run))
      .probabilities(HostTensor(positions, shape: [colors.values.count, 2])).doubles
    let differences = colors.values.enumerated().map { index, color in
      abs(color - probabilities[(index + 1) * classes - 1])
    }
    #expect(try #require(differences.max()) <= 1e-6)
    // Inside and outside of the ring the network is confident.
    #expect(try #require(colors.values.min()) < 0.2 && colors.values.max() ?? 0 > 0.8)
  }

  /// Numbers as targets, and classes that are learned as numbers.
  @Test(arguments: [
    ("{csv: data.csv, target: y}", "[linear: 1]", "the loss `mse` outputs no probabilities"),
    ("{csv: data.csv, target: y}", "[linear: 1, sigmoid]", "targets hold 0.250, which is neither"),
    ("{circles: {samples: 20}}", "[linear: 1]", "the loss `mse` outputs no probabilities"),
  ])
  func rejectsRegressions(_ data: String, _ layers: String, _ found: String) throws {
    let folder = try TemporaryFolder()
    try folder.write("a,b,y\n0,1,0.25\n1,0,0.5\n1,1,0.75\n0,0,0\n", to: "data.csv")
    let config = try Config(
      yaml: """
        name: plane
        data: {train: \(data), batch_size: 4}
        model: \(layers)
        loss: mse
        optimizer: {adam: {lr: 0.05}}
        epochs: 1
        """, folder: folder.path)
    let run = RunFolder(folder.path("run"))
    _ = try TrainingRun(config: config, folder: run).run()
    expectError(
      found, run.path, "two classes", "circles.yaml", "nntrain lesson decision-boundary --run RUN"
    ) {
      _ = try draw(run)
    }
  }

  @Test func rejectsRunsWithOtherInputs() throws {
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
      _ = try draw(run)
    }
  }
}
