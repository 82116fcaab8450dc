import NNCore
import NNData
import NNTraining
import Testing

@Suite("Config: reading")
struct ConfigReadingTests {
  @Test("every section of the documented config")
  func documentedConfig() throws {
    let config = try Config(yaml: fullConfig)
    #expect(config.name == "fashion-cnn")
    #expect(config.seed == 7)
    #expect(config.data.batchSize == 128)
    #expect(config.data.train == ComponentConfig(kind: "fashion-mnist"))
    #expect(config.data.validation == .split(0.1))
    #expect(config.data.normalize == .standard)
    #expect(config.model.count == 8)
    #expect(config.model[0].component["padding"] == .string("same"))
    #expect(config.model[2].component["stride"] == .integer(2))
    #expect(config.model[3].name == "features")
    #expect(config.model[6].component.options == [ConfigOption("p", .number(0.5))])
    #expect(config.loss["label_smoothing"] == .number(0))
    #expect(config.optimizer["betas"] == .list([.number(0.9), .number(0.999)]))
    #expect(config.schedule.map(\.kind) == ["cosine_annealing_lr"])
    #expect(config.clipGradNorm == 1)
    #expect(config.clipGradValue == nil)
    #expect(config.epochs == 12)
    #expect(
      config.earlyStopping
        == EarlyStoppingConfig(
          monitor: "val_loss", patience: 5, minDelta: 0, restoreBest: true))
    #expect(config.figures == ["train_loss", "val_loss", "val_accuracy"])
    #expect(config.warnings == [])
  }

  @Test("defaults of omitted options")
  func defaults() throws {
    let config = try Config(yaml: smallConfig, source: "folder/small.yaml")
    #expect(config.name == "small")
    #expect(config.seed == 42)
    #expect(config.dtype == .float32)
    #expect(config.data.batchSize == 32)
    #expect(config.data.shuffle)
    #expect(!config.data.dropLast)
    #expect(config.data.normalize == .none)
    #expect(config.data.validation == nil)
    #expect(config.data.test == nil)
    #expect(config.data.train["seed"] == .integer(42))
    #expect(config.schedule == [])
    #expect(config.metrics == [])
    #expect(config.epochs == 10)
    #expect(config.earlyStopping == nil)
    #expect(config.checkpoint == CheckpointConfig(every: nil, interval: .epoch, keep: 2))
    #expect(config.log == LogConfig(every: 50))
    #expect(config.monitor == "train_loss")
    #expect(!config.monitorIncreases)
  }

  @Test("JSON is YAML")
  func json() throws {
    let json = """
      {"name": "small", "data": {"train": "moons"},
       "model": [{"linear": 8}, "relu", {"linear": {"out_features": 2}}],
       "loss": "cross_entropy", "optimizer": {"adam": {}}}
      """
    let yaml = try Config(yaml: smallConfig, source: "small.yaml")
    #expect(try Config(yaml: json) == yaml)
  }

  @Test("generated data differ between training, validation and test")
  func seeds() throws {
    let config = try Config(
      yaml: smallConfig,
      overrides: ["seed=5", "data.validation=moons", "data.test={moons: {noise: 0, seed: 8}}"])
    #expect(
      try config.makeTrainSource() == .generated(DataGenerator(.moons, seed: 5, part: 0)))
    #expect(
      try config.makeValidationSource() == .generated(DataGenerator(.moons, seed: 5, part: 1)))
    #expect(
      try config.makeTestSource() == .generated(DataGenerator(.moons, seed: 8, part: 2)))
  }

  @Test("relative paths start from the config's folder")
  func paths() throws {
    let yaml = changed(
      "data: {train: moons}", to: "data: {train: {npz: ./a.npz}, test: {npz: /b.npz, x: in}}")
    let config = try Config(yaml: yaml, source: "c.yaml", folder: "/data")
    #expect(config.data.train["npz"] == .string("/data/a.npz"))
    #expect(config.data.test?.source?["npz"] == .string("/b.npz"))
    #expect(config.data.test?.source?["x"] == .string("in"))
    #expect(config.data.test?.source?["y"] == .string("y"))
  }

  @Test(
    "forms that mean the same",
    arguments: [
      ("linear: 8", "linear: {out_features: 8}"),
      ("linear: 8", "dense: 8"),
      ("linear: 8", "linear: {out_features: 8.0, bias: true, weight_init: null}"),
      ("linear: 8", "linear: 0x8"),
      ("relu", "relu:"),
      ("relu", "relu: {}"),
      ("relu", "{relu: null}"),
      ("max_pool2d: 2", "max_pool2d: [2, 2]"),
      ("max_pool2d: 2", "max_pool2d: {kernel_size: 2, stride: 2, padding: 0}"),
      (
        "conv2d: {out_channels: 1, kernel_size: 3}",
        "conv2d: {kernel_size: [3, 3], out_channels: 1}"
      ),
      (
        "conv2d: {out_channels: 1, kernel_size: 3}",
        "conv2d: {out_channels: 1, kernel_size: 3, padding: valid}"
      ),
      ("residual: [relu]", "residual: {layers: [relu]}"),
      (
        "linear: {out_features: 8, weight_init: xavier_normal}",
        "linear: {out_features: 8, weight_init: {xavier_normal: {gain: 1}}}"
      ),
      (
        "linear: {out_features: 8, bias_init: {constant: 1}}",
        "linear: {out_features: 8, bias_init: {constant: {value: 1.0}}}"
      ),
    ])
  func equivalents(left: String, right: String) throws {
    let first = try Config(yaml: changed("  - relu", to: "  - \(left)"))
    let second = try Config(yaml: changed("  - relu", to: "  - \(right)"))
    #expect(first == second)
  }

  @Test("a validation metric may be monitored by two names")
  func monitors() throws {
    let base = ["metrics=[accuracy, {top_k: 3}]", "data.validation=0.2"]
    for (monitor, figure) in [
      ("accuracy", "val_accuracy"), ("val_accuracy", "val_accuracy"), ("val_top_3", "val_top_3"),
    ] {
      let config = try Config(
        yaml: smallConfig, overrides: base + ["early_stopping.monitor=\(monitor)"])
      #expect(config.monitor == figure)
      #expect(config.monitorIncreases)
    }
  }

  @Test("warnings")
  func warnings() throws {
    let config = try Config(
      yaml: changed("  - linear: 2", to: "  - softmax"),
      overrides: ["data.shuffle=false", "data.drop_last=true"])
    #expect(
      config.warnings == [
        "model.2 (softmax): cross_entropy applies log_softmax itself and takes the raw outputs; "
          + "leave the layer out",
        "data: with `drop_last` and without `shuffle` the last rows are never trained on",
      ])
  }
}
