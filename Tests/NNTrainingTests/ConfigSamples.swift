import NNCore
import NNTraining

/// The config of the documentation, with every section.
let fullConfig = """
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
  model:
    - conv2d: {out_channels: 32, kernel_size: 3, padding: same}
    - relu
    - max_pool2d: 2
    - {name: features, flatten: {}}
    - linear: 128
    - relu
    - dropout: 0.5
    - linear: 10
  loss: cross_entropy
  optimizer: {adam: {lr: 0.001}}
  schedule: {cosine_annealing_lr: {T_max: 10}}
  clip_grad_norm: 1.0
  metrics: [accuracy]
  epochs: 12
  early_stopping: {monitor: val_loss, patience: 5}
  checkpoint: {every: 1, interval: epoch, keep: 2}
  log: {every: 50}
  """

/// The minimum config; 6 lines.
let smallConfig = """
  data: {train: moons}
  model:
    - linear: 8
    - relu
    - linear: 2
  loss: cross_entropy
  optimizer: adam
  """

/// The text of a config's error; nil without an error.
func complaint(
  about yaml: String, source: String = "c.yaml", overrides: [String] = []
) -> String? {
  do throws(NNError) {
    _ = try Config(yaml: yaml, source: source, overrides: overrides)
    return nil
  } catch {
    return "\(error)"
  }
}

/// The small config with one line replaced by another.
func changed(_ line: String, to replacement: String) -> String {
  smallConfig.split(separator: "\n", omittingEmptySubsequences: false)
    .map { $0 == line ? replacement : String($0) }.joined(separator: "\n")
}
