public import NNCore

/// A dataflow graph: nodes in the order in which they were added, each reading earlier ones.
///
/// Building never throws: an op with invalid inputs returns a poisoned value and records a
/// diagnostic; `validate()` throws all diagnostics at once.
public final class Graph {
  struct Node {
    let op: any Op
    let inputs: [ValueID]
    let outputs: [TensorType]
    let path: String
    /// How the op runs (opaque here; read by the planner and the session); nil for leaves.
    let implementation: (any AnyObject & Sendable)?
  }

  /// An error found while the graph was built.
  public struct Diagnostic: Hashable, Sendable {
    /// Where in the model: the layer's path and description.
    public let path: String
    /// What was expected and what was found.
    public let message: String
    /// A fix.
    public let hint: String?
  }

  private(set) var nodes: [Node] = []
  private var known: [NodeKey: Int] = [:]
  /// The types of inputs and variables by name.
  private(set) var inputTypes: [String: TensorType] = [:]
  private var variableTypes: [String: TensorType] = [:]
  private var variableContents: [String: AnyHashable] = [:]
  /// The number of the next random stream that no op has used.
  var nextRandomStream: UInt32 = 0
  /// Every error found so far, in the order in which they occurred.
  public private(set) var diagnostics: [Diagnostic] = []
  /// The layer being built, written into nodes and diagnostics.
  public var path = ""

  /// Creates an empty graph.
  public init() {}

  /// Throws every diagnostic as one error.
  public func validate() throws(NNError) {
    guard let first = diagnostics.first else { return }
    let lines = diagnostics.map { ($0.path.isEmpty ? "" : "\($0.path): ") + $0.message }
    throw .invalid(lines.joined(separator: "\n"), hint: first.hint)
  }

  /// Records an error at the current path and returns a poisoned value.
  @discardableResult
  public func report(_ message: String, hint: String? = nil) -> Value {
    diagnostics.append(Diagnostic(path: path, message: message, hint: hint))
    return Value(graph: self, id: .poisoned)
  }

  /// Adds a node, or finds an equal existing one, and returns its outputs.
  ///
  /// - Parameter implementation: How the op runs (`KernelOp`); nil for leaves.
  func addNode(
    _ op: any Op, _ inputs: [Value], implementation: (any AnyObject & Sendable)?
  ) -> [Value] {
    precondition(inputs.allSatisfy { $0.graph === self }, "an op takes values of one graph")
    guard !inputs.contains(where: \.isPoisoned) else {
      return [Value](repeating: Value(graph: self, id: .poisoned), count: 8)
    }
    let key = NodeKey(op: AnyHashable(op), inputs: inputs.map(\.id))
    if let node = known[key] { return values(of: node) }
    do throws(OpError) {
      let outputs = try op.inferTypes(inputs.map(\.type))
      if let large = outputs.first(where: { MemoryLimit.isExceeded(by: $0.byteCount) }) {
        throw OpError(
          "a tensor of \(large.shape) \(large.dtype) \(MemoryLimit.excess(large.byteCount))",
          hint: "make the layer smaller")
      }
      nodes.append(
        Node(
          op: op, inputs: key.inputs, outputs: outputs, path: path, implementation: implementation))
      known[key] = nodes.count - 1
      return values(of: nodes.count - 1)
    } catch {
      let poisoned = report(error.message, hint: error.hint)
      return [Value](repeating: poisoned, count: 8)
    }
  }

  /// The outputs of node `index`.
  func values(of index: Int) -> [Value] {
    nodes[index].outputs.indices.map {
      Value(graph: self, id: ValueID(node: index, output: $0))
    }
  }

  func type(of id: ValueID) -> TensorType {
    id == .poisoned ? TensorType([0], .float32) : nodes[id.node].outputs[id.output]
  }

  private struct NodeKey: Hashable {
    let op: AnyHashable
    let inputs: [ValueID]
  }
}

extension Graph {
  /// A tensor that the caller supplies before each run.
  ///
  /// A second call with the same name returns the same input; with another type, it is a
  /// diagnostic.
  public func input(_ name: String, _ type: TensorType) -> Value {
    declare(Input(label: name, type: type), name, type, known: inputTypes[name]) {
      inputTypes[name] = type
    }
  }

  /// A tensor that outlives runs: parameters, running statistics, optimizer state.
  ///
  /// A second call with the same name returns the same variable; with another type, it is a
  /// diagnostic.
  public func variable(_ name: String, _ type: TensorType) -> Value {
    declare(Variable(label: name, type: type), name, type, known: variableTypes[name]) {
      variableTypes[name] = type
    }
  }

  /// Records what a variable consists of.
  ///
  /// - Returns: Whether it has not been recorded as something else before.
  package func claim(_ variable: String, for contents: some Hashable) -> Bool {
    let known = variableContents[variable]
    variableContents[variable] = AnyHashable(contents)
    return known == nil || known == AnyHashable(contents)
  }

  /// A session has one block of memory for each name.
  private func declare<Leaf: Op>(
    _ leaf: Leaf, _ name: String, _ type: TensorType, known: TensorType?, remember: () -> Void
  ) -> Value {
    if let known, known != type {
      return report(
        "the \(Leaf.name) `\(name)` is declared as \(type), and as \(known) before",
        hint: "use another name")
    }
    remember()
    return addNode(leaf, [], implementation: nil)[0]
  }

  /// A constant tensor.
  public func constant(_ tensor: HostTensor) -> Value {
    addNode(Constant(tensor: tensor), [], implementation: nil)[0]
  }

  /// A constant tensor that `make` computes while the graph is built.
  ///
  /// Above 2²⁶ elements it is a diagnostic, and `make` is not called: building a graph should take
  /// neither that time nor that memory.
  public func constant(_ type: TensorType, _ make: () -> HostTensor) -> Value {
    guard type.shape.elementCount <= Self.largestConstant else {
      return report(
        "a constant tensor of \(type.shape) has more than \(Self.largestConstant) elements",
        hint: "make the layer smaller")
    }
    return constant(make())
  }

  private static let largestConstant = 1 << 26

  /// A constant scalar of a floating-point type.
  public func constant(_ number: Double, dtype: DType) -> Value {
    constant(HostTensor(doubles: [number], shape: [], dtype: dtype))
  }
}
