package import NNCore

/// An op with the tensors to try it on.
package struct OpSample: Sendable, CustomStringConvertible {
  /// What an input tensor holds.
  package enum Contents: Sendable, Hashable {
    /// Different numbers, evenly spread over the input's range in a random order.
    case numbers
    /// 0 or 1; the op may jump in between.
    case flags
    /// Integers from 0.
    case integers(below: Int)
  }

  /// An input tensor.
  package struct Input: Sendable {
    /// Shape and element type.
    package let type: TensorType
    /// What it holds.
    package let contents: Contents
    /// Where its numbers lie.
    package let range: ClosedRange<Double>

    init(
      _ shape: Shape, _ dtype: DType, _ range: ClosedRange<Double> = -2...2.1,
      contents: Contents = .numbers
    ) {
      type = TensorType(shape, dtype)
      self.contents = contents
      self.range = range
    }

    /// Whether the output changes smoothly with this input.
    package var isSmooth: Bool { contents == .numbers && type.dtype.isFloatingPoint }

    /// A tensor of such contents; another one for each `seed`.
    package func tensor(seed: UInt64) -> HostTensor {
      let count = type.shape.elementCount
      let random = Philox(seed: seed, stream: UInt32(truncatingIfNeeded: count))
      let numbers: [Double] =
        switch contents {
        case .numbers:
          random.permutation(count).map {
            let share = (Double($0) + 0.37) / Double(count)
            // Rounded, so that both precisions get the same numbers.
            return Double(
              Float(range.lowerBound + (range.upperBound - range.lowerBound) * share))
          }
        case .flags: (0..<count).map { Double(random.integer($0, below: 2)) }
        case .integers(let bound): (0..<count).map { Double(random.integer($0, below: bound)) }
        }
      return HostTensor(doubles: numbers, shape: type.shape, dtype: type.dtype)
    }
  }

  let op: any Op
  /// The inputs, in order.
  package let inputs: [Input]

  init(_ op: some Op, _ inputs: [Input]) {
    self.op = op
    self.inputs = inputs
  }

  /// Adds the op to a graph and gives its outputs.
  package func apply(_ values: [Value]) -> [Value] { values[0].graph.add(op, values) }

  /// `matMul(transposeA) of float64[4, 3], float64[4, 5]`
  package var description: String {
    "\(type(of: op).name)(\(op.attributes)) of "
      + inputs.map { "\($0.type)" }.joined(separator: ", ")
  }
}

/// What the catalogue knows of an op.
package struct OpRow: Sendable, CustomStringConvertible {
  /// The Swift type of the op.
  package let typeName: String
  /// Inputs that it takes.
  package let samples: [OpSample]
  /// Input types that the shape rule must refuse.
  package let refusals: [[TensorType]]
  /// How often it can be differentiated, 2 standing for any number.
  package private(set) var derivatives = 2
  private let op: any Op

  init(_ op: some Op, _ samples: [OpSample], refuses: [[TensorType]]) {
    typeName = "\(type(of: op))"
    self.op = op
    self.samples = samples
    refusals = refuses
  }

  /// The same row for an op whose gradient is not its derivative.
  var withoutGradient: OpRow { differentiable(times: 0) }

  /// The same row for an op whose gradient can be differentiated so often.
  func differentiable(times derivatives: Int) -> OpRow {
    var row = self
    row.derivatives = derivatives
    return row
  }

  /// Why the op refuses these inputs; nil if it takes them.
  package func refusal(_ types: [TensorType]) -> OpError? {
    do throws(OpError) {
      _ = try op.inferTypes(types)
      return nil
    } catch {
      return error
    }
  }

  /// The type's name.
  package var description: String { typeName }
}
