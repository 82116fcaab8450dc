public import NNCore
public import NNGraph

/// Layers that read one another's outputs by name: a network that is not a chain.
///
/// ```swift
/// let model = Model(
///   LayerGraph(
///     inputs: ["image", "table"],
///     [
///       .init("trunk", from: ["image"], Sequential { Flatten(); Dense(32); ReLU() }),
///       .init("joined", from: ["trunk", "table"], Concat()),
///       .init("class", Dense(10)),
///     ]))
/// ```
///
/// Entry i has the path of its name, or `i`. The layers may stand in any order; parameters are
/// numbered in an order in which each layer comes after those that it reads.
public struct LayerGraph: Layer {
  /// A layer with the names of what it reads.
  public struct Entry: Sendable {
    /// The name, by which other entries read its output; nil for none.
    public let name: String?
    /// The names of inputs of the network and of entries; nil for the entry before it, and for the
    /// first entry the main input.
    public let inputs: [String]?
    /// The layer; nil for the layer of `shared`.
    public let layer: (any Layer)?
    /// The name of another entry whose layer and parameters this one uses; nil for its own.
    public let shared: String?

    /// Creates an entry without a name that reads the output of the entry before it.
    public init(_ layer: any Layer) { self.init(nil, from: nil, layer) }

    /// Creates an entry with a layer of its own.
    public init(_ name: String? = nil, from inputs: [String]? = nil, _ layer: any Layer) {
      self.init(name: name, inputs: inputs, layer: layer, shared: nil)
    }

    /// Creates an entry that uses the layer and the parameters of another one again.
    public init(_ name: String? = nil, from inputs: [String]? = nil, sharing shared: String) {
      self.init(name: name, inputs: inputs, layer: nil, shared: shared)
    }

    private init(name: String?, inputs: [String]?, layer: (any Layer)?, shared: String?) {
      self.name = name
      self.inputs = inputs
      self.layer = layer
      self.shared = shared
    }
  }

  /// The names of the network's inputs, the main one first.
  public let inputs: [String]
  /// The entries.
  public let entries: [Entry]
  /// The names of the entries whose values are outputs of the network, the main one first.
  public let outputs: [String]

  /// Creates the network.
  ///
  /// - Parameters:
  ///   - inputs: The names of the network's inputs; one called `input` by default.
  ///   - entries: The layers.
  ///   - outputs: The names of the entries that are outputs; by default the last entry is the only
  ///     one, called `output` unless it has a name.
  public init(
    inputs: [String] = [PortName.input], _ entries: [Entry], outputs: [String]? = nil
  ) {
    self.inputs = inputs
    self.entries = entries
    self.outputs = outputs ?? entries.last.map { [$0.name ?? PortName.output] } ?? []
  }

  /// The name in tables and error messages: `LayerGraph`.
  public var description: String { "LayerGraph" }
  /// That of the layers that are outputs.
  public var result: LayerResult { .namedLayers }

  /// Adds all layers to the graph; `input` is the network's main input, unless the network is
  /// itself a layer of another one.
  public func callAsFunction(_ input: Value, in scope: Scope) -> Value {
    let links: Links
    switch Links.resolve(inputs, entries.map(Links.Entry.init), outputs) {
    case .success(let found): links = found
    case .failure(let problems):
      return problems.all.reduce(input) { _, problem in
        scope.graph.report(problem.message, hint: problem.hint)
      }
    }
    var values: [Links.Source: Value] = [:]
    for (index, name) in inputs.enumerated() {
      // Inputs may be listed in any order; a first name that is none of theirs means the main one.
      let named = scope.path.isEmpty ? scope.inputs[name] : nil
      values[.input(index)] = index == 0 ? named ?? input : scope.input(name)
    }
    for index in links.order {
      let entry = entries[index]
      let owner = links.owners[index]
      guard let layer = entries[owner].layer else { continue }
      values[.entry(index)] = scope.apply(
        layer, to: links.sources[index].compactMap { values[$0] },
        named: entry.name ?? "\(index)",
        sharing: owner == index ? nil : entries[owner].name ?? "\(owner)")
    }
    let results = links.outputs.compactMap { values[.entry($0)] }
    if scope.path.isEmpty {
      for (name, value) in zip(outputs, results) { scope.addOutput(name, value) }
    }
    return results.first ?? input
  }
}
