import NNCore
import NNGraph

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A chain of single nodes with a weight between neighbours, computed by hand: the deck's toy
/// network.
///
/// pᵢ₊₁ = wᵢ,ᵢ₊₁·qᵢ, qᵢ = σᵢ(pᵢ), C = ½(q_n − y)². Backwards Δ₀ = (q_n − y)·σ′_n(p_n), and each
/// further Δ is the previous one times the next weight and the next derivative.
struct ToyChain: Sendable {
  /// The activation of a node.
  enum Activation: String, Sendable {
    case identity
    case sigmoid
    case hyperbolicTangent = "tanh"

    /// σ(p)
    func value(_ p: Double) -> Double {
      switch self {
      case .identity: p
      case .sigmoid: 1 / (1 + exp(-p))
      case .hyperbolicTangent: tanh(p)
      }
    }

    /// σ′(p), in terms of q = σ(p).
    func derivative(ofOutput q: Double) -> Double {
      switch self {
      case .identity: 1
      case .sigmoid: q * (1 - q)
      case .hyperbolicTangent: 1 - q * q
      }
    }

    func callAsFunction(_ value: Value) -> Value {
      switch self {
      case .identity: value
      case .sigmoid: value.sigmoid()
      case .hyperbolicTangent: value.tanh()
      }
    }
  }

  /// wᵢ,ᵢ₊₁
  let weights: [Double]
  /// σᵢ, one more than weights.
  let activations: [Activation]
  /// p₀
  let input: Double
  /// y
  let target: Double

  /// Every number of the forward and the backward pass.
  struct Pass: Sendable {
    /// pᵢ
    var p: [Double]
    /// qᵢ
    var q: [Double]
    /// σ′ᵢ(pᵢ)
    var derivatives: [Double]
    /// Δ₀ at the output, the last at the input.
    var deltas: [Double]
    /// ∂C/∂wᵢ,ᵢ₊₁ = Δ·qᵢ, in the order of the weights.
    var gradients: [Double]
    /// C
    var cost: Double
  }

  /// The forward pass, then the backward pass.
  func pass() -> Pass {
    var (p, q) = ([input], [activations[0].value(input)])
    for (index, weight) in weights.enumerated() {
      p.append(weight * q[index])
      q.append(activations[index + 1].value(p[index + 1]))
    }
    let derivatives = zip(activations, q).map { $0.derivative(ofOutput: $1) }
    let last = weights.count
    var deltas = [(q[last] - target) * derivatives[last]]
    for index in weights.indices.reversed() {
      deltas.append(weights[index] * derivatives[index] * deltas[deltas.count - 1])
    }
    return Pass(
      p: p, q: q, derivatives: derivatives, deltas: deltas,
      gradients: weights.indices.map { deltas[last - 1 - $0] * q[$0] },
      cost: 0.5 * (q[last] - target) * (q[last] - target))
  }

  /// C and ∂C/∂w by automatic differentiation of the same chain.
  func differentiated() throws(NNError) -> (cost: Double, gradients: [Double]) {
    let graph = Graph()
    let type = TensorType([weights.count], .float64)
    let variable = graph.variable("weights", type)
    var q = activations[0](graph.constant(input, dtype: .float64))
    for index in weights.indices {
      q = activations[index + 1](variable.slice(at: index, shape: []) * q)
    }
    let cost = (q - target).square() * 0.5
    let gradient = graph.gradients(of: cost, withRespectTo: [variable])[0]
    let variables = VariableStore()
    variables["weights"] = HostTensor(weights)
    let function = try Function(
      graph, outputs: ["cost": cost, "gradient": gradient], variables: variables)
    try function()
    return (try function.readScalar("cost"), try function.read("gradient").doubles)
  }
}
