public import NNCore

/// A graph compiled for named, typed inputs and outputs: called with tensors, it returns tensors.
///
/// ```swift
/// let graph = Graph()
/// let x = graph.input("x", TensorType([2, 3], .float32))
/// let w = graph.variable("w", TensorType([3, 1], .float32))
/// let y = x.matMul(w)
/// let dense = try Function(graph, outputs: ["y": y])
/// dense.variables["w"] = HostTensor([1, 2, 3] as [Float], shape: [3, 1])
/// let result = try dense(["x": HostTensor([1, 0, 0, 0, 1, 0] as [Float], shape: [2, 3])])
/// ```
///
/// A function with updates changes variables at each call, such as a training step or running
/// statistics. Functions over one `VariableStore` share its variables.
///
/// Not `Sendable`: one task uses a function at a time.
public final class Function {
  /// The variables that the function reads and, where it has updates, writes.
  public let variables: VariableStore
  /// The types of all inputs of the graph, by name.
  public let inputs: [String: TensorType]
  /// The types of the outputs, by name.
  public let outputs: [String: TensorType]

  /// Runs the plan; it does not check names and types.
  package let session: Session
  /// Inputs that the outputs or updates depend on and that have not been written yet.
  private var missing: Set<String>
  /// The replacements of variables that do not concern this function.
  private var knownReplacements: Int

  /// Compiles the part of a graph that outputs and updates need.
  ///
  /// - Parameters:
  ///   - outputs: The values to return, by name.
  ///   - updates: Variables and their values after a call. All updates take effect together: the
  ///     computation reads the values before the call. An output that is a variable itself, or a
  ///     view of one, has the value after it.
  ///   - variables: Holds the variables; missing ones start as zeros.
  ///   - memory: Memory for intermediates that is shared with other functions; nil for own memory.
  /// - Throws: `NNError` with every error that was found while the graph was built, for two outputs
  ///   with one name, for variables that the store holds with another type, for values and updates
  ///   that do not belong to the graph, and where the function needs more memory than there is.
  public convenience init(
    _ graph: Graph, outputs: KeyValuePairs<String, Value>,
    updates: [(variable: Value, value: Value)] = [], variables: VariableStore = VariableStore(),
    memory: SessionMemory? = nil
  ) throws(NNError) {
    try self.init(
      graph, outputs: outputs.map { (name: $0.key, value: $0.value) }, updates: updates,
      variables: variables, memory: memory)
  }

  /// Compiles the part of a graph that outputs and updates need.
  ///
  /// Parameters and errors are those of `init(_:outputs:updates:variables:memory:)` with a
  /// dictionary literal.
  public convenience init(
    _ graph: Graph, outputs: [(name: String, value: Value)],
    updates: [(variable: Value, value: Value)] = [], variables: VariableStore = VariableStore(),
    memory: SessionMemory? = nil
  ) throws(NNError) {
    var names: Set<String> = []
    for output in outputs where !names.insert(output.name).inserted {
      throw .invalid("two outputs have the name `\(output.name)`", hint: "use another name")
    }
    try self.init(
      Plan(graph, fetches: outputs, updates: updates), variables: variables, memory: memory)
  }

  /// Allocates the memory of a plan.
  ///
  /// - Parameter measuresTimes: Whether to measure the time of each instruction.
  package init(
    _ plan: Plan, variables: VariableStore, memory: SessionMemory? = nil,
    measuresTimes: Bool = false
  ) throws(NNError) {
    for (name, type) in plan.variableTypes.sorted(by: { $0.key < $1.key }) {
      guard let found = variables.type(of: name), found != type else { continue }
      throw .invalid("variable `\(name)`: the function needs \(type), the store holds \(found)")
    }
    self.variables = variables
    knownReplacements = variables.replacements
    inputs = plan.inputTypes
    outputs = plan.fetches.mapValues { plan.graph.type(of: $0) }
    session = Session(plan, variables: variables, memory: memory, measuresTimes: measuresTimes)
    missing = Set(session.inputNames)
  }

  // MARK: - Calls

  /// Runs the function once.
  ///
  /// - Parameter inputs: A tensor for each input that the outputs or updates depend on. One that is
  ///   left out keeps its tensor from an earlier call; inputs of the graph that the outputs and
  ///   updates do not depend on are ignored.
  /// - Returns: The outputs by name.
  /// - Throws: `NNError` for an unknown or missing input, for a wrong shape or element type, and for
  ///   a variable that has been removed or replaced by a tensor of another type.
  @discardableResult
  public func callAsFunction(
    _ inputs: [String: HostTensor] = [:]
  ) throws(NNError) -> [String: HostTensor] {
    for (name, tensor) in inputs { try write(name, tensor) }
    try run()
    return outputs.keys.reduce(into: [:]) { $0[$1] = session.read($1) }
  }

  // MARK: - The steps of a call, for loops that must not allocate

  /// Fills an input.
  ///
  /// - Throws: `NNError` for an unknown name, and for a wrong shape or element type.
  public func write(_ name: String, _ tensor: HostTensor) throws(NNError) {
    guard let type = inputs[name] else { throw unknown(name, "input", inputs.keys) }
    let found = TensorType(tensor.shape, tensor.dtype)
    guard found == type else {
      throw .invalid("input `\(name)`: expected \(type), found \(found)")
    }
    session.write(name, tensor)
    noteWritten(name)
  }

  /// Fills a floating-point input with numbers, rounded to its type, without allocating.
  ///
  /// - Throws: `NNError` for an unknown name, and for the wrong number of numbers.
  package func write(_ name: String, numbers: [Double]) throws(NNError) {
    guard let type = inputs[name] else { throw unknown(name, "input", inputs.keys) }
    guard type.dtype.isFloatingPoint, type.shape.elementCount == numbers.count else {
      throw .invalid("input `\(name)`: expected \(type), found \(numbers.count) numbers")
    }
    session.write(name, numbers: numbers)
    noteWritten(name)
  }

  private func noteWritten(_ name: String) {
    // Empty from the second call on.
    if !missing.isEmpty { missing.remove(name) }
  }

  /// Fills an input with scalars of its type, in row-major order, without a tensor.
  ///
  /// - Throws: `NNError` as `write` with a tensor does.
  package func write<Scalar: TensorScalar>(
    _ name: String, _ scalars: some Collection<Scalar>
  ) throws(NNError) {
    guard let type = inputs[name] else { throw unknown(name, "input", inputs.keys) }
    guard type.dtype == Scalar.dtype, type.shape.elementCount == scalars.count else {
      throw .invalid("input `\(name)`: expected \(type), found \(scalars.count) \(Scalar.dtype)")
    }
    session.write(name, scalars)
    noteWritten(name)
  }

  /// Computes outputs and updates from the current inputs.
  ///
  /// - Throws: `NNError` for inputs that have never been written, and for a variable that has been
  ///   removed or replaced by a tensor of another type.
  public func run() throws(NNError) {
    try requireReady()
    session.run()
  }

  /// Runs everything before the first instruction that changes one of these variables, so that the
  /// caller can read results before the old values are overwritten; `runRest()` runs the rest.
  ///
  /// - Throws: `NNError` as `run` does.
  package func run(before variables: Set<String>) throws(NNError) {
    try requireReady()
    session.run(before: variables)
  }

  /// Runs everything after the point at which `run(before:)` stopped.
  package func runRest() { session.runRest() }

  private func requireReady() throws(NNError) {
    guard missing.isEmpty else {
      let names = missing.sorted().map { "`\($0)`" }.joined(separator: ", ")
      throw .invalid(
        missing.count == 1 ? "input \(names) is missing" : "inputs \(names) are missing",
        hint: "pass a tensor for each input")
    }
    if variables.replacements != knownReplacements {
      if let name = session.replacedVariable {
        throw .invalid(
          "variable `\(name)` has been removed or replaced by a tensor of another type",
          hint: "compile the function again, or assign a tensor of the variable's type")
      }
      knownReplacements = variables.replacements
    }
  }

  /// Returns a copy of an output of the last run.
  ///
  /// - Throws: `NNError` for an unknown name, before the first run, and after another function has
  ///   run in the same `SessionMemory`.
  public func read(_ name: String) throws(NNError) -> HostTensor {
    guard outputs[name] != nil else { throw unknown(name, "output", outputs.keys) }
    try requireResults()
    return session.read(name)
  }

  /// Returns an output of the last run that has one element, without allocating.
  ///
  /// - Throws: `NNError` as `read` does, and for an output with more or fewer elements.
  public func readScalar(_ name: String) throws(NNError) -> Double {
    guard let type = outputs[name] else { throw unknown(name, "output", outputs.keys) }
    guard type.shape.elementCount == 1, type.dtype.isFloatingPoint else {
      throw .invalid("output `\(name)` is \(type), not one floating-point number")
    }
    try requireResults()
    return session.readScalar(name)
  }

  private func requireResults() throws(NNError) {
    guard session.hasResults else {
      throw .invalid("there are no results to read", hint: "run the function first")
    }
  }

  private func unknown(
    _ name: String, _ kind: String, _ known: some Collection<String>
  ) -> NNError {
    .invalid(
      "there is no \(kind) `\(name)`",
      hint: known.isEmpty
        ? "the function has no \(kind)s"
        : "\(kind)s: \(known.sorted().map { "`\($0)`" }.joined(separator: ", "))")
  }
}
