internal import CYAML
import NNCore

/// Builds a tree from a YAML document while libyaml reads it, event by event.
///
/// Limits are checked while reading, so that a small document cannot expand into a large tree: an
/// alias counts as many values as its anchor contains.
final class YAMLComposer {
  /// The maximum number of bytes of a document.
  static let largestByteCount = 1 << 20
  /// The maximum number of values of a document, with aliases expanded.
  static let largestCount = 100_000
  /// The maximum nesting depth of lists and mappings.
  static let largestDepth = 100

  /// A node and the number of values in it, including itself.
  private typealias Counted = (node: ConfigNode, count: Int)

  private let source: String
  private let bytes: [UInt8]
  // libyaml keeps pointers to its parser, which must not move.
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private var anchors: [String: Counted] = [:]
  private var count = 0
  private var depth = 0

  /// Prepares to read a document.
  ///
  /// - Throws: `NNError` for a text of more than `largestByteCount` bytes.
  init(_ text: String, source: String) throws(NNError) {
    self.source = source
    bytes = Array(text.utf8)
    parser = .allocate(capacity: 1)
    yaml_parser_initialize(parser)
    guard bytes.count <= Self.largestByteCount else {
      throw .invalid(
        "expects at most \(MemoryLimit.text(Self.largestByteCount)) of YAML, gets "
          + MemoryLimit.text(bytes.count), at: source)
    }
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
  }

  /// The single document of the text; nil if there is none.
  ///
  /// - Throws: `NNError` at `source:line:column`.
  func document() throws(NNError) -> ConfigNode? {
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    var result: ConfigNode?
    var failure: NNError?
    bytes.withUnsafeBufferPointer { bytes in
      yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
      do throws(NNError) { result = try onlyDocument() } catch { failure = error }
    }
    if let failure { throw failure }
    return result
  }

  private func onlyDocument() throws(NNError) -> ConfigNode? {
    _ = try next()
    guard try next().kind == .other(YAML_DOCUMENT_START_EVENT) else { return nil }
    let root = try node(try next()).node
    _ = try next()
    let end = try next()
    guard end.kind == .other(YAML_STREAM_END_EVENT) else {
      throw .invalid(
        "not YAML: but found another document, expected a single document in the stream that "
          + "began at line 1", at: "\(end.position)")
    }
    return root
  }

  private func node(_ event: Event) throws(NNError) -> Counted {
    switch event.kind {
    case .alias(let anchor):
      guard let known = anchors[anchor] else {
        throw .invalid("not YAML: found undefined alias", at: "\(event.position)")
      }
      try take(known.count, at: event.position)
      return known
    case .scalar(let text, let isPlain):
      try take(1, at: event.position)
      let value: ScalarValue? = isPlain ? .resolving(plain: text) : .string(text)
      let content = value.map { ConfigNode.Content.scalar(.init(text: text, value: $0)) } ?? .null
      return register((ConfigNode(content, at: event.position), 1), event.anchor)
    case .sequence:
      return try nested(event) { () throws(NNError) in
        var (items, count): ([ConfigNode], Int) = ([], 1)
        while case let event = try next(), event.kind != .other(YAML_SEQUENCE_END_EVENT) {
          let item = try node(event)
          items.append(item.node)
          count += item.count
        }
        return (ConfigNode(.sequence(items), at: event.position), count)
      }
    case .mapping:
      return try nested(event) { () throws(NNError) in
        var (entries, count): ([ConfigNode.Entry], Int) = ([], 1)
        while case let event = try next(), event.kind != .other(YAML_MAPPING_END_EVENT) {
          let key = try node(event)
          guard let name = key.node.scalar?.text else {
            throw .invalid(
              "a key must be a word, gets \(key.node.summary)", at: "\(key.node.position)")
          }
          let value = try node(try next())
          entries.append(.init(key: name, keyPosition: key.node.position, value: value.node))
          count += key.count + value.count
        }
        try checkKeys(entries)
        return (ConfigNode(.mapping(entries), at: event.position), count)
      }
    case .other:
      throw .invalid("not YAML: found no value", at: "\(event.position)")
    }
  }

  private func nested(
    _ event: Event, _ body: () throws(NNError) -> Counted
  ) throws(NNError) -> Counted {
    try take(1, at: event.position)
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.largestDepth else {
      throw .invalid(
        "lists and mappings are nested more than \(Self.largestDepth) deep",
        at: "\(event.position)")
    }
    return register(try body(), event.anchor)
  }

  private func register(_ counted: Counted, _ anchor: String?) -> Counted {
    if let anchor { anchors[anchor] = counted }
    return counted
  }

  private func take(_ values: Int, at position: ConfigPosition) throws(NNError) {
    count += values
    guard count <= Self.largestCount else {
      throw .invalid("the document expands into more than 100,000 values", at: "\(position)")
    }
  }

  private func checkKeys(_ entries: [ConfigNode.Entry]) throws(NNError) {
    var first: [String: ConfigPosition] = [:]
    var twice: Set<String> = []
    for entry in entries {
      if first[entry.key] == nil {
        first[entry.key] = entry.keyPosition
      } else {
        twice.insert(entry.key)
      }
    }
    let names = twice.sorted()
    guard let name = names.first, let position = first[name] else { return }
    throw .invalid(
      "a mapping has more than one \(names.prefix(10).map { "`\($0.shortened())`" }.joined(separator: ", "))",
      at: "\(position)", hint: "keep one of them")
  }
}

extension YAMLComposer {
  /// The next event of libyaml.
  private struct Event {
    enum Kind: Equatable {
      case alias(String)
      case scalar(String, isPlain: Bool)
      case sequence
      case mapping
      case other(yaml_event_type_t)
    }

    let kind: Kind
    let anchor: String?
    let position: ConfigPosition
  }

  private func next() throws(NNError) -> Event {
    var event = yaml_event_t()
    guard yaml_parser_parse(parser, &event) == 1 else { throw parserError() }
    defer { yaml_event_delete(&event) }
    func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
      pointer.map { String(cString: $0) }
    }
    let position = position(of: event.start_mark)
    switch event.type {
    case YAML_ALIAS_EVENT:
      return Event(
        kind: .alias(text(event.data.alias.anchor) ?? ""), anchor: nil, position: position)
    case YAML_SCALAR_EVENT:
      let scalar = event.data.scalar
      let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
      return Event(
        kind: .scalar(
          String(decoding: bytes, as: UTF8.self), isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE),
        anchor: text(scalar.anchor), position: position)
    case YAML_SEQUENCE_START_EVENT:
      return Event(
        kind: .sequence, anchor: text(event.data.sequence_start.anchor), position: position)
    case YAML_MAPPING_START_EVENT:
      return Event(
        kind: .mapping, anchor: text(event.data.mapping_start.anchor), position: position)
    default: return Event(kind: .other(event.type), anchor: nil, position: position)
    }
  }

  private func position(of mark: yaml_mark_t) -> ConfigPosition {
    ConfigPosition(
      source: source,
      lineAndColumn: .init(line: Int(mark.line) + 1, column: Int(mark.column) + 1))
  }

  /// The parser's error in one line, at the position where reading stopped.
  private func parserError() -> NNError {
    let state = parser.pointee
    let problem = state.problem.map { String(cString: $0) } ?? "there is no memory left"
    guard state.error == YAML_SCANNER_ERROR || state.error == YAML_PARSER_ERROR else {
      return .invalid("not YAML: \(problem)", at: source)
    }
    let started =
      state.context.map {
        ", \(String(cString: $0)) that began at line \(state.context_mark.line + 1)"
      } ?? ""
    return .invalid(
      "not YAML: \(problem)\(started)", at: "\(position(of: state.problem_mark))",
      hint: Self.hint(problem))
  }

  private static func hint(_ problem: String) -> String? {
    if problem.contains("expected alphabetic or numeric character") {
      return "put a text that starts with * or & in quotes, as in \"*.bias\""
    }
    if problem.contains("cannot start any token") { return "indent with spaces, not with tabs" }
    if problem.contains("mapping values are not allowed") {
      return "write each `key: value` on a line of its own, or within { } separated by commas"
    }
    return nil
  }
}
