import NNLessons
import Testing

#if canImport(Glibc)
  import Glibc
#endif

@Suite struct ConvexConvergenceLessonTests {
  private func measure(_ figure: String) throws -> Double {
    try LessonResults.measure("convex-convergence", figure)
  }

  @Test func errorsFollowTheFormula() throws {
    #expect(try measure("largest difference from the formula") <= 1e-12)
  }

  /// The error is at most δ of the first after ⌈log δ / log(1 − ηb)⌉ steps.
  @Test(arguments: [0.01, 0.02, 0.05, 0.1, 0.2, 0.5])
  func countedStepsEqualThePredictedOnes(product: Double) throws {
    let predicted = try measure("steps predicted, ηb = \(product)")
    #expect(abs(predicted - log(1e-6) / log(1 - product)) <= 1e-9)
    let counted = try measure("steps counted, ηb = \(product)")
    #expect(counted == predicted.rounded(.up))
    let rough = try measure("steps by −log δ/(ηb), ηb = \(product)")
    #expect(abs(rough - 6 * log(10) / product) <= 1e-9)
    // −log(1 − z) = z + z²/2 + … lies between z and z/(1 − z).
    #expect(predicted < rough && predicted > rough * (1 - product))
  }

  /// Eigenvalues of [[2, 1.5], [1.5, 5]]: half the trace ± the root of its square less the
  /// determinant.
  @Test func eigenvaluesAreTheRootsOfTheCharacteristicPolynomial() throws {
    let root = (3.5 * 3.5 - (2 * 5 - 1.5 * 1.5)).squareRoot()
    #expect(abs(try measure("α") - (3.5 - root)) <= 1e-13)
    #expect(abs(try measure("β") - (3.5 + root)) <= 1e-13)
    #expect(abs(try measure("1/β") - 1 / (3.5 + root)) <= 1e-13)
    #expect(try measure("largest difference in the principal coordinates") <= 1e-12)
    #expect(try measure("distance after one step of Newton's method") <= 1e-12)
  }

  @Test func everythingSmoothIsABowlCloseToItsMinimum() throws {
    #expect(abs(try measure("|1 − ηf″|") - 0.7) <= 1e-12)
    #expect(abs(try measure("ratio of errors at step 40") - 0.7) <= 1e-5)
    var position = 1.7
    for step in 1...4 {
      position -= (exp(position) - 2) / exp(position)
      let error = try measure("Newton's error after step \(step)")
      #expect(abs(error - abs(position - log(2))) <= 1e-14)
    }
    // Newton: ε′ ≈ f‴/(2f″)·ε² = ε²/2.
    #expect(
      abs(try measure("Newton's error over the square of the one before") - 0.5) <= 5e-3
    )
  }
}
