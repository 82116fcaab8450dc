import Foundation
import NNCore
import NNFormats
import NNLayers
import NNTestSupport
import NNText
import NNTraining
import Testing

@Suite("damaged configs, checkpoints and models are read or rejected")
struct DamageTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Runs a short training in the folder.
  private func train(_ yaml: String) throws -> RunFolder {
    let run = RunFolder(folder.path("run"))
    _ = try TrainingRun(config: Config(yaml: yaml), folder: run, maximumSteps: 2).run()
    return run
  }

  private func write(_ bytes: [UInt8]) throws -> String {
    let path = folder.path("damaged.safetensors")
    try AtomicFile.write(path: path, isSynced: false) { (file) throws(NNError) in
      try file.write(bytes)
    }
    return path
  }

  @Test(arguments: [fullConfig, smallConfig, demandingConfig])
  func config(text: String) {
    expectRefusalOrSuccess(Array(text.utf8), count: 600) { bytes in
      let config = try Config(yaml: String(decoding: bytes, as: UTF8.self))
      _ = try config.makeModel()
      _ = try config.makeSchedule()
      _ = try Config(yaml: config.resolvedYAML)
    }
  }

  @Test func checkpoint() throws {
    let run = try train(demandingConfig)
    let name = try #require(FolderListing.names(in: run.checkpoints).sorted().last)
    expectRefusalOrSuccess(try FileBytes.read("\(run.checkpoints)/\(name)"), count: 300) { bytes in
      _ = try Checkpoint(contentsOf: try write(bytes))
    }
  }

  /// Reads a model and runs it if its inputs are small.
  private func use(_ path: String) throws {
    let model = try TrainedModel(contentsOf: path)
    let predictor = try Predictor(model)
    guard model.signature.vocabulary == nil, model.inputShape.elementCount < 1 << 16 else { return }
    _ = try predictor.predict(HostTensor(zeros: Shape([2] + model.inputShape.dimensions)))
  }

  @Test func model() throws {
    let run = try train(demandingConfig)
    expectRefusalOrSuccess(try FileBytes.read(run.model), count: 300) { try use(try write($0)) }
  }

  @Test("metadata are checked as they are read", arguments: ["facts", "config"])
  func metadata(key: String) throws {
    let run = try train(demandingConfig)
    let file = try SafeTensorsFile(contentsOf: run.model)
    let text = try #require(file.metadata[key])
    expectRefusalOrSuccess(Array(text.utf8), count: 300) { bytes in
      var changed = file
      changed.metadata[key] = String(decoding: bytes, as: UTF8.self)
      try use(try write(changed.encoded()))
    }
  }

  @Test(
    "facts that cannot be those of a run",
    arguments: [
      ("\"inputShape\":[2]", "\"inputShape\":[-2]", "damaged: inputShape is [-2]"),
      ("\"inputShape\":[2]", "\"inputShape\":[0]", "damaged: inputShape is [0]"),
      (
        "\"inputShape\":[2]", "\"inputShape\":[4611686018427387904]",
        "damaged: inputShape is [4611686018427387904]"
      ),
      (
        "\"inputShape\":[2]", "\"inputShape\":[2000000000,2000000000]",
        "damaged: a row of inputShape [2000000000, 2000000000] would take"
      ),
      ("\"inputShape\":[2]", "\"inputShape\":[1,1,1,1,1,1,1,1,2]", "damaged: inputShape is"),
      ("\"inputShape\":[2]", "\"decoderShape\":[3],\"inputShape\":[2]", "a decoder without"),
      (
        "\"inputShape\":[2]",
        "\"inputShape\":[2],\"vocabulary\":{\"input\":4611686018427387904,\"output\":5}",
        "damaged: a vocabulary of 4611686018427387904 tokens"
      ),
      (
        "\"inputShape\":[2]", "\"inputShape\":[2],\"vocabulary\":{\"input\":5,\"output\":0}",
        "damaged: a vocabulary of 0 tokens"
      ),
      ("\"offsets\":[", "\"offsets\":[1,", "damaged: 3 offsets and 2 divisors"),
      ("\"inputShape\":[2]", "\"inputShape\":[3]", "damaged"),
      ("\"inputShape\":[2]", "\"classNames\":[],\"inputShape\":[2]", "a list of classes without"),
    ])
  func facts(old: String, new: String, message: String) throws {
    let run = try train(demandingConfig)
    var file = try SafeTensorsFile(contentsOf: run.model)
    let text = try #require(file.metadata["facts"])
    #expect(text.contains(old))
    file.metadata["facts"] = text.replacingOccurrences(of: old, with: new)
    let path = try write(file.encoded())
    expectError("\(path): ", message) { _ = try TrainedModel(contentsOf: path) }
  }

  @Test("the vocabulary must match the tokenizers")
  func vocabulary() throws {
    let text = try folder.write(String(repeating: "some text ", count: 20), to: "a.txt")
    let run = try train(
      """
      data: {train: {text: \(text), context: 5}, batch_size: 4}
      model: [{embedding: 4}, {linear: vocabulary}]
      loss: cross_entropy
      optimizer: adam
      epochs: 1
      """)
    var file = try SafeTensorsFile(contentsOf: run.model)
    let facts = try #require(file.metadata["facts"])
    let sizes = try #require(
      facts.firstMatch(of: /"vocabulary":\{"input":([0-9]+),"output":[0-9]+\}/))
    file.metadata["facts"] = facts.replacing(
      sizes.output.0, with: "\"vocabulary\":{\"input\":1,\"output\":1}")
    let path = try write(file.encoded())
    expectError("damaged: vocabularies of 1 and 1 tokens, and tokenizers of \(sizes.output.1)") {
      _ = try TrainedModel(contentsOf: path)
    }
  }
}
