import NNCore
import NNData
import NNGraph
import NNImages
import NNLayers
import NNLosses
import NNMetrics
import NNOptimizers
import NNTraining
import Testing

@Suite("Config: registries")
struct ConfigRegistryTests {
  /// The required options of each layer.
  private static let required = [
    "linear": "8", "rnn": "8", "lstm": "8", "gru": "8", "max_pool2d": "2",
    "conv2d": "{out_channels: 4, kernel_size: 3}",
    "encoder_decoder": "{encoder: [{embedding: 4}], decoder: [{linear: vocabulary}]}",
    "avg_pool2d": "2", "adaptive_avg_pool2d": "1", "reshape": "[2, 4]", "sequential": "[relu]",
    "residual": "[{name: inner, relu: {}}]", "concat": "[[relu], []]", "graph": "{layers: [relu]}",
    "embedding": "4", "tied_linear": "embedding", "learnt_positions": "8",
    "multihead_attention": "2", "transformer_encoder_layer": "2", "transformer_decoder_layer": "2",
    "transformer_encoder": "{num_layers: 2, nhead: 2}",
    "transformer_decoder": "{num_layers: 2, nhead: 2}", "additive_attention": "8",
  ]

  @Test("every layer is built with its default options", arguments: Registry.layers.names)
  func layers(name: String) throws {
    let config = try Config(
      yaml: smallConfig, overrides: ["model=[{\(name): \(Self.required[name] ?? "")}]"])
    let model = try config.makeModel()
    // A graph that is the only layer is the whole network.
    let layers = name == "graph" ? [model.root] : (model.root as? Sequential)?.layers ?? []
    #expect(layers.count == 1)
    let description = try #require(layers.first).description.lowercased()
    let word =
      ["linear": "dense", "graph": "layergraph", "pool_steps": "steppooling"][name]
      ?? name.filter { $0 != "_" }
    #expect(description.hasPrefix(word))
    #expect(try Config(yaml: config.resolvedYAML) == config)
  }

  @Test("layers keep the options and names they were given")
  func layerOptions() throws {
    let config = try Config(
      yaml: smallConfig,
      overrides: [
        "model=[{name: first, conv2d: {out_channels: 6, kernel_size: [3, 5], stride: 2, "
          + "padding: [1, 2], dilation: 3, groups: 2, bias: false}}, "
          + "{adaptive_avg_pool2d: [null, 7]}, {batch_norm2d: {eps: 0.1, momentum: null, "
          + "affine: false, track_running_stats: false}}, {layer_norm: {normalized_shape: [2, 3], "
          + "eps: 0.5, bias: false}}]"
      ])
    let layers = try #require(config.makeModel().root as? Sequential).layers
    #expect(layers.map(\.name) == ["first", nil, nil, nil])
    let pool = try #require(layers[1] as? AdaptiveAvgPool2D)
    #expect(pool.height == nil)
    #expect(pool.width == 7)
    let norm = try #require(layers[2] as? BatchNorm2D)
    #expect(
      norm.options
        == BatchNormOptions(
          epsilon: 0.1, momentum: nil, affine: false, trackRunningStats: false))
    let layerNorm = try #require(layers[3] as? LayerNorm)
    #expect(layerNorm.normalizedShape == [2, 3])
    #expect(layerNorm.epsilon == 0.5)
    #expect(!layerNorm.bias)
    let unnamed = try Config(
      yaml: config.resolvedYAML,
      overrides: ["model.first.name=null"])
    let conv = try #require(
      (unnamed.makeModel().root as? Sequential)?.layers.first as? Conv2D)
    #expect(conv.channels == 6)
    #expect(conv.kernelSize.height == 3 && conv.kernelSize.width == 5)
    #expect(conv.stride == 2)
    #expect(conv.dilation == 3)
    #expect(conv.groups == 2)
    #expect(!conv.bias)
  }

  @Test("every initializer", arguments: Registry.initializers.names)
  func initializers(name: String) throws {
    let options = name == "constant" ? "{constant: 2}" : name
    let config = try Config(
      yaml: smallConfig, overrides: ["model.0={linear: {out_features: 3, weight_init: \(options)}}"]
    )
    let initializer = try Registry.initializers.build(
      ComponentConfig(
        kind: name,
        options: name == "constant" ? [ConfigOption("value", .number(2))] : []))
    #expect(!initializer.description.isEmpty)
    _ = try config.makeModel()
  }

  @Test("every loss", arguments: Registry.losses.names)
  func losses(name: String) throws {
    let config = try Config(yaml: smallConfig, overrides: ["loss=\(name)"])
    #expect(try config.makeLoss().name == name)
    #expect(try Config(yaml: config.resolvedYAML) == config)
  }

  @Test("every optimizer", arguments: Registry.optimizers.names)
  func optimizers(name: String) throws {
    let config = try Config(yaml: smallConfig, overrides: ["optimizer={\(name): {lr: 0.25}}"])
    let optimizer = try config.makeOptimizer()
    #expect(optimizer.name == name)
    #expect(optimizer.learningRate == 0.25)
    #expect(try Config(yaml: config.resolvedYAML) == config)
  }

  @Test("every schedule", arguments: Registry.schedules.names)
  func schedules(name: String) throws {
    for sample in try ScheduleSample.samples(of: name) {
      let config = try Config(yaml: smallConfig, overrides: ["schedule={\(sample.text)}"])
      let chain = try config.makeSchedule()
      #expect(chain.parts.map(\.schedule.name) == [name])
      #expect(chain.parts.map(\.interval) == [.epoch])
      #expect(try Config(yaml: config.resolvedYAML) == config)
    }
  }

  @Test("schedules in a list multiply, each by its own interval")
  func scheduleChain() throws {
    let config = try Config(
      yaml: smallConfig,
      overrides: [
        "schedule=[{linear_lr: {start_factor: 0.5, total_iters: 4, interval: step}}, "
          + "{step_lr: {step_size: 2, gamma: 0.1}}]"
      ])
    let chain = try config.makeSchedule()
    // Warm-up from 0.5 to 1 in four steps, a tenth after two epochs.
    #expect(abs(chain.learningRate(epoch: 0, step: 0, base: 8) - 4) < 1e-12)
    #expect(abs(chain.learningRate(epoch: 1, step: 2, base: 8) - 6) < 1e-12)
    #expect(abs(chain.learningRate(epoch: 2, step: 2, base: 8) - 0.6) < 1e-12)
    #expect(abs(chain.learningRate(epoch: 3, step: 9, base: 8) - 0.8) < 1e-12)
    #expect(ScheduleChain([]).learningRate(epoch: 9, step: 9, base: 8) == 8)
  }

  @Test("every metric", arguments: Registry.metrics.names)
  func metrics(name: String) throws {
    let loss =
      switch name {
      case "mae", "rmse", "r2", "nmse": "mse"
      case "subset_accuracy": "bce_with_logits"
      case "coverage", "quantile_crossing": "{quantile: {quantiles: [0.1, 0.9]}}"
      default: "cross_entropy"
      }
    let isScore = TranslationScore.Figure(rawValue: name) != nil
    let source = isScore ? "{pairs: a.tsv}" : "moons"
    let config = try Config(
      yaml: smallConfig,
      overrides: ["loss=\(loss)", "metrics=[\(name)]", "data.train=\(source)"])
    let made = try config.makeMetrics()
    #expect(try Config(yaml: config.resolvedYAML) == config)
    if isScore {
      #expect(made.isEmpty && config.figures == ["train_loss"])
      let score = try #require(config.makeTranslationScores().first)
      #expect(score.name == name && score.value.isNaN)
      #expect(score.beam.width == 4 && score.beam.lengthPenalty == 1)
      let other = try Config(
        yaml: config.resolvedYAML, overrides: ["metrics=[{\(name): {beam: 2, length_penalty: 0}}]"]
      )
      #expect(
        try other.makeTranslationScores().first?.beam == BeamOptions(width: 2, lengthPenalty: 0))
      return
    }
    #expect(made.map(\.name) == [name == "top_k" ? "top_5" : name])
    #expect(
      config.figures.dropFirst().first
        == (name == "confusion_matrix" ? nil : "train_\(made[0].name)"))
  }

  @Test("the loss determines the defaults of a metric")
  func metricDefaults() throws {
    for (loss, threshold, ignored, rule) in [
      ("bce", 0.5, -100, PredictionRule.decisions), ("bce_with_logits", 0, -100, .decisions),
      ("{cross_entropy: {ignore_index: 7}}", 0.5, 7, .classes), ("mse", 0.5, -100, .byShape),
      ("kl_div", 0.5, -100, .classes),
    ] {
      let config = try Config(
        yaml: smallConfig, overrides: ["loss=\(loss)", "metrics=[accuracy]"])
      let accuracy = try #require(config.makeMetrics().first as? Accuracy)
      #expect(accuracy.threshold == threshold)
      #expect(accuracy.ignoreIndex == ignored)
      #expect(accuracy.rule == rule)
      let matrix = try Config(yaml: config.resolvedYAML, overrides: ["metrics=[confusion_matrix]"])
      let made = try #require(matrix.makeMetrics().first as? ConfusionMatrix)
      #expect(made.threshold == threshold && made.rule == rule && made.ignoreIndex == ignored)
    }
  }

  @Test("every source", arguments: Registry.sources.names)
  func sources(name: String) throws {
    let required = [
      "npz": "{npz: a.npz}", "npy": "{npy: a.npy, y: b.npy, weights: w.npy, stream: true}",
      "csv": "{csv: a.csv}", "idx": "{idx: {images: i, labels: l, stream: true}}",
      "text": "{text: a.txt, level: word, context: 9, overlap: 2, from: 0.25, to: 0.5}",
      "pairs": "{pairs: a.tsv, merges: 70, max_length: 30}",
      "series":
        "{series: a.csv, column: [y, 2], target: 2, covariates: c, known: [k], calendar: [month, "
        + "hour], window: 4, horizon: 3, index: t, date_order: mdy, gaps: linear, from: 1, "
        + "to: 2024-Q1}",
      "image_folder":
        "{image_folder: {path: i, size: [3, 4], color: gray, fit: pad, background: black, "
        + "manifest: m.csv, target: y, on_error: skip}}",
      "text_folder":
        "{text_folder: {path: t, level: bpe, merges: 9, max_length: 7, empty: unknown}}",
      "ts": "{ts: a.ts}", "jsonl": "{jsonl: a.jsonl, target: [y, z], exclude: id, stream: true}",
      "arff": "{arff: a.arff, columns: {'*': {missing: median}, b: category}}",
      "libsvm": "{libsvm: a.svm, features: 9, separator: ','}",
    ]
    let config = try Config(
      yaml: smallConfig, folder: "/data",
      overrides: ["data.train=\(required[name] ?? name)"])
    let source = try config.makeTrainSource()
    switch name {
    case "npz": #expect(source == .npz(file: "/data/a.npz"))
    case "npy":
      var expected = NPZSource(
        npy: "/data/a.npy", targets: "/data/b.npy", weights: "/data/w.npy")
      expected.isStreamed = true
      #expect(source == .npz(expected))
    case "csv": #expect(source == .table(TableSource(file: "/data/a.csv")))
    case "idx": #expect(source == .idx(images: "/data/i", labels: "/data/l", isStreamed: true))
    case "text":
      let expected = TextSource(
        file: "/data/a.txt", level: .word(vocabularySize: 20000), context: 9, overlap: 2,
        part: try TextPart(from: 0.25, to: 0.5))
      #expect(source == .text(expected))
    case "pairs":
      let expected = PairsSource(
        file: "/data/a.tsv", level: .bytePair(merges: 70), maxLength: 30)
      #expect(source == .pairs(expected))
    case "series":
      let expected = SeriesSource(
        file: "/data/a.csv", columns: [.name("y"), .index(2)], targets: [.index(2)],
        covariates: ["c"], known: ["k"], calendar: [.month, .hour], window: 4, horizon: 3,
        index: .name("t"), dateOrder: .monthFirst, gaps: .linear, from: 1, to: "2024-Q1")
      #expect(source == .series(expected))
    case "image_folder":
      let options = ImageOptions(
        height: 3, width: 4, color: .grey, fit: .pad, background: .black)
      let expected = ImageFolderSource(
        path: "/data/i", options: options, manifest: "/data/m.csv", targets: [.name("y")],
        onError: .skip)
      #expect(source == .imageFolder(expected))
    case "text_folder":
      let tokens = TextTokens(level: .bytePair(merges: 9), maxLength: 7, empty: .unknown)
      #expect(source == .textFolder(TextFolderSource(path: "/data/t", tokens: tokens)))
    case "ts": #expect(source == .timeSeries(file: "/data/a.ts"))
    case "jsonl":
      var expected = TableSource(file: "/data/a.jsonl", kind: .jsonl, targets: ["y", "z"])
      expected.excluded = ["id"]
      expected.isStreamed = true
      #expect(source == .table(expected))
    case "arff":
      let columns = [
        "*": ColumnOptions(missing: .median), "b": ColumnOptions(type: .category),
      ]
      #expect(
        source == .table(TableSource(file: "/data/a.arff", kind: .arff, columns: columns)))
    case "libsvm":
      #expect(
        source
          == .table(
            TableSource(file: "/data/a.svm", kind: .libsvm, separator: ",", featureCount: 9)))
    default:
      if let kind = DataGenerator.Kind(rawValue: name) {
        #expect(try source == .generated(DataGenerator(kind, seed: 42)))
      } else {
        #expect(source == .named(name))
      }
    }
    #expect(try Config(yaml: config.resolvedYAML, source: "elsewhere/config.yaml") == config)
  }

  @Test("sources of a command line")
  func commandLineSources() throws {
    #expect(try Config.dataSource(from: "a.npz", folder: "/d") == .npz(file: "/d/a.npz"))
    #expect(try Config.dataSource(from: "/a.csv") == .table(TableSource(file: "/a.csv")))
    #expect(try Config.dataSource(from: "fashion-mnist-test") == .named("fashion-mnist-test"))
    #expect(
      try Config.dataSource(from: "{csv: a.csv, target: [y, 2], features: a, header: false}")
        == .table(
          TableSource(
            file: "a.csv", targets: [.name("y"), .index(2)], features: [.name("a")],
            header: false)))
    #expect(throws: NNError.self) { try Config.dataSource(from: "nothing") }
    #expect(
      try Config.dataSource(from: "{image_folder: i, size: 8}")
        == .imageFolder(
          ImageFolderSource(path: "i", options: ImageOptions(height: 8, width: 8))))
    for (text, part) in [
      (
        "{image_folder: {path: i}}",
        "image_folder needs `size` (an integer ≥ 1, or [height, width])"
      ),
      ("{image_folder: {path: i, size: 0}}", "`size` expects an integer ≥ 1, or [height, width]"),
      ("{image_folder: {path: i, size: 20000}}", "`size` is at most 16384"),
      ("{image_folder: {path: i, size: 9, fit: cut}}", "`fit` expects `crop`, `pad` or `stretch`"),
      ("{image_folder: {path: i, size: 9, target: y}}", "`target` names columns of `manifest`"),
    ] {
      #expect(throws: NNError.self) { try Config.dataSource(from: text) }
      do throws(NNError) { _ = try Config.dataSource(from: text) } catch {
        #expect("\(error)".contains(part), "\(error)")
      }
    }
  }

  @Test("gradients are clipped by norm, then by value")
  func clipping() throws {
    let config = try Config(
      yaml: smallConfig, overrides: ["clip_grad_value=0.5", "clip_grad_norm=2"])
    #expect(
      config.makeGradientClipping() == [.norm(maximum: 2), .value(limit: 0.5)])
    #expect(try Config(yaml: smallConfig).makeGradientClipping() == [])
  }

  @Test("a config changed by a program is checked when it is built")
  func changedByProgram() throws {
    var config = try Config(yaml: smallConfig)
    config.loss = ComponentConfig(kind: "mes")
    #expect(throws: NNError.self) { try config.makeLoss() }
    config.model[0].component.options = [ConfigOption("out_features", .integer(-1))]
    #expect(throws: NNError.self) { try config.makeModel() }
  }
}
