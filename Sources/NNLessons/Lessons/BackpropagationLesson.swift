import NNAnalysis
import NNCore
import NNDrawing
import NNReports
import NNTraining

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The deck's toy chains with every number of the forward and the backward pass, compared with
/// automatic differentiation; a small network compared with central differences.
struct BackpropagationLesson: Lesson {
  static let name = "backpropagation"
  static let title = "Backpropagation: derivatives from the output to the input"
  static let summary =
    "The toy chains worked by hand, every p, q, σ′ and Δ; a net against differences"

  static let drawsRunsWith: String? = "dense layers and at most 200 parameters"

  func run(_ options: LessonOptions, into report: inout LessonReport) throws(NNError) {
    report.paragraph(
      """
      Gradient descent needs the derivative of the cost C with respect to every weight. \
      Backpropagation finds all of them with one forward pass and one backward pass.
      """)
    try work(
      Self.linear, "linear chain", "x",
      """
      First, a chain of three weights and nothing else: x₁ = w₀₁x₀, x₂ = w₁₂x₁, x₃ = w₂₃x₂, and \
      C = ½(x₃ − y)². In the forward pass, each x is the previous one times a weight. In the \
      backward pass, each Δ is the previous one times a weight, starting from Δ₀ = x₃ − y. The \
      derivative with respect to a weight is the product of both: Δ from the right, x from the \
      left.
      """, &report)
    report.formula("{∂C}/{∂w₂₃} = Δ₀x₂,   {∂C}/{∂w₁₂} = Δ₁x₁,   {∂C}/{∂w₀₁} = Δ₂x₀")
    try work(
      Self.nonlinear, "non-linear chain", "q",
      """
      Now every node has an activation: the input is pᵢ, the output qᵢ = σᵢ(pᵢ), and a weight maps \
      qᵢ to pᵢ₊₁. The only change is that each step back also multiplies by the derivative of \
      the activation, σ′ᵢ(pᵢ).
      """, &report)
    report.formula(
      "Δ₀ = (q₃ − y)σ′₃(p₃),   Δ₁ = w₂₃σ′₂(p₂)Δ₀,   Δ₂ = w₁₂σ′₁(p₁)Δ₁,   {∂C}/{∂w₂₃} = Δ₀q₂")
    report.paragraph(
      """
      Neither σ′ here is above 1, and that of the sigmoid is at most ¼, so a long chain of them \
      shrinks the gradient: [[vanishing-gradient]] follows that over a hundred steps.
      """)
    try checkNetwork(&report)
    if let folder = options.runFolder { try RunStep(folder).explain(&report) }
  }

  // MARK: - Toy chains

  static let linear = ToyChain(
    weights: [0.5, -2, 1.5], activations: [.identity, .identity, .identity, .identity], input: 2,
    target: 1)
  static let nonlinear = ToyChain(
    weights: [0.5, -2, 1.5],
    activations: [.hyperbolicTangent, .sigmoid, .hyperbolicTangent, .sigmoid], input: 2, target: 1)

  private func work(
    _ chain: ToyChain, _ title: String, _ letter: String, _ text: String,
    _ report: inout LessonReport
  ) throws(NNError) {
    let pass = chain.pass()
    let engine = try chain.differentiated()
    let last = chain.weights.count
    let weightNames = ["w₀₁", "w₁₂", "w₂₃"]
    report.paragraph(text)
    report.measure("\(title): C", pass.cost)
    for index in 0...last {
      report.measure("\(title): \(letter)\(index)", pass.q[index])
      report.measure("\(title): Δ\(index)", pass.deltas[index])
    }
    for index in chain.weights.indices {
      report.measure("\(title): ∂C/∂w\(index)\(index + 1)", pass.gradients[index])
    }
    let difference = report.measure(
      "\(title): largest difference from automatic differentiation",
      (zip(pass.gradients, engine.gradients).map { abs($0 - $1) } + [abs(pass.cost - engine.cost)])
        .max() ?? 0)
    report.show(
      ChainDrawing(chain, pass: pass, letter: letter).figure(title: "The \(title)"),
      name: title.replacing(" ", with: "-"),
      caption: "Above the weights the forward pass, below the backward pass.")
    let isLinear = chain.activations.allSatisfy { $0 == .identity }
    let subscripts = ["₀", "₁", "₂", "₃"]
    report.table(
      header: isLinear
        ? ["i", "xᵢ", "Δ"]
        : ["i", "pᵢ", "σᵢ", "qᵢ", "σ′ᵢ(pᵢ)", "Δ"],
      rows: (0...last).map { index in
        let delta = "Δ\(subscripts[last - index]) = \(pass.deltas[last - index].rounded(digits: 6))"
        return isLinear
          ? ["\(index)", pass.q[index].rounded(digits: 6), delta]
          : [
            "\(index)", pass.p[index].rounded(digits: 6), chain.activations[index].rawValue,
            pass.q[index].rounded(digits: 6), pass.derivatives[index].rounded(digits: 6), delta,
          ]
      },
      caption: "The \(title), with C = \(pass.cost.rounded(digits: 6)).")
    report.table(
      header: ["weight", "value", "product", "∂C/∂w by hand", "by automatic differentiation"],
      rows: chain.weights.indices.reversed().map { index in
        let delta = last - 1 - index
        return [
          weightNames[index], chain.weights[index].plain,
          "Δ\(subscripts[delta])·\(letter)\(subscripts[index]) = "
            + "\(pass.deltas[delta].rounded(digits: 6)) · \(pass.q[index].rounded(digits: 6))",
          pass.gradients[index].rounded(digits: 10), engine.gradients[index].rounded(digits: 10),
        ]
      },
      caption:
        "The largest difference between the last two columns is \(difference.rounded(digits: 2)).")
  }

  // MARK: - A small network

  private func checkNetwork(_ report: inout LessonReport) throws(NNError) {
    let network = try SmallNetwork()
    let exact = try network.gradient()
    let step = 1e-5
    let differences = try network.centralDifferences(step: step)
    let largest = report.measure(
      "network: largest difference from central differences",
      zip(exact, differences).map { abs($0.value - $1) }.max() ?? 0)
    let largestGradient = report.measure(
      "network: largest gradient", exact.map { abs($0.value) }.max() ?? 0)
    report.paragraph(
      """
      A network has many paths from a weight to the cost, and their products add up. Here is o = \
      Vσ(Wi + b) + c with 2 inputs, 3 hidden nodes and 1 output, \(exact.count) weights in all, \
      on four examples. The other way to find a derivative is to change one weight slightly in \
      both directions and compare the costs: (C(w + h) − C(w − h))/2h, two forward passes for each \
      weight. Both agree to \(largest.rounded(digits: 2)), where the largest derivative is \
      \(largestGradient.text).
      """)
    report.table(
      header: ["weight", "by backpropagation", "by central differences, h = 10⁻⁵", "difference"],
      rows: zip(exact, differences).map {
        [
          $0.name, $0.value.rounded(digits: 8), $1.rounded(digits: 8),
          abs($0.value - $1).rounded(digits: 1),
        ]
      }, caption: "Every weight of the network.")
    try compareSteps(network, exact.map(\.value), &report)
  }

  private func compareSteps(
    _ network: SmallNetwork, _ exact: [Double], _ report: inout LessonReport
  ) throws(NNError) {
    let powers = (-12.0 ... -1.0).spaced(23)
    let steps = powers.map { pow(10, $0) }
    var errors: [Double] = []
    for step in steps {
      let differences = try network.centralDifferences(step: step)
      errors.append(zip(differences, exact).map { abs($0 - $1) }.max() ?? 0)
    }
    let best = errors.indices.min { errors[$0] < errors[$1] } ?? 0
    let bestStep = report.measure("network: best step", steps[best])
    let bestError = report.measure("network: error of the best step", errors[best])
    report.measure("network: error of h = 0.1 over that of h = 0.01", errors[22] / errors[20])
    report.paragraph(
      """
      Differences are for checking, not for training. A large h has a truncation error, which \
      shrinks with h²; a small one has a rounding error, which grows as 1/h. Even the best h here, \
      \(bestStep.rounded(digits: 2)), leaves an error of \(bestError.rounded(digits: 2)), and it \
      takes \(2 * exact.count) forward passes where backpropagation takes one forward and one \
      backward pass.
      """)
    report.show(
      Figure(
        title: "The error of central differences",
        description: "The largest error of central differences against h, both axes logarithmic: a "
          + "valley with its bottom near 1e-5.",
        panels: [
          Plot(
            x: Axis("h", scale: .log), y: Axis("largest error of a derivative", scale: .log),
            marks: [Line(x: steps, y: errors, markers: true)])
        ]),
      name: "differences", caption: "Truncation error on the right, rounding error on the left.")
  }
}
