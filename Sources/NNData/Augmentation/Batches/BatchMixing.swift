import NNCore

extension HostTensor {
  /// Mixes each example of a batch with the one before it, the first with the last.
  ///
  /// - Parameters:
  ///   - mixture: The shares.
  ///   - layout: The layout of images, for a mixture with a rectangle; nil where all numbers are
  ///     mixed.
  mutating func mix(_ mixture: Mixture, layout: ExampleLayout? = nil) {
    switch dtype {
    case .float32: mix(mixture, layout, Float.self)
    case .float64: mix(mixture, layout, Double.self)
    case .int32, .int64, .uint8, .bool: preconditionFailure("only numbers are mixed, not \(dtype)")
    }
  }

  private mutating func mix<Scalar: TensorScalar & BinaryFloatingPoint>(
    _ mixture: Mixture, _ layout: ExampleLayout?, _ type: Scalar.Type
  ) {
    let count = shape.rank > 0 ? shape[0] : 1
    guard count > 1, mixture.share != 1 else { return }
    let width = elementCount / count
    let (own, other) = (mixture.share, 1 - mixture.share)
    withMutableScalars(as: type) { numbers in
      /// Mixes one example with another one that has not been changed yet.
      func mix(_ first: Int, with partner: UnsafeBufferPointer<Scalar>) {
        guard let box = mixture.box, let layout else {
          for index in 0..<width {
            numbers[first + index] = Scalar(
              own * Double(numbers[first + index]) + other * Double(partner[index]))
          }
          return
        }
        for channel in 0..<layout.channels {
          for row in box.rows {
            let start = (channel * layout.height + row) * layout.width
            for index in start + box.columns.lowerBound..<start + box.columns.upperBound {
              numbers[first + index] = partner[index]
            }
          }
        }
      }
      let last = Array(numbers[(count - 1) * width..<count * width])
      for example in stride(from: count - 1, to: 0, by: -1) {
        let before = (example - 1) * width..<example * width
        mix(example * width, with: UnsafeBufferPointer(rebasing: numbers[before]))
      }
      last.withUnsafeBufferPointer { mix(0, with: $0) }
    }
  }
}
