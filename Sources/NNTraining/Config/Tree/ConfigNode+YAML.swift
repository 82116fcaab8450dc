package import NNCore
import Yams

extension ConfigNode {
  /// Reads a YAML document; JSON is YAML.
  ///
  /// Anchors and aliases work. Merge keys (`<<`) and tags do not: they are errors or ignored.
  ///
  /// - Parameters:
  ///   - text: The document.
  ///   - source: The file's name for positions.
  /// - Throws: `NNError` at `source:line:column` for what is not YAML, a key given twice, a key
  ///   that is not a plain word, and aliases that unfold into more than 100,000 nodes.
  package init(yaml text: String, source: String) throws(NNError) {
    let root: Node?
    do {
      // The resolver without rules avoids a dozen regular expressions; scalars are resolved here.
      root = try Parser(
        yaml: text, resolver: .basic, constructor: .default, encoding: .utf8
      ).singleRoot()
    } catch {
      throw .unreadableYAML(error, source: source)
    }
    guard let root else {
      self.init(.null, at: .init(source: source, lineAndColumn: .init(line: 1, column: 1)))
      return
    }
    var budget = 100_000
    self = try Self.converting(root, source: source, budget: &budget)
  }

  private static func converting(
    _ node: Node, source: String, budget: inout Int
  ) throws(NNError) -> ConfigNode {
    let position = ConfigPosition(
      source: source,
      lineAndColumn: node.mark.map { .init(line: $0.line, column: $0.column) })
    budget -= 1
    guard budget >= 0 else {
      throw .invalid("the document unfolds into more than 100,000 values", at: "\(position)")
    }
    switch node {
    case .scalar(let scalar):
      let value: ScalarValue? =
        scalar.style == .plain ? .resolving(plain: scalar.string) : .string(scalar.string)
      return ConfigNode(
        value.map { .scalar(Scalar(text: scalar.string, value: $0)) } ?? .null, at: position)
    case .sequence(let sequence):
      var items: [ConfigNode] = []
      for item in sequence {
        items.append(try converting(item, source: source, budget: &budget))
      }
      return ConfigNode(.sequence(items), at: position)
    case .mapping(let mapping):
      var entries: [Entry] = []
      for (key, value) in mapping {
        let keyNode = try converting(key, source: source, budget: &budget)
        guard let name = keyNode.scalar?.text else {
          throw .invalid(
            "a key must be a word, gets \(keyNode.summary)", at: "\(keyNode.position)")
        }
        entries.append(
          Entry(
            key: name, keyPosition: keyNode.position,
            value: try converting(value, source: source, budget: &budget)))
      }
      return ConfigNode(.mapping(entries), at: position)
    case .alias:
      throw .invalid("an alias without its anchor", at: "\(position)")
    }
  }
}

extension NNError {
  /// The parser's complaint in one line, at the position where reading stopped.
  fileprivate static func unreadableYAML(_ error: any Error, source: String) -> NNError {
    func at(_ mark: Mark) -> String { "\(source):\(mark.line):\(mark.column)" }
    switch error {
    case YamlError.scanner(let context, let problem, let mark, _),
      YamlError.parser(let context, let problem, let mark, _),
      YamlError.composer(let context, let problem, let mark, _):
      let started = context.map { ", \($0.text) that began at line \($0.mark.line)" } ?? ""
      return .invalid("not YAML: \(problem)\(started)", at: at(mark), hint: mendingHint(problem))
    case YamlError.reader(let problem, _, _, _):
      return .invalid("not YAML: \(problem)", at: source)
    case YamlError.duplicatedKeysInMapping(let duplicates, let context):
      let keys = duplicates.map { "`\($0)`" }.joined(separator: ", ")
      return .invalid(
        "a mapping has more than one \(keys)", at: at(context.mark), hint: "keep one of them")
    default:
      return .invalid("not YAML: \(error)", at: source)
    }
  }

  private static func mendingHint(_ problem: String) -> String? {
    if problem.contains("cannot start any token") { return "indent with spaces, not with tabs" }
    if problem.contains("mapping values are not allowed") {
      return "a `key: value` stands on a line of its own, or within { } and separated by commas"
    }
    return nil
  }
}
