import CKernels
import NNCore
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A transcendental kernel and its oracle in a wider type.
private struct Function: Sendable, CustomTestStringConvertible {
  var name: String
  var opcode: nn_opcode
  var oracle: @Sendable (Wide) -> Wide
  var testDescription: String { name }

  static let all = [
    Function(name: "exp", opcode: NN_EXP) { exp($0) },
    Function(name: "expm1", opcode: NN_EXPM1) { expm1($0) },
    Function(name: "log", opcode: NN_LOG) { log($0) },
    Function(name: "log1p", opcode: NN_LOG1P) { log1p($0) },
    Function(name: "tanh", opcode: NN_TANH) { tanh($0) },
    Function(name: "sigmoid", opcode: NN_SIGMOID) { (x: Wide) -> Wide in
      x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x))
    },
    Function(name: "erf", opcode: NN_ERF) { erf($0) },
    Function(name: "sin", opcode: NN_SIN) { sin($0) },
    Function(name: "cos", opcode: NN_COS) { cos($0) },
    Function(name: "softplus", opcode: NN_SOFTPLUS) { (x: Wide) -> Wide in
      x > 0 ? x + log1p(exp(-x)) : log1p(exp(x))
    },
    Function(name: "sqrt", opcode: NN_SQRT) { $0.squareRoot() },
  ]
}

struct ElementwiseAccuracyTests {
  /// Distance in units of the last place of the rounded oracle; infinite where one of them is not a
  /// number or not finite and the other is.
  private func distance<Real: KernelReal>(_ result: Real, _ oracle: Wide) -> Double {
    let rounded = Real(wide: oracle)
    if oracle.isNaN || result.isNaN { return oracle.isNaN && result.isNaN ? 0 : .infinity }
    if rounded.isInfinite || result.isInfinite { return rounded == result ? 0 : .infinity }
    if oracle == 0 { return result == 0 && result.sign == rounded.sign ? 0 : .infinity }
    return Double(abs(result.wide - oracle) / rounded.ulp.wide)
  }

  private func arguments<Real: KernelReal>(_ type: Real.Type) -> [Real] {
    let generator = Philox(seed: 3)
    let anyBits = (0..<6000).map { index in
      let words = generator.block(UInt64(index))
      return Real.ofBits(UInt64(words[0]) << 32 | UInt64(words[1]))
    }
    let special: [Real] = [
      0, -0.0, 1, -1, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, -.leastNonzeroMagnitude,
      .leastNormalMagnitude, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, .ulpOfOne,
      Real(1).nextDown, Real(-1).nextUp, 88.72283, 88.72284, -87.33, -103.9, -104.1, 709.78, 709.79,
      -745.1, -745.2,
    ]
    return anyBits + special + numbers(4000, scale: 1) + numbers(4000, stream: 1, scale: 20)
      + numbers(2000, stream: 2, scale: 100) + numbers(2000, stream: 3, scale: 1e5)
  }

  @Test(arguments: KernelTable.all, Function.all)
  private func staysWithinTwoUlp(table: KernelTable, function: Function) {
    func check<Real: KernelReal>(_ type: Real.Type) {
      let points = arguments(type)
      let results = table.apply(function.opcode, points)
      var worst = (ulp: 0.0, at: Real(0))
      for (point, result) in zip(points, results) {
        let ulp = distance(result, function.oracle(point.wide))
        if ulp > worst.ulp { worst = (ulp, point) }
      }
      print("\(table.testDescription) \(function.name): worst \(worst.ulp) ulp at \(worst.at)")
      #expect(worst.ulp <= 2, "at \(worst.at)")
    }
    check(table.type)
  }

  /// From 40 times the least normal number on: bell and rest of the tail are normal there.
  private static func isJudged<Real: KernelReal>(_ oracle: Wide, _ type: Real.Type) -> Bool {
    oracle.isNaN || abs(oracle) >= 40 * Real.leastNormalMagnitude.wide
  }

  /// Φ(x), small as it may be.
  private static func cumulative(_ x: Wide) -> Wide { erfc(-x * Wide(0.5).squareRoot()) / 2 }

  @Test(arguments: KernelTable.all) func geluKeepsItsDigitsInTheTail(table: KernelTable) {
    func check<Real: KernelReal>(_ type: Real.Type) {
      let points = arguments(type) + numbers(20000, stream: 4, scale: 40)
      let results = table.apply(NN_GELU, points)
      let derivatives = table.apply(
        NN_GELU_GRADIENT, [Real](repeating: 1, count: points.count), points)
      var worst = (gelu: 0.0, derivative: 0.0)
      for (index, point) in points.enumerated() {
        let x = point.wide
        let oracle = x * Self.cumulative(x)
        if Self.isJudged(oracle, type) || abs(x) < 1 {
          worst.gelu = max(worst.gelu, distance(results[index], oracle))
        }
        guard x.isFinite, Self.isJudged(exp(-x * x / 2), type) || x > 0 else { continue }
        let derivative = Self.cumulative(x) + x * exp(-x * x / 2) / (2 * Wide.pi).squareRoot()
        // The derivative's terms, near 0.23, cancel around its root at −0.75.
        let isNearRoot = (-1.2 ... -0.4).contains(x)
        let error = abs(derivatives[index].wide - derivative)
        let unit = isNearRoot ? Real(0.25).ulp : Real(wide: derivative).ulp
        worst.derivative = max(worst.derivative, Double(error / unit.wide))
      }
      print(
        "\(table.testDescription) gelu: worst \(worst.gelu) ulp, "
          + "derivative \(worst.derivative) ulp")
      #expect(worst.gelu <= 8)
      #expect(worst.derivative <= 8)
      let ends: [Real] = [-6, -10, 0, -.greatestFiniteMagnitude, .infinity]
      let found = table.apply(NN_GELU, ends).map(Double.init)
      #expect(abs(found[0] / -5.919_525_870_226_188e-9 - 1) < 4 * Double(Real.ulpOfOne))
      #expect(abs(found[1] / -7.619_853_024_160_526e-23 - 1) < 4 * Double(Real.ulpOfOne))
      #expect(found[2...] == [0, 0, .infinity])
      let outermost: [Real] = [-Real.infinity, 0, Real.infinity]
      let slopesThere: [Real] = table.apply(NN_GELU_GRADIENT, [1, 1, 1], outermost)
      #expect(slopesThere == [0, 0.5, 1])
    }
    check(table.type)
  }

  @Test(arguments: KernelTable.all)
  func powerStaysWithinTwoUlpAndKeepsSpecialCases(table: KernelTable) {
    func check<Real: KernelReal>(_ type: Real.Type) {
      let bases: [Real] = numbers(3000, scale: 1, as: Real.self).map {
        Real(wide: exp(20 * $0.wide))
      }
      let exponents: [Real] = numbers(3000, stream: 9, scale: 6)
      var worst = 0.0
      for (index, result) in table.apply(NN_POWER, bases, exponents).enumerated() {
        let oracle = pow(bases[index].wide, exponents[index].wide)
        if oracle < Real.leastNormalMagnitude.wide { continue }
        worst = max(worst, distance(result, oracle))
      }
      print("\(table.testDescription) pow: worst \(worst) ulp")
      #expect(worst <= 2)

      let values: [Real] = [
        0, -0.0, 1, -1, 2, -2, 3, -3, 0.5, -0.5, 1.5, .infinity, -.infinity, .nan, 0x1p24, -0x1p24,
        1e30, -1e30, .leastNonzeroMagnitude, -7, 8_388_607, 8_388_609,
      ]
      for base in values {
        for exponent in values {
          let result = table.apply(NN_POWER, [base], [exponent])[0]
          let oracle = pow(base.wide, exponent.wide)
          #expect(distance(result, oracle) <= 1, "pow(\(base), \(exponent)) = \(result)")
        }
      }
    }
    check(table.type)
  }
}
