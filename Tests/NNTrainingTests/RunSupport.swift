import NNCore
import NNFormats
import NNKernels
import NNTestSupport
import NNTraining
import Testing

/// A multilayer perceptron with everything that a resumed run must restore: order, dropout, running
/// statistics, moments, schedule, best weights, patience.
let demandingConfig = """
  name: demanding
  seed: 11
  data:
    train: {moons: {samples: 40, noise: 0.2}}
    validation: {split: 0.25}
    batch_size: 8
    normalize: standard
  model:
    - linear: 9
    - batch_norm1d
    - tanh
    - dropout: 0.25
    - linear: 2
  loss: cross_entropy
  optimizer: {adam: {lr: 0.05, weight_decay: 0.01}}
  schedule: {cosine_annealing_lr: {T_max: 6}}
  clip_grad_norm: 2.0
  metrics: [accuracy]
  epochs: 5
  early_stopping: {monitor: val_loss, patience: 3}
  checkpoint: {every: 3, interval: step, keep: 2}
  log: {every: 1}
  """

/// A small convolutional network with batch normalisation and dropout over generated data.
let convolutionalConfig = """
  name: convolutional
  seed: 5
  data: {train: {blobs: {samples: 33, classes: 3}}, batch_size: 16, normalize: standard}
  model:
    - linear: 72
    - reshape: [2, 6, 6]
    - conv2d: {out_channels: 5, kernel_size: 3, padding: same}
    - batch_norm2d
    - silu
    - max_pool2d: 2
    - residual: [{conv2d: {out_channels: 5, kernel_size: 3, padding: 1}}, tanh]
    - flatten
    - dropout: 0.3
    - linear: 3
  loss: cross_entropy
  optimizer: {adamw: {lr: 0.01}}
  metrics: [accuracy]
  epochs: 3
  log: {every: 1}
  """

/// Records every event.
final class Recorder: TrainingObserver {
  private(set) var steps: [TrainingEvent.Step] = []
  private(set) var epochs: [TrainingEvent.Epoch] = []
  private(set) var checkpoints: [String] = []
  private(set) var starts: [TrainingEvent.Start] = []
  private(set) var warnings: [String] = []
  private(set) var outcomes: [TrainingEvent.Outcome] = []

  func receive(_ event: TrainingEvent) {
    switch event {
    case .started(let start): starts.append(start)
    case .step(let step): steps.append(step)
    case .epoch(let epoch): epochs.append(epoch)
    case .trace, .weights: break
    case .checkpoint(let path): checkpoints.append(path)
    case .warning(let message): warnings.append(message)
    case .finished(let outcome): outcomes.append(outcome)
    }
  }
}

/// Runs a config in a folder until it ends, or until `limit` steps of this call are done.
@discardableResult
func train(
  _ yaml: String, in folder: String, overrides: [String] = [], resumes: Bool = false,
  stoppingAfter limit: Int? = nil, observers: [any TrainingObserver] = []
) throws -> TrainingEvent.Outcome {
  let run = try TrainingRun(
    config: Config(yaml: yaml, overrides: overrides), folder: RunFolder(folder), resumes: resumes)
  var count = 0
  return try run.run(observers: observers) {
    count += 1
    return count == limit
  }
}

/// Expects the same weights from 1, 2 and 5 threads.
///
/// It sets the number of threads of the whole process, so an exit test calls it.
func expectSameBitsOnAllThreads(_ yaml: String, in folder: TemporaryFolder) throws {
  var first: [UInt8]?
  for threads in [1, 2, 5] {
    WorkerPool.setThreads(threads)
    let run = folder.path("threads-\(threads)")
    try train(yaml, in: run)
    let bytes = try modelBytes(run)
    #expect(bytes == first ?? bytes, "\(threads) threads")
    first = bytes
  }
}

/// The bytes of the weights file of a run folder.
func modelBytes(_ folder: String) throws -> [UInt8] {
  try FileBytes.read(RunFolder(folder).model)
}

/// The rows of a CSV file, including the header, split into fields.
func rows(_ path: String, droppingLast dropped: Int = 0) throws -> [[String]] {
  String(decoding: try FileBytes.read(path), as: UTF8.self).split(separator: "\n").map {
    $0.split(separator: ",", omittingEmptySubsequences: false).dropLast(dropped).map(String.init)
  }
}
