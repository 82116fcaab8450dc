import NNCore
import NNGraph

/// A sample of the op catalogue as a program: its outputs, first and second derivatives.
///
/// loss = Σ weight·output; directional = Σ direction·∂loss/∂input, whose gradients are the second
/// derivatives.
struct SampleProgram {
  private let graph = Graph()
  private let sample: OpSample
  private var feeds: [(name: String, type: TensorType)] = []
  private(set) var fetches: [(name: String, value: Value)] = []
  /// The indices of the inputs with respect to which the outputs are differentiable.
  private(set) var smooth: [Int] = []
  /// The number of outputs of the op.
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
    for (index, gradient) in zip(smooth, gradients) { fetches.append(("dx\(index)", gradient)) }
    guard derivatives > 1 else { return }
    var directional = graph.constant(0, dtype: points[0].dtype)
    for (index, gradient) in zip(smooth, gradients) {
      directional = directional + (gradient * weight("direction\(index)", gradient.type)).sum()
    }
    fetches.append(("directional", directional))
    for (index, second) in zip(smooth, graph.gradients(of: directional, withRespectTo: points)) {
      fetches.append(("ddx\(index)", second))
    }
  }

  private mutating func weight(_ name: String, _ type: TensorType) -> Value {
    feeds.append((name, type))
    return graph.input(name, type)
  }

  /// The errors found while building the graph.
  var diagnostics: [Graph.Diagnostic] { graph.diagnostics }

  /// A session that computes the fetches with these names, all by default.
  func session(_ options: Plan.Options = .default, only names: Set<String>? = nil) throws -> Session
  {
    let wanted = fetches.filter { names?.contains($0.name) ?? true }
    return Session(
      try Plan(graph, fetches: wanted, options: options), variables: VariableStore())
  }

  /// Fills the inputs with numbers that depend on the seed.
  func feed(_ session: Session, seed: UInt64) {
    for (index, input) in sample.inputs.enumerated() {
      session.write("x\(index)", input.tensor(seed: seed))
    }
    for (index, feed) in feeds.enumerated() {
      let generator = Philox(seed: seed, stream: UInt32(1000 + index))
      let numbers = (0..<feed.type.shape.elementCount).map {
        Double(Float(generator.uniform($0) * 2 - 1))
      }
      session.write(
        feed.name,
        HostTensor(doubles: numbers, shape: feed.type.shape, dtype: feed.type.dtype))
    }
  }

  /// All fetches after a run with the numbers of a seed.
  func run(_ session: Session, seed: UInt64, only names: Set<String>? = nil) -> [String: HostTensor]
  {
    feed(session, seed: seed)
    session.run()
    let wanted = fetches.map(\.name).filter { names?.contains($0) ?? true }
    return Dictionary(
      wanted.map { ($0, session.read($0)) }, uniquingKeysWith: { first, _ in first })
  }
}
