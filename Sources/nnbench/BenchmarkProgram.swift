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
}

/// A program in memory, ready to step.
final class BenchmarkRun {
  private let program: BenchmarkProgram
  private let session: Session
  private let variables = VariableStore()
  private var step = 0
  /// Multiplications and additions of a step's products, each counted by itself.
  let operations: Int

  /// Plans a program and fills its inputs and variables.
  init(_ program: BenchmarkProgram, options: Plan.Options = .default) throws(NNError) {
    self.program = program
    for (name, tensor) in program.variables { variables[name] = tensor }
    let plan = try Plan(
      program.graph, fetches: program.fetches, updates: program.updates, options: options)
    operations = 2 * plan.multiplyAdds
    session = Session(plan, variables: variables)
    for (name, tensor) in program.inputs { session.write(name, tensor) }
  }

  /// Runs once.
  func advance() {
    step += 1
    if let input = program.stepInput { session.write(input.name, input.tensor(step)) }
    session.run()
  }

  /// The results and variables after the last step, by name.
  var results: [(name: String, tensor: HostTensor)] {
    program.fetches.map { ($0.name, session.read($0.name)) }
      + variables.names.compactMap { name in variables[name].map { (name, $0) } }
  }
}
