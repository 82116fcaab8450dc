import NNCore
import NNFormats
import NNLayers
import NNServer
import NNTraining

/// Readers of configs, JSON and requests.
enum TextReaders {
  static let targets = [
    FuzzTarget.reader("json") { _ = try JSONValue(parsing: $0[...], at: "file") },
    .reader("config", file: "config.yaml") { file in try use(Config(contentsOf: file)) },
    .reader("override") { bytes in
      try use(Config(yaml: base, overrides: [String(decoding: bytes, as: UTF8.self)]))
    },
    .reader("request") { bytes in
      let whole = pieces(of: bytes, step: max(1, bytes.count))
      // The requests do not depend on the sizes of the pieces.
      precondition(whole == pieces(of: bytes, step: 1), "requests depend on how bytes arrive")
    },
    .reader("settings") { _ = try PlaygroundSettings(json: $0) },
  ]

  /// Overrides with `--set`.
  private static let base = """
    data:
      train: {csv: rows.csv, target: kind}
      validation: {split: 0.2}
      batch_size: 4
    model: [{linear: 8}, relu, {dropout: 0.1}, {linear: 3}]
    loss: cross_entropy
    optimizer: {adam: {lr: 0.01, betas: [0.9, 0.99]}}
    schedule: {step_lr: {step_size: 3}}
    metrics: [accuracy]
    epochs: 3
    """

  /// Creates the components of a config, whose text with all defaults must be a valid config.
  private static func use(_ config: Config) throws(NNError) {
    _ = try config.makeModel()
    _ = try config.makeSchedule()
    _ = try config.makeTrainSource()
    _ = try Config(yaml: config.resolvedYAML)
  }

  /// A server's results for bytes that arrive in pieces of a given size: requests, then the error.
  private static func pieces(of bytes: [UInt8], step: Int) -> [String] {
    var parser = RequestParser()
    var result: [String] = []
    var start = 0
    do throws(Refusal) {
      repeat {
        let end = min(bytes.count, start + step)
        parser.feed(bytes[start..<end])
        while let piece = try parser.next() { result.append("\(piece)") }
        start = end
      } while start < bytes.count
    } catch {
      precondition((400..<600).contains(error.status))
      result.append("\(error)")
    }
    return result
  }
}
