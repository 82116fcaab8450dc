import NNGraph
import NNLayers

/// A layer that was read: its config and a closure that builds it.
package struct LayerComponent {
  var name: String?
  var component: Component<any Layer>

  /// Builds the layer, with its name if it has one.
  func build() -> any Layer {
    let layer = component.build()
    return name.map { layer.named($0) } ?? layer
  }

  /// The layer with all its options.
  var config: LayerConfig { LayerConfig(name: name, component: component.config) }
}

extension Registry where Product == any Layer {
  /// The keys that a layer may have next to its kind.
  static let entryOptions = OptionReader.describe { options in
    _ = options.optional(
      "name", .text("a word without dots"),
      "the layer's name in the paths of parameters (`features.weight`), in place of its index")
    _ = options.optional(
      "from", .list(.layerName),
      "in a graph: the names of the inputs and layers that it reads; null: the layer before it")
    _ = options.optional(
      share, .layerName,
      "in a graph, in place of a kind: the layer whose options and parameters it uses again")
  }

  /// The options of `graph`, which may stand in place of a list of layers.
  static var graphOptions: [OptionDescription] {
    layers.description().components.first { $0.name == graph }?.options ?? []
  }

  /// The layer whose options may stand in place of a list of layers.
  static let graph = "graph"

  /// The key that stands in place of a kind of layer.
  static let share = "share"
}

extension OptionKind where Value == [LayerComponent] {
  /// A list of layers, each a bare word or a mapping with an optional `name`.
  static var layers: Self {
    Self(
      expectation: "a list of layers",
      schema: .list(of: .component(Registry.layers.definition), count: 0...Int.max),
      placeholder: [],
      parse: { node, place in
        guard let items = node.items else {
          place.mismatch(node, expects: "a list of layers", hint: "write each layer after a dash")
          return nil
        }
        guard place.context.problems.take(layers: items.count, at: node.position) else {
          return nil
        }
        var seen: Set<String> = []
        return items.enumerated().compactMap { index, item in
          let name = layerName(of: item, index: index, context: place.context)
          if let name, let node = item["name"], !seen.insert(name).inserted {
            place.context.problems.report("the name `\(name)` is used twice", at: node.position)
          }
          if let key = item.entries?.first(where: { ["from", Registry.share].contains($0.key) }) {
            place.context.problems.report(
              "`\(key.key)` has no place in a list of layers, which is a chain",
              at: key.keyPosition, hint: "write the network as model: {layers: [...]}")
            return nil
          }
          let component = Registry.layers.component(
            from: item, ignoring: ["name"], context: place.context)
          return component.map { LayerComponent(name: name, component: $0) }
        }
      },
      encode: { .list($0.map(\.config.value)) })
  }

  /// A network: a list of layers, or the mapping of a graph of layers, which is a list of the only
  /// layer `graph`.
  static var network: Self {
    let list = layers
    let expectation = "a list of layers, or a mapping with `layers`"
    return Self(
      expectation: expectation, schema: .either(list.schema(), .options(Registry.graphOptions)),
      placeholder: [],
      parse: { node, place in
        guard node.entries != nil else {
          guard node.items != nil else {
            place.mismatch(node, expects: expectation, hint: "write each layer after a dash")
            return nil
          }
          return list.parse(node, place)
        }
        let graph = ConfigNode(
          .mapping([.init(key: Registry.graph, keyPosition: node.position, value: node)]),
          at: node.position)
        return Registry.layers.component(from: graph, context: place.context)
          .map { [LayerComponent(name: nil, component: $0)] }
      },
      encode: list.encode)
  }

  /// The name of a layer, checked, since it becomes a part of parameter names, between dots.
  static func layerName(
    of item: ConfigNode, index: Int, context: ReadingContext
  ) -> String? {
    guard let node = item["name"], !node.isNull else { return nil }
    guard let name = node.scalar?.text, !name.isEmpty, !name.contains(".") else {
      context.problems.report(
        "a layer's `name` expects a word without dots, gets \(node.summary)", at: node.position)
      return nil
    }
    // A number looks like an index, so only the layer's own index is allowed.
    if let number = Int(name), number != index {
      context.problems.report(
        "layer \(index) cannot be named `\(name)`, which reads as an index", at: node.position)
    }
    return name
  }
}

extension OptionKind where Value == [[LayerComponent]] {
  /// A list of lists of layers.
  static var branches: Self {
    let layers = OptionKind<[LayerComponent]>.layers
    return Self(
      expectation: "a list of branches, each a list of layers",
      schema: .list(of: layers.schema(), count: 1...Int.max), placeholder: [[]],
      parse: { node, place in
        guard let items = node.items, !items.isEmpty else {
          place.mismatch(node, expects: "a list of branches, each a list of layers")
          return nil
        }
        return items.compactMap { layers.parse($0, place) }
      },
      encode: { .list($0.map(layers.encode)) })
  }
}

extension OptionKind where Value == Int? {
  /// A number of outputs, or `vocabulary` for the vocabulary size, which is nil.
  static var integerOrVocabulary: Self {
    let number = OptionKind<Int>.integer(1...)
    return Self(
      expectation: "\(number.expectation) or `vocabulary`",
      schema: .either(number.schema(), .words(["vocabulary"])), placeholder: 1,
      parse: { node, place in
        if node.scalar?.text == "vocabulary" { return .some(nil) }
        return number.parse(node, place).map(Optional.some)
      }, encode: { $0.map(number.encode) ?? .string("vocabulary") })
  }
}

extension [LayerConfig] {
  /// The network as written in the resolved config: a list of layers, or the mapping of its only
  /// layer, a graph.
  var networkValue: ConfigValue {
    if count == 1, self[0].isNetwork { return .mapping(self[0].component.options) }
    return .list(map(\.value))
  }
}

extension LayerConfig {
  /// Whether the layer is a graph without a name, which is a whole network if it is the only layer.
  var isNetwork: Bool { name == nil && component.isGraph }

  /// The layer as written in the resolved config. Containers have their layers in lists.
  var value: ConfigValue {
    guard let name else { return component.value }
    return .mapping([
      ConfigOption("name", .string(name)),
      ConfigOption(component.kind, .mapping(component.options)),
    ])
  }
}

extension OptionKind where Value == Padding {
  /// An integer, `[height, width]`, `same`, or `valid` for 0.
  static var padding: Self {
    let size = OptionKind<Size2D>.heightAndWidth(0...)
    return Self(
      expects: "\(size.expectation), `same` or `valid`",
      schema: .either(size.schema(), .words(["same", "valid"])), placeholder: .same,
      encode: { padding in
        switch padding {
        case .same: .string("same")
        case .valid: .integer(0)
        case .explicit(let value): size.encode(value)
        }
      },
      match: { node in
        switch node.scalar?.text {
        case "same": .same
        case "valid": .explicit(0)
        default:
          size.parse(
            node,
            OptionPlace(name: "padding", context: ReadingContext(problems: ConfigProblems()))
          )
          .map(Padding.explicit)
        }
      })
  }
}

extension ComponentConfig {
  /// Whether this layer is a graph of layers.
  var isGraph: Bool { kind == Registry.graph }
}
