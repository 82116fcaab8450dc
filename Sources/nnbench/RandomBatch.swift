import NNCore

/// Random data of benchmarks, the same in every run.
enum RandomBatch {
  /// The length of the random sequence; a prime, so that examples of common sizes all differ.
  private static let period = 4093

  /// Standard normal numbers, rounded to float32 so that both precisions start from the same
  /// values.
  ///
  /// They repeat after a few thousand, so that creating them takes little time and no additional
  /// memory.
  static func normal(_ shape: Shape, _ dtype: DType = .float32, stream: UInt32 = 0) -> HostTensor {
    let generator = Philox(seed: 1, stream: stream)
    return tensor(shape, dtype) { Float(generator.normal($0)) }
  }

  /// Pixels: bytes divided by 255, in float32.
  static func pixels(_ shape: Shape) -> HostTensor {
    let generator = Philox(seed: 3, stream: 0)
    return tensor(shape, .float32) { Float(generator.integer($0, below: 256)) / 255 }
  }

  /// int32 class labels in 0..<classes.
  static func labels(_ rows: Int, classes: Int, stream: UInt32 = 0) -> HostTensor {
    let generator = Philox(seed: 2, stream: stream)
    return HostTensor((0..<rows).map { Int32(generator.integer($0, below: classes)) })
  }

  private static func tensor(
    _ shape: Shape, _ dtype: DType, _ number: (_ index: Int) -> Float
  ) -> HostTensor {
    let numbers = (0..<min(period, shape.elementCount)).map(number)
    return HostTensor(shape: shape, dtype: dtype) { bytes in
      switch dtype {
      case .float64: repeating(numbers.map(Double.init), into: bytes)
      default: repeating(numbers, into: bytes)
      }
    }
  }

  private static func repeating<Scalar>(
    _ numbers: [Scalar], into target: UnsafeMutableRawBufferPointer
  ) {
    numbers.withUnsafeBytes { source in
      for start in stride(from: 0, to: target.count, by: max(1, source.count)) {
        let end = min(start + source.count, target.count)
        target[start..<end].copyBytes(from: source[..<(end - start)])
      }
    }
  }
}
