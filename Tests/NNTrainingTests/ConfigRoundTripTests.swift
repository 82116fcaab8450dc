import NNCore
import NNTraining
import Testing

@Suite("Config: the resolved form")
struct ConfigRoundTripTests {
  private static let variations: [[String]] = [
    [],
    ["name=\"yes\"", "seed=9007199254740993", "dtype=float64"],
    ["name=\"a: b # \\\"c\\\" \\\\ é 名\"", "optimizer={sgd: {lr: 1e-8, momentum: 0.9}}"],
    ["name='2024'", "optimizer={sgd: {lr: 123456789.125}}"],
    ["name='- x'", "optimizer={rmsprop: {lr: 0.1, centered: true}}"],
    ["name=n", "data.train={npz: \"my data/a b.npz\", y: \"labels, all\"}"],
    [
      "data.train={csv: a.csv, target: y}",
      "data.test={csv: b.csv, target: [a, '2'], header: false}",
    ],
    ["data.train={idx: {images: i.gz, labels: l.gz}}", "data.validation={circles: {noise: 0}}"],
    ["data.normalize={mean: [0.5, 1e-9], std: [1, 2]}", "data.validation=0.25"],
    ["data.test={split: 0.1, group_by: '3'}", "data.subset={fraction: 0.5, seed: 9}"],
    [
      "data.validation={split: 0.1, order: time, gap: 7}", "data.test={split: 0.1, stratify: true}",
    ],
    ["cross_validate={folds: 3, kind: time, gap: 2, fold: 1}", "data.test={split: 0.1}"],
    ["data.normalize=min_max", "clip_grad_value=0.1", "metrics=[]"],
    ["model.1={residual: [{linear: 8}, {residual: [relu, {linear: 8}]}]}"],
    ["model.1={name: branches, concat: {axis: 1, branches: [[relu], [tanh, {linear: 2}], []]}}"],
    ["model.1={sequential: []}", "model.0={linear: {out_features: 3, bias: false}}"],
    [
      "model.0={conv2d: {out_channels: 4, kernel_size: [3, 5], stride: 2, padding: [1, 2], "
        + "weight_init: {kaiming_normal: {mode: fan_out, nonlinearity: relu}}, "
        + "bias_init: {constant: -0.5}}}"
    ],
    ["model.0={batch_norm2d: {momentum: null}}", "model.1={gelu: tanh}"],
    ["model.0={layer_norm: {normalized_shape: [2, 3]}}", "model.1={reshape: [4, -1]}"],
    [
      "loss={cross_entropy: {weight: [1, 2.5], label_smoothing: 0.1}}",
      "loss.cross_entropy.reduction=sum",
    ],
    [
      "schedule=[{linear_lr: {start_factor: 0.01, total_iters: 100, interval: step}}, "
        + "{multi_step_lr: {milestones: [3, 6]}}]"
    ],
    [
      "metrics=[accuracy, {top_k: 3}, confusion_matrix]", "early_stopping={}",
      "data.validation=0.5",
    ],
  ]

  @Test("reads back to an equal config and the same text", arguments: variations)
  func roundTrip(overrides: [String]) throws {
    let config = try Config(
      yaml: smallConfig, source: "small.yaml", folder: "/data", overrides: overrides)
    let text = config.resolvedYAML
    let again = try Config(yaml: text, source: "elsewhere.yaml", folder: "/other")
    #expect(again == config)
    #expect(again.resolvedYAML == text)
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 160 })
  }

  @Test("the text")
  func text() throws {
    let resolved = try Config(yaml: fullConfig).resolvedYAML
    #expect(
      resolved == """
        name: fashion-cnn
        seed: 7
        dtype: float32
        data:
          train: fashion-mnist
          validation: {split: 0.1}
          test: fashion-mnist-test
          batch_size: 128
          shuffle: true
          drop_last: false
          normalize: standard
          normalize_target: none
        model:
          - conv2d:
              out_channels: 32
              kernel_size: 3
              stride: 1
              padding: same
              dilation: 1
              groups: 1
              bias: true
              weight_init: null
              bias_init: null
          - relu
          - max_pool2d: {kernel_size: 2, stride: 2, padding: 0, dilation: 1, ceil_mode: false}
          - {name: features, flatten: {start_dim: 1, end_dim: -1}}
          - linear: {out_features: 128, bias: true, weight_init: null, bias_init: null}
          - relu
          - dropout: {p: 0.5}
          - linear: {out_features: 10, bias: true, weight_init: null, bias_init: null}
        loss:
          cross_entropy: {label_smoothing: 0.0, weight: null, ignore_index: -100, reduction: mean}
        optimizer:
          adam:
            lr: 0.001
            betas: [0.9, 0.999]
            eps: 1.0e-08
            weight_decay: 0.0
            amsgrad: false
            maximize: false
        schedule:
          - cosine_annealing_lr: {T_max: 10, eta_min: 0.0, interval: epoch}
        clip_grad_norm: 1.0
        clip_grad_value: null
        metrics:
          - accuracy: {threshold: 0.5, ignore_index: -100}
        epochs: 12
        early_stopping:
          monitor: val_loss
          patience: 5
          min_delta: 0.0
          restore_best: true
        checkpoint:
          every: 1
          interval: epoch
          keep: 2
        log:
          every: 50
          gradients: false
          tensorboard: false

        """)
  }
}
