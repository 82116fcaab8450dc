import NNCore
import NNData
import NNGraph
import NNImages
import NNLayers
import NNLosses
import NNMetrics
import NNTestSupport
import NNTraining
import Testing

/// Facts that stand on losses, metrics, layers and sources: each component of each registry.
@Suite("facts on components") struct ComponentFactTests {
  @Test("losses state what they train to predict")
  func losses() throws {
    let expected: [String: PredictionKind?] = [
      "cross_entropy": .classes, "nll": .classes, "bce": .classes, "bce_with_logits": .classes,
      "focal": .classes, "sigmoid_focal": .classes,
      "l1": .numbers, "smooth_l1": .numbers, "huber": .numbers, "quantile": .numbers, "mse": nil,
      "squared_error": nil,
      "kl_div": nil, "triplet_margin": nil, "gaussian_kl": nil,
    ]
    #expect(Set(expected.keys) == Set(Registry.losses.names))
    for (name, kind) in expected {
      let loss = try Registry.losses.build(ComponentConfig(kind: name))
      #expect(loss.predictions == kind, "\(name)")
      #expect(loss.name == name)
    }
  }

  @Test("metrics state what they measure and how they are shown")
  func metrics() throws {
    let expected: [String: (subject: MetricSubject, title: String, isShare: Bool)] = [
      "accuracy": (.classes, "accuracy", true),
      "subset_accuracy": (.binaryLabels, "subset accuracy", true),
      "top_k": (.rankedClasses, "top-5 accuracy", true),
      "confusion_matrix": (.classes, "confusion matrix", false),
      "perplexity": (.rankedClasses, "perplexity", false),
      "bits_per_token": (.rankedClasses, "bits per token", false),
      "bits_per_character": (.rankedClasses, "bits per character", false),
      "nmse": (.numbers, "normalized squared error", false),
      "mae": (.numbers, "mean absolute error, in the target's unit", false),
      "rmse": (.numbers, "RMSE, in the target's unit", false), "r2": (.numbers, "R²", false),
      "coverage": (.quantiles, "targets between the outer quantiles", true),
      "quantile_crossing": (.quantiles, "targets with quantiles out of order", true),
    ]
    var translations: [String] = []
    for name in Registry.metrics.names {
      switch try Registry.metrics.build(ComponentConfig(kind: name)) {
      case .translation: translations.append(name)
      case .output(let metric):
        let fact = try #require(expected[name], "\(name)")
        #expect(metric.subject == fact.subject, "\(name)")
        #expect(metric.title == fact.title && metric.isShare == fact.isShare, "\(name)")
        #expect(metric.isTable == (name == "confusion_matrix"))
        let named = TensorMetric(metric, output: "digit", target: nil)
        #expect(named.title == "\(fact.title) of digit" && named.subject == fact.subject)
        #expect(named.isShare == fact.isShare && named.isTable == metric.isTable)
      }
    }
    #expect(translations == ["bleu", "chrf"])
    #expect(Registry.metrics.names.count == expected.count + 2)
  }

  /// Layers that take [N, 6], each with its output for the same numbers.
  @Test("layers state the meaning of their outputs", arguments: Registry.layers.names)
  func layers(name: String) throws {
    let options = [
      "reshape": "[2, 3]", "sequential": "[relu, softmax]",
      "encoder_decoder": "{encoder: [{embedding: 4}], decoder: [{linear: vocabulary}]}",
    ]
    let other: [String: LayerResult] = [
      "sequential": .lastLayer(option: "layers"),
      "encoder_decoder": .lastLayer(option: "decoder"),
    ]
    guard
      let config = try? Config(
        yaml: smallConfig, overrides: ["model=[{\(name): \(options[name] ?? "")}]"]),
      let layer = (try config.makeModel().root as? Sequential)?.layers.first
    else {
      // Required options; none of those layers is an activation.
      return
    }
    if let expected = other[name] {
      #expect(layer.result == expected)
      return
    }
    let rows = HostTensor.random([3, 6], seed: 3, in: 0.2...0.8)
    guard let found = try? values(of: layer, rows) else {
      #expect(layer.result == .numbers, "\(name)")
      return
    }
    let sums = { (numbers: [Double]) in
      (0..<3).map { row in numbers[row * 6..<row * 6 + 6].reduce(0, +) }
    }
    switch layer.result {
    case .input: #expect(found == rows.doubles, "\(name)")
    case .classProbabilities: expectClose(sums(found), [1, 1, 1])
    case .classLogProbabilities:
      #expect(found.allSatisfy { $0 < 0 })
    case .binaryProbabilities:
      #expect(found.allSatisfy { (0.5..<1).contains($0) })
    case .numbers:
      #expect(found.count != 18 || sums(found).contains { abs($0 - 1) > 1e-9 }, "\(name)")
    case .lastLayer, .namedLayers: Issue.record("\(name) is no container")
    }
  }

  @Test("a graph of layers returns those that it names")
  func graph() {
    #expect(LayerGraph([.init("a", Dense(2))]).result == .namedLayers)
    #expect(Softmax().named("last").result == .classProbabilities)
  }

  private func values(of layer: any Layer, _ rows: HostTensor) throws -> [Double] {
    let model = Model(layer)
    let layout = try model.layout(
      InputSignature(Ports(TensorType([6], .float64)), dtype: .float64))
    let graph = Graph()
    let input = Ports(graph.input("input", TensorType(rows.shape, .float64)))
    let built = model.build(in: graph, input: input, layout: layout, mode: .evaluation)
    try graph.validate()
    let variables = VariableStore()
    for (name, tensor) in try layout.initialVariables(seed: 1) { variables[name] = tensor }
    let function = try Function(
      graph, outputs: [(name: "output", value: built.value)], variables: variables)
    try function.write("input", rows)
    try function.run()
    return try function.read("output").doubles
  }

  @Test("a source's example is read as a source of its kind")
  func sources() throws {
    let samples: [(source: DataSource, use: DataUse)] = [
      (.named("fashion-mnist"), .prediction), (.npz(NPZSource(file: "a.npz")), .prediction),
      (.table(TableSource(file: "a.csv")), .prediction),
      (.idx(images: "a", labels: "b"), .prediction),
      (try Config.dataSource(from: "{circles: {samples: 5}}"), .prediction),
      (try Config.dataSource(from: "{text: a.txt}"), .generation),
      (try Config.dataSource(from: "{pairs: a.tsv}"), .translation),
      (try Config.dataSource(from: "{series: a.csv, column: v, window: 3}"), .forecast),
      (.timeSeries(file: "a.ts"), .prediction),
      (.textFolder(TextFolderSource(path: "a")), .prediction),
      (
        .imageFolder(ImageFolderSource(path: "a", options: ImageOptions(height: 3, width: 3))),
        .prediction
      ),
    ]
    func kind(_ source: DataSource) -> Substring { "\(source)".prefix { $0 != "(" } }
    for (source, use) in samples {
      #expect(source.use == use, "\(source)")
      // The example of a series has N in place of a number.
      let text = source.example.filter { $0 != "'" }.replacing("N}", with: "12}")
      #expect(kind(try Config.dataSource(from: text)) == kind(source), "\(text)")
    }
  }
}
