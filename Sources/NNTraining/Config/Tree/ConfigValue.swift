/// A value of a config without its position, after defaults are filled in.
public indirect enum ConfigValue: Sendable, Hashable {
  /// `null`.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// An integer.
  case integer(Int)
  /// A number with a fraction or an exponent.
  case number(Double)
  /// A text.
  case string(String)
  /// A list.
  case list([ConfigValue])
  /// Named values in their order.
  case mapping([ConfigOption])
}

/// An option with its value.
public struct ConfigOption: Sendable, Hashable {
  /// The option's name in a config file, such as `kernel_size`.
  public var name: String
  /// Its value.
  public var value: ConfigValue

  /// Creates an option from its name and value.
  public init(_ name: String, _ value: ConfigValue) {
    self.name = name
    self.value = value
  }
}

/// A layer, loss, optimizer, schedule, metric or data source by name with all its options.
public struct ComponentConfig: Sendable, Hashable {
  /// The name in the registry, such as `conv2d`.
  public var kind: String
  /// Every option, defaults included, in the order of the registry.
  public var options: [ConfigOption]

  /// Creates a component from its kind and options.
  public init(kind: String, options: [ConfigOption] = []) {
    self.kind = kind
    self.options = options
  }

  /// The value of an option; nil if the component has no such option.
  public subscript(option: String) -> ConfigValue? {
    options.first { $0.name == option }?.value
  }
}

/// A layer by name with all its options, and its own name, if it has one.
public struct LayerConfig: Sendable, Hashable {
  /// The name in parameter paths (`features.weight`); nil for the index.
  public var name: String?
  /// The layer's kind and options.
  public var component: ComponentConfig

  /// Creates a layer from its component and optional name.
  public init(name: String? = nil, component: ComponentConfig) {
    self.name = name
    self.component = component
  }
}
