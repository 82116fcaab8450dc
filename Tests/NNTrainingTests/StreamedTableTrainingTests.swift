import Foundation
import NNCore
import NNData
import NNFormats
import NNTestSupport
import NNTraining
import Testing

/// Training on tables whose columns stay in a file of the cache, whose folder each process has of its
/// own.
@Suite("Training from tables in files") struct StreamedTableTrainingTests {
  private static let yaml = """
    name: streamed
    seed: 4
    data:
      train:
        csv: t.csv
        target: y
        weights: w
        columns: {a: {missing: median, scale: standard}, '*': {missing: indicator}}
        stream: true
      validation: {split: 0.25}
      test: {csv: test.csv, target: y, stream: true}
      batch_size: 8
      shuffle_window: 32
      normalize: standard
    model: [{linear: 6}, relu, {dropout: 0.2}, {linear: 2}]
    loss: cross_entropy
    optimizer: {adam: {lr: 0.01}}
    metrics: [accuracy]
    epochs: 2
    checkpoint: {every: 1, interval: step}
    log: {every: 1}
    """

  private static let memory = ["data.train.stream=false", "data.test.stream=false"]

  private static func table(_ count: Int, weights: Bool) -> String {
    (weights ? "a,kind,day,w,y\n" : "day,y,kind,a\n")
      + (0..<count).map { row in
        let a = row % 7 == 3 ? "" : "\(row * 37 % 50).5"
        let kind = row % 9 == 2 ? "" : "\"k\(row % 4)\n\""
        let day = "2024-02-1\(row % 10)"
        let y = ["no", "yes"][(row / 3) % 2]
        return weights
          ? "\(a),\(kind),\(day),\(1 + row % 2),\(y)\n" : "\(day),\(y),\(kind),\(a)\n"
      }.joined()
  }

  /// A folder with tables and the config of their paths, and a cache in it.
  private static func workspace() throws -> (folder: TemporaryFolder, config: String) {
    let folder = try TemporaryFolder()
    setenv("NN_CACHE_DIR", folder.path("cache"), 1)
    try folder.write(table(90, weights: true), to: "t.csv")
    try folder.write(table(31, weights: false), to: "test.csv")
    let config = yaml.replacing("csv: t.csv", with: "csv: \(folder.path("t.csv"))")
      .replacing("csv: test.csv", with: "csv: \(folder.path("test.csv"))")
    return (folder, config)
  }

  /// The tensors of a run's weights, without the config in the file.
  private static func tensors(_ folder: String) throws -> [String: HostTensor] {
    let file = try SafeTensorsFile(contentsOf: RunFolder(folder).model)
    return Dictionary(uniqueKeysWithValues: file.tensors.map { ($0.name, $0.tensor) })
  }

  /// A network that reads a column as categories next to the other columns.
  private static let embedded = [
    "data.train.columns={a: {missing: median, scale: standard}, "
      + "kind: {missing: indicator, encode: embedding}}",
    "model={inputs: [input, kind], layers: ["
      + "{name: kinds, from: kind, embedding: {embedding_dim: 3, padding_idx: 0}}, "
      + "{from: [input, kinds], concat: {}}, {linear: 6}, relu, {dropout: 0.2}, {linear: 2}]}",
  ]

  @Test("the same bits as in memory, also for validation and test")
  func equalsMemory() async {
    await #expect(processExitsWith: .success) {
      try StreamedTableTrainingTests.expectEqualRuns()
    }
  }

  @Test("the same bits as in memory with embedded columns")
  func embeddedColumns() async {
    await #expect(processExitsWith: .success) {
      try StreamedTableTrainingTests.expectEqualRuns(StreamedTableTrainingTests.embedded)
    }
  }

  /// Expects the same runs with the columns in a file and in memory.
  private static func expectEqualRuns(_ overrides: [String] = []) throws {
    let (folder, config) = try workspace()
    let (file, memory) = (folder.path("file"), folder.path("memory"))
    #expect(try train(config, in: file, overrides: overrides) == .completed)
    #expect(try train(config, in: memory, overrides: overrides + Self.memory) == .completed)
    #expect(try tensors(file) == tensors(memory))
    #expect(try rows(RunFolder(file).steps) == rows(RunFolder(memory).steps))
    // Seconds and samples per second are the last two columns.
    #expect(
      try rows(RunFolder(file).metrics, droppingLast: 2)
        == rows(RunFolder(memory).metrics, droppingLast: 2))
    #expect(try folder.text(of: "file/data.json") == folder.text(of: "memory/data.json"))
    // The training rows are fitted without another reading.
    #expect(
      FolderListing.names(in: folder.path("cache")).count { $0.hasSuffix(".safetensors") } == 2)
    let data = try RunData(Config(yaml: config, overrides: overrides))
    #expect(data.train.isInFile && data.validation?.isInFile == true)
    #expect(data.test?.isInFile == true)
  }

  @Test("a run interrupted in the middle of an epoch ends with the same bits")
  func resumption() async {
    await #expect(processExitsWith: .success) {
      let (folder, config) = try StreamedTableTrainingTests.workspace()
      let whole = folder.path("whole")
      try train(config, in: whole)
      for limit in [1, 4, 11] {
        let part = folder.path("after-\(limit)")
        #expect(try train(config, in: part, stoppingAfter: limit) == .interrupted)
        // Where the columns are may change in the middle of an epoch.
        let other = limit == 4 ? StreamedTableTrainingTests.memory : []
        #expect(try train(config, in: part, overrides: other, resumes: true) == .completed)
        #expect(
          try StreamedTableTrainingTests.tensors(part)
            == StreamedTableTrainingTests.tensors(whole), "interrupted after step \(limit)")
      }
    }
  }

  @Test("folds fit their training rows without another reading")
  func folds() async {
    await #expect(processExitsWith: .success) {
      let (folder, config) = try StreamedTableTrainingTests.workspace()
      let fold = ["data.validation=null", "cross_validate={folds: 3, fold: 1}"]
      let file = try RunData(Config(yaml: config, overrides: fold))
      let memory = try RunData(
        Config(yaml: config, overrides: fold + StreamedTableTrainingTests.memory))
      #expect(file.train.columns == memory.train.columns)
      #expect(try file.train.readInputs() == memory.train.inputs)
      let (held, other) = try (#require(file.test), #require(memory.test))
      #expect(try held.readInputs() == other.inputs)
      #expect(held.count == 30)
      // The fold that is held out takes the place of the test data.
      #expect(
        FolderListing.names(in: folder.path("cache")).count { $0.hasSuffix(".safetensors") } == 1)
    }
  }

  @Test("texts have no stream")
  func texts() throws {
    expectError("texts are read into memory; leave `stream` out") {
      _ = try Config(
        yaml: Self.yaml, overrides: ["data.train={csv: a.csv, text: a, target: y, stream: true}"])
    }
  }
}
