extension ConfigReference {
  /// A JSON Schema (draft 2020-12) of configs, for editors: `nntrain schema`.
  ///
  /// It accepts what the program accepts, apart from rules that need more than one option, such as
  /// `nesterov` with `momentum`, and from unusual spellings of data sources.
  package var schema: ConfigValue {
    .mapping(
      [
        ConfigOption("$schema", .string("https://json-schema.org/draft/2020-12/schema")),
        ConfigOption("title", .string("nntrain config")),
        ConfigOption(
          "description", .string("A run of nntrain: data, network, loss, optimizer, training.")),
      ] + ValueSchema.object(options) + [
        ConfigOption(
          "$defs",
          .mapping(registries.map { ConfigOption($0.definition, .mapping($0.schemaMembers)) }))
      ])
  }

  /// The schema as a JSON document.
  package var schemaText: String { JSONDocument.text(schema) }
}

extension RegistryDescription {
  /// A component: its name alone, or its name with options.
  fileprivate var schemaMembers: [ConfigOption] {
    let words = components.filter { $0.options.allSatisfy { !$0.isRequired } }
      .flatMap(\.names).map(ConfigValue.string)
    let mappings =
      hasOptionsNextToName
      ? components.flatMap(\.mappingsWithSiblings) : [ConfigValue.mapping(nested)]
    let bare = words.isEmpty ? [] : [ConfigValue.mapping([ConfigOption("enum", .list(words))])]
    return [ConfigOption("anyOf", .list(bare + mappings))]
  }

  /// A mapping with one component, whose options are inside.
  private var nested: [ConfigOption] {
    let kinds = components.flatMap(\.properties)
    // Without other keys, counting gives better messages than a list of alternatives.
    let one =
      entryOptions.isEmpty
      ? [ConfigOption("minProperties", .integer(1)), ConfigOption("maxProperties", .integer(1))]
      : [
        ConfigOption(
          "oneOf",
          .list((kinds.map(\.name) + [substitute].compactMap(\.self)).map { Self.requiring([$0]) }))
      ]
    return [
      ConfigOption("type", .string("object")),
      ConfigOption("properties", .mapping(entryOptions.map(\.property) + kinds)),
      ConfigOption("additionalProperties", .bool(false)),
    ] + one
  }

  private static func requiring(_ names: [String]) -> ConfigValue {
    .mapping([ConfigOption("required", .list(names.map(ConfigValue.string)))])
  }
}

extension ComponentDescription {
  /// All names that a config may use.
  fileprivate var names: [String] { [name] + aliases }

  /// The component under each of its names.
  fileprivate var properties: [ConfigOption] {
    names.map { property($0, ValueSchema.form(of: options)) }
  }

  private func property(_ name: String, _ form: ValueSchema) -> ConfigOption {
    ConfigOption(
      name, .mapping(form.members + [ConfigOption("description", .string(meaning))]))
  }

  /// The mappings of a component whose options may also be next to its name: all required ones
  /// inside, or all of them next to it.
  fileprivate var mappingsWithSiblings: [ConfigValue] {
    names.flatMap { name in
      let siblings = options.filter { $0.name != name }
      let inside = mapping(
        property(name, ValueSchema.form(of: options)), siblings.filter { !$0.isRequired })
      guard siblings.contains(where: \.isRequired) else { return [inside] }
      // Under the name there is the first option if it has that name, otherwise nothing.
      let head = options.first.flatMap { $0.name == name ? $0.schema.bare : nil } ?? .null
      return [inside, mapping(property(name, head), siblings)]
    }
  }

  private func mapping(_ head: ConfigOption, _ siblings: [OptionDescription]) -> ConfigValue {
    let required = [head.name] + siblings.filter(\.isRequired).map(\.name)
    return .mapping([
      ConfigOption("type", .string("object")),
      ConfigOption("properties", .mapping([head] + siblings.map(\.property))),
      ConfigOption("required", .list(required.map(ConfigValue.string))),
      ConfigOption("additionalProperties", .bool(false)),
    ])
  }
}
