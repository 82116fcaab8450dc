import ArgumentParser
import NNCore
import NNFormats
import NNTraining

/// A small run that is trained when the process starts, so that it has the current format.
struct SeedRun: Sendable {
  let name: String
  /// Its config; paths are those of files in the run's own folder.
  let config: String
  /// The other files: data, inputs.
  let files: [String: [UInt8]]
  /// Writes results about the trained network into its folder.
  var analyze: @Sendable () throws -> Void = {}

  /// Trains in a folder of its name, and stays there.
  func train(in workplace: Workplace) throws {
    let folder = "\(workplace.path)/\(name)"
    try OutputFolder.create(folder, for: "run folder", hint: "")
    Workplace.enter(folder)
    for (name, bytes) in files { Workplace.write(bytes, to: name) }
    let run = try training()
    _ = try run.run()
    _ = try run.evaluateTest()
    try analyze()
  }

  /// A training in the current folder.
  func training(resumes: Bool = false, initialWeights: String? = nil) throws -> TrainingRun {
    try TrainingRun(
      config: Config(yaml: config, source: "\(name).yaml"), folder: RunFolder("."),
      initialWeights: initialWeights, takesPartialWeights: initialWeights != nil, resumes: resumes)
  }

  /// Classification of numbers: a table.
  static let classifier = SeedRun(
    name: "classifier",
    config: """
      data:
        train: {csv: train.csv, target: kind}
        validation: {split: 0.25}
        test: {csv: test.csv, target: kind}
        batch_size: 4
        normalize: standard
      model: [{linear: 4}, batch_norm1d, relu, {dropout: 0.1}, {linear: 3}]
      loss: cross_entropy
      optimizer: {adam: {lr: 0.01}}
      schedule: {step_lr: {step_size: 1}}
      metrics: [accuracy, confusion_matrix]
      epochs: 2
      checkpoint: {every: 1, keep: 1}
      log: {every: 1}
      """,
    files: [
      "train.csv": table(16), "test.csv": table(6),
      "rows.csv": Array("id,a,b\nx,1,2\ny,0.5,\"-1\"\n".utf8),
      "check.yaml": Array(
        """
        data: {train: {csv: train.csv, target: kind}, validation: {split: 0.25}, batch_size: 4}
        model:
          - linear: 8
          - reshape: [2, 2, 2]
          - conv2d: {out_channels: 3, kernel_size: 2, padding: same}
          - max_pool2d: 2
          - flatten
          - residual: [{linear: 3}, tanh]
          - {linear: {out_features: 3, bias: false}}
        loss: {cross_entropy: {label_smoothing: 0.1}}
        optimizer: {sgd: {lr: 0.1, momentum: 0.9}}
        metrics: [accuracy]
        early_stopping: {monitor: val_loss, patience: 2}
        """.utf8),
    ])

  private static func table(_ rows: Int) -> [UInt8] {
    let lines = (0..<rows).map { "\(Double($0) / 4),\(-$0),\(["u", "v", "w"][$0 % 3])\n" }
    return Array(("a,b,kind\n" + lines.joined()).utf8)
  }

  /// Classification of images: arrays of bytes.
  static let images = SeedRun(
    name: "images",
    config: """
      data: {train: {npz: rows.npz}, test: {npz: test.npz}, batch_size: 4}
      model: [{conv2d: {out_channels: 2, kernel_size: 3}}, relu, flatten, {linear: 2}]
      loss: cross_entropy
      optimizer: {sgd: {lr: 0.1}}
      metrics: [accuracy]
      epochs: 1
      """,
    files: [
      "rows.npz": arrays(6), "test.npz": arrays(2),
      "rows.npy": written("rows.npy") { (path) throws(NNError) in
        try NPY.write(imageBatch(2), to: path)
      },
    ],
    analyze: {
      var attack = try AttackCommand.parse([".", "--eps", "0.1", "--steps", "2", "--quiet"])
      try attack.run()
      for options in [["--method", "saliency", "--rows", "0"], ["--method", "permutation"]] {
        var explanation = try ExplainCommand.parse([".", "--quiet"] + options)
        try explanation.run()
      }
    })

  private static func imageBatch(_ rows: Int) -> HostTensor {
    HostTensor((0..<rows * 25).map { UInt8($0 * 37 % 251) }, shape: [rows, 1, 5, 5])
  }

  private static func arrays(_ rows: Int) -> [UInt8] {
    let labels = HostTensor((0..<rows).map { Int64($0 % 2) }, shape: [rows])
    return written("arrays.npz") { (path) throws(NNError) in
      try NPZ.write([("x", imageBatch(rows)), ("y", labels)], to: path)
    }
  }

  /// The bytes of a file as written by our own writers.
  private static func written(
    _ path: String, by write: (String) throws(NNError) -> Void
  ) -> [UInt8] {
    do throws(NNError) {
      try write(path)
      defer { Workplace.removeFile(path) }
      return try FileBytes.read(path)
    } catch { preconditionFailure("\(error)") }
  }

  /// Prediction of the next character of a text.
  static let text = SeedRun(
    name: "text",
    config: """
      data:
        train: {text: text.txt, level: char, context: 6}
        test: {text: text.txt, level: char, context: 6}
        batch_size: 4
      model: [{embedding: 4}, {gru: 6}, {linear: vocabulary}]
      loss: cross_entropy
      optimizer: adam
      epochs: 1
      log: {every: 1, gradients: true}
      """,
    files: ["text.txt": Array("in the beginning was the word, and the word was with".utf8)])

  /// Translation: an encoder and a decoder.
  static let pairs = SeedRun(
    name: "pairs",
    config: """
      data: {train: {pairs: pairs.tsv, level: word}, test: {pairs: pairs.tsv, level: word}, batch_size: 3}
      model:
        - encoder_decoder:
            encoder: [{embedding: 4}, {gru: 4}]
            decoder: [{embedding: 4}, {gru: 4}, dot_attention, {linear: vocabulary}]
      loss: cross_entropy
      optimizer: adam
      epochs: 1
      """,
    files: [
      "pairs.tsv": Array("one two\teins zwei\ntwo\tzwei\nthree one\tdrei eins\n".utf8),
      "lines.txt": Array("one two\nthree\n".utf8),
    ])

  /// The forecast of a series.
  static let series = SeedRun(
    name: "series",
    config: """
      data:
        train: {series: load.csv, column: load, window: 4}
        test: {series: load.csv, column: load, window: 4}
        batch_size: 4
        normalize: standard
        normalize_target: standard
      model: [flatten, {linear: 1}]
      loss: mse
      optimizer: adam
      metrics: [mae]
      epochs: 1
      """,
    files: [
      "load.csv": Array(
        ("day,load\n" + (1...14).map { "\($0),\(50 + $0 % 4)\n" }.joined()).utf8)
    ])
}
