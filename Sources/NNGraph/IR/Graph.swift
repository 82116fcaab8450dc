public import NNCore

/// A computation under construction: nodes in the order they were added, each reading earlier ones.
///
/// Building never throws: an op that does not fit its inputs leaves a poisoned value and a
/// diagnostic; `validate()` throws them all at once.
public final class Graph {
  struct Node {
    var op: any Op
    var inputs: [ValueID]
    var outputs: [TensorType]
    var path: String
  }

  /// A misfit found while building.
  public struct Diagnostic: Hashable, Sendable {
    /// Where in the model: the layer's path and description.
    public let path: String
    /// What was expected and what was found.
    public let message: String
    /// The likely mend.
    public let hint: String?
  }

  private(set) var nodes: [Node] = []
  private var known: [NodeKey: Int] = [:]
  /// The types of inputs and variables by name.
  private var inputTypes: [String: TensorType] = [:]
  private var variableTypes: [String: TensorType] = [:]
  /// Every misfit found so far, in the order it was met.
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

  /// Records a misfit at the current path and gives the poisoned value.
  @discardableResult
  public func report(_ message: String, hint: String? = nil) -> Value {
    diagnostics.append(Diagnostic(path: path, message: message, hint: hint))
    return Value(graph: self, id: .poisoned)
  }

  /// Adds a node, or finds the equal one that is there, and gives its outputs.
  public func add(_ op: any Op, _ inputs: [Value]) -> [Value] {
    precondition(inputs.allSatisfy { $0.graph === self }, "values of two graphs met in one op")
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
      nodes.append(Node(op: op, inputs: key.inputs, outputs: outputs, path: path))
      known[key] = nodes.count - 1
      return values(of: nodes.count - 1)
    } catch {
      let poisoned = report(error.message, hint: error.hint)
      return [Value](repeating: poisoned, count: 8)
    }
  }

  /// The values that node `index` gives.
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
  /// Asking again gives the same input; another type under the same name is a diagnostic.
  public func input(_ name: String, _ type: TensorType) -> Value {
    declare(Input(label: name, type: type), "input", type, known: inputTypes[name]) {
      inputTypes[name] = type
    }
  }

  /// A tensor that outlives runs: parameters, running statistics, optimizer state.
  ///
  /// Asking again gives the same variable; another type under the same name is a diagnostic.
  public func variable(_ name: String, _ type: TensorType) -> Value {
    declare(Variable(label: name, type: type), "variable", type, known: variableTypes[name]) {
      variableTypes[name] = type
    }
  }

  /// A session has one block of memory for each name.
  private func declare(
    _ leaf: some Op, _ kind: String, _ type: TensorType, known: TensorType?, remember: () -> Void
  ) -> Value {
    if let known, known != type {
      return report(
        "the \(kind) `\(leaf.attributes)` is declared as \(type), and as \(known) before",
        hint: "use another name")
    }
    remember()
    return add(leaf, [])[0]
  }

  /// A tensor known now.
  public func constant(_ tensor: HostTensor) -> Value { add(Constant(tensor: tensor), [])[0] }

  /// A tensor that is computed now, unless it is so large that building a graph should not take its
  /// time and memory: above 2²⁶ elements it is a diagnostic, and `make` is not called.
  public func constant(_ type: TensorType, _ make: () -> HostTensor) -> Value {
    guard type.shape.elementCount <= Self.largestConstant else {
      return report(
        "a constant tensor of \(type.shape) has more than \(Self.largestConstant) elements",
        hint: "make the layer smaller")
    }
    return constant(make())
  }

  private static let largestConstant = 1 << 26

  /// A scalar known now, of a floating-point type.
  public func constant(_ number: Double, dtype: DType) -> Value {
    constant(HostTensor(doubles: [number], shape: [], dtype: dtype))
  }
}
