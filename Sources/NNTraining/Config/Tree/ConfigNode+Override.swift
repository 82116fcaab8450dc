package import NNCore

extension ConfigNode {
  /// Sets one value of the tree, as for `--set key.path=value`.
  ///
  /// A path consists of keys of mappings, indices of lists and names of layers
  /// (`model.0.conv2d.bias`, `model.features.flatten.start_dim`). Missing keys are created; a bare
  /// word such as `adam` becomes a mapping if a path goes through it (`optimizer.adam.lr`), and so
  /// does the bare value of a component (`linear: 8`) if the path continues with one of its options
  /// (`model.0.linear.bias`), and a bare number of a section (`cross_validate: 5`). The value is YAML.
  ///
  /// - Throws: `NNError` at `--set key.path` for an assignment without `=`, an invalid path, or a
  ///   value that is not YAML.
  package mutating func apply(override assignment: String) throws(NNError) {
    guard let equals = assignment.firstIndex(of: "=") else {
      throw .invalid(
        "expects key.path=value", at: "--set \(assignment.shortened())",
        hint: "as in --set optimizer.adam.lr=0.01"
      )
    }
    let path = String(assignment[..<equals])
    let place = "--set \(path.shortened(to: 400))"
    let text = String(assignment[assignment.index(after: equals)...])
    var value: ConfigNode
    do throws(NNError) {
      value = try ConfigNode(yaml: text, source: place)
    } catch {
      // Lines and columns would be relative to the value, which is not a document for the user.
      throw .invalid(error.message, at: place, hint: error.hint)
    }
    value.moveEverything(to: ConfigPosition(source: place))
    try set(value, at: path)
  }

  /// Sets the value at a path of the tree, which is written as for ``apply(override:)``.
  ///
  /// - Throws: `NNError` at the value's position for a path that does not lead into the tree.
  package mutating func set(_ value: ConfigNode, at path: String) throws(NNError) {
    let segments = Self.segments(of: path)
    let place = "\(value.position)"
    guard segments.count <= YAMLComposer.largestDepth else {
      throw .invalid(
        "the path has \(segments.count) parts; at most \(YAMLComposer.largestDepth) are possible",
        at: place.shortened())
    }
    guard !segments.contains("") else {
      throw .invalid("the path has an empty part", at: place, hint: "as in model.0.conv2d.bias")
    }
    try set(value, at: segments[...], walked: [])
  }

  /// The parts of a path.
  static func segments(of path: String) -> [String] {
    path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
  }

  /// Whether a path leads to a place inside the node that exists, apart from its last part, which
  /// may be a key that is not set.
  ///
  /// A bare word stands for a mapping with that key.
  func leads(along path: ArraySlice<String>) -> Bool {
    guard let segment = path.first else { return true }
    let rest = path.dropFirst()
    switch content {
    case .null: return rest.isEmpty
    case .scalar(let scalar): return scalar.text == segment && rest.count <= 1
    case .sequence(let items):
      return Self.index(of: segment, in: items).map { items[$0].leads(along: rest) } ?? false
    case .mapping(let entries):
      guard let entry = entries.first(where: { $0.key == segment }) else { return rest.isEmpty }
      return entry.value.leads(along: rest)
    }
  }

  private mutating func moveEverything(to position: ConfigPosition) {
    self.position = position
    switch content {
    case .null, .scalar: break
    case .sequence(var items):
      for index in items.indices { items[index].moveEverything(to: position) }
      content = .sequence(items)
    case .mapping(let entries):
      content = .mapping(
        entries.map { entry in
          var value = entry.value
          value.moveEverything(to: position)
          return Entry(key: entry.key, keyPosition: position, value: value)
        })
    }
  }

  private mutating func set(
    _ value: ConfigNode, at path: ArraySlice<String>, walked: [String]
  ) throws(NNError) {
    guard let segment = path.first else {
      self = value
      return
    }
    let rest = path.dropFirst()
    let here = walked.isEmpty ? "the config" : "`\(walked.joined(separator: "."))`"
    switch content {
    case .sequence(var items):
      guard let index = Self.index(of: segment, in: items) else {
        throw .invalid(
          items.isEmpty
            ? "\(here) is an empty list"
            : "\(here) is a list; `\(segment)` is not one of its indices 0…\(items.count - 1)",
          at: "\(value.position)")
      }
      try items[index].set(value, at: rest, walked: walked + [segment])
      content = .sequence(items)
    case .mapping(var entries):
      if let index = entries.firstIndex(where: { $0.key == segment }) {
        try entries[index].value.set(value, at: rest, walked: walked + [segment])
      } else {
        entries.append(
          try Self.newEntry(segment, value: value, rest: rest, walked: walked + [segment]))
      }
      content = .mapping(entries)
    case .null:
      content = .mapping([
        try Self.newEntry(segment, value: value, rest: rest, walked: walked + [segment])
      ])
    case .scalar(let scalar) where scalar.text == segment && !rest.isEmpty:
      content = .mapping([
        try Self.newEntry(segment, value: value, rest: rest, walked: walked + [segment])
      ])
    case .scalar:
      if let first = walked.last.flatMap({ bareKey(of: $0, with: segment) }) {
        let new = try Self.newEntry(segment, value: value, rest: rest, walked: walked + [segment])
        let bare = Entry(key: first, keyPosition: position, value: self)
        content = .mapping(first == segment ? [new] : [bare, new])
        return
      }
      throw .invalid(
        "\(here) is \(summary), which has no `\(segment)`", at: "\(value.position)",
        hint: "replace it as a whole: --set '\(walked.joined(separator: "."))={\(segment): …}'")
    }
  }

  /// The key that this bare value sets in a component or, if it is a number, in a section.
  private func bareKey(of name: String, with option: String) -> String? {
    if let key = ConfigReference.bareOption(of: name, with: option) { return key }
    return switch scalar?.value {
    case .integer, .number: ConfigReference.bareKey(of: name, with: option)
    default: nil
    }
  }

  private static func newEntry(
    _ key: String, value: ConfigNode, rest: ArraySlice<String>, walked: [String]
  ) throws(NNError) -> Entry {
    var inner = ConfigNode(.null, at: value.position)
    try inner.set(value, at: rest, walked: walked)
    return Entry(key: key, keyPosition: value.position, value: inner)
  }

  private static func index(of segment: String, in items: [ConfigNode]) -> Int? {
    if let index = Int(segment) { return items.indices.contains(index) ? index : nil }
    return items.firstIndex { $0["name"]?.scalar?.text == segment }
  }
}
