import NNCore
import NNLayers
import NNLosses
import NNOptimizers

extension Workload {
  /// 784-512-256-10 with ReLU, batch 128, Adam.
  static let mlp = perceptron("mlp", hidden: [512, 256], rows: 128)

  /// 784-N-N-10 for N around multiples of vector lengths, at which libraries have become slower.
  static let mlpWidths = [32, 45, 46, 64, 128, 256].map { width in
    perceptron("mlp-width-\(width)", hidden: [width, width], rows: 128)
  }

  /// The network of `mlp` with batch sizes from 1 to 1024.
  static let mlpBatches = [1, 4, 16, 64, 128, 256, 1024].map { rows in
    perceptron("mlp-batch-\(rows)", hidden: [512, 256], rows: rows)
  }

  private static func perceptron(_ name: String, hidden: [Int], rows: Int) -> Workload {
    let sizes = ([784] + hidden + [10]).map(String.init).joined(separator: "-")
    return Workload(name, "\(sizes) with ReLU, batch \(rows), Adam") {
      Network(
        model: Model(hidden.flatMap { [Dense($0), ReLU()] as [any Layer] } + [Dense(10)]),
        loss: CrossEntropy(), optimizer: Adam(),
        input: RandomBatch.normal([rows, 784]), target: RandomBatch.labels(rows, classes: 10))
    }
  }
}
