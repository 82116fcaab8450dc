import NNCore
import NNGraph

/// A graph with all that is needed to run it.
struct BenchmarkProgram {
  /// The computation.
  let graph: Graph
  /// Results to read, by name.
  let fetches: [(name: String, value: Value)]
  /// The updates of variables.
  var updates: [(variable: Value, value: Value)] = []
  /// Inputs that are constant over all runs.
  let inputs: [String: HostTensor]
  /// The initial values of variables.
  var variables: [String: HostTensor] = [:]
  /// The input that changes at each run, counted from 1, if there is one. It may be a result of the
  /// last run.
  var runInput:
    (name: String, tensor: (_ run: Int, _ last: (_ result: String) -> HostTensor) -> HostTensor)?
  /// Runs of the graph in a step.
  var runsPerStep = 1
  /// Examples or elements per step.
  let samples: Int

  /// The smallest number of bytes that a run moves: inputs are read, results written, and updated
  /// variables read and written, each once.
  var trafficByteCount: Int {
    inputs.values.reduce(0) { $0 + $1.byteCount }
      + fetches.reduce(0) { $0 + $1.value.type.byteCount }
      + updates.reduce(0) { $0 + 2 * $1.variable.type.byteCount }
  }

  /// A function of random tensors; a sample is an element of the first result.
  static func function(
    of shapes: [Shape], _ dtype: DType, _ body: ([Value]) -> [(name: String, value: Value)]
  ) -> BenchmarkProgram {
    let graph = Graph()
    let names = shapes.indices.map { "input\($0)" }
    let results = body(
      zip(names, shapes).map { name, shape in graph.input(name, TensorType(shape, dtype)) })
    let tensors = shapes.enumerated().map { index, shape in
      RandomBatch.normal(shape, dtype, stream: UInt32(index))
    }
    return BenchmarkProgram(
      graph: graph, fetches: results,
      inputs: Dictionary(uniqueKeysWithValues: zip(names, tensors)),
      samples: results.first?.value.shape.elementCount ?? 0)
  }
}

/// A task to be timed step by step.
protocol BenchmarkTask: AnyObject {
  /// Multiply–accumulates of a step's GEMMs and convolutions.
  var multiplyAdds: Int { get }
  /// Bytes that a step's updates of variables read and write.
  var updateByteCount: Int { get }
  /// The smallest number of bytes that a step moves.
  var trafficByteCount: Int { get }
  /// Examples, elements or tokens per step.
  var samples: Int { get }

  /// Runs one step.
  func advance()
  /// Runs a step, or the first part of one that has results, and returns them by name.
  func firstResults() -> [(name: String, tensor: HostTensor)]
}

/// A compiled program with its memory.
final class BenchmarkRun: BenchmarkTask {
  private let program: BenchmarkProgram
  private let function: Function
  private let variables = VariableStore()
  private var runs = 0
  let multiplyAdds: Int
  let updateByteCount: Int
  var trafficByteCount: Int { program.runsPerStep * program.trafficByteCount }
  var samples: Int { program.samples }

  /// Plans a program and fills its inputs and variables.
  init(_ program: consuming BenchmarkProgram, options: Plan.Options = .default) throws(NNError) {
    for (name, tensor) in program.variables { variables[name] = tensor }
    // Released here, so that the function can take over their memory without a copy.
    program.variables = [:]
    self.program = program
    let plan = try Plan(
      program.graph, fetches: program.fetches, updates: program.updates, options: options)
    multiplyAdds = program.runsPerStep * plan.multiplyAdds
    updateByteCount = program.runsPerStep * plan.updateByteCount
    function = try Function(plan, variables: variables)
    for (name, tensor) in program.inputs { try function.write(name, tensor) }
  }

  func advance() { for _ in 0..<program.runsPerStep { run() } }

  private func run() {
    runs += 1
    if let input = program.runInput {
      function.session.write(input.name, input.tensor(runs) { function.session.read($0) })
    }
    function.session.run()
  }

  /// The results of one run, and all variables.
  ///
  /// They are not those of a whole step, since rounding errors of iterations add up.
  func firstResults() -> [(name: String, tensor: HostTensor)] {
    run()
    return program.fetches.map { ($0.name, function.session.read($0.name)) }
      + variables.names.compactMap { name in variables[name].map { (name, $0) } }
  }
}
