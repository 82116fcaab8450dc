public import NNCore

/// A tensor in a graph: the output of a node, not yet computed.
///
/// Values are built with operators and methods (`x.matMul(w) + b`); nothing runs until a plan of
/// the graph does. A value whose op could not take its inputs is *poisoned*: it and what follows
/// from it carry no type, and the graph holds the diagnostic that `Graph.validate()` throws.
public struct Value {
  /// The graph that this value is part of.
  public let graph: Graph
  /// Which node and which of its outputs.
  public let id: ValueID

  init(graph: Graph, id: ValueID) {
    self.graph = graph
    self.id = id
  }

  /// Shape and element type; an empty float32 for a poisoned value.
  public var type: TensorType { graph.type(of: id) }
  /// The extents of the axes.
  public var shape: Shape { type.shape }
  /// The type of the elements.
  public var dtype: DType { type.dtype }
  /// Whether an error upstream left this value without meaning.
  public var isPoisoned: Bool { id == .poisoned }
}

/// Names one output of one node.
public struct ValueID: Hashable, Sendable {
  let node: Int
  let output: Int

  static let poisoned = ValueID(node: -1, output: 0)
}

extension Value: Hashable {
  /// Same output of the same node of the same graph.
  public static func == (left: Value, right: Value) -> Bool {
    left.id == right.id && left.graph === right.graph
  }

  /// Hashes the identity.
  public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}
