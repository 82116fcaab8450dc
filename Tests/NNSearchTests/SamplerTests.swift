import NNCore
import NNSearch
import NNTestSupport
import NNTraining
import Testing

@Suite("Search: samplers")
struct SamplerTests {
  private static let parameters = """
    optimizer: {choice: [{sgd: {lr: 0.1}}, adam]}, optimizer.adam.lr: {log: [0.001, 0.1]}, \
    optimizer.sgd.momentum: {range: [0.0, 0.9], step: 0.3}, epochs: {range: [2, 4]}
    """

  private static func sampler(
    _ name: String, _ space: SearchSpace, seed: UInt64 = 1
  ) throws -> any Sampler {
    let config = try Config(
      yaml: searchConfig, overrides: ["search={method: \(name), parameters: {epochs: [2, 3]}}"])
    return try Registry.samplers.build(try #require(config.search).method)
      .sampler(of: space, seed: seed)
  }

  /// Some results, better for smaller values of the last parameter.
  private static func observations(_ points: [SearchPoint]) -> [Observation] {
    points.enumerated().map { index, point in
      Observation(
        trial: index + 1, point: point, loss: point.values.last??.coordinate ?? 0,
        end: index % 5 == 4 ? .pruned(epoch: 1) : index % 7 == 6 ? .failed : .complete)
    }
  }

  @Test(
    "every method chooses values of the space, and only where they exist",
    arguments: Registry.samplers.names)
  func battery(name: String) throws {
    // A grid needs a finite number of values.
    let text = Self.parameters.replacing(
      "{log: [0.001, 0.1]}", with: name == "grid" ? "[0.001, 0.01, 0.1]" : "{log: [0.001, 0.1]}")
    let space = try SearchSpace(text)
    let sampler = try Self.sampler(name, space)
    var points: [SearchPoint] = []
    for number in 1...21 {
      let observations = Self.observations(Array(points.prefix((number - 1) / 4 * 4)))
      let pending = Array(points.dropFirst((number - 1) / 4 * 4))
      let point = try #require(
        sampler.point(ofTrial: number, after: observations, pending: pending))
      #expect(sampler.point(ofTrial: number, after: observations, pending: pending) == point)
      points.append(point)
      for (index, parameter) in space.parameters.enumerated() {
        switch (parameter.domain, point.values[index]) {
        case (.choice(let values), .choice(let choice)): #expect(values.indices.contains(choice))
        case (.range(let range), .number(let number)):
          #expect(number >= range.low && number <= range.last)
          if let spacing = range.spacing {
            let steps = (number - range.low) / spacing
            #expect(abs(steps - steps.rounded()) < 1e-9)
          }
        case (_, nil): #expect(index == 1 || index == 2)
        default: Issue.record("\(parameter.path) has another kind of value")
        }
      }
      // Either adam with its rate, or sgd with its momentum.
      let isAdam = point.values[0] == .choice(1)
      #expect((point.values[1] != nil) == isAdam && (point.values[2] != nil) == !isAdam)
      let paths = space.assignments(point).map(\.path)
      #expect(
        paths == ["optimizer", "epochs", isAdam ? "optimizer.adam.lr" : "optimizer.sgd.momentum"])
    }
    #expect(Set(points).count >= 12)
    // Another seed chooses other points, except for a grid.
    let other = try Self.sampler(name, space, seed: 2)
    #expect((other.point(ofTrial: 1, after: [], pending: []) == points[0]) == (name == "grid"))
  }

  @Test("a grid has every combination once, the last parameter varying fastest")
  func grid() throws {
    let space = try SearchSpace("data.batch_size: [8, 16], epochs: {range: [2, 6], step: 2}")
    let sampler = try Self.sampler("grid", space)
    let points = (1...7).map { sampler.point(ofTrial: $0, after: [], pending: []) }
    let values = points.map { $0.map { point in space.assignments(point).map(\.value) } }
    #expect(
      values == [
        // Shorter paths come first.
        [.integer(2), .integer(8)], [.integer(2), .integer(16)], [.integer(4), .integer(8)],
        [.integer(4), .integer(16)], [.integer(6), .integer(8)], [.integer(6), .integer(16)], nil,
      ])
  }

  @Test("a grid of sections has the combinations inside each")
  func conditionalGrid() throws {
    let space = try SearchSpace(
      "optimizer: {choice: [{sgd: {lr: 0.1}}, adam, rmsprop]}, optimizer.adam.lr: [0.1, 0.2], "
        + "optimizer.sgd.momentum: [0.1, 0.5, 0.9], epochs: [2, 3]")
    let sampler = try Self.sampler("grid", space)
    let points = (1...100).compactMap { sampler.point(ofTrial: $0, after: [], pending: []) }
    #expect(points.count == (3 + 2 + 1) * 2 && Set(points).count == points.count)
    let large = try SearchSpace(
      "data.batch_size: {range: [1, 1000000]}, epochs: {range: [1, 1000000]}")
    let last = try Self.sampler("grid", large).point(
      ofTrial: 1_000_000_000_000, after: [], pending: [])
    #expect(last?.values == [.number(1_000_000), .number(1_000_000)])
    #expect(
      try Self.sampler("grid", large).point(ofTrial: 1_000_000_000_001, after: [], pending: [])
        == nil)
  }

  @Test("a grid refuses a range without steps")
  func endlessGrid() throws {
    let space = try SearchSpace("optimizer.adam.lr: {log: [0.001, 0.1]}")
    expectError("finite number of values", "optimizer.adam.lr", "choice") {
      _ = try Self.sampler("grid", space)
    }
  }

  @Test("a Sobol sequence is SciPy's")
  func sobol() throws {
    let fixture = try SearchFixture.load("sobol")
    let indices = try #require(fixture["indices"]?.numbers)
    let points = try #require(fixture["points"]?.list)
    let sequence = SobolSequence(dimensions: 64)
    for (index, point) in zip(indices, points) {
      let expected = try #require(point.numbers)
      #expect(
        sequence.bits(at: UInt32(index)).map { Double($0 >> 2) } == expected, "point \(index)")
    }
    #expect(points.count == 33)
  }

  @Test("Sobol points have one value in each of 2ᵏ equal intervals")
  func evenly() throws {
    let sampler = try Self.sampler("sobol", .unitCube(5))
    let points = try (1...64).map {
      try #require(sampler.point(ofTrial: $0, after: [], pending: []))
    }
    for axis in 0..<5 {
      // A shift modulo 1 keeps the distances, so no interval of 1/64 has more than two.
      let cells = points.map { Int(($0.values[axis]?.coordinate ?? 0) * 64) }
      let counts = Dictionary(cells.map { ($0, 1) }, uniquingKeysWith: +)
      #expect(counts.values.allSatisfy { $0 <= 2 }, "axis \(axis)")
    }
    let parameters = (0...64).map { SearchParameter("x\($0)", .range(.init(0, 1))) }
    expectError("up to 64 parameters", "there are 65", "random") {
      _ = try Self.sampler("sobol", SearchSpace(SearchConfig(parameters: parameters)))
    }
  }

  @Test("logarithms of integers are uniform, with half a number of space at both ends")
  func scale() {
    let range = SearchRange(1, 1000, isInteger: true, isLogarithmic: true)
    let domain = SearchDomain.range(range)
    #expect(domain.value(at: 0) == .number(1) && domain.value(at: 0.999_999) == .number(1000))
    let (low, high) = range.scale
    #expect(abs(low + 0.693_147_180_559_945_3) < 1e-12 && abs(high - 6.908_255_154_023_788) < 1e-12)
    let stepped = SearchRange(0, 1, step: 0.3)
    #expect(stepped.count == 4 && abs(stepped.last - 0.9) < 1e-12)
    #expect(SearchDomain.range(SearchRange(0, 0.5, step: 0.1)).count == 6)
  }
}
