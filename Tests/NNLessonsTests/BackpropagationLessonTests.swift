import NNLessons
import Testing

#if canImport(Glibc)
  import Glibc
#endif

@Suite struct BackpropagationLessonTests {
  private func measure(_ figure: String) throws -> Double {
    try LessonResults.measure("backpropagation", figure)
  }

  /// w₀₁ = ½, w₁₂ = −2, w₂₃ = 3/2, x₀ = 2, y = 1, on paper.
  @Test(arguments: [
    ("x0", 2.0), ("x1", 1), ("x2", -2), ("x3", -3), ("C", 8), ("Δ0", -4), ("Δ1", -6), ("Δ2", 12),
    ("Δ3", 6), ("∂C/∂w01", 24), ("∂C/∂w12", -6), ("∂C/∂w23", 8),
  ])
  func linearChainIsThatOnPaper(name: String, value: Double) throws {
    #expect(try measure("linear chain: \(name)") == value)
  }

  /// The products of the slides, each written out.
  @Test func nonlinearChainIsTheProductsOfTheSlides() throws {
    func sigmoid(_ p: Double) -> Double { 1 / (1 + exp(-p)) }
    func sigmoidDerivative(_ p: Double) -> Double { sigmoid(p) * (1 - sigmoid(p)) }
    func tanhDerivative(_ p: Double) -> Double { 1 / (cosh(p) * cosh(p)) }
    let (w01, w12, w23, y) = (0.5, -2.0, 1.5, 1.0)
    let p0 = 2.0
    let q0 = tanh(p0)
    let p1 = w01 * q0
    let q1 = sigmoid(p1)
    let p2 = w12 * q1
    let q2 = tanh(p2)
    let p3 = w23 * q2
    let q3 = sigmoid(p3)
    let delta0 = (q3 - y) * sigmoidDerivative(p3)
    let delta1 = (q3 - y) * sigmoidDerivative(p3) * w23 * tanhDerivative(p2)
    let delta2 =
      (q3 - y) * sigmoidDerivative(p3) * w23 * tanhDerivative(p2) * w12 * sigmoidDerivative(p1)
    let delta3 = delta2 * w01 * tanhDerivative(p0)
    let expected = [
      "q0": q0, "q1": q1, "q2": q2, "q3": q3, "C": 0.5 * (q3 - y) * (q3 - y), "Δ0": delta0,
      "Δ1": delta1, "Δ2": delta2, "Δ3": delta3, "∂C/∂w23": delta0 * q2, "∂C/∂w12": delta1 * q1,
      "∂C/∂w01": delta2 * q0,
    ]
    for (name, value) in expected {
      let found = try measure("non-linear chain: \(name)")
      #expect(abs(found - value) <= 1e-14, "\(name): \(found), expected \(value)")
    }
  }

  @Test(arguments: ["linear chain", "non-linear chain"])
  func automaticDifferentiationAgrees(chain: String) throws {
    let name = "\(chain): largest difference from automatic differentiation"
    #expect(try measure(name) <= 1e-14)
  }

  @Test func networkAgreesWithDifferences() throws {
    #expect(try measure("network: largest gradient") > 1e-2)
    #expect(try measure("network: largest difference from central differences") <= 1e-9)
  }

  /// The error of a long step falls with its square, that of a short one is rounding.
  @Test func differencesHaveABestStep() throws {
    let ratio = try measure("network: error of h = 0.1 over that of h = 0.01")
    #expect((90...110).contains(ratio))
    #expect((1e-7...1e-3).contains(try measure("network: best step")))
    #expect(try measure("network: error of the best step") <= 1e-9)
  }
}
