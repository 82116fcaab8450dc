import Foundation
import NNCore
import NNData
import NNTestSupport
import NNTraining
import Testing

@Suite struct PredictorTests {
  private let temporary: TemporaryFolder
  private let model: TrainedModel

  init() throws {
    temporary = try TemporaryFolder()
    try train(demandingConfig, in: temporary.path("run"))
    model = try TrainedModel(folder: RunFolder(temporary.path("run")))
  }

  @Test func concurrentTasksHaveTheSameResults() async throws {
    let predictor = try Predictor(model)
    // Several sizes share the predictor; above 256 examples it works in parts.
    let inputs = [1, 2, 7, 256, 300].map { HostTensor.normal([$0, 2], seed: UInt64($0)) }
    let serial = try inputs.map { rows in try predictor.predict(rows) }
    for _ in 0..<5 {
      let results = try await withThrowingTaskGroup(of: (Int, HostTensor).self) { group in
        for (index, rows) in inputs.enumerated() {
          for _ in 0..<3 {
            group.addTask { (index, try predictor.predict(rows)) }
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(results.count == 15)
      for (index, result) in results { expectIdentical(result, serial[index]) }
    }
  }

  /// Computed directly in Double: normalisation, dense, batch norm in evaluation, tanh, dense; no
  /// dropout.
  @Test func outputsAreThoseOfTheFormula() throws {
    let rows = HostTensor.normal([5, 2], seed: 3)
    let weights = Dictionary(
      uniqueKeysWithValues: model.weights.map { ($0.name, $0.tensor.doubles) })
    func weight(_ name: String) throws -> [Double] { try #require(weights[name]) }
    let (first, firstBias) = (try weight("0.weight"), try weight("0.bias"))
    let (scale, shift) = (try weight("1.weight"), try weight("1.bias"))
    let (mean, variance) = (try weight("1.running_mean"), try weight("1.running_var"))
    let (last, lastBias) = (try weight("4.weight"), try weight("4.bias"))
    var expected: [Double] = []
    for row in 0..<5 {
      let scaled = (0..<2).map {
        (rows.doubles[row * 2 + $0] - model.normalization.offsets[$0])
          / model.normalization.divisors[$0]
      }
      let hidden = (0..<9).map { unit in
        let sum = firstBias[unit] + first[unit * 2] * scaled[0] + first[unit * 2 + 1] * scaled[1]
        let normal = (sum - mean[unit]) / (variance[unit] + 1e-5).squareRoot()
        return tanh(normal * scale[unit] + shift[unit])
      }
      for unit in 0..<2 {
        let products = (0..<9).map { last[unit * 9 + $0] * hidden[$0] }
        expected.append(products.reduce(lastBias[unit], +))
      }
    }
    let output = try Predictor(model).predict(rows)
    #expect(output.dtype == .float32)
    expectClose(
      output, HostTensor(expected, shape: [5, 2]).converted(to: .float32), .float32)
  }

  @Test func probabilitiesAreTheSoftmax() throws {
    let predictor = try Predictor(model)
    let rows = HostTensor.normal([9, 2], seed: 4)
    let scores = try predictor.predict(rows).doubles
    let probabilities = try predictor.probabilities(rows)
    var expected: [Double] = []
    for row in 0..<9 {
      let parts = [exp(scores[row * 2]), exp(scores[row * 2 + 1])]
      expected += parts.map { $0 / (parts[0] + parts[1]) }
    }
    expectClose(probabilities, HostTensor(expected, shape: [9, 2]).converted(to: .float32))
  }

  @Test func aRegressionHasNoProbabilities() throws {
    let folder = temporary.path("regression")
    try train(
      """
      data: {train: sine, batch_size: 50}
      model: [{linear: 1}]
      loss: mse
      optimizer: adam
      epochs: 1
      """, in: folder)
    let predictor = try Predictor(TrainedModel(folder: RunFolder(folder)))
    #expect(try predictor.predict(HostTensor(zeros: [3, 1])).shape == [3, 1])
    expectError("`mse`", "no probabilities") {
      _ = try predictor.probabilities(HostTensor(zeros: [3, 1]))
    }
  }

  @Test(arguments: [[2], [4, 3], [4, 2, 1], [4]] as [Shape])
  func otherShapesAreRejected(shape: Shape) throws {
    expectError("[N, 2]", "\(shape)") {
      _ = try Predictor(model).predict(HostTensor(zeros: shape))
    }
  }

  @Test func invalidRowsAreRejected() throws {
    let predictor = try Predictor(model)
    expectError("no rows") { _ = try predictor.predict(HostTensor(zeros: [0, 2])) }
    for (value, name) in [(Float.nan, "NaN"), (.infinity, "infinity")] {
      expectError(name, "row 1", "column 0") {
        _ = try predictor.predict(HostTensor([1, 2, value, 4], shape: [2, 2]))
      }
    }
  }

  @Test func foldersWithoutAModelAreRejected() throws {
    expectError("no run folder", temporary.path) {
      _ = try TrainedModel(folder: RunFolder(temporary.path))
    }
    let file = try temporary.write("nothing of the kind", to: "other.safetensors")
    expectError(file) { _ = try TrainedModel(contentsOf: file) }
  }
}
