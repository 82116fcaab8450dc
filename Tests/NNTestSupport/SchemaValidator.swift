/// A validator of JSON Schema for the keywords that the schema of configs uses; any other keyword is
/// an error.
package struct SchemaValidator: Sendable {
  private let root: FixtureOption

  /// Creates a validator for a schema document.
  package init(schema: String) throws { root = try FixtureOption(json: schema) }

  /// Why a value is refused, each reason with its path; empty if it is accepted.
  package func errors(in value: FixtureOption) -> [String] {
    errors(in: value, against: root, at: "$")
  }

  private func accepts(_ value: FixtureOption, _ schema: FixtureOption) -> Bool {
    errors(in: value, against: schema, at: "").isEmpty
  }

  private func errors(
    in value: FixtureOption, against schema: FixtureOption, at path: String
  ) -> [String] {
    guard case .object(let keywords) = schema else { return ["\(path): not a schema"] }
    return keywords.sorted { $0.key < $1.key }.flatMap { keyword, argument -> [String] in
      switch keyword {
      case "$schema", "$defs", "title", "description", "default": []
      case "$ref": reference(argument, value, path)
      case "type": expect(types(argument).contains { matches(value, $0) }, keyword, path)
      case "enum": expect(argument.list?.contains(value) == true, keyword, path)
      case "anyOf": expect(count(argument, value) > 0, keyword, path)
      case "oneOf": expect(count(argument, value) == 1, keyword, path)
      case "not": expect(!accepts(value, argument), keyword, path)
      case "properties", "required", "additionalProperties", "minProperties", "maxProperties":
        object(keyword, argument, keywords, value, path)
      case "items", "minItems", "maxItems": list(keyword, argument, value, path)
      case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum":
        number(keyword, argument, value, path)
      case "minLength", "maxLength", "pattern": text(keyword, argument, value, path)
      default: ["\(path): unknown keyword \(keyword)"]
      }
    }
  }

  private func expect(_ holds: Bool, _ keyword: String, _ path: String) -> [String] {
    holds ? [] : ["\(path): \(keyword)"]
  }

  private func reference(
    _ target: FixtureOption, _ value: FixtureOption, _ path: String
  ) -> [String] {
    let name = target.text.flatMap { $0.hasPrefix("#/$defs/") ? String($0.dropFirst(8)) : nil }
    guard let name, let definition = root["$defs"]?[name] else {
      return ["\(path): unknown reference \(target)"]
    }
    return errors(in: value, against: definition, at: path)
  }

  private func types(_ argument: FixtureOption) -> [String] {
    argument.text.map { [$0] } ?? argument.list?.compactMap(\.text) ?? []
  }

  private func matches(_ value: FixtureOption, _ type: String) -> Bool {
    switch (value, type) {
    case (.null, "null"), (.boolean, "boolean"), (.number, "number"), (.text, "string"),
      (.list, "array"), (.object, "object"):
      true
    case (.number(let number), "integer"): number == number.rounded()
    default: false
    }
  }

  private func count(_ argument: FixtureOption, _ value: FixtureOption) -> Int {
    (argument.list ?? []).count { accepts(value, $0) }
  }

  private func object(
    _ keyword: String, _ argument: FixtureOption, _ keywords: [String: FixtureOption],
    _ value: FixtureOption, _ path: String
  ) -> [String] {
    guard case .object(let members) = value else { return [] }
    switch keyword {
    case "properties":
      return members.sorted { $0.key < $1.key }.flatMap { name, member in
        argument[name].map { errors(in: member, against: $0, at: "\(path).\(name)") } ?? []
      }
    case "additionalProperties":
      let others = members.sorted { $0.key < $1.key }
        .filter { keywords["properties"]?[$0.key] == nil }
      if argument == .boolean(false) {
        return others.map { "\(path): unknown property \($0.key)" }
      }
      return others.flatMap { errors(in: $0.value, against: argument, at: "\(path).\($0.key)") }
    case "required":
      return (argument.list ?? []).compactMap(\.text).filter { members[$0] == nil }
        .map { "\(path): no property \($0)" }
    case "minProperties": return expect(members.count >= argument.integer ?? 0, keyword, path)
    default: return expect(members.count <= argument.integer ?? 0, keyword, path)
    }
  }

  private func list(
    _ keyword: String, _ argument: FixtureOption, _ value: FixtureOption, _ path: String
  ) -> [String] {
    guard case .list(let items) = value else { return [] }
    switch keyword {
    case "items":
      return items.enumerated().flatMap { index, item in
        errors(in: item, against: argument, at: "\(path)[\(index)]")
      }
    case "minItems": return expect(items.count >= argument.integer ?? 0, keyword, path)
    default: return expect(items.count <= argument.integer ?? 0, keyword, path)
    }
  }

  private func number(
    _ keyword: String, _ argument: FixtureOption, _ value: FixtureOption, _ path: String
  ) -> [String] {
    guard case .number(let number) = value else { return [] }
    let bound = argument.number ?? .nan
    let holds =
      switch keyword {
      case "minimum": number >= bound
      case "maximum": number <= bound
      case "exclusiveMinimum": number > bound
      default: number < bound
      }
    return expect(holds, keyword, path)
  }

  private func text(
    _ keyword: String, _ argument: FixtureOption, _ value: FixtureOption, _ path: String
  ) -> [String] {
    guard case .text(let text) = value else { return [] }
    switch keyword {
    case "minLength":
      return expect(text.unicodeScalars.count >= argument.integer ?? 0, keyword, path)
    case "maxLength":
      return expect(text.unicodeScalars.count <= argument.integer ?? 0, keyword, path)
    default:
      guard let pattern = argument.text, let expression = try? Regex(pattern) else {
        return ["\(path): not a pattern: \(argument)"]
      }
      return expect(text.contains(expression), keyword, path)
    }
  }
}
