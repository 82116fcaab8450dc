import NNCore
import NNOptimizers
import NNTestSupport
import Testing

@Suite struct LBFGSTests {
  /// ½·Σ cᵢ·(xᵢ − i)² with curvatures from 1 to 100.
  private func parabola(_ point: [Double]) -> (loss: Double, gradient: [Double]) {
    let curvatures = point.indices.map { 1 + 99 * Double($0) / Double(point.count - 1) }
    let errors = point.enumerated().map { $1 - Double($0) }
    return (
      zip(curvatures, errors).reduce(0) { $0 + $1.0 * $1.1 * $1.1 / 2 },
      zip(curvatures, errors).map { $0 * $1 }
    )
  }

  /// (1 − x)² + 100·(y − x²)², Rosenbrock's valley, with its minimum at (1, 1).
  private func valley(_ point: [Double]) -> (loss: Double, gradient: [Double]) {
    let (x, y) = (point[0], point[1])
    let height = y - x * x
    return (
      (1 - x) * (1 - x) + 100 * height * height, [-2 * (1 - x) - 400 * x * height, 200 * height]
    )
  }

  @Test func aParabolaTakesAFewSteps() throws {
    let search = LBFGS(lineSearch: .strongWolfe).start(parameterCount: 10)
    var point = [Double](repeating: 0, count: 10)
    for _ in 0..<4 { point = try search.step(from: point, learningRate: 1, evaluate: parabola) }
    for (index, number) in point.enumerated() { #expect(abs(number - Double(index)) < 1e-3) }
  }

  @Test func theValleyIsFollowedToItsEnd() throws {
    let search = LBFGS(maxIterations: 100, lineSearch: .strongWolfe).start(parameterCount: 2)
    let end = try search.step(from: [-1.2, 1], learningRate: 1, evaluate: valley)
    #expect(abs(end[0] - 1) < 1e-3 && abs(end[1] - 1) < 1e-3)
  }

  /// The first iteration moves by min(1, 1/‖g‖₁)·lr against the gradient.
  @Test func theFirstStepIsThatOfTheFormula() throws {
    let search = LBFGS(learningRate: 0.5, maxIterations: 1).start(parameterCount: 2)
    let gradient = [3.0, -5]
    let end = try search.step(from: [1, 1], learningRate: 0.5) { _ in (2, gradient) }
    expectClose(end, [1 - 0.5 / 8 * 3, 1 + 0.5 / 8 * 5])
  }

  @Test func maximizingIsMinimizingTheNegative() throws {
    let (up, down) = (
      LBFGS(maximize: true).start(parameterCount: 4), LBFGS().start(parameterCount: 4)
    )
    let start = [0.1, 0.2, 0.3, 0.4]
    let climbed = try up.step(from: start, learningRate: 0.1) { point in
      let value = parabola(point)
      return (-value.loss, value.gradient.map { -$0 })
    }
    #expect(try climbed == down.step(from: start, learningRate: 0.1, evaluate: parabola))
  }

  /// A minimization that continues from its saved state has the same bits.
  @Test(arguments: [LBFGS.LineSearch.none, .strongWolfe], [0, 1, 2, 5])
  func stateSurvivesCheckpoints(lineSearch: LBFGS.LineSearch, steps: Int) throws {
    let optimizer = LBFGS(
      learningRate: 0.01, maxIterations: 2, historySize: 3, lineSearch: lineSearch)
    let whole = optimizer.start(parameterCount: 2)
    var point = [-1.2, 1.0]
    func step(_ search: any Minimization) throws {
      point = try search.step(from: point, learningRate: 0.01, evaluate: valley)
    }
    for _ in 0..<steps { try step(whole) }
    let saved = Dictionary(uniqueKeysWithValues: whole.state.map { ($0.name, $0.tensor) })
    let middle = point
    for _ in 0..<4 { try step(whole) }
    let end = point
    let resumed = optimizer.start(parameterCount: 2)
    try resumed.restore(saved)
    point = middle
    for _ in 0..<4 { try step(resumed) }
    #expect(point == end)
    let names = resumed.state.map(\.name)
    #expect(names.contains("old_dirs") && names.contains("H_diag") && names.contains("n_iter"))
  }

  @Test func anotherNumberOfParametersIsRejected() throws {
    let search = LBFGS(maxIterations: 3).start(parameterCount: 2)
    _ = try search.step(from: [-1.2, 1], learningRate: 1e-3, evaluate: valley)
    let saved = Dictionary(uniqueKeysWithValues: search.state.map { ($0.name, $0.tensor) })
    expectError("`d` should be float64[3]", "is float64[2]") {
      try LBFGS().start(parameterCount: 3).restore(saved)
    }
    expectError("`n_iter`", "is missing") { try LBFGS().start(parameterCount: 3).restore([:]) }
  }

  /// A step that diverges changes nothing.
  @Test func divergenceIsAnError() throws {
    let search = LBFGS(learningRate: 1e300).start(parameterCount: 2)
    expectError("not finite", "line_search_fn", kind: .runFailed) {
      _ = try search.step(from: [-1.2, 1], learningRate: 1e300, evaluate: valley)
    }
    #expect(search.state.map(\.name) == ["n_iter", "func_evals"])
  }

  @Test func defaultsArePyTorchs() {
    let optimizer = LBFGS()
    #expect(optimizer.learningRate == 1 && optimizer.maxIterations == 20)
    #expect(optimizer.maxEvaluations == 25 && optimizer.historySize == 100)
    #expect(optimizer.toleranceGradient == 1e-7 && optimizer.toleranceChange == 1e-9)
    #expect(optimizer.lineSearch == .none)
    #expect(optimizer.stateByteCount(parameterCount: 10) == 202 * 80)
  }
}
