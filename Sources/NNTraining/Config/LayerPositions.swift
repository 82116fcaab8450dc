package import NNCore

/// The positions of a config's layers in the file, so that errors found later can name them.
///
/// They are not part of a config's value: all are equal.
struct LayerPositions: Sendable, Hashable {
  /// The position of each outermost layer, by its name in paths.
  private var positions: [String: ConfigPosition] = [:]

  /// No positions, as in a config created by a program.
  init() {}

  /// The positions of the entries of `model`.
  init(_ model: ConfigNode?) {
    for (index, item) in (model?.items ?? model?["layers"]?.items ?? []).enumerated() {
      positions[item["name"]?.scalar?.text ?? "\(index)"] = item.position
    }
  }

  static func == (left: LayerPositions, right: LayerPositions) -> Bool { true }
  func hash(into hasher: inout Hasher) {}

  /// The position of the outermost layer of a path such as `2.0.1`.
  subscript(path: Substring) -> ConfigPosition? {
    path.split(separator: ".").first.flatMap { positions[String($0)] }
  }
}

extension Config {
  /// The error with the position of the layer that its message starts with, as in
  /// `` `2` (Dense 8): expects … ``, or of its augmentation; other errors unchanged.
  package func placing(_ error: NNError) -> NNError {
    guard error.place == nil else { return augmentationPositions.placing(error) }
    guard error.message.hasPrefix("`"),
      let end = error.message.dropFirst().firstIndex(of: "`"),
      let position = layerPositions[error.message[..<end].dropFirst()]
    else { return error }
    return error.at("\(position)")
  }
}
