import NNCore
import NNSearch
import NNTestSupport
import Testing

@Suite("Search: importance of parameters")
struct ImportanceTests {
  /// Points of a grid over the unit square.
  private static let grid = (0..<256).map { index -> [Double] in
    [Double(index / 16), Double(index % 16)].map { ($0 + 0.5) / 16 }
  }

  @Test("a tree over a grid has the shares of the function's own analysis of variance")
  func tree() throws {
    // f = 4·[x ≥ ½] + 2·[y ≥ ½] has variances 4 and 1 and no interaction.
    let additive = Self.grid.map { point -> Double in
      let (first, second) = (point[0] >= 0.5 ? 4.0 : 0, point[1] >= 0.5 ? 2.0 : 0)
      return first + second
    }
    let shares = try #require(RegressionTree(Self.grid, additive).shares)
    expectClose(shares, [0.8, 0.2], Tolerance(relative: 1e-12, absolute: 1e-12))
    // With f = [x ≥ ½]·[y ≥ ½], the mean is ¼, the variance 3/16, and each share 1/16.
    let product = Self.grid.map { $0[0] >= 0.5 && $0[1] >= 0.5 ? 1.0 : 0 }
    let thirds = try #require(RegressionTree(Self.grid, product).shares)
    expectClose(thirds, [1.0 / 3, 1.0 / 3], Tolerance(relative: 1e-12, absolute: 1e-12))
    #expect(RegressionTree(Self.grid, Self.grid.map { _ in 3 }).shares == nil)
  }

  @Test("a forest finds the parameter that matters, from random points")
  func forest() throws {
    let random = Philox(seed: 8)
    let points = (0..<60).map { index -> [Double] in
      (0..<3).map { random.preciseUniform(3 * index + $0) }
    }
    let values = points.map { point -> Double in
      let distance = point[1] - 0.3
      return 10 * distance * distance + 0.3 * point[0]
    }
    let shares = try #require(ParameterImportance(points, values)?.shares)
    #expect(shares[1] > 0.8 && shares[0] < 0.1 && shares[2] < 0.1)
    #expect(shares.reduce(0, +) <= 1 + 1e-12)
    #expect(ParameterImportance(Array(points.prefix(9)), Array(values.prefix(9))) == nil)
  }
}
