import Foundation
import NNAnalysis
import NNCore
import NNData
import NNGraph
import NNLayers
import NNLosses
import NNOptimizers
import NNTestSupport
import NNTraining
import Testing

@Suite("Certificates") struct CertificationTests {
  // MARK: - Randomized smoothing

  /// Successes, trials, α and SciPy's bound: Fixtures/binomial.py.
  private static let bounds: [(Int, Int, Double, Double)] = [
    (1, 1, 0.05, 0.05),
    (1, 10, 0.05, 0.005116196891823701),
    (7, 10, 0.05, 0.39337578389458766),
    (10, 10, 0.05, 0.7411344491069477),
    (60, 100, 0.05, 0.5129758202538943),
    (99, 100, 0.05, 0.9534401885464611),
    (100, 100, 0.05, 0.9704869503929601),
    (5001, 10000, 0.05, 0.49182648303610943),
    (9990, 10000, 0.05, 0.9983043685463546),
    (10000, 10000, 0.05, 0.9997004716402234),
    (99500, 100000, 0.05, 0.9946172692401812),
    (1, 1, 0.001, 0.001),
    (1, 10, 0.001, 0.00010004502852067863),
    (7, 10, 0.001, 0.20463672209928987),
    (10, 10, 0.001, 0.5011872336272722),
    (60, 100, 0.001, 0.4409842652212994),
    (99, 100, 0.001, 0.9113731112960424),
    (100, 100, 0.001, 0.933254300796991),
    (5001, 10000, 0.001, 0.4846028791392971),
    (9990, 10000, 0.001, 0.9975883080325683),
    (10000, 10000, 0.001, 0.9993094630025899),
    (99500, 100000, 0.001, 0.9942718183966079),
  ]

  @Test("bounds of Clopper and Pearson are SciPy's to 1e-9")
  func binomialBounds() {
    for (successes, count, alpha, expected) in Self.bounds {
      let found = BinomialBound.lower(successes: successes, of: count, alpha: alpha)
      #expect(abs(found - expected) <= 1e-9 * expected, "\(successes) of \(count): \(found)")
      // The definition: at the bound, that number of successes or more has the probability α.
      let tail = BinomialBound.incompleteBeta(
        found, Double(successes), Double(count - successes + 1))
      #expect(abs(tail - alpha) < 1e-9)
    }
    #expect(BinomialBound.lower(successes: 0, of: 10, alpha: 0.05) == 0)
  }

  @Test("the smallest number of trials is the first whose bound can exceed the probability")
  func smallestNumbersOfTrials() {
    for (probability, alpha) in [(0.5, 0.001), (0.5, 0.3), (0.9, 0.05)] {
      let count = BinomialBound.trials(above: probability, alpha: alpha)
      #expect(BinomialBound.lower(successes: count, of: count, alpha: alpha) > probability)
      #expect(
        count == 1
          || BinomialBound.lower(successes: count - 1, of: count - 1, alpha: alpha) <= probability)
    }
  }

  /// Probabilities and SciPy's quantiles: Fixtures/binomial.py.
  private static let quantiles: [(Double, Double)] = [
    (1e-300, -37.0470962993612),
    (1e-12, -7.034483825301131),
    (0.001, -3.090232306167813),
    (0.25, -0.6744897501960817),
    (0.5, 0.0),
    (0.75, 0.6744897501960817),
    (0.9, 1.2815515655446004),
    (0.999, 3.090232306167813),
    (0.999999999, 5.997807019601637),
  ]

  @Test("normal quantiles are SciPy's")
  func normalQuantiles() {
    for (probability, expected) in Self.quantiles {
      let found = StandardNormal.quantile(probability)
      #expect(abs(found - expected) <= 1e-8 * max(1, abs(expected)), "\(probability): \(found)")
    }
  }

  /// A linear classifier of two classes; the smoothed one has the same boundary, whose distance from
  /// an input is the largest radius that can be certified.
  @Test("radii of a linear classifier approach the distance to its boundary, and never exceed it")
  func linearRadii() throws {
    let weights = [1.5, -2.0, 0.5]
    let data = try Dataset(
      name: "rows", inputs: .normal([30, 3], seed: 6),
      targets: .labels([30], classes: 2, dtype: .int32))
    let model = try trained(
      Model { Dense(2) }, on: data,
      [
        "0.weight": HostTensor([0, 0, 0] + weights, shape: [2, 3]), "0.bias": HostTensor([0, 0.2]),
      ])
    let smoothing = try RandomizedSmoothing.certify(
      model, on: data, deviation: 0.5, samples: 2000)
    let length = weights.reduce(0) { $0 + $1 * $1 }.squareRoot()
    for (row, certificate) in smoothing.certificates.enumerated() {
      let inputs = data.inputs.doubles
      let score = 0.2 + (0..<3).reduce(0.0) { $0 + weights[$1] * inputs[row * 3 + $1] }
      let distance = abs(score) / length
      #expect(certificate.row == row)
      guard let predicted = certificate.predicted else {
        #expect(distance < 0.1 && certificate.radius == 0)
        continue
      }
      #expect(predicted == (score > 0 ? 1 : 0))
      // 2,000 samples cannot certify more than σ·Φ⁻¹(α^(1/2000)) = 0.5 · 2.70.
      #expect(certificate.radius <= distance + 1e-12 && certificate.radius <= 1.36)
      #expect(certificate.radius > min(distance, 1.2) - 0.25, "row \(row): \(distance)")
    }
    let correct = smoothing.certificates.count {
      $0.predicted == $0.label && $0.radius >= 0.5
    }
    expectClose([smoothing.accuracy(atRadius: 0.5)], [Double(correct) / 30], .exact)
    // An example's certificate depends on its number alone.
    let fewer = try RandomizedSmoothing.certify(
      model, on: data, deviation: 0.5, samples: 2000, examples: 3)
    #expect(fewer.certificates == Array(smoothing.certificates.prefix(3)))
  }

  @Test func wrongOptionsAreRefused() throws {
    let data = try Dataset(
      name: "rows", inputs: .normal([4, 3]), targets: .labels([4], classes: 2, dtype: .int32))
    let model = try trained(Model { Dense(2) }, on: data, nil)
    expectError("sigma is 0") {
      _ = try RandomizedSmoothing.certify(model, on: data, deviation: 0)
    }
    expectError("alpha is 1") {
      _ = try RandomizedSmoothing.certify(model, on: data, deviation: 1, alpha: 1)
    }
    expectError("n is 9, with which nothing can be certified", "at least 10") {
      _ = try RandomizedSmoothing.certify(model, on: data, deviation: 0.1, samples: 9)
    }
    expectError("sigma 64.0 is larger than the range") {
      _ = try RandomizedSmoothing.certify(model, on: data, deviation: 64)
    }
    let branches = try trained(
      Model { inputs, scope in
        let input = inputs.values
        let other = scope.apply(Dense(3), to: input, named: "other")
        return ["output": scope.apply(Dense(3), to: input, named: "scores") + 0 * other]
      }, on: data, nil)
    expectError("does not read the output of the layer before it") {
      _ = try IntervalCertificates.verify(branches, on: data, radii: [0.1])
    }
    expectError("larger than the range") {
      _ = try IntervalCertificates.verify(model, on: data, radii: [100])
    }
    let other = try trained(
      Model {
        Dense(4)
        GELU()
        Dense(2)
      }, on: data, nil)
    expectError("interval bounds are not known", "GELU") {
      _ = try IntervalCertificates.verify(other, on: data, radii: [0.1])
    }
  }

  // MARK: - Interval bounds

  /// Networks of all layers whose bounds are known.
  private func networks() throws -> [(model: TrainedModel, data: Dataset)] {
    let table = try Dataset(
      name: "rows", inputs: .normal([20, 5], seed: 2),
      targets: .labels([20], classes: 3, dtype: .int32))
    let images = try Dataset(
      name: "images", inputs: .random([20, 2, 8, 8], seed: 3, in: 0...1),
      targets: .labels([20], classes: 3, dtype: .int32))
    return [
      (
        try trained(
          Model {
            Dense(16).named("first")
            BatchNorm1D()
            LeakyReLU()
            Dense(12)
            Tanh()
            Dropout(0.5)
            Dense(9)
            Softplus()
            Dense(7)
            Sigmoid()
            Dense(3).named("scores")
          }, on: table, nil), table
      ),
      (
        try trained(
          Model {
            Conv2D(6, kernelSize: 3, padding: 1)
            BatchNorm2D()
            ReLU()
            MaxPool2D(2)
            Sequential {
              Conv2D(4, kernelSize: 3, padding: .same, bias: false)
              ReLU()
            }
            AvgPool2D(2)
            Flatten()
            Dense(3)
          }, on: images, nil), images
      ),
    ]
  }

  /// 10⁶ points, of which half are corners of the box, where bounds are tightest.
  @Test("no sampled point violates the bounds")
  func soundness() throws {
    for (model, data) in try networks() {
      let function = try IntervalFunction(model)
      let width = data.inputShape.elementCount
      var random = 0
      for radius in [0.001, 0.02, 0.3] {
        let centre = data.inputs.doubles
        let box = HostTensor(centre, shape: data.inputs.shape)
        let bounds = try function(
          low: HostTensor(centre.map { $0 - radius }, shape: box.shape),
          high: HostTensor(centre.map { $0 + radius }, shape: box.shape), labels: data.targets)
        let (low, high) = (bounds.low.doubles, bounds.high.doubles)
        let margins = bounds.margins.doubles
        let labels = data.targets.scalars(as: Int32.self)
        var violations = 0
        // 20 examples a time: 10⁶ points of both networks and the three radii.
        for _ in 0..<(1_000_000 / (20 * 6)) {
          let generator = Philox(seed: 77, stream: 5, step: UInt32(random))
          random += 1
          let isCorner = random.isMultiple(of: 2)
          let points = centre.indices.map { index in
            let share = generator.uniform(index)
            return centre[index] + radius * (isCorner ? (share < 0.5 ? -1 : 1) : 2 * share - 1)
          }
          let outputs = try function.outputs(HostTensor(points, shape: box.shape)).doubles
          for row in 0..<20 {
            for output in 0..<3 {
              let (index, value) = (row * 3 + output, outputs[row * 3 + output])
              if value < low[index] || value > high[index] { violations += 1 }
              let difference = outputs[row * 3 + Int(labels[row])] - value
              if difference < margins[index] { violations += 1 }
            }
          }
        }
        #expect(violations == 0, "radius \(radius), \(width) inputs")
      }
    }
  }

  /// Of a linear network the bounds are attained: margin − ε·‖w_y − w_j‖₁.
  @Test("bounds of a linear network are the closed form")
  func linearBounds() throws {
    let data = try Dataset(
      name: "rows", inputs: .normal([10, 3], seed: 2),
      targets: .labels([10], classes: 3, dtype: .int32))
    let weights = HostTensor.normal([3, 3], seed: 9).doubles
    let model = try trained(
      Model { Dense(3) }, on: data,
      ["0.weight": HostTensor(weights, shape: [3, 3]), "0.bias": HostTensor([0.1, -0.2, 0])])
    let (centre, labels) = (data.inputs.doubles, data.targets.scalars(as: Int32.self))
    let bounds = try IntervalFunction(model)(
      low: HostTensor(centre.map { $0 - 0.25 }, shape: [10, 3]),
      high: HostTensor(centre.map { $0 + 0.25 }, shape: [10, 3]), labels: data.targets)
    let bias = [0.1, -0.2, 0]
    for row in 0..<10 {
      for output in 0..<3 {
        let label = Int(labels[row])
        let differences = (0..<3).map { weights[label * 3 + $0] - weights[output * 3 + $0] }
        let margin =
          bias[label] - bias[output]
          + (0..<3).reduce(0.0) { $0 + differences[$1] * centre[row * 3 + $1] }
        let expected = margin - 0.25 * differences.reduce(0) { $0 + abs($1) }
        expectClose(
          [bounds.margins.doubles[row * 3 + output]], [expected], .exact.orAbsolute(1e-12))
      }
    }
    // An unperturbed example is verified where it is predicted correctly.
    let result = try IntervalCertificates.verify(model, on: data, radii: [0, 0.25])
    let predicted = try #require(
      Predictor(model).classes(of: Predictor(model).predict(data.inputs)))
    let correct = zip(predicted, labels).count { $0 == Int($1) }
    expectClose([result.rows[0].verified], [Double(correct) / 10], .exact)
    #expect(result.rows[1].verified <= result.rows[0].verified)
  }

  /// A network trained for an epoch, or with given weights.
  private func trained(
    _ model: Model, on data: Dataset, _ weights: [String: HostTensor]?
  ) throws -> TrainedModel {
    let trainer = try Trainer(
      model: model, loss: CrossEntropy(), optimizer: Adam(learningRate: 0.01), data: data,
      batchSize: min(10, data.count), settings: TrainingSettings(dtype: .float64))
    if let weights { try trainer.load(weights) } else { _ = try trainer.epoch() }
    return try trainer.trainedModel()
  }
}
