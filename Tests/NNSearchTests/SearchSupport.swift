import Foundation
import NNCore
import NNFormats
import NNSearch
import NNTestSupport
import NNTraining
import Testing

/// A perceptron that learns circles in a moment, with a search over its settings.
let searchConfig = """
  name: circles
  seed: 3
  data:
    train: {circles: {samples: 120, noise: 0.1}}
    validation: {split: 0.25}
    batch_size: 30
  model:
    - linear: 8
    - tanh
    - linear: 2
  loss: cross_entropy
  optimizer: {adam: {lr: 0.02}}
  metrics: [accuracy]
  epochs: 4
  search:
    metric: val_accuracy
    trials: 11
    round: 4
    method: {tpe: {startup: 4}}
    pruner: {asha: {min_epochs: 1, reduction: 2}}
    parameters:
      optimizer: {choice: [{sgd: {lr: 0.1}}, adam]}
      optimizer.adam.lr: {log: [1.0e-3, 1.0e-1]}
      model.0.linear.out_features: {range: [2, 16], step: 2}
  """

extension SearchSpace {
  /// A space of parameters written as in a config.
  init(_ parameters: String) throws {
    let config = try Config(
      yaml: searchConfig, overrides: ["search={parameters: {\(parameters)}}"])
    self.init(try #require(config.search))
  }

  /// A space of numbers between 0 and 1.
  static func unitCube(_ dimensions: Int) -> SearchSpace {
    SearchSpace(
      SearchConfig(
        parameters: (0..<dimensions).map { SearchParameter("x\($0)", .range(.init(0, 1))) }))
  }
}

/// Runs a search of the config in a folder; returns the bytes of its journal.
@discardableResult
func runSearch(
  _ folder: String, yaml: String = searchConfig, overrides: [String] = [], resumes: Bool = false,
  stoppingAfter limit: Int? = nil
) throws -> [UInt8] {
  let config = try Config(yaml: yaml, overrides: overrides)
  let search = try Search(config: config, folder: SearchFolder(folder), resumes: resumes)
  let steps = Guarded(0)
  let outcome = try search.run {
    steps.withLock { steps in
      steps += 1
      return limit.map { steps > $0 } ?? false
    }
  }
  #expect(limit != nil || outcome == .finished)
  return try FileBytes.read(search.folder.journal)
}

/// The fixtures of this module.
enum SearchFixture {
  static func load(_ name: String) throws -> FixtureOption {
    let path = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/\(name).json")
    return try FixtureOption(json: String(contentsOf: path, encoding: .utf8))
  }
}
