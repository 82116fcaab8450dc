import Foundation
import NNAnalysis
import NNCore
import NNData
import NNLayers
import NNLosses
import NNOptimizers
import NNTestSupport
import NNTraining
import Testing

private let terms = [LossTerm(CrossEntropy())]

/// A classifier of two classes with given weights, or one of three with a hidden layer.
private func classifier(
  on data: Dataset, weights: [Double]? = nil, dtype: DType = .float64
) throws -> TrainedModel {
  let trainer = try Trainer(
    model: weights == nil
      ? Model {
        Flatten()
        Dense(12)
        Tanh()
        Dense(3)
      }
      : Model {
        Flatten()
        Dense(2)
      }, loss: CrossEntropy(), optimizer: SGD(learningRate: 0.1), data: data, batchSize: 4,
    settings: TrainingSettings(dtype: dtype))
  if let weights {
    try trainer.load([
      "1.weight": HostTensor(
        doubles: weights.map { _ in 0 } + weights, shape: [2, weights.count], dtype: dtype),
      "1.bias": HostTensor(zeros: [2], dtype: dtype),
    ])
  }
  return try trainer.trainedModel()
}

/// Inputs that a search asked about, and their outcomes.
private final class Record {
  var inputs: [(row: Int, values: [Double])] = []
  var outcomes: [Int: [AttackedNetwork.Outcome]] = [:]
}

@Suite("Square attack") struct SquareAttackTests {
  /// Shapes of images, series, tables and single numbers.
  static let shapes: [Shape] = [[2, 9, 9], [1, 30, 4], [1, 2, 2], [11, 3], [7], [1]]

  /// The profile as the paper adds it up: squares around the centre, one after another.
  private func half(_ rows: Int, _ columns: Int) -> [[Double]] {
    var numbers = [[Double]](repeating: [Double](repeating: 0, count: columns), count: rows)
    for ring in 0..<max(rows / 2 + 1, columns / 2 + 1) {
      for row in max(rows / 2 - ring, 0)..<min(rows / 2 + ring + 1, rows) {
        for column in max(columns / 2 - ring, 0)..<min(columns / 2 + ring + 1, columns) {
          numbers[row][column] += 1 / Double((ring + 1) * (ring + 1))
        }
      }
    }
    let length = numbers.joined().reduce(0) { $0 + $1 * $1 }.squareRoot()
    return numbers.map { $0.map { $0 / length } }
  }

  @Test("the profile of a square is that of the paper", arguments: 2...9)
  func profile(side: Int) {
    let halves = half(side / 2, side) + half(side - side / 2, side).map { $0.map { -$0 } }
    let expected = halves.map { $0.map { $0 / 2.0.squareRoot() } }
    let upper = SquareProfile(rows: side, columns: side, isTransposed: false).values
    expectClose(upper, Array(expected.joined()), .exact.orAbsolute(1e-15))
    let turned = SquareProfile(rows: side, columns: side, isTransposed: true).values
    for index in 0..<side * side {
      #expect(turned[index] == upper[index % side * side + index / side])
    }
    // A run of a single row.
    let run = SquareProfile(rows: 1, columns: side, isTransposed: false).values
    let parts = half(side / 2, 1) + half(side - side / 2, 1).map { $0.map { -$0 } }
    expectClose(
      run, parts.map { $0[0] / 2.0.squareRoot() }, .exact.orAbsolute(1e-15))
    #expect(SquareProfile(rows: 1, columns: 1, isTransposed: false).values == [-1])
  }

  /// Runs a search and records what it asks about.
  private func search(
    _ batch: AttackBatch, on network: AttackedNetwork, _ norm: PerturbationNorm, radius: Double,
    queries: Int, seed: UInt64 = 3, record: Record
  ) throws -> HostTensor {
    let judge = {
      (inputs: HostTensor, part: AttackBatch) throws(NNError) -> [AttackedNetwork.Outcome] in
      let outcomes = try network.judge(inputs, of: part)
      let (values, width) = (inputs.doubles, inputs.elementCount / part.count)
      for (position, row) in part.rows.enumerated() {
        record.inputs.append((row, Array(values[position * width..<(position + 1) * width])))
        record.outcomes[row, default: []].append(outcomes[position])
      }
      return outcomes
    }
    let random = SquareRandom(seed: seed, draw: 0)
    let search = RandomSearch(queries: queries)
    return switch norm {
    case .linf:
      try search(
        batch, LinfSquares(batch, radius: radius, queries: queries, random: random), judge: judge)
    case .l2:
      try search(
        batch, L2Squares(batch, radius: radius, queries: queries, random: random), judge: judge)
    }
  }

  @Test(
    "all inputs that are asked about stay in the ball and in the range, and the worst is kept",
    arguments: PerturbationNorm.allCases, [DType.float32, .float64])
  func ball(norm: PerturbationNorm, dtype: DType) throws {
    let radius = 0.4
    for shape in Self.shapes {
      let count = 6
      let data = try Dataset(
        name: "rows", inputs: .random(Shape([count] + shape.dimensions), seed: 5, in: 0...1),
        targets: .labels([count], classes: 3, dtype: .int32))
      let model = try classifier(on: data, dtype: dtype)
      let network = try AttackedNetwork(model, losses: terms, norm: norm)
      let batch = try model.attackBatches(of: data, losses: terms, count: nil).batches[0]
      let record = Record()
      let found = try search(
        batch, on: network, norm, radius: radius, queries: 120, record: record)

      let (clean, low, high) = (batch.clean.doubles, batch.low.doubles, batch.high.doubles)
      let width = shape.elementCount
      for (row, values) in record.inputs {
        let changes = values.indices.map { values[$0] - clean[row * width + $0] }
        let size =
          norm == .linf
          ? changes.map(abs).max() ?? 0
          : changes.reduce(0) { $0 + $1 * $1 }.squareRoot()
        #expect(size <= radius * (1 + 1e-6), "\(shape), row \(row)")
        for (element, value) in values.enumerated() {
          let index = row * width + element
          #expect(value >= low[index] && value <= high[index], "\(shape), row \(row)")
        }
      }
      // An input is kept if its outcome is worse, so the last one is the worst of all.
      let last = try network.judge(found, of: batch)
      for row in 0..<count {
        let worst = try #require(record.outcomes[row]).reduce(last[row]) {
          $1.isWorse(than: $0) ? $1 : $0
        }
        #expect(worst.resistance == last[row].resistance, "\(shape), row \(row)")
        // Batches of other sizes round differently.
        expectClose([last[row].damage], [worst.damage], Tolerance(relative: 1e-5), "\(shape)")
      }
    }
  }

  @Test(
    "results depend on the seed, and not on the other examples",
    arguments: PerturbationNorm.allCases)
  func determinism(norm: PerturbationNorm) throws {
    let data = try Dataset(
      name: "images", inputs: .random([8, 1, 7, 7], seed: 5, in: 0...1),
      targets: .labels([8], classes: 3, dtype: .int32))
    let model = try classifier(on: data)
    let network = try AttackedNetwork(model, losses: terms, norm: norm)
    let batch = try model.attackBatches(of: data, losses: terms, count: nil).batches[0]
    func inputs(_ batch: AttackBatch, seed: UInt64) throws -> HostTensor {
      try search(
        batch, on: network, norm, radius: 0.05, queries: 40, seed: seed, record: Record())
    }
    let whole = try inputs(batch, seed: 1)
    expectIdentical(try inputs(batch, seed: 1), whole)
    #expect(try inputs(batch, seed: 2) != whole)
    let part = try inputs(batch.selecting([2, 5]), seed: 1)
    expectClose(part.rows(0..<1), whole.rows(2..<3), .exact.orAbsolute(1e-12))
    expectClose(part.rows(1..<2), whole.rows(5..<6), .exact.orAbsolute(1e-12))
  }

  /// Of a linear network a perturbation δ lowers the margin by −w·δ, which is at most ε·‖w‖₂ in `l2`
  /// and ε·‖w‖₁ in `linf`.
  @Test(
    "on a linear network it is stronger than noise of the same size, and no stronger than the best",
    arguments: PerturbationNorm.allCases)
  func linear(norm: PerturbationNorm) throws {
    let (side, count, radius) = (8, 20, 0.2)
    let weights = (0..<side * side).map { index -> Double in
      let (row, column) = (Double(index / side), Double(index % side))
      return sin(0.9 * row + 0.3) * cos(0.7 * column)
    }
    let best =
      radius
      * (norm == .l2
        ? weights.reduce(0) { $0 + $1 * $1 }.squareRoot() : weights.reduce(0) { $0 + abs($1) })
    // Images on the right side of the boundary, so far from it that no attack succeeds and stops.
    let noise = HostTensor.random([count, side * side], seed: 4, in: -0.1...0.1).doubles
    let inputs = noise.indices.map {
      noise[$0] + 2 * radius * (weights[$0 % (side * side)] < 0 ? -1 : 1)
    }
    // Far images, which are not attacked, widen the range, so that nothing is clipped.
    let far = [Double](repeating: -50, count: side * side)
    let data = try Dataset(
      name: "images",
      inputs: HostTensor(inputs + far + far.map { -$0 }, shape: [count + 2, 1, side, side]),
      targets: HostTensor([Int32](repeating: 1, count: count + 2)))
    let model = try classifier(on: data, weights: weights)
    func loweredMargins(_ attack: String) throws -> [Double] {
      let table = try AttackTable.measure(
        model, on: data, attacks: [attack], radii: [radius],
        settings: AttackSettings(norm: norm, queries: 300), examples: count, losses: terms)
      #expect(table.rows[0].worst == 1)
      let moved = table.worstInputs.doubles
      return (0..<count).map { row in
        weights.indices.reduce(0.0) { sum, index in
          let element = row * weights.count + index
          return sum - weights[index] * (moved[element] - inputs[element])
        }
      }
    }
    let (square, random) = (try loweredMargins("square"), try loweredMargins("noise"))
    for row in 0..<count {
      #expect(square[row] > max(random[row], 0.4 * best), "row \(row): \(square[row] / best)")
      #expect(square[row] <= best * (1 + 1e-9), "row \(row)")
    }
  }
}
