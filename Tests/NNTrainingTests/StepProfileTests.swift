import NNCore
import NNData
import NNLayers
import NNTestSupport
import NNTraining
import Testing

@Suite struct StepProfileTests {
  private let yaml = """
    name: profiled
    data: {train: {moons: {samples: 64}}, batch_size: 32}
    model: [{linear: 16}, tanh, {linear: 2}]
    loss: cross_entropy
    optimizer: {adam: {lr: 0.1}}
    epochs: 1
    """

  @Test func layersOfAStep() throws {
    let folder = try TemporaryFolder()
    let run = try TrainingRun(config: Config(yaml: yaml), folder: RunFolder(folder.path + "/run"))
    _ = try run.run()
    let model = try TrainedModel(folder: run.folder)
    let data = try RunData(model.recordedConfig()).train
    let profile = try StepProfile(model: model, dataset: data, seconds: 0)
    #expect(profile.steps == 3)
    #expect(profile.batchSize == 32)
    let layers = profile.rows.map(\.layer)
    #expect(Set(layers).count == layers.count)
    #expect(layers.contains("`0` (Dense 16)") && layers.contains("`2` (Dense 2)"))
    #expect(layers.contains("loss") && layers.contains("update"))
    #expect(profile.rows.allSatisfy { $0.seconds >= 0 } && profile.seconds > 0)
    // Forward and weight gradient, and for the second layer the input's gradient.
    func products(_ layer: String) -> Int? {
      profile.rows.first { $0.layer == layer }?.multiplyAdds
    }
    #expect(products("`0` (Dense 16)") == 32 * 2 * 16 * 2)
    #expect(products("`2` (Dense 2)") == 32 * 16 * 2 * 3)
    #expect(products("update") == 0)
    #expect(profile.multiplyAdds == 32 * 2 * 16 * 2 + 32 * 16 * 2 * 3)
    #expect(try model.multiplyAdds() == 2 * 16 + 16 * 2)
    // Profiling does not change a run's weights.
    let again = try TrainedModel(folder: run.folder)
    #expect(zip(model.weights, again.weights).allSatisfy { $0.0.tensor == $0.1.tensor })
  }

  @Test func wiringOfConfigAndRun() throws {
    let folder = try TemporaryFolder()
    let config = try Config(yaml: yaml)
    let run = try TrainingRun(config: config, folder: RunFolder(folder.path + "/run"))
    _ = try run.run()
    let wiring = try config.wiring()
    #expect(wiring.nodes.map(\.name) == ["input", "Dense 16", "Tanh", "Dense 2"])
    #expect(try TrainedModel(folder: run.folder).wiring() == wiring)
  }
}
