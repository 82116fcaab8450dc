import NNCore
import NNData

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The conditions under which a checkpoint was trained: its weights are meaningless without them,
/// and a resumed run is compared with them.
struct CheckpointOrigin: Codable {
  /// The resolved config.
  let config: String
  /// The number of training rows; nil if unknown.
  let rows: Int?
  /// The fitted normalisation, the class names and other facts determined by the training data; nil
  /// if unknown.
  let facts: ModelFile.Facts?

  /// The JSON that is written into a checkpoint.
  var text: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    guard let data = try? encoder.encode(self) else {
      preconditionFailure("texts and finite numbers are always encodable")
    }
    return String(decoding: data, as: UTF8.self)
  }

  /// Reads the origin of a checkpoint. For files from before 2026-12 it is derived from the other
  /// files of the run as far as possible. Nil if nothing is known.
  ///
  /// - Throws: `NNError` if the checkpoint contains invalid data.
  init?(of checkpoint: Checkpoint, in folder: RunFolder) throws(NNError) {
    if let text = checkpoint.origin {
      guard let known = try? JSONDecoder().decode(Self.self, from: Data(text.utf8)) else {
        throw .invalid("the checkpoint holds an origin in an unknown format", at: folder.path)
      }
      self = known
      return
    }
    let model = RunFolder.exists(folder.model) ? try ModelFile(contentsOf: folder.model) : nil
    if let model, let config = model.config {
      self.init(config: config.resolvedYAML, rows: nil, facts: model.facts)
    } else if let config = try? Config(recordedAt: folder.config) {
      self.init(config: config.resolvedYAML, rows: nil, facts: nil)
    } else {
      return nil
    }
  }

  init(config: String, rows: Int?, facts: ModelFile.Facts?) {
    self.config = config
    self.rows = rows
    self.facts = facts
  }
}
