public import NNCore
import NNGraph

/// The connections between a network's layers, for drawings of it.
///
/// They are derived from the graph of ops, so branches, residual sums and attention to an encoder
/// appear as they are computed. A layer that contains others appears only with its own
/// computations: the sum of a residual, the concatenation of branches, the matrix products of
/// attention. A layer that returns its input unchanged, such as dropout with probability 0, does
/// not appear.
public struct LayerWiring: Sendable, Hashable {
  /// A node of the drawing.
  public struct Node: Sendable, Hashable {
    /// The kind of a node.
    public enum Kind: Sendable, Hashable {
      /// An input of the network.
      case input
      /// A layer, or the computations of its own of a layer that contains others.
      case layer
      /// Where a layer combines the outputs of the layers that it contains.
      case join
    }

    /// The kind of the node.
    public let kind: Kind
    /// The layer's path, `3.0`; empty for an input.
    public let path: String
    /// The layer, `Dense 128`; for a join its operation, `+`; for an input its name.
    public let name: String
    /// The shape of its output for one example.
    public let outputShape: Shape
    /// The number of its own trainable parameters.
    public let parameters: Int
  }

  /// A connection from one node to another.
  public struct Edge: Sendable, Hashable {
    /// The index of the node that produces the value.
    public let from: Int
    /// The index of the node that reads it.
    public let to: Int
  }

  /// The nodes in topological order.
  public let nodes: [Node]
  /// The edges, without duplicates.
  public let edges: [Edge]

  /// Creates a wiring from its nodes and edges.
  public init(nodes: [Node], edges: [Edge]) {
    self.nodes = nodes
    self.edges = edges
  }
}

extension Model {
  /// The connections between the layers, for inputs of the given signature.
  ///
  /// - Throws: `NNError` that lists every shape mismatch and invalid option.
  public func wiring(_ signature: InputSignature) throws(NNError) -> LayerWiring {
    let layout = try layout(signature)
    let graph = Graph()
    let input = signature.batch(of: 2).map { graph.input($0, $1) }
    // In training mode, since dropout adds no ops in evaluation.
    let built = build(
      in: graph, input: input, layout: layout, mode: .training,
      randomState: graph.input("random", TensorType([2], .int64)))
    try graph.validate()
    var contraction = LayerContraction(graph, built)
    return contraction.wiring(input: input, layout: layout)
  }
}

/// Contracts a graph of ops to a graph of layers.
private struct LayerContraction {
  private let views: [NodeView]
  private let outputs: [LayerOutput]
  private let results: Set<Int>
  /// Layers that contain others.
  private var composites: Set<String> = []
  /// The box of each op; nil for ops that are not between input and output.
  private var boxes: [Int?]
  /// The ops of each box, in their order; the network's inputs come first.
  private var members: [[Int]] = []
  private var sourceCount = 0

  init(_ graph: Graph, _ built: Model.Output) {
    views = graph.nodeViews
    outputs = built.layerOutputs
    results = Set(built.outputs.all.map(\.nodeIndex))
    boxes = views.map { _ in nil }
    var holders: Set<String> = []
    for output in outputs {
      var path = output.path
      while let dot = path.lastIndex(of: ".") {
        path = String(path[..<dot])
        holders.insert(path)
      }
      if !output.path.isEmpty { holders.insert("") }
    }
    composites = Set(outputs.filter { holders.contains($0.path) }.map(\.label))
  }

  mutating func wiring(input: Ports<Value>, layout: ParameterLayout) -> LayerWiring {
    var sources: [(name: String, value: Value)] = []
    input.forEach { name, value in
      guard name != PortName.lengths else { return }
      sources.append((name == PortName.decoderInput ? "decoder input" : name, value))
    }
    let live = flow(from: Set(sources.map(\.value.nodeIndex)))
    for (_, value) in sources { open(value.nodeIndex) }
    sourceCount = sources.count
    assign(live.subtracting(sources.map(\.value.nodeIndex)))
    let layers = Dictionary(outputs.map { ($0.label, $0) }, uniquingKeysWith: { first, _ in first })
    var counted: Set<String> = []
    let nodes = members.enumerated().compactMap { index, ops -> LayerWiring.Node? in
      if index < sources.count {
        return .init(
          kind: .input, path: "", name: sources[index].name,
          outputShape: row(sources[index].value.shape),
          parameters: 0)
      }
      guard let first = ops.first, let end = ops.last else { return nil }
      let layer = layers[views[first].path]
      let path = layer?.path ?? ""
      let isHolder = layer.map { composites.contains($0.label) } ?? true
      guard let layer, !isHolder || ops.contains(where: { !views[$0].isElementwise }) else {
        return .init(
          kind: .join, path: path, name: operation(ops), outputShape: row(views[end].type.shape),
          parameters: 0)
      }
      // A layer that contains others may have several boxes.
      let isFirst = counted.insert(path).inserted
      return .init(
        kind: .layer, path: path, name: layer.layer.description,
        outputShape: row(isHolder ? views[end].type.shape : layer.value.shape),
        parameters: isFirst ? parameters(of: path, layout) : 0)
    }
    return LayerWiring(nodes: nodes, edges: edges())
  }

  /// The ops between the inputs and the output.
  private func flow(from sources: Set<Int>) -> Set<Int> {
    var fed = sources
    for (index, view) in views.enumerated() where !fed.contains(index) {
      if view.inputs.contains(where: fed.contains) { fed.insert(index) }
    }
    var needed = results
    for index in views.indices.reversed() where needed.contains(index) {
      needed.formUnion(views[index].inputs)
    }
    return fed.intersection(needed)
  }

  /// Assigns every op to a box. The ops of a layer share one. In a layer that contains others, each
  /// op has its own box, unless all its inputs come from one of the layer's boxes or nothing else
  /// reads such a box. Either way no path leaves a box and returns to it, so there are no cycles.
  private mutating func assign(_ live: Set<Int>) {
    var readers: [Int: [Int]] = [:]
    for index in live.sorted() {
      for input in Set(views[index].inputs) { readers[input, default: []].append(index) }
    }
    var boxOfLayer: [String: Int] = [:]
    for index in live.sorted() {
      let path = views[index].path
      guard composites.contains(path) else {
        if let box = boxOfLayer[path] {
          add(index, to: box)
        } else {
          boxOfLayer[path] = open(index)
        }
        continue
      }
      var fed: [Int] = []
      for box in views[index].inputs.compactMap({ boxes[$0] }) where !fed.contains(box) {
        fed.append(box)
      }
      let joined = fed.first { box in
        isPart(box, of: path)
          && (fed.count == 1
            || members[box].allSatisfy { member in
              (readers[member] ?? []).allSatisfy { $0 == index || boxes[$0] == box }
            })
      }
      if let joined { add(index, to: joined) } else { open(index) }
    }
    joinBranches(readers)
  }

  /// Whether a box contains ops that belong to the layer itself.
  private func isPart(_ box: Int, of path: String) -> Bool {
    box >= sourceCount && members[box].first.map { views[$0].path == path } ?? false
  }

  /// Joins a box with its only reader if both belong to one layer, such as the key and value
  /// projections of attention with the attention itself.
  private mutating func joinBranches(_ readers: [Int: [Int]]) {
    for box in (sourceCount..<members.count).reversed() {
      guard let path = members[box].first.map({ views[$0].path }), composites.contains(path)
      else { continue }
      let outside = Set(members[box].flatMap { readers[$0] ?? [] }.compactMap { boxes[$0] })
        .subtracting([box])
      guard outside.count == 1, let reader = outside.first, isPart(reader, of: path) else {
        continue
      }
      for member in members[box] { boxes[member] = reader }
      members[reader] = (members[reader] + members[box]).sorted()
      members[box] = []
    }
    let kept = members.indices.filter { !members[$0].isEmpty }
    let numbers = Dictionary(uniqueKeysWithValues: zip(kept, kept.indices))
    members = kept.map { members[$0] }
    boxes = boxes.map { $0.flatMap { numbers[$0] } }
  }

  @discardableResult
  private mutating func open(_ index: Int) -> Int {
    members.append([index])
    boxes[index] = members.count - 1
    return members.count - 1
  }

  private mutating func add(_ index: Int, to box: Int) {
    members[box].append(index)
    boxes[index] = box
  }

  private func edges() -> [LayerWiring.Edge] {
    var found: [LayerWiring.Edge] = []
    var known: Set<LayerWiring.Edge> = []
    for (index, view) in views.enumerated() {
      guard let to = boxes[index] else { continue }
      for input in view.inputs {
        guard let from = boxes[input], from != to else { continue }
        let edge = LayerWiring.Edge(from: from, to: to)
        if known.insert(edge).inserted { found.append(edge) }
      }
    }
    return found
  }

  /// The operation of a join, as a short label.
  private func operation(_ ops: [Int]) -> String {
    let names = ops.map { views[$0].op }
    if names.contains("add") { return "+" }
    if names.contains("concat") { return "concat" }
    return names.first ?? ""
  }

  private func row(_ shape: Shape) -> Shape { Shape(Array(shape.dimensions.dropFirst())) }

  private func parameters(of path: String, _ layout: ParameterLayout) -> Int {
    layout.parameters.filter { entry in
      guard let dot = entry.name.lastIndex(of: ".") else { return path.isEmpty }
      return entry.name[..<dot] == path
    }.reduce(0) { $0 + $1.shape.elementCount }
  }
}
