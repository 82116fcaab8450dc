import NNCore
import NNGraph

/// A graph with everything that a run of it needs.
struct BenchmarkProgram {
  /// The computation.
  let graph: Graph
  /// Results to read, by name.
  let fetches: [(name: String, value: Value)]
  /// What variables become.
  var updates: [(variable: Value, value: Value)] = []
  /// Inputs that stay as they are.
  let inputs: [String: HostTensor]
  /// Variables before the first step.
  var variables: [String: HostTensor] = [:]
  /// The input that is new at each step, counted from 1, where there is one.
  var stepInput: (name: String, tensor: (_ step: Int) -> HostTensor)?
  /// Rows or elements that a step works through.
  let samples: Int

  /// Bytes that a step moves at least: inputs are read, results written, variables that change are
  /// read and written, each once.
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

/// Something to time, ready to step.
protocol BenchmarkTask: AnyObject {
  /// Multiplications, each with its addition, of a step's matrix products and convolutions.
  var multiplyAdds: Int { get }
  /// Bytes that a step's updates of variables read and write.
  var updateByteCount: Int { get }
  /// Bytes that a step moves at least.
  var trafficByteCount: Int { get }
  /// Rows, elements or tokens that a step works through.
  var samples: Int { get }
  /// What the last step left, by name.
  var results: [(name: String, tensor: HostTensor)] { get }

  /// Takes a step.
  func advance()
}

/// A program in memory, ready to step.
final class BenchmarkRun: BenchmarkTask {
  private let program: BenchmarkProgram
  private let session: Session
  private let variables = VariableStore()
  private var step = 0
  let multiplyAdds: Int
  let updateByteCount: Int
  var trafficByteCount: Int { program.trafficByteCount }
  var samples: Int { program.samples }

  /// Plans a program and fills its inputs and variables.
  init(_ program: consuming BenchmarkProgram, options: Plan.Options = .default) throws(NNError) {
    for (name, tensor) in program.variables { variables[name] = tensor }
    // The session takes their memory over where nobody else holds it.
    program.variables = [:]
    self.program = program
    let plan = try Plan(
      program.graph, fetches: program.fetches, updates: program.updates, options: options)
    multiplyAdds = plan.multiplyAdds
    updateByteCount = plan.updateByteCount
    session = Session(plan, variables: variables)
    for (name, tensor) in program.inputs { session.write(name, tensor) }
  }

  func advance() {
    step += 1
    if let input = program.stepInput { session.write(input.name, input.tensor(step)) }
    session.run()
  }

  /// The results and all variables.
  var results: [(name: String, tensor: HostTensor)] {
    program.fetches.map { ($0.name, session.read($0.name)) }
      + variables.names.compactMap { name in variables[name].map { (name, $0) } }
  }
}
