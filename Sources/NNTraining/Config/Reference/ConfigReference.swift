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
      Registry.metrics.description(),
    ]
  }
}
