import NNCore

/// Random numbers of benchmarks: the same in every run.
enum RandomBatch {
  /// Standard normal numbers, rounded to float32 so that both precisions start from the same.
  static func normal(_ shape: Shape, stream: UInt32 = 0) -> HostTensor {
    let generator = Philox(seed: 1, stream: stream)
    return HostTensor(
      doubles: (0..<shape.elementCount).map { Double(Float(generator.normal($0))) }, shape: shape)
  }

  /// int32 class labels in 0..<classes.
  static func labels(_ rows: Int, classes: Int) -> HostTensor {
    let generator = Philox(seed: 2)
    return HostTensor((0..<rows).map { Int32(generator.integer($0, below: classes)) })
  }
}
