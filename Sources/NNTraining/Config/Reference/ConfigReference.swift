import NNLayers
import NNLosses
import NNOptimizers

/// Every key of a config and every component that it may name, as the code that reads them declares
/// them: the source of the JSON Schema and of `docs/config.md`.
package struct ConfigReference: Sendable {
  /// The top-level keys.
  package let options: [OptionDescription]
  /// The components, in the order of the document.
  package let registries: [RegistryDescription]

  /// Describes what a config may contain.
  package init() {
    options = Config.options
    registries = [
      Registry.sources.description(),
      Registry.layers.description(
        entryOptions: Registry<any Layer>.entryOptions, substitute: Registry.share),
      Registry.initializers.description(),
      Registry.losses.description(entryOptions: Registry<any Loss>.entryOptions),
      Registry.optimizers.description(entryOptions: Registry<any Optimizer>.entryOptions),
      Registry.schedules.description(),
      Registry.augmentations.description(),
      Registry.adversarialMethods.description(),
      Registry.metrics.description(),
      Registry.samplers.description(),
      Registry.pruners.description(),
    ]
  }

  /// The option that a bare value of a component sets: `out_features` for `linear: 8`.
  ///
  /// - Parameters:
  ///   - name: The component's name.
  ///   - option: One of its options, since components of several registries share names.
  /// - Returns: Nil if no component of the name has the option in a mapping of its own.
  static func bareOption(of name: String, with option: String) -> String? {
    all.registries.lazy.filter { !$0.hasOptionsNextToName }.flatMap(\.components).first {
      ($0.name == name || $0.aliases.contains(name))
        && $0.options.contains { $0.name == option }
    }?.options.first?.name
  }

  /// The key that a bare number sets in a section: `split` for `validation: 0.1`.
  ///
  /// - Parameters:
  ///   - name: The section's key.
  ///   - option: Another key of the section.
  /// - Returns: Nil if no section of the name has the key.
  static func bareKey(of name: String, with option: String) -> String? {
    func first(_ options: [OptionDescription]) -> String? {
      options.lazy.compactMap { section in
        section.name == name && section.nested.contains { $0.name == option }
          ? section.nested.first?.name : first(section.nested)
      }.first
    }
    return first(all.options)
  }

  /// Where an option stands, for one that is written at another place: `data.batch_size`, or the
  /// first components that have it; nil if there is none of the name.
  static func place(of option: String) -> String? {
    if all.options.contains(where: { $0.name == option }) {
      return "`\(option)` is an option at the top level of the config"
    }
    if let section = all.options.first(where: { $0.nested.contains { $0.name == option } }) {
      return "it is an option of `\(section.name)`: \(section.name).\(option)"
    }
    let owners = all.registries.flatMap(\.components).filter { component in
      component.options.contains { $0.name == option }
    }.map { "`\($0.name)`" }
    guard !owners.isEmpty else { return nil }
    return "it is an option of \(owners.prefix(3).joined(separator: ", "))"
      + (owners.count > 3 ? " and others" : "")
  }

  private static let all = ConfigReference()
}
