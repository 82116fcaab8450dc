import Foundation
import NNCore
import NNSearch
import NNTestSupport
import NNTraining
import Testing

private let isAskedFor = ProcessInfo.processInfo.environment["NN_FULL_TESTS"] == "1"

/// Eight thousand short trainings, hence part of `scripts/check --full`.
@Suite("Search: TPE against random search on networks", .enabled(if: isAskedFor))
struct NetworkSearchTests {
  private static let configs = Repository.root.appending(path: "docs/examples/configs")

  /// The least validation loss of a search of forty trials.
  private func best(_ yaml: String, _ overrides: [String], method: String, seed: Int) throws
    -> Double
  {
    let folder = try TemporaryFolder()
    let path = folder.path("search")
    try runSearch(
      path, yaml: yaml,
      overrides: overrides + [
        "seed=\(seed)",
        """
        search={metric: val_loss, method: \(method), trials: 40, parameters: {
        optimizer.adam.lr: {log: [1.0e-4, 1]}, model.0.linear.out_features: {range: [2, 32]},
        optimizer.adam.betas: {choice: [[0.5, 0.9], [0.9, 0.999], [0.99, 0.999]]}}}
        """,
      ])
    let record = try #require(try SearchRecord(journal: SearchFolder(path).journal))
    return try #require(record.best(maximizes: false)?.end?.value)
  }

  @Test(
    "TPE beats random search in at least 30 of 50 searches of 40 trials",
    arguments: [
      (
        "sine",
        [
          "epochs=100", "data.train={sine: {samples: 100, seed: 1}}",
          "data.validation={sine: {samples: 50, seed: 2}}",
        ]
      ),
      ("circles", ["epochs=5", "data.train={circles: {samples: 500, noise: 0.1, seed: 1}}"]),
    ])
  func tpe(name: String, overrides: [String]) throws {
    let yaml = try String(
      contentsOf: Self.configs.appending(path: "\(name).yaml"), encoding: .utf8)
    var wins = 0
    for seed in 1...50 {
      let tpe = try best(yaml, overrides, method: "tpe", seed: seed)
      // Another seed, so that the first points differ.
      let random = try best(yaml, overrides, method: "random", seed: seed + 1000)
      if tpe < random { wins += 1 }
    }
    #expect(wins >= 30, "\(name): \(wins) of 50")
  }
}
