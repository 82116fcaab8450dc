package import NNCore

/// An op with sample inputs.
package struct OpSample: Sendable, CustomStringConvertible {
  /// The contents of an input tensor.
  package enum Contents: Sendable, Hashable {
    /// Different numbers, evenly spread over the input's range in a random order.
    case numbers
    /// 0 or 1; the op may be discontinuous in between.
    case flags
    /// Integers from 0 to below a bound.
    case integers(below: Int)
  }

  /// An input tensor.
  package struct Input: Sendable {
    /// Shape and element type.
    package let type: TensorType
    package let contents: Contents
    /// The range of its numbers.
    package let range: ClosedRange<Double>

    init(
      _ shape: Shape, _ dtype: DType, _ range: ClosedRange<Double> = -2...2.1,
      contents: Contents = .numbers
    ) {
      type = TensorType(shape, dtype)
      self.contents = contents
      self.range = range
    }

    /// Whether the output is differentiable with respect to this input.
    package var isSmooth: Bool { contents == .numbers && type.dtype.isFloatingPoint }

    /// A tensor with these contents, which depends on `seed`.
    package func tensor(seed: UInt64) -> HostTensor {
      let count = type.shape.elementCount
      let random = Philox(seed: seed, stream: UInt32(truncatingIfNeeded: count))
      let numbers: [Double] =
        switch contents {
        case .numbers:
          random.permutation(count).map {
            let share = (Double($0) + 0.37) / Double(count)
            // Rounded, so that both element types hold the same numbers.
            return Double(
              Float(range.lowerBound + (range.upperBound - range.lowerBound) * share))
          }
        case .flags: (0..<count).map { Double(random.integer($0, below: 2)) }
        case .integers(let bound): (0..<count).map { Double(random.integer($0, below: bound)) }
        }
      return HostTensor(doubles: numbers, shape: type.shape, dtype: type.dtype)
    }
  }

  let op: any KernelOp
  /// The inputs, in order.
  package let inputs: [Input]

  init(_ op: some KernelOp, _ inputs: [Input]) {
    self.op = op
    self.inputs = inputs
  }

  /// Adds the op to a graph and returns its outputs.
  package func apply(_ values: [Value]) -> [Value] { values[0].graph.add(op, values) }

  /// `matMul(transposeA) of float64[4, 3], float64[4, 5]`
  package var description: String {
    "\(type(of: op).name)(\(op.attributes)) of "
      + inputs.map { "\($0.type)" }.joined(separator: ", ")
  }
}

/// The catalogue's row for an op.
package struct OpRow: Sendable, CustomStringConvertible {
  /// The Swift type of the op.
  package let typeName: String
  /// Valid inputs.
  package let samples: [OpSample]
  /// Input types that the shape rule must reject.
  package let refusals: [[TensorType]]
  /// How many times the op can be differentiated; 2 means any number.
  package private(set) var derivatives = 2
  private let op: any KernelOp

  init(_ op: some KernelOp, _ samples: [OpSample], refuses: [[TensorType]]) {
    typeName = "\(type(of: op))"
    self.op = op
    self.samples = samples
    refusals = refuses
  }

  /// The same row for an op whose gradient is not its derivative.
  var withoutGradient: OpRow { differentiable(times: 0) }

  /// The same row for an op that can be differentiated this many times.
  func differentiable(times derivatives: Int) -> OpRow {
    var row = self
    row.derivatives = derivatives
    return row
  }

  /// The error for these inputs; nil if they are valid.
  package func refusal(_ types: [TensorType]) -> OpError? {
    do throws(OpError) {
      _ = try op.inferTypes(types)
      return nil
    } catch {
      return error
    }
  }

  package var description: String { typeName }
}
