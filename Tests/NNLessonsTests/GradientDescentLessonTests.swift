import NNLessons
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// Paths are recomputed here, coordinate by coordinate, with plain numbers.
@Suite struct GradientDescentLessonTests {
  private func measure(_ figure: String) throws -> Double {
    try LessonResults.measure("gradient-descent", figure)
  }

  /// Distances of gradient descent in the bowl ½x² + 5y²: each coordinate shrinks by its own
  /// factor.
  private func distances(rate: Double, steps: Int) -> [Double] {
    (0...steps).map { step in
      let x = -4.5 * pow(1 - rate, Double(step))
      let y = 1.5 * pow(1 - 10 * rate, Double(step))
      return (x * x + y * y).squareRoot()
    }
  }

  @Test(arguments: [("too small", 0.02), ("good", 2.0 / 11)])
  func convergingRatesTakeTheStepsOfTheFormula(name: String, rate: Double) throws {
    let expected = distances(rate: rate, steps: 1000)
    let steps = try measure("steps, \(name)")
    #expect(steps == expected.firstIndex { $0 <= 0.01 }.map(Double.init))
    let after40 = try measure("distance after 40 steps, \(name)")
    #expect(abs(after40 - expected[40]) <= 1e-12)
  }

  @Test func largeRateDiverges() throws {
    #expect(try measure("steps, too large") == .infinity)
    let expected = distances(rate: 0.205, steps: 40)
    let after40 = try measure("distance after 40 steps, too large")
    #expect(abs(after40 - expected[40]) <= 1e-11)
    #expect(after40 > expected[0])
  }

  /// The minima of ¼w⁴ − w² + ½w are roots of w³ − 2w + ½, by Viète's formula.
  @Test func valleysAreTheRootsOfTheDerivative() throws {
    func root(_ index: Double) -> Double {
      let (p, q) = (-2.0, 0.5)
      return 2 * sqrt(-p / 3)
        * cos(acos(3 * q / (2 * p) * sqrt(-3 / p)) / 3 - 2 * .pi * index / 3)
    }
    func height(_ w: Double) -> Double { w * w * w * w / 4 - w * w + w / 2 }
    let roots = [root(0), root(1), root(2)].sorted()
    let (deep, local) = (
      try measure("deeper minimum"), try measure("local minimum")
    )
    #expect(abs(deep - roots[0]) <= 1e-12)
    #expect(abs(local - roots[2]) <= 1e-12)
    #expect(
      abs(try measure("height of the deeper minimum") - height(roots[0])) <= 1e-12)
    #expect(
      abs(try measure("height of the local minimum") - height(roots[2])) <= 1e-12)
    // The crest separates the starts.
    let starts = (0..<9).map { -2.1 + 4.2 * Double($0) / 8 }
    #expect(try measure("starts") == 9)
    #expect(
      try measure("starts that find the deeper minimum")
        == Double(starts.filter { $0 < roots[1] }.count))
    let landing = 2.1 - 0.36 * (2.1 * 2.1 * 2.1 - 2 * 2.1 + 0.5)
    #expect(abs(try measure("where the leap lands") - landing) <= 1e-12)
    #expect(abs(try measure("end of the leap") - roots[0]) <= 1e-9)
  }

  /// Gradient descent shrinks by 99/101 per step along both axes of the gorge; momentum and Adam
  /// are recomputed by their rules.
  @Test func optimizersTakeTheStepsOfTheirRules() throws {
    typealias Point = (x: Double, y: Double)
    func stay(_ next: (_ point: Point, _ step: Int) -> Point) -> Double {
      var position: Point = (-9, 1)
      var outside = 0
      for step in 1...1000 {
        position = next(position, step)
        if (position.x * position.x + position.y * position.y).squareRoot() > 0.01 {
          outside = step
        }
      }
      return Double(outside + 1)
    }
    let plain = stay { position, _ in
      (position.x * (1 - 2.0 / 101), position.y * (1 - 200.0 / 101))
    }
    var direction: Point = (0, 0)
    let momentum = stay { position, _ in
      direction = (0.8 * direction.x + position.x, 0.8 * direction.y + 100 * position.y)
      return (position.x - 0.02 * direction.x, position.y - 0.02 * direction.y)
    }
    var (first, second) = ([0.0, 0], [0.0, 0])
    let adam = stay { position, step in
      let gradient = [position.x, 100 * position.y]
      var moved = [position.x, position.y]
      for axis in 0..<2 {
        first[axis] += 0.1 * (gradient[axis] - first[axis])
        second[axis] = 0.999 * second[axis] + 0.001 * gradient[axis] * gradient[axis]
        let size = (second[axis] / (1 - pow(0.999, Double(step)))).squareRoot() + 1e-8
        moved[axis] -= 0.3 / (1 - pow(0.9, Double(step))) * first[axis] / size
      }
      return (moved[0], moved[1])
    }
    #expect(try measure("steps, gradient descent") == plain)
    #expect(try measure("steps, momentum") == momentum)
    #expect(abs(try measure("steps, Adam") - adam) <= 1)
    #expect(momentum < plain / 5 && adam < plain / 2)
    #expect(abs(try measure("first step of Adam along x") - 0.3) <= 1e-6)
    #expect(abs(try measure("first step of Adam along y") + 0.3) <= 1e-6)
  }
}
