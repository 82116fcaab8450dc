import NNCore
import NNGraph
import NNLayers

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The gradient of a recurrent layer's last output with respect to the input of each step.
struct StepGradients {
  /// √Σ(∂Σh_T/∂x_t)² of each step t over all sequences, the first step first.
  let norms: [Double]

  /// Runs a layer over sequences and differentiates the sum of its last output.
  ///
  /// - Parameters:
  ///   - layer: A layer that returns its last step's output.
  ///   - inputs: float64 [N, T, features]
  ///   - seed: The seed of the initial weights.
  ///   - change: Replaces tensors by name after that.
  init(
    _ layer: any Layer, inputs: HostTensor, seed: UInt64,
    change: (inout [String: HostTensor]) -> Void = { _ in }
  ) throws(NNError) {
    let model = Model(layer)
    let type = TensorType(inputs.shape, .float64)
    let layout = try model.layout(input: type)
    var tensors = try layout.initialize(seed: seed)
    change(&tensors)
    let variables = VariableStore()
    variables.merge(try layout.variables(from: tensors))
    let graph = Graph()
    let rows = graph.input("input", type)
    let built = model.build(in: graph, input: rows, layout: layout, mode: .training)
    let gradient = graph.gradients(of: built.value.sum(), withRespectTo: [rows])[0]
    let function = try Function(
      graph, outputs: ["norms": gradient.square().sum(axes: [0, 2]).sqrt()], variables: variables)
    try function(["input": inputs])
    norms = try function.read("norms").doubles
  }

  /// The slope of the norm's logarithm per step back, by least squares over a range of steps
  /// counted from the end.
  func slope(stepsBack: Range<Int>) -> Double {
    let logarithms = norms.reversed()[...].enumerated()
      .filter { stepsBack.contains($0.offset) }.map { (Double($0.offset), log($0.element)) }
    let count = Double(logarithms.count)
    let center = logarithms.reduce(0) { $0 + $1.0 } / count
    let mean = logarithms.reduce(0) { $0 + $1.1 } / count
    let products = logarithms.reduce(0) { $0 + ($1.0 - center) * ($1.1 - mean) }
    return products / logarithms.reduce(0) { $0 + ($1.0 - center) * ($1.0 - center) }
  }
}

extension [String: HostTensor] {
  /// Multiplies a tensor by a number.
  mutating func scale(_ name: String, by factor: Double) {
    guard let tensor = self[name] else { return }
    self[name] = HostTensor(
      doubles: tensor.doubles.map { $0 * factor }, shape: tensor.shape, dtype: tensor.dtype)
  }

  /// Sets the second of a tensor's equal parts to a number: the bias of the forget gate (LSTM) or
  /// of the update gate (GRU).
  mutating func setSecondGate(_ name: String, units: Int, to number: Double) {
    guard let tensor = self[name] else { return }
    var numbers = tensor.doubles
    for index in units..<2 * units { numbers[index] = number }
    self[name] = HostTensor(doubles: numbers, shape: tensor.shape, dtype: tensor.dtype)
  }
}
