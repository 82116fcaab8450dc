import NNAnalysis
import NNCore
import NNData
import NNGraph
import NNLayers
import NNTestSupport
import NNTraining
import Testing

/// Explanations of padded sequences and of networks with several inputs.
@Suite struct ExplainedInputTests {
  private static let additive = ["gradient_x_input", "integrated_gradients", "occlusion"]

  /// The series [N, 4, 2] of a network f(x) = w·x that does not know lengths itself.
  private static func series() throws -> (network: TrainedModel, weights: [Double]) {
    let weights = HostTensor.normal([1, 8], seed: 3)
    let network = try UntrainedModel.of(
      Model {
        Flatten()
        Dense(1)
      }, Ports(TensorType([4, 2], .float64), lengths: TensorType([], .int32)),
      weights: ["1.weight": weights, "1.bias": HostTensor([0.5])])
    return (network, weights.doubles)
  }

  /// Only valid steps are attributed: padding keeps its numbers in every comparison.
  @Test(arguments: additive, [0, -1.5]) func paddingIsNotAttributed(
    method: String, baseline: Double
  ) throws {
    let (network, w) = try Self.series()
    let rows = HostTensor.normal([3, 4, 2], seed: 8)
    let lengths = [2, 4, 1]
    var options = ExplanationOptions()
    options.baseline = method == "gradient_x_input" ? 0 : baseline
    let found = try Explainer(network).explain(
      Ports(rows, lengths: HostTensor(lengths.map { Int32($0) })), by: method, of: .index(0),
      options: options)
    #expect(found.lengths == lengths && found.attributions.shape == [3, 4, 2])
    let x = rows.doubles
    for row in 0..<3 {
      for index in 0..<8 {
        let expected =
          index / 2 < lengths[row] ? (x[8 * row + index] - options.baseline) * w[index] : 0
        #expect(abs(found.attributions.doubles[8 * row + index] - expected) <= 1e-13)
      }
    }
    #expect(try #require(found.completenessErrors).allSatisfy { abs($0) <= 1e-13 })
  }

  /// A network that reads lengths: neither the numbers of padding nor its extent matter.
  @Test(arguments: additive + ["saliency", "smoothgrad"])
  func rowsAreExplainedAsIfAlone(method: String) throws {
    let network = try UntrainedModel.of(
      Model {
        GRU(5, returns: .last)
        Dense(2)
      }, Ports(TensorType([6, 3], .float64), lengths: TensorType([], .int32)), seed: 4)
    let explainer = try Explainer(network)
    let rows = HostTensor.normal([2, 6, 3], seed: 2)
    var options = ExplanationOptions()
    options.samples = 2
    func explain(_ inputs: HostTensor, _ lengths: [Int32]) throws -> Explanation {
      try explainer.explain(
        Ports(inputs, lengths: HostTensor(lengths)), by: method, of: .index(1), options: options)
    }
    let found = try explain(rows, [6, 4])
    let padding = found.attributions.doubles[30..<36]
    #expect(padding.allSatisfy { $0 == 0 })
    #expect(found.attributions.doubles[..<30].allSatisfy { $0 != 0 })
    // Other numbers in place of padding.
    var changed = rows.doubles
    for index in 30..<36 { changed[index] = 77 }
    let other = try explain(HostTensor(changed, shape: rows.shape), [6, 4])
    expectClose(other.attributions, found.attributions, .init(absolute: 1e-14))
    #expect(abs(other.scores[1] - found.scores[1]) <= 1e-14)
    guard method != "smoothgrad" else { return }
    // The second row without padding; noise belongs to positions in a batch.
    let short = HostTensor(Array(rows.doubles[18..<30]), shape: [1, 4, 3])
    let alone = try explain(short, [4])
    #expect(alone.attributions.shape == [1, 6, 3])
    expectClose(
      Array(alone.attributions.doubles[..<12]), Array(found.attributions.doubles[18..<30]),
      .init(absolute: 1e-14))
    // All steps of shorter series are valid unless lengths say otherwise.
    let implied = try explainer.explain(short, by: method, of: .index(1), options: options)
    expectIdentical(implied.attributions, alone.attributions)
    if let error = found.completenessErrors, method == "integrated_gradients" {
      #expect(error.allSatisfy { abs($0) <= 1e-6 })
    }
  }

  /// f = image part + table part + the part of a category's vector, all linear.
  private static let model = Model { inputs, scope in
    let image = scope.apply(
      Sequential([Flatten(), Dense(2)]), to: scope.input("image"), named: "image")
    let table = scope.apply(Dense(2), to: scope.input("table"), named: "table")
    let place = scope.apply(
      Sequential([Embedding(3, numEmbeddings: 4), Dense(2)]), to: scope.input("place"),
      named: "place")
    return ["output": image + table + place]
  }

  private static let types: Ports<TensorType> = [
    "image": TensorType([1, 2, 3], .float64), "table": TensorType([2], .float64),
    "place": TensorType([], .int32),
  ]

  private static let inputs: Ports<HostTensor> = [
    "image": .normal([2, 1, 2, 3], seed: 1), "table": .normal([2, 2], seed: 2),
    "place": HostTensor([3, 1] as [Int32]),
  ]

  @Test(arguments: additive) func everyInputHasAttributions(method: String) throws {
    let network = try UntrainedModel.of(Self.model, Self.types, seed: 6)
    let weights = Dictionary(
      uniqueKeysWithValues: network.weights.map { ($0.name, $0.tensor.doubles) })
    func matrix(_ name: String) throws -> [Double] { try #require(weights[name]) }
    let (image, table) = (try matrix("image.1.weight"), try matrix("table.weight"))
    let (place, vectors) = (try matrix("place.1.weight"), try matrix("place.0.weight"))
    let found = try Explainer(network).explain(Self.inputs, by: method, of: .index(1))
    #expect(found.namedAttributions.names == ["image", "table", "place"])
    #expect(found.embeddedInputs == ["place"])
    let pixels = try #require(Self.inputs["image"]).doubles
    let numbers = try #require(Self.inputs["table"]).doubles
    func expect(_ name: String, _ values: [Double], _ shape: Shape) throws {
      expectClose(
        try #require(found.namedAttributions[name]), HostTensor(values, shape: shape),
        .init(absolute: 1e-13))
    }
    // Output 1 has the second row of each matrix; windows of occlusion are single pixels here.
    let ofPixels = pixels.enumerated().map { index, pixel -> Double in pixel * image[6 + index % 6]
    }
    try expect("image", ofPixels, [2, 1, 2, 3])
    let ofNumbers = numbers.enumerated().map { index, number -> Double in
      number * table[2 + index % 2]
    }
    try expect("table", ofNumbers, [2, 2])
    let parts = [3, 1].flatMap { token -> [Double] in
      zip(vectors[3 * token..<3 * token + 3], place[3..<6]).map { $0 * $1 }
    }
    if method == "occlusion" {
      // The numbers of a vector are replaced at once.
      let sums = [parts[..<3].reduce(0, +), parts[3...].reduce(0, +)]
      try expect("place", sums.flatMap { [$0, $0, $0] }, [2, 3])
      // So the attributions do not add up.
      #expect(found.completenessErrors == nil)
    } else {
      try expect("place", parts, [2, 3])
      #expect(try #require(found.completenessErrors).allSatisfy { abs($0) <= 1e-12 })
    }
    let outputs = try Predictor(network).predict(Self.inputs).doubles
    #expect(abs(found.scores[0] - outputs[1]) <= 1e-14)
    #expect(abs(found.scores[1] - outputs[3]) <= 1e-14)
  }

  @Test func manyRowsOfSeveralInputsAreExplainedInBatches() throws {
    let network = try UntrainedModel.of(Self.model, Self.types, seed: 6)
    let count = 150
    let inputs: Ports<HostTensor> = [
      "image": .normal([count, 1, 2, 3], seed: 3), "table": .normal([count, 2], seed: 4),
      "place": HostTensor((0..<count).map { Int32($0 % 4) }),
    ]
    let explainer = try Explainer(network)
    let all = try explainer.explain(inputs, by: "gradient_x_input", of: .index(0))
    let last = try explainer.explain(
      inputs.map { $1.rows(149..<150) }, by: "gradient_x_input", of: .index(0))
    for name in inputs.names {
      expectClose(
        try #require(all.namedAttributions[name]).rows(149..<150),
        try #require(last.namedAttributions[name]), .init(absolute: 1e-14))
    }
  }

  @Test func refusesWhatCannotBeExplained() throws {
    let explainer = try Explainer(UntrainedModel.of(Self.model, Self.types))
    expectError("the input `table` of the network is missing") {
      _ = try explainer.explain(
        ["image": .normal([2, 1, 2, 3])], by: "saliency", of: .index(0))
    }
    var options = ExplanationOptions()
    options.window = [1, 1, 1]
    expectError("a window of occlusion is that of one input, and the network has 3") {
      _ = try explainer.explain(Self.inputs, by: "occlusion", of: .index(0), options: options)
    }
    let number = Model { inputs, scope in
      ["output": scope.apply(Dense(2), to: scope.input("x"), named: "x")]
    }
    let tagger = Model {
      Embedding(3)
      Dense(4)
    }
    expectError("the network's output has the shape [N, 6, 4]") {
      _ = try Explainer(
        UntrainedModel.of(
          tagger, Ports(TensorType([6], .int32)), vocabulary: VocabularySizes(input: 5)))
    }
    expectError("the network has no input `y`") {
      _ = try Explainer(UntrainedModel.of(number, ["x": TensorType([3], .float64)]))
        .explain(["x": .normal([2, 3]), "y": .normal([2, 3])], by: "saliency", of: .index(0))
    }
  }
}
