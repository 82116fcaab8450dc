public import NNCore
import NNGraph

/// Which layer of a network reads which: what a drawing of it shows.
///
/// It is found from the graph of ops, so branches, sums around layers and attention to an encoder
/// appear as they are computed. Of layers that hold others only what they compute themselves appears:
/// the sum of a residual, the tensor that branches are joined to, the products of an attention.
/// A layer that leaves its input as it is, such as dropout with probability 0, does not appear.
public struct LayerWiring: Sendable, Hashable {
  /// A box of the drawing.
  public struct Node: Sendable, Hashable {
    /// What a box stands for.
    public enum Kind: Sendable, Hashable {
      /// What the network reads.
      case input
      /// A layer, or what a layer that holds others computes beside them.
      case layer
      /// Where a layer joins what the layers that it holds give.
      case join
    }

    /// What the box stands for.
    public let kind: Kind
    /// The layer's path: `3.0`; of an input its name.
    public let path: String
    /// The layer: `Dense 128`; of a join its operation: `+`.
    public let name: String
    /// The shape of what it gives for one row.
    public let outputShape: Shape
    /// Learnt numbers of its own.
    public let parameters: Int
  }

  /// That one box reads what another gives.
  public struct Edge: Sendable, Hashable {
    /// The place of the one that gives among the nodes.
    public let from: Int
    /// The place of the one that reads.
    public let to: Int
  }

  /// The boxes, each behind those that it reads.
  public let nodes: [Node]
  /// The arrows, without repetition.
  public let edges: [Edge]

  /// Puts a wiring together.
  public init(nodes: [Node], edges: [Edge]) {
    self.nodes = nodes
    self.edges = edges
  }
}

extension Model {
  /// Which layer reads which in a network that reads such rows.
  ///
  /// - Throws: `NNError` with every misfit found.
  public func wiring(_ signature: InputSignature) throws(NNError) -> LayerWiring {
    let layout = try layout(signature)
    let graph = Graph()
    let input = signature.batch(of: 2).map { graph.input($0, $1) }
    // In training, since dropout is nothing in evaluation.
    let built = build(
      in: graph, input: input, layout: layout, mode: .training,
      randomState: graph.input("random", TensorType([2], .int64)))
    try graph.validate()
    var contraction = LayerContraction(graph, built)
    return contraction.wiring(input: input, layout: layout)
  }
}

/// A graph of ops drawn together to one of layers.
private struct LayerContraction {
  private let views: [NodeView]
  private let outputs: [LayerOutput]
  private let last: Int
  /// Layers that hold others.
  private var composites: Set<String> = []
  /// The box that each op belongs to; nil where it takes no part.
  private var boxes: [Int?]
  /// The ops of each box, in their order; the network's inputs come first.
  private var members: [[Int]] = []
  private var sourceCount = 0

  init(_ graph: Graph, _ built: Model.Output) {
    views = graph.nodeViews
    outputs = built.layerOutputs
    last = built.value.nodeIndex
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

  mutating func wiring(input: NetworkInput<Value>, layout: ParameterLayout) -> LayerWiring {
    let sources =
      [("input", input.rows)] + (input.decoderRows.map { [("decoder input", $0)] } ?? [])
    let live = flow(from: Set(sources.map(\.1.nodeIndex)))
    for (_, value) in sources { open(value.nodeIndex) }
    sourceCount = sources.count
    assign(live.subtracting(sources.map(\.1.nodeIndex)))
    let layers = Dictionary(outputs.map { ($0.label, $0) }, uniquingKeysWith: { first, _ in first })
    var told: Set<String> = []
    let nodes = members.enumerated().compactMap { index, ops -> LayerWiring.Node? in
      if index < sources.count {
        return .init(
          kind: .input, path: "", name: sources[index].0, outputShape: row(sources[index].1.shape),
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
      // Of a layer that holds others, several boxes may be its own.
      let isFirst = told.insert(path).inserted
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
    var needed: Set<Int> = [last]
    for index in views.indices.reversed() where needed.contains(index) {
      needed.formUnion(views[index].inputs)
    }
    return fed.intersection(needed)
  }

  /// Gives every op its box: a layer's ops share one; of a layer that holds others each op has its
  /// own, unless all its inputs come from one of the layer's boxes, or nothing else reads such a box.
  /// Either way no path leaves a box and comes back to it, so there are no cycles.
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

  /// Whether a box holds ops of a layer's own.
  private func isPart(_ box: Int, of path: String) -> Bool {
    box >= sourceCount && members[box].first.map { views[$0].path == path } ?? false
  }

  /// Joins a box with the one that alone reads it where both belong to one layer, such as what attention
  /// makes of its memory with what it does then.
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

  /// What a join does, in a word.
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
