/// An option as its declaration describes it: the source of the reference and of the JSON Schema.
package struct OptionDescription: Sendable {
  /// The name in a config.
  package let name: String
  /// One line about what the option does.
  package let meaning: String
  /// The values it accepts, in words: `an integer ≥ 1`.
  package let expectation: String
  /// The values it accepts.
  package let schema: ValueSchema
  /// Whether it has no default.
  package let isRequired: Bool
  /// The default; for a required option a value of its kind.
  package let standard: ConfigValue
  /// Whether a resolved config may lack the option, since it was not given or another one was.
  package let mayBeOmitted: Bool
  /// The default in words, if it depends on other settings: `kernel_size`.
  package let standardText: String?
  /// The value of another option that it requires, if any.
  package let condition: OptionCondition?
  /// The options inside, if its value may be a mapping.
  package let nested: [OptionDescription]

  /// The option as a property of a JSON Schema.
  var property: ConfigOption {
    let hasFixedDefault = !isRequired && standardText == nil && nested.isEmpty
    var note = meaning
    if let standardText, !isRequired { note += " (default: \(standardText))" }
    if let condition { note += " (only with `\(condition.description)`)" }
    return ConfigOption(
      name,
      .mapping(
        schema.members + [ConfigOption("description", .string(note))]
          + (hasFixedDefault ? [ConfigOption("default", standard)] : [])))
  }
}

/// A value of another option without which an option does not exist.
package struct OptionCondition: Sendable, Hashable {
  /// The other option.
  package let option: String
  /// The value that it must have.
  package let value: String

  /// `level: bpe`.
  package var description: String { "\(option): \(value)" }
}
