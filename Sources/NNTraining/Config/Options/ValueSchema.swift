/// The JSON values that an option accepts, as its JSON Schema states them.
///
/// Declared next to the code that reads the option. It is slightly wider where JSON Schema cannot
/// express a rule, such as one about two options.
package indirect enum ValueSchema: Sendable {
  case boolean
  case integer(ClosedRange<Int>)
  case number(NumberBounds)
  /// Any scalar, read as the text that was written.
  case text
  /// As `text`, if it matches a regular expression and is at most that long.
  case pattern(String, largestLength: Int)
  /// One of several words.
  case words([String])
  /// An empty value or `null`.
  case null
  /// A list of values of one kind.
  case list(of: ValueSchema, count: ClosedRange<Int>)
  /// A mapping of any names to values of one kind.
  case mapping(of: ValueSchema)
  /// A mapping of options.
  case options([OptionDescription])
  /// A mapping of options and of others, which depend on other settings.
  case openOptions([OptionDescription])
  /// A component of a registry, by the name of its definition.
  case component(String)
  /// As `component`, without mappings and null.
  case componentWord(String)
  /// One of several.
  case any([ValueSchema])
}

extension ValueSchema {
  /// One of several, without nesting.
  static func either(_ parts: ValueSchema...) -> ValueSchema { either(parts) }

  private static func either(_ parts: [ValueSchema]) -> ValueSchema {
    let flat = parts.flatMap { part in
      if case .any(let inner) = part { inner } else { [part] }
    }
    return flat.count == 1 ? flat[0] : .any(flat)
  }

  /// What options accept in place of their mapping: the mapping itself, the first option alone if
  /// no other one is required, and nothing if none is required.
  static func form(of options: [OptionDescription]) -> ValueSchema {
    var parts = [ValueSchema.options(options)]
    if let first = options.first, options.dropFirst().allSatisfy({ !$0.isRequired }),
      let bare = first.schema.bare
    {
      parts.append(bare)
    }
    if options.allSatisfy({ !$0.isRequired }) { parts.append(.null) }
    return either(parts)
  }

  /// The values that may stand alone in place of a mapping of options: all but mappings and null.
  var bare: ValueSchema? {
    switch self {
    case .null, .mapping, .options, .openOptions: return nil
    case .component(let name): return .componentWord(name)
    case .any(let parts):
      let bare = parts.compactMap(\.bare)
      return bare.isEmpty ? nil : Self.either(bare)
    default: return self
    }
  }

  /// The schema as members of a JSON object.
  var members: [ConfigOption] {
    switch self {
    case .boolean: [Self.type("boolean")]
    case .integer(let bounds): [Self.type("integer")] + Self.members(bounds)
    case .number(let bounds): [Self.type("number")] + bounds.members
    case .text: Self.scalar + [ConfigOption("minLength", .integer(1))]
    case .pattern(let expression, let length):
      Self.scalar + [
        ConfigOption("minLength", .integer(1)), ConfigOption("maxLength", .integer(length)),
        ConfigOption("pattern", .string(expression)),
      ]
    case .words(let words): [ConfigOption("enum", .list(words.map(ConfigValue.string)))]
    case .null: [Self.type("null")]
    case .list(let element, let count):
      [Self.type("array"), ConfigOption("items", .mapping(element.members))]
        + (count.lowerBound > 0 ? [ConfigOption("minItems", .integer(count.lowerBound))] : [])
        + (count.upperBound < .max ? [ConfigOption("maxItems", .integer(count.upperBound))] : [])
    case .mapping(let element):
      [
        Self.type("object"), ConfigOption("additionalProperties", .mapping(element.members)),
        ConfigOption("minProperties", .integer(1)),
      ]
    case .options(let options): Self.object(options)
    case .openOptions(let options):
      Self.object(options).filter { $0.name != "additionalProperties" }
    case .component(let name): [ConfigOption("$ref", .string("#/$defs/\(name)"))]
    case .componentWord(let name):
      [
        ConfigOption("$ref", .string("#/$defs/\(name)")),
        ConfigOption(
          "not", .mapping([ConfigOption("type", .list([.string("object"), .string("null")]))])),
      ]
    case .any(let parts):
      [ConfigOption("anyOf", .list(parts.map { .mapping($0.members) }))]
    }
  }

  /// A mapping with these options and no others.
  static func object(_ options: [OptionDescription]) -> [ConfigOption] {
    let required = options.filter(\.isRequired).map { ConfigValue.string($0.name) }
    return [type("object")]
      + [ConfigOption("properties", .mapping(options.map(\.property)))]
      + (required.isEmpty ? [] : [ConfigOption("required", .list(required))])
      + [ConfigOption("additionalProperties", .bool(false))]
  }

  private static func type(_ name: String) -> ConfigOption { ConfigOption("type", .string(name)) }

  private static let scalar = [
    ConfigOption("type", .list([.string("string"), .string("number"), .string("boolean")]))
  ]

  /// Bounds, unless they exceed the integers that every reader of JSON represents exactly.
  private static func members(_ bounds: ClosedRange<Int>) -> [ConfigOption] {
    let exact = -(1 << 53)...1 << 53
    return
      (exact.contains(bounds.lowerBound)
      ? [ConfigOption("minimum", .integer(bounds.lowerBound))] : [])
      + (exact.contains(bounds.upperBound)
        ? [ConfigOption("maximum", .integer(bounds.upperBound))] : [])
  }
}

extension NumberBounds {
  /// The bounds as members of a JSON Schema.
  fileprivate var members: [ConfigOption] {
    switch self {
    case .any: []
    case .positive: [ConfigOption("exclusiveMinimum", .integer(0))]
    case .nonNegative: [ConfigOption("minimum", .integer(0))]
    case .probability:
      [ConfigOption("minimum", .integer(0)), ConfigOption("maximum", .integer(1))]
    case .belowOne:
      [ConfigOption("minimum", .integer(0)), ConfigOption("exclusiveMaximum", .integer(1))]
    case .betweenZeroAndOne:
      [
        ConfigOption("exclusiveMinimum", .integer(0)),
        ConfigOption("exclusiveMaximum", .integer(1)),
      ]
    case .fraction:
      [ConfigOption("exclusiveMinimum", .integer(0)), ConfigOption("maximum", .integer(1))]
    }
  }
}
