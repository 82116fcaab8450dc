import NNCore
import NNGraph

/// A sample of the op catalogue as a program: its outputs, first and second derivatives.
///
/// loss = Σ weight·output; slope = Σ direction·∂loss/∂input, whose own gradients are the second
/// derivatives.
struct SampleProgram {
  private let graph = Graph()
  private let sample: OpSample
  private var feeds: [(name: String, type: TensorType)] = []
  private(set) var fetches: [(name: String, value: Value)] = []
  /// The inputs, by place, that outputs change smoothly with.
  private(set) var smooth: [Int] = []
  /// How many outputs the op gave.
  private(set) var outputCount = 0

  init(_ sample: OpSample, derivatives: Int) {
    self.sample = sample
    let inputs = sample.inputs.enumerated().map { graph.input("x\($0.offset)", $0.element.type) }
    let outputs = sample.apply(inputs)
    outputCount = outputs.count
    fetches = outputs.enumerated().map { ("y\($0.offset)", $0.element) }
    guard derivatives > 0, !outputs[0].isPoisoned, outputs[0].dtype.isFloatingPoint else { return }
    smooth = inputs.indices.filter { sample.inputs[$0].isSmooth }
    guard !smooth.isEmpty else { return }
    let loss = (outputs[0] * weight("weight", outputs[0].type)).sum()
    let points = smooth.map { inputs[$0] }
    let gradients = graph.gradients(of: loss, withRespectTo: points)
    fetches.append(("loss", loss))
    for (place, gradient) in zip(smooth, gradients) { fetches.append(("dx\(place)", gradient)) }
    guard derivatives > 1 else { return }
    var slope = graph.constant(0, dtype: points[0].dtype)
    for (place, gradient) in zip(smooth, gradients) {
      slope = slope + (gradient * weight("direction\(place)", gradient.type)).sum()
    }
    fetches.append(("slope", slope))
    for (place, second) in zip(smooth, graph.gradients(of: slope, withRespectTo: points)) {
      fetches.append(("ddx\(place)", second))
    }
  }

  private mutating func weight(_ name: String, _ type: TensorType) -> Value {
    feeds.append((name, type))
    return graph.input(name, type)
  }

  /// What was found wrong while building.
  var diagnostics: [Graph.Diagnostic] { graph.diagnostics }

  /// Plans what the names ask for, everything by default.
  func session(_ options: Plan.Options = .default, only names: Set<String>? = nil) throws -> Session
  {
    let wanted = fetches.filter { names?.contains($0.name) ?? true }
    return Session(
      try Plan(graph, fetches: wanted, options: options), variables: VariableStore())
  }

  /// Fills the inputs; other numbers for each seed.
  func feed(_ session: Session, seed: UInt64) {
    for (place, input) in sample.inputs.enumerated() {
      session.write("x\(place)", input.tensor(seed: seed))
    }
    for (place, feed) in feeds.enumerated() {
      let generator = Philox(seed: seed, stream: UInt32(1000 + place))
      let numbers = (0..<feed.type.shape.elementCount).map {
        Double(Float(generator.uniform($0) * 2 - 1))
      }
      session.write(
        feed.name,
        HostTensor(doubles: numbers, shape: feed.type.shape, dtype: feed.type.dtype))
    }
  }

  /// Everything that was planned, after a run on the numbers of a seed.
  func run(_ session: Session, seed: UInt64, only names: Set<String>? = nil) -> [String: HostTensor]
  {
    feed(session, seed: seed)
    session.run()
    let wanted = fetches.map(\.name).filter { names?.contains($0) ?? true }
    return Dictionary(
      wanted.map { ($0, session.read($0)) }, uniquingKeysWith: { first, _ in first })
  }
}
