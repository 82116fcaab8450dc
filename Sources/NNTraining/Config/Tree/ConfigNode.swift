import NNCore

/// The position of a part of a config: `file:line:column`, or the override that set it.
package struct ConfigPosition: Sendable, Hashable {
  /// The file's path as given, or `--set key.path`.
  package let source: String
  /// Line and column, both from 1; nil for an override.
  package let lineAndColumn: LineAndColumn?

  /// A line and a column, both counted from 1.
  package struct LineAndColumn: Sendable, Hashable, Comparable {
    package let line: Int
    package let column: Int

    package init(line: Int, column: Int) {
      self.line = line
      self.column = column
    }

    package static func < (left: LineAndColumn, right: LineAndColumn) -> Bool {
      (left.line, left.column) < (right.line, right.column)
    }
  }

  package init(source: String, lineAndColumn: LineAndColumn? = nil) {
    self.source = source
    self.lineAndColumn = lineAndColumn
  }
}

extension ConfigPosition: CustomStringConvertible, Comparable {
  /// `file:line:column`, or the source alone.
  package var description: String {
    lineAndColumn.map { "\(source):\($0.line):\($0.column)" } ?? source
  }

  /// The order of reading: a file from top to bottom, then overrides.
  package static func < (left: ConfigPosition, right: ConfigPosition) -> Bool {
    switch (left.lineAndColumn, right.lineAndColumn) {
    case (let left?, let right?): left < right
    case (.some, nil): true
    case (nil, _): false
    }
  }
}

/// A config as written: a tree in which every node has a position.
package struct ConfigNode: Sendable, Hashable {
  /// The content of a node.
  package indirect enum Content: Sendable, Hashable {
    case null
    case scalar(Scalar)
    case sequence([ConfigNode])
    case mapping([Entry])
  }

  /// A scalar: the text as written and its value.
  package struct Scalar: Sendable, Hashable {
    package let text: String
    package let value: ScalarValue
  }

  /// A key of a mapping with its value, in the order of the file.
  package struct Entry: Sendable, Hashable {
    package let key: String
    package let keyPosition: ConfigPosition
    package var value: ConfigNode
  }

  package var content: Content
  package var position: ConfigPosition

  package init(_ content: Content, at position: ConfigPosition) {
    self.content = content
    self.position = position
  }

  /// A tree for a value that was not read from a file; every node has the same position.
  package init(value: ConfigValue, at position: ConfigPosition) {
    self.position = position
    switch value {
    case .null: content = .null
    case .bool(let flag): content = .scalar(Scalar(text: "\(flag)", value: .bool(flag)))
    case .integer(let number):
      content = .scalar(Scalar(text: "\(number)", value: .integer(number)))
    case .number(let number):
      content = .scalar(Scalar(text: "\(number)", value: .number(number)))
    case .string(let text): content = .scalar(Scalar(text: text, value: .string(text)))
    case .list(let items): content = .sequence(items.map { ConfigNode(value: $0, at: position) })
    case .mapping(let options):
      content = .mapping(
        options.map {
          Entry(
            key: $0.name, keyPosition: position, value: ConfigNode(value: $0.value, at: position))
        })
    }
  }

  /// The entries of a mapping, or nil.
  package var entries: [Entry]? {
    guard case .mapping(let entries) = content else { return nil }
    return entries
  }

  /// The items of a sequence, or nil.
  package var items: [ConfigNode]? {
    guard case .sequence(let items) = content else { return nil }
    return items
  }

  /// The scalar, or nil.
  package var scalar: Scalar? {
    guard case .scalar(let scalar) = content else { return nil }
    return scalar
  }

  /// Whether the node is empty, `null` or `~`.
  package var isNull: Bool { content == .null }

  /// The value of a key of a mapping, or nil.
  package subscript(key: String) -> ConfigNode? {
    entries?.first { $0.key == key }?.value
  }

  /// The start of a text that may be a whole file, on one line.
  private static func shortened(_ text: String) -> String {
    let line = text.prefix { !$0.isNewline }
    let start = line.prefix(60)
    return start.utf8.count < text.utf8.count ? "\(start)…" : text
  }

  /// The content for messages: `"abc"`, `3`, `a list`, `a mapping`, `nothing`.
  package var summary: String {
    switch content {
    case .null: "nothing"
    case .scalar(let scalar):
      if case .string = scalar.value {
        "\"\(Self.shortened(scalar.text))\""
      } else {
        Self.shortened(scalar.text)
      }
    case .sequence(let items):
      items.count <= 4 && items.allSatisfy { $0.scalar != nil }
        ? "[\(items.map(\.summary).joined(separator: ", "))]" : "a list of \(items.count)"
    case .mapping(let entries) where entries.isEmpty: "an empty mapping"
    case .mapping(let entries):
      "a mapping (\(entries.prefix(3).map { "`\($0.key.shortened())`" }.joined(separator: ", ")))"
    }
  }
}
