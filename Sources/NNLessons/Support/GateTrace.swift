import NNCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The gates of an LSTM while it reads one sequence, computed from its weights by the formulas of
/// the deck: f, i, o = σ(W x + U h + b), c̃ = tanh(W x + U h + b), c ← f∘c + i∘c̃, h = o∘tanh(c).
struct GateTrace {
  /// f of each step, a number for each unit.
  private(set) var forget: [[Double]] = []
  /// i of each step.
  private(set) var input: [[Double]] = []
  /// c after each step.
  private(set) var cell: [[Double]] = []
  /// h after each step.
  private(set) var hidden: [[Double]] = []

  /// Reads a sequence.
  ///
  /// - Parameters:
  ///   - weights: An LSTM layer's tensors by PyTorch's names, `weight_ih_l0` and so on, with
  ///     the gates in the order i, f, c̃, o.
  ///   - inputs: The input of each step.
  init(weights: [String: HostTensor], inputs: [[Double]]) {
    func numbers(_ name: String) -> [Double] { weights[name]?.doubles ?? [] }
    let (fromInput, fromHidden) = (numbers("weight_ih_l0"), numbers("weight_hh_l0"))
    let bias = zip(numbers("bias_ih_l0"), numbers("bias_hh_l0")).map { $0 + $1 }
    let units = bias.count / 4
    var (h, c) = ([Double](repeating: 0, count: units), [Double](repeating: 0, count: units))
    func sum(_ row: Int, _ x: [Double]) -> Double {
      var sum = bias[row]
      for (index, value) in x.enumerated() { sum += fromInput[row * x.count + index] * value }
      for (index, value) in h.enumerated() { sum += fromHidden[row * units + index] * value }
      return sum
    }
    func gate(_ number: Int, _ x: [Double]) -> [Double] {
      (0..<units).map { 1 / (1 + exp(-sum(number * units + $0, x))) }
    }
    for x in inputs {
      let (i, f, o) = (gate(0, x), gate(1, x), gate(3, x))
      let candidate = (0..<units).map { tanh(sum(2 * units + $0, x)) }
      for unit in 0..<units {
        c[unit] = f[unit] * c[unit] + i[unit] * candidate[unit]
        h[unit] = o[unit] * tanh(c[unit])
      }
      forget.append(f)
      input.append(i)
      cell.append(c)
      hidden.append(h)
    }
  }
}
