import NNDrawing

/// A drawing of a toy chain: nodes in a row, with the forward pass above and the backward pass
/// below.
struct ChainDrawing {
  private let chain: ToyChain
  private let pass: ToyChain.Pass
  private let letter: String
  private static let subscripts = ["₀", "₁", "₂", "₃", "₄", "₅", "₆", "₇", "₈", "₉"]

  /// Creates a drawing of a chain of at most nine weights; `letter` is the symbol of a node's
  /// output.
  init(_ chain: ToyChain, pass: ToyChain.Pass, letter: String) {
    precondition(chain.weights.count < Self.subscripts.count, "subscripts have one digit")
    self.chain = chain
    self.pass = pass
    self.letter = letter
  }

  /// The drawing.
  func figure(title: String) -> Figure {
    let last = chain.weights.count
    var marks: [any Mark] = []
    for index in 0..<last {
      let (left, right) = (Double(index), Double(index + 1))
      let middle = left + 0.5
      let name = Self.subscripts[index] + Self.subscripts[index + 1]
      marks += [
        Arrow(from: (left + 0.12, 0.07), to: (right - 0.12, 0.07), color: .series(0)),
        Label(
          "w\(name) = \(chain.weights[index].plain)", x: middle, y: 0.1,
          anchor: .above,
          color: .series(0)),
        Arrow(from: (right - 0.12, -0.07), to: (left + 0.12, -0.07), color: .series(1)),
        Label(
          "∂C/∂w\(name) = \(pass.gradients[index].rounded(digits: 4))", x: middle, y: -0.1,
          anchor: .below, color: .series(1)),
      ]
    }
    for index in 0...last {
      let number = Self.subscripts[index]
      let (place, delta) = (Double(index), last - index)
      let isLinear = chain.activations[index] == .identity
      marks += [
        Label(
          "\(letter)\(number) = \(pass.q[index].rounded(digits: 4))", x: place,
          y: chain.activations[index] == .identity ? 0.2 : 0.36,
          anchor: .above, color: .series(0)),
        Label(
          "Δ\(Self.subscripts[delta]) = \(pass.deltas[delta].rounded(digits: 4))", x: place,
          y: isLinear ? -0.28 : -0.43, anchor: .below, color: .series(1)),
      ]
      guard !isLinear else { continue }
      marks += [
        Label(
          "p\(number) = \(pass.p[index].rounded(digits: 4))", x: place, y: 0.52,
          anchor: .above, color: .series(0)),
        Label(chain.activations[index].rawValue, x: place, y: 0.2, anchor: .above),
        Label(
          "σ′ = \(pass.derivatives[index].rounded(digits: 4))", x: place, y: -0.27, anchor: .below,
          color: .series(1)),
      ]
    }
    marks.append(
      Points(
        x: (0...last).map(Double.init), y: [Double](repeating: 0, count: last + 1),
        color: .emphasis, symbol: .circle, size: 9))
    return Figure(
      title: title,
      description: "\(last + 1) nodes in a row, joined by \(last) weights: "
        + (0...last).map { "\(letter)\($0) is \(pass.q[$0].rounded(digits: 4))" }
        .joined(separator: ", ")
        + "; backwards "
        + pass.deltas.enumerated().map { "Δ\($0) is \($1.rounded(digits: 4))" }
        .joined(separator: ", ") + ".",
      panels: [
        Plot(
          x: Axis(range: -0.5...(Double(last) + 0.5), ticks: []),
          y: Axis(range: -0.65...0.7, ticks: []), keepsAspect: true, legend: .hidden, marks: marks)
      ])
  }
}

extension Double {
  /// The number with all its digits, as a constant in a text: `−2`, `0.5`.
  var plain: String {
    (self == rounded() && magnitude < 1e15 ? "\(Int(self))" : "\(self)").replacing("-", with: "−")
  }
}
