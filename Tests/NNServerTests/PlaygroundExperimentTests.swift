import Foundation
import NNServer
import NNTestSupport
import NeuralNet
import Testing

/// The config, table and program on the page reproduce its training.
@Suite struct PlaygroundExperimentTests {
  static let choices: [(String, PlaygroundSettings)] = [
    ("the first page", PlaygroundSettings()),
    (
      "three arms, a loss for classes",
      PlaygroundSettings {
        ($0.source, $0.classes, $0.activation, $0.seed) = (.spirals, 3, .relu, 9)
      }
    ),
    (
      "features",
      PlaygroundSettings {
        ($0.source, $0.features) = (.spirals, [.angle, .x, .sineOfY])
        ($0.optimizer, $0.weightDecay) = (.adamW, 0.00001)
      }
    ),
    (
      "one coordinate",
      PlaygroundSettings {
        ($0.source, $0.loss, $0.hidden, $0.optimizer) = (.sine, .huber, [5], .rmsprop)
      }
    ),
    (
      "a square of one coordinate",
      PlaygroundSettings {
        ($0.source, $0.features, $0.activation) = (.sine, [.x, .xSquared], .gelu)
      }
    ),
    (
      "no hidden layer",
      PlaygroundSettings {
        ($0.source, $0.hidden, $0.optimizer) = (.blobs, [], .adagrad)
      }
    ),
    (
      "a loss over numbers for classes",
      PlaygroundSettings {
        ($0.source, $0.loss, $0.activation, $0.optimizer) = (
          .moons, .meanSquaredError, .linear, .sgd
        )
      }
    ),
    (
      "corners",
      PlaygroundSettings {
        ($0.source, $0.features, $0.optimizer) = (.xor, [.product], .momentum)
        ($0.trainShare, $0.samples, $0.batchSize) = (0.45, 60, 27)
      }
    ),
    (
      "every kind of regularization",
      PlaygroundSettings {
        ($0.l1Penalty, $0.weightDecay, $0.dropout) = (0.003, 0.01, 0.2)
      }
    ),
    (
      "an L1 penalty where nothing is scaled",
      PlaygroundSettings {
        ($0.source, $0.l1Penalty, $0.optimizer, $0.activation) = (.sine, 0.001, .sgd, .relu)
      }
    ),
    (
      "dropout after linear layers",
      PlaygroundSettings {
        ($0.source, $0.dropout, $0.activation) = (.blobs, 0.5, .linear)
      }
    ),
    (
      "a table of words",
      PlaygroundSettings {
        ($0.source, $0.table, $0.batchSize) = (.csv, PlaygroundSettings.pets, 5)
      }
    ),
    (
      "a table of numbers",
      PlaygroundSettings {
        ($0.source, $0.task, $0.batchSize) = (.csv, .regression, 3)
        $0.table = PlaygroundSettings.table((0..<15).map { "\($0),\($0 * $0 % 7)" }, header: "")
      }
    ),
  ]

  /// The oracle is a run of the config, read from files.
  @Test(arguments: choices) func theConfigTrainsToTheSameLosses(
    name: String, settings: PlaygroundSettings
  ) throws {
    let experiment = try PlaygroundExperiment(settings)
    let folder = try TemporaryFolder()
    let path = try folder.write(experiment.yaml, to: "playground.yaml")
    if let table = experiment.table { try folder.write(table, to: PlaygroundExperiment.tableName) }
    let config = try Config(contentsOf: path, overrides: ["epochs=3"])
    #expect(config.warnings.isEmpty)
    let recorder = Losses()
    _ = try TrainingRun(config: config, folder: RunFolder(folder.path("run")))
      .run(observers: [recorder])
    let network = try PlaygroundNetwork(experiment)
    network.advance(.epochs(3))
    #expect(network.epoch == 3)
    #expect(recorder.train.count == 3)
    #expect(network.epochLosses == recorder.train)
    let frame = try Frame(network.frame(isComplete: false))
    #expect(try frame.number("test", "loss") == recorder.validation.last)
    #expect(try frame.number("test", "score") == recorder.scores.last)
  }

  @Test func aGeneratorNeedsNoTable() throws {
    #expect(try PlaygroundExperiment(PlaygroundSettings()).table == nil)
    let features = PlaygroundSettings { $0.features = [.x, .y, .product] }
    let table = try #require(try PlaygroundExperiment(features).table)
    #expect(table.hasPrefix("x,y,x_times_y,label\n"))
    #expect(table.split(separator: "\n").count == 301)
  }

  /// Rows of the table against the formulas; the stage of circles is the data divided by 0.4.
  @Test func theTableHoldsTheFeatures() throws {
    let settings = PlaygroundSettings {
      $0.features = PlaygroundFeature.allCases.reversed()
      $0.samples = 20
    }
    let table = try #require(try PlaygroundExperiment(settings).table)
    let circles = try DataGenerator(.circles, samples: 20, noise: 0.08, seed: 1).make()
    let (points, labels) = (circles.inputs.scalars(as: Double.self), circles.targets)
    let lines = table.split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
    #expect(lines[0] == PlaygroundFeature.allCases.map(\.rawValue) + ["label"])
    for (row, line) in lines.dropFirst().enumerated() {
      let (x, y) = (points[2 * row] / 0.4, points[2 * row + 1] / 0.4)
      let expected = [
        x, y, x * x, y * y, x * y, sin(x), sin(y), (x * x + y * y).squareRoot(), atan2(y, x),
        Double(labels.scalars(as: Int32.self)[row]),
      ]
      for (found, expected) in zip(line, expected) {
        #expect(abs(try #require(Double(found)) - expected) <= 1e-12 * max(1, abs(expected)))
      }
    }
  }

  @Test func pointsAreThoseOfTheSplit() throws {
    let experiment = try PlaygroundExperiment(PlaygroundSettings())
    #expect(experiment.rows.train.count == 210)
    #expect(Set(experiment.rows.train + experiment.rows.test) == Set(0..<300))
    let raw = experiment.points.dataset.inputs.scalars(as: Double.self)
    let train = experiment.train.inputs.scalars(as: Double.self)
    for (index, row) in experiment.rows.train.enumerated() {
      #expect(train[2 * index] == raw[2 * row] && train[2 * index + 1] == raw[2 * row + 1])
    }
  }

  @Test func labelsFollowFromTheData() throws {
    let blobs = try PlaygroundExperiment(PlaygroundSettings { $0.source = .blobs }).settings
    #expect(blobs.loss == .crossEntropy)
    #expect(blobs.classes == 3)
    #expect(blobs.features == [.x, .y])
    let sine = try PlaygroundExperiment(PlaygroundSettings { $0.source = .sine }).settings
    #expect(sine.loss == .meanSquaredError)
    #expect(sine.features == [.x])
    #expect(sine.noise == 0.08)
  }

  @Test func incompatibleSettingsAreReported() {
    expectError("y² needs two coordinates", "use x, x² and sin x") {
      _ = try PlaygroundExperiment(
        PlaygroundSettings { ($0.source, $0.features) = (.sine, [.ySquared]) })
    }
    expectError(
      "huber is incompatible with data with 2 classes", "bce_with_logits, cross_entropy, mse"
    ) {
      _ = try PlaygroundExperiment(PlaygroundSettings { $0.loss = .huber })
    }
  }

  @Test(arguments: [(20, 0.9), (21, 0.1), (300, 0.7), (25, 0.5)])
  func theBatchSizeIsAtMostTheNumberOfPoints(samples: Int, share: Double) throws {
    let experiment = try PlaygroundExperiment(
      PlaygroundSettings { ($0.batchSize, $0.samples, $0.trainShare) = (1000, samples, share) })
    #expect(experiment.settings.batchSize == experiment.train.count)
    let network = try PlaygroundNetwork(experiment)
    network.advance(.steps(1))
    #expect(network.epoch == 1)
  }

  // MARK: - Programs

  private static var spirals: PlaygroundSettings {
    PlaygroundSettings { ($0.source, $0.learningRate) = (.spirals, 0.03) }
  }

  /// `docs/examples/Playground` is the program that the page shows for spirals; the build compiles
  /// it.
  @Test func theProgramIsTheCompiledOne() throws {
    let text = try Repository.text("docs/examples/Playground/main.swift")
    #expect(try PlaygroundExperiment(Self.spirals).program == text)
  }

  private static let choicesOfEachKind =
    choices
    + PlaygroundOptimizer.allCases.map { optimizer in
      ("\(optimizer)", PlaygroundSettings { $0.optimizer = optimizer })
    }
    + PlaygroundActivation.allCases.map { activation in
      ("\(activation)", PlaygroundSettings { $0.activation = activation })
    }

  #if os(Linux)
    @Test(arguments: choicesOfEachKind) func theProgramCompiles(
      name: String, settings: PlaygroundSettings
    ) throws {
      let folder = try TemporaryFolder()
      let program = try folder.write(PlaygroundExperiment(settings).program, to: "main.swift")
      let products = Program.productsFolder
      let modules =
        try [products.appending(path: "Modules")]
        + FileManager.default.contentsOfDirectory(
          at: Repository.root.appending(path: "Modules"), includingPropertiesForKeys: nil)
      let maps = ["CKernels", "CProcess"].map {
        "-fmodule-map-file=\(products.appending(path: "\($0).build/module.modulemap").path)"
      }
      let result = try Program(path: "/usr/bin/env").run(
        ["swiftc", "-typecheck", "-swift-version", "6"] + maps.flatMap { ["-Xcc", $0] }
          + modules.flatMap { ["-I", $0.path] } + [program])
      #expect(result.status == 0, "\(result.standardError)")
    }
  #endif

  @Test func theProgramPrintsTheSameLosses() throws {
    let result = try Program("Playground").run()
    #expect(result.status == 0, "\(result.standardError)")
    let lines = result.standardOutput.split(separator: "\n")
    #expect(lines.count == 100)
    let network = try PlaygroundNetwork(PlaygroundExperiment(Self.spirals))
    network.advance(.epochs(2))
    for (epoch, loss) in network.epochLosses.enumerated() {
      #expect(lines[epoch].hasPrefix("epoch \(epoch + 1): loss \(loss), test loss "))
    }
    let frame = try Frame(network.frame(isComplete: false))
    let (loss, score) = (try frame.number("test", "loss"), try frame.number("test", "score"))
    #expect(lines[1].hasSuffix("test loss \(loss), accuracy \(score)"))
  }
}

/// Keeps the figures of epochs.
private final class Losses: TrainingObserver {
  private(set) var train: [Double] = []
  private(set) var validation: [Double] = []
  private(set) var scores: [Double] = []

  func receive(_ event: TrainingEvent) {
    guard case .epoch(let epoch) = event else { return }
    train.append(epoch.trainLoss)
    if let loss = epoch.validationLoss { validation.append(loss) }
    if let metric = epoch.metrics.first { scores.append(metric.value) }
  }
}
