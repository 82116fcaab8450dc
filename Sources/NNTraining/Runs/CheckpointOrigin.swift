import NNCore
import NNData

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What the state in a checkpoint was trained under: what its weights mean nothing without, and
/// what a resumed run is compared with.
struct CheckpointOrigin: Codable {
  /// The resolved config.
  let config: String
  /// Training rows; nil where it is unknown.
  let rows: Int?
  /// The fitted scale, the names of classes and what else the training data settled; nil where it is
  /// unknown.
  let facts: ModelFile.Facts?

  /// As it is written into a checkpoint.
  var text: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    guard let data = try? encoder.encode(self) else {
      preconditionFailure("texts and finite numbers can always be encoded")
    }
    return String(decoding: data, as: UTF8.self)
  }

  /// The origin of a checkpoint; that of files from before 2026-12 is put together from the files of
  /// the run, as far as they tell. Nil where nothing is known.
  ///
  /// - Throws: `NNError` when the checkpoint holds something else.
  init?(of checkpoint: Checkpoint, in folder: RunFolder) throws(NNError) {
    if let text = checkpoint.origin {
      guard let known = try? JSONDecoder().decode(Self.self, from: Data(text.utf8)) else {
        throw .invalid("the checkpoint holds an origin of an unknown form", at: folder.path)
      }
      self = known
      return
    }
    let model = RunFolder.exists(folder.model) ? try ModelFile(contentsOf: folder.model) : nil
    if let model {
      self.init(config: model.config.resolvedYAML, rows: nil, facts: model.facts)
    } else if let config = try? Config(recordedIn: folder) {
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
