import NNCore

/// A component of a registry, as its row describes it.
package struct ComponentDescription: Sendable {
  /// The name in a config.
  package let name: String
  /// Other names that are accepted.
  package let aliases: [String]
  /// One line about the component.
  package let meaning: String
  /// The options, in order; the first may stand alone.
  package let options: [OptionDescription]
}

/// A registry, as its rows describe it.
package struct RegistryDescription: Sendable {
  /// The plural of the kind of component: `data sources`.
  package let plural: String
  /// The name of its definition in the JSON Schema: `source`.
  package let definition: String
  /// The expected value where a component is read, in messages.
  package let expectation: String
  /// Whether options may also be next to the component's name.
  package let hasOptionsNextToName: Bool
  /// The keys next to a component's name that are not its options, such as a layer's `name`.
  package let entryOptions: [OptionDescription]
  /// The one of `entryOptions` that may stand in place of a component's name; nil for none.
  package let substitute: String?
  /// The components, in the order of the table.
  package let components: [ComponentDescription]
}

extension Registry {
  /// Describes the registry by running its rows without a config.
  ///
  /// - Parameters:
  ///   - entryOptions: Keys next to a component's name that are not its options.
  ///   - substitute: The one of them that may stand in place of a component's name; nil for none.
  package func description(
    entryOptions: [OptionDescription] = [], substitute: String? = nil
  ) -> RegistryDescription {
    RegistryDescription(
      plural: plural, definition: definition, expectation: expectation,
      hasOptionsNextToName: style == .nextToName, entryOptions: entryOptions,
      substitute: substitute,
      components: rows.map { row in
        ComponentDescription(
          name: row.name, aliases: row.aliases, meaning: row.meaning,
          options: OptionReader.describe {
            _ = row.read($0)
            common($0)
          })
      })
  }

  /// The options that reading a component resolves, and the problems found, for tests that compare
  /// them with the description.
  package func resolvedOptions(
    of node: ConfigNode
  ) -> (options: [ConfigOption], problems: String?) {
    let problems = ConfigProblems()
    let read = component(from: node, context: ReadingContext(problems: problems))
    do throws(NNError) {
      try problems.throwIfAny(in: node.position.source)
      return (read?.config.options ?? [], nil)
    } catch { return (read?.config.options ?? [], "\(error)") }
  }
}
