/// A strict reader of XML as SVG files use it: anything that is not well-formed is an error.
struct XMLTree {
  /// What is wrong, and where.
  struct Malformed: Error { let reason: String }

  /// An element or, without a name, a text.
  final class Node {
    var name = ""
    var attributes: [String: String] = [:]
    var children: [Node] = []
    var text = ""

    /// This element and all below it.
    var all: [Node] { [self] + children.flatMap(\.all) }

    /// All text below, in order.
    var fullText: String { name.isEmpty ? text : children.map(\.fullText).joined() }
  }

  /// Elements of HTML that have no end.
  private static let endless: Set<String> = ["meta", "br", "hr", "img", "input", "link"]

  private var rest: Substring
  private let isHTML: Bool

  /// Reads a document and returns its root element.
  static func read(_ text: String, isHTML: Bool = false) throws -> Node {
    var reader = XMLTree(rest: Substring(text), isHTML: isHTML)
    reader.skipSpace()
    if isHTML { try reader.expect("<!DOCTYPE html>") }
    if reader.rest.hasPrefix("<?xml ") {
      guard let end = reader.rest.range(of: "?>") else { throw Malformed(reason: "declaration") }
      reader.rest = reader.rest[end.upperBound...]
    }
    reader.skipSpace()
    let root = try reader.element()
    reader.skipSpace()
    guard reader.rest.isEmpty else { throw Malformed(reason: "after the end: \(reader.excerpt)") }
    return root
  }

  private var excerpt: String { String(rest.prefix(60)) }

  private mutating func skipSpace() { rest = rest.drop(while: \.isWhitespace) }

  private mutating func expect(_ text: String) throws {
    guard rest.hasPrefix(text) else {
      throw Malformed(reason: "expected \(text), found \(excerpt)")
    }
    rest = rest.dropFirst(text.count)
  }

  private mutating func name() throws -> String {
    let name = rest.prefix { $0.isLetter || $0.isNumber || "-_:".contains($0) }
    guard let first = name.first, first.isLetter else {
      throw Malformed(reason: "expected a name, found \(excerpt)")
    }
    rest = rest.dropFirst(name.count)
    return String(name)
  }

  private mutating func element() throws -> Node {
    try expect("<")
    let node = Node()
    node.name = try name()
    while true {
      let hasSpace = rest.first?.isWhitespace ?? false
      skipSpace()
      if rest.hasPrefix("/>") {
        rest = rest.dropFirst(2)
        return node
      }
      if rest.hasPrefix(">") { break }
      guard hasSpace else { throw Malformed(reason: "no space before \(excerpt)") }
      let attribute = try name()
      guard node.attributes[attribute] == nil else {
        throw Malformed(reason: "\(attribute) twice in \(node.name)")
      }
      if isHTML, !rest.hasPrefix("=") {
        node.attributes[attribute] = ""
        continue
      }
      try expect("=\"")
      guard let end = rest.firstIndex(of: "\"") else { throw Malformed(reason: "open quote") }
      node.attributes[attribute] = try Self.decoded(rest[..<end])
      rest = rest[rest.index(after: end)...]
    }
    try expect(">")
    if isHTML, Self.endless.contains(node.name) { return node }
    while !rest.hasPrefix("</") {
      if rest.hasPrefix("<") {
        node.children.append(try element())
      } else {
        guard let end = rest.firstIndex(of: "<") else {
          throw Malformed(reason: "\(node.name) has no end")
        }
        let child = Node()
        child.text = node.name == "style" ? String(rest[..<end]) : try Self.decoded(rest[..<end])
        node.children.append(child)
        rest = rest[end...]
      }
    }
    try expect("</\(node.name)>")
    return node
  }

  private static func decoded(_ text: Substring) throws -> String {
    var result = ""
    var rest = text
    while let sign = rest.firstIndex(where: { $0 == "&" || $0 == "<" }) {
      result += rest[..<sign]
      rest = rest[sign...]
      let known = ["&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": "\"", "&#39;": "'"]
      guard let entity = known.first(where: { rest.hasPrefix($0.key) }) else {
        throw Malformed(reason: "a bare \(rest.prefix(10))")
      }
      result += entity.value
      rest = rest.dropFirst(entity.key.count)
    }
    result += rest
    guard
      result.unicodeScalars.allSatisfy({ $0.value >= 32 || "\t\n\r".unicodeScalars.contains($0) })
    else { throw Malformed(reason: "a control character") }
    return result
  }
}

extension Substring {
  /// The first occurrence of a text.
  fileprivate func range(of text: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(text) {
        return start..<index(start, offsetBy: text.count)
      }
      start = index(after: start)
    }
    return nil
  }
}
