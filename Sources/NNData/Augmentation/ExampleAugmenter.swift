import NNCore

/// Augments the examples of batches; its memory is reused from example to example.
final class ExampleAugmenter {
  private let plan: AugmentationPlan
  private let dataset: Dataset
  /// From the source's type to Float64.
  private let reading: RowCoefficients
  /// From Float64 to the run's type, with the normalisation.
  private let writing: RowCoefficients
  /// The length of each example of the source; nil where all steps are valid.
  private let lengths: [Int32]?
  private var example: AugmentedExample
  /// The lengths of the examples of the current batch.
  private var newLengths: [Int32] = []

  /// - Parameter writing: The conversion of the main input.
  init(_ plan: AugmentationPlan, _ dataset: Dataset, _ writing: RowCoefficients) {
    self.plan = plan
    self.dataset = dataset
    self.writing = writing
    reading = .identity(plan.layout.count)
    lengths = dataset.source.lengths?.tensor?.scalars(as: Int32.self)
    example = AugmentedExample(
      [Double](repeating: 0, count: plan.layout.count), layout: plan.layout)
  }

  /// Fills the main input, and the lengths, of a batch.
  ///
  /// - Parameters:
  ///   - input: The batch, whose other inputs are filled already.
  ///   - indices: The indices of the examples in the data set.
  ///   - rows: The main inputs of these examples.
  func fill(
    _ input: inout Ports<HostTensor>, from indices: ArraySlice<Int>, _ rows: GatheredRows,
    epoch: Int
  ) {
    newLengths.removeAll(keepingCapacity: true)
    let steps = input.values.elementCount / max(1, indices.count)
    switch input.values.dtype {
    case .float32:
      input.values.withMutableScalars(as: Float.self) { target in
        guard let first = target.baseAddress else { return }
        augment(indices, rows, epoch) { index in write(to: first + index * plan.layout.count) }
      }
    case .float64:
      input.values.withMutableScalars(as: Double.self) { target in
        guard let first = target.baseAddress else { return }
        augment(indices, rows, epoch) { index in write(to: first + index * plan.layout.count) }
      }
    case .int32:
      // A batch of tokens is padded to the longest of its group, not of the data.
      input.values.withMutableScalars(as: Int32.self) { target in
        augment(indices, rows, epoch) { index in
          for step in 0..<steps { target[index * steps + step] = Int32(example.values[step]) }
        }
      }
    case .int64, .uint8, .bool: preconditionFailure("no batch is \(input.values.dtype)")
    }
    guard lengths != nil else { return }
    input.lengths?.withMutableScalars(as: Int32.self) { target in
      for (index, length) in newLengths.enumerated() { target[index] = length }
    }
  }

  private func write<Target: TensorScalar & BinaryFloatingPoint>(
    to target: UnsafeMutablePointer<Target>
  ) {
    example.values.withUnsafeBytes { values in
      if let first = values.baseAddress {
        writing.copy(from: first, dtype: .float64, into: target)
      }
    }
  }

  /// Augments one example after another and passes the position of each in the batch.
  private func augment(
    _ indices: ArraySlice<Int>, _ rows: GatheredRows, _ epoch: Int,
    _ store: (_ index: Int) -> Void
  ) {
    let source = rows.tensor
    let rowBytes = plan.layout.count * source.dtype.byteCount
    source.withBytes { bytes in
      guard let first = bytes.baseAddress else { return }
      for (index, place) in indices.enumerated() {
        let row = dataset.sourceRow(of: place)
        example.start(plan.layout, length: lengths.map { Int($0[row]) } ?? plan.layout.height) {
          reading.copy(
            from: first + (rows.isBatch ? index : row) * rowBytes, dtype: source.dtype, into: $0)
        }
        for step in plan.examples {
          var random = AugmentationRandom(
            seed: plan.seed, position: step.position, epoch: epoch, example: row)
          step.augmentation.apply(to: &example, &random)
        }
        store(index)
        if lengths != nil { newLengths.append(Int32(clamping: example.length)) }
      }
    }
  }
}
