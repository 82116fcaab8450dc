import Foundation
import NNCore
import NNSearch
import NNTraining
import Testing

/// How good points are that samplers find on functions with known minima.
@Suite("Search: samplers on test functions")
struct SamplerBenchmarkTests {
  /// A function of numbers between 0 and 1.
  struct TestFunction: Sendable, CustomTestStringConvertible {
    let name: String
    let dimensions: Int
    let value: @Sendable ([Double]) -> Double

    var testDescription: String { name }
  }

  /// Surjanovic and Bingham, "Virtual library of simulation experiments", scaled to the unit cube.
  static let functions = [
    TestFunction(name: "Branin", dimensions: 2) { point in
      let (x, y) = (15 * point[0] - 5, 15 * point[1])
      let curve: Double = 5.1 / (4 * Double.pi * Double.pi) * x * x
      let inner: Double = y - curve + 5 / Double.pi * x - 6
      let wave: Double = 10 * (1 - 1 / (8 * Double.pi)) * cos(x)
      return inner * inner + wave + 10
    },
    TestFunction(name: "Hartmann 6", dimensions: 6, value: hartmann),
    TestFunction(name: "Rosenbrock", dimensions: 2) { point in
      let (x, y) = (4 * point[0] - 2, 4 * point[1] - 1)
      let valley: Double = y - x * x
      return 100 * valley * valley + (1 - x) * (1 - x)
    },
    TestFunction(name: "Ackley", dimensions: 4) { point in
      let x = point.map { 20 * $0 - 8 }
      let square = x.map { $0 * $0 }.reduce(0, +) / 4
      let wave = x.map { cos(2 * Double.pi * $0) }.reduce(0, +) / 4
      let bowl: Double = 20 * exp(-0.2 * square.squareRoot())
      return 20 + exp(1) - bowl - exp(wave)
    },
    TestFunction(name: "Styblinski-Tang", dimensions: 4) { point in
      point.map { 10 * $0 - 5 }.map { x -> Double in
        let square = x * x
        return (square * square - 16 * square + 5 * x) / 2
      }.reduce(0, +)
    },
    TestFunction(name: "ellipsoid", dimensions: 5) { point in
      point.enumerated().map { axis, x -> Double in
        let distance = x - 0.3
        return Double(axis + 1) * distance * distance
      }.reduce(0, +)
    },
  ]

  private static let hartmann: @Sendable ([Double]) -> Double = { point in
    let weights = [1.0, 1.2, 3, 3.2]
    let scales: [[Double]] = [
      [10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8],
      [17, 8, 0.05, 10, 0.1, 14],
    ]
    let centres: [[Double]] = [
      [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
      [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
      [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650],
      [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
    ]
    var sum = 0.0
    for term in weights.indices {
      var distance = 0.0
      for axis in point.indices {
        let difference = point[axis] - centres[term][axis]
        distance += scales[term][axis] * difference * difference
      }
      sum -= weights[term] * exp(-distance)
    }
    return sum
  }

  @Test("the functions have their known minima")
  func minima() {
    let points: [[Double]] = [
      [(Double.pi + 5) / 15, 2.275 / 15],
      [0.20169, 0.150011, 0.476874, 0.275332, 0.311652, 0.6573],
      [0.75, 0.5], Array(repeating: 0.4, count: 4), Array(repeating: 0.2096466, count: 4),
      Array(repeating: 0.3, count: 5),
    ]
    let minima: [Double] = [0.397887, -3.32237, 0, 0, -156.66466, 0]
    for (index, function) in Self.functions.enumerated() {
      let value = function.value(points[index])
      #expect(abs(value - minima[index]) < 1e-4, "\(function.name): \(value)")
    }
  }

  /// The least value of the first points of a search in rounds of four, each chosen from
  /// the results of all rounds but the last.
  private static func best(
    _ options: SamplerOptions, _ function: TestFunction, seed: UInt64, trials: Int
  ) throws -> Double {
    let sampler = try options.sampler(of: .unitCube(function.dimensions), seed: seed)
    var observations: [Observation] = []
    while observations.count < trials {
      let known = Array(observations.dropLast(4))
      for number in observations.count + 1...min(observations.count + 4, trials) {
        let pending = observations.dropFirst(known.count).map(\.point)
        let point = try #require(
          sampler.point(ofTrial: number, after: known, pending: pending))
        let loss = function.value(point.values.map { $0?.coordinate ?? .nan })
        observations.append(
          Observation(trial: number, point: point, loss: loss, end: .complete))
      }
    }
    return observations.map(\.loss).min() ?? .infinity
  }

  @Test(
    "TPE beats random search in at least 30 of 50 searches of 80 trials", arguments: functions)
  func tpe(function: TestFunction) throws {
    var wins = 0
    for seed in 1...50 {
      let seed = UInt64(seed)
      let tpe = try Self.best(
        .tpe(startup: 10, candidates: 24), function, seed: seed, trials: 80)
      // Another seed, so that the first points differ.
      let random = try Self.best(.random, function, seed: seed + 1000, trials: 80)
      if tpe < random { wins += 1 }
    }
    #expect(wins >= 30, "\(function.name): \(wins) of 50")
  }
}
