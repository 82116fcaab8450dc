import NNCore
import NNLayers

/// An entry of a graph of layers that was read: what it reads, and its layer or the name of the
/// entry whose layer it shares.
struct GraphEntryComponent {
  var name: String?
  var inputs: [String]?
  var shared: String?
  var component: Component<any Layer>?
  var position: ConfigPosition

  /// The entry of the network.
  var layerEntry: LayerGraph.Entry {
    if let component { return .init(name, from: inputs, component.build()) }
    return .init(name, from: inputs, sharing: shared ?? "")
  }

  /// The entry as written in the resolved config.
  var value: ConfigValue {
    var options: [ConfigOption] = []
    if let name { options.append(ConfigOption("name", .string(name))) }
    if let inputs { options.append(ConfigOption("from", .list(inputs.map(ConfigValue.string)))) }
    if let shared { options.append(ConfigOption("share", .string(shared))) }
    guard let config = component?.config else { return .mapping(options) }
    guard !options.isEmpty else { return config.value }
    return .mapping(options + [ConfigOption(config.kind, .mapping(config.options))])
  }
}

extension OptionKind where Value == String {
  /// The name of a layer, or of an input or output of the network.
  static var layerName: Self {
    Self(
      expects: "a word without dots", schema: .pattern("^[^.]+$", largestLength: 1000),
      placeholder: "input", encode: ConfigValue.string
    ) { node in
      node.scalar.flatMap { $0.text.isEmpty || $0.text.contains(".") ? nil : $0.text }
    }
  }
}

extension OptionKind where Value == [GraphEntryComponent] {
  /// A list of layers, each with an optional `name`, with what it reads (`from`), and with its
  /// options or the name of a layer whose parameters it uses (`share`).
  static var graphEntries: Self {
    let names = OptionKind<[String]>.list(.layerName)
    return Self(
      expectation: "a list of layers",
      schema: .list(of: .component(Registry.layers.definition), count: 0...Int.max),
      // The smallest network, since one without layers is a mistake.
      placeholder: [
        GraphEntryComponent(
          component: Component(config: ComponentConfig(kind: "relu")) { ReLU() },
          position: ConfigPosition(source: ""))
      ],
      parse: { node, place in
        guard let items = node.items else {
          place.mismatch(node, expects: "a list of layers", hint: "write each layer after a dash")
          return nil
        }
        guard place.context.problems.take(layers: items.count, at: node.position) else {
          return nil
        }
        return items.enumerated().compactMap { index, item in
          let inputs = item["from"].flatMap {
            names.parse($0, OptionPlace(name: "from", context: place.context))
          }
          let shared = item["share"].flatMap {
            OptionKind<String>.layerName.parse(
              $0, OptionPlace(name: "share", context: place.context))
          }
          var entry = GraphEntryComponent(
            name: OptionKind<[LayerComponent]>.layerName(
              of: item, index: index, context: place.context),
            inputs: inputs, shared: shared, component: nil, position: item.position)
          if item["share"] == nil {
            entry.component = Registry.layers.component(
              from: item, ignoring: ["name", "from"], context: place.context)
            guard entry.component != nil else { return nil }
          } else if let other = item.entries?.first(where: {
            !["name", "from", "share"].contains($0.key)
          }) {
            place.context.problems.report(
              "`share` uses the layer of another entry, so `\(other.key.shortened())` has no place "
                + "here", at: other.keyPosition, hint: "leave one of the two out")
          }
          return entry
        }
      },
      encode: { .list($0.map(\.value)) })
  }
}

extension OptionReader {
  /// Reports names of a graph of layers that cannot be connected, each at its place.
  func checkLinks(_ inputs: [String], _ entries: [GraphEntryComponent], _ outputs: [String]) {
    // Entries that could not be read leave gaps, which would be reported as unknown names.
    guard context.problems.isEmpty else { return }
    let links = LayerGraph.Links.resolve(
      inputs, entries.map { .init(name: $0.name, inputs: $0.inputs, shared: $0.shared) }, outputs)
    guard case .failure(let problems) = links else { return }
    for problem in problems.all {
      context.problems.report(
        problem.message, at: position(of: problem.place, entries), hint: problem.hint)
    }
  }

  private func position(
    of place: LayerGraph.Links.Problem.Place, _ entries: [GraphEntryComponent]
  ) -> ConfigPosition {
    switch place {
    case .inputs: position(of: "inputs")
    case .outputs: position(of: "outputs")
    case .entry(let index): entries[index].position
    }
  }
}
