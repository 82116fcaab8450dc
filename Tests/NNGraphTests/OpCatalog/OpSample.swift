import NNCore
import NNGraph

/// An op with sample inputs.
struct OpSample: Sendable, CustomStringConvertible {
  /// The contents of an input tensor.
  enum Contents: Sendable, Hashable {
    /// Different numbers, evenly spread over the input's range in a random order.
    case numbers
    /// 0 or 1; the op may be discontinuous in between.
    case flags
    /// Integers from 0 to below a bound.
    case integers(below: Int)
  }

  /// An input tensor.
  struct Input: Sendable {
    /// Shape and element type.
    let type: TensorType
    let contents: Contents
    /// The range of its numbers.
    let range: ClosedRange<Double>

    init(
      _ shape: Shape, _ dtype: DType, _ range: ClosedRange<Double> = -2...2.1,
      contents: Contents = .numbers
    ) {
      type = TensorType(shape, dtype)
      self.contents = contents
      self.range = range
    }

    /// Whether the output is differentiable with respect to this input.
    var isSmooth: Bool { contents == .numbers && type.dtype.isFloatingPoint }

    /// A tensor with these contents, which depends on `seed`.
    func tensor(seed: UInt64) -> HostTensor {
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

  /// The inputs, in order.
  let inputs: [Input]
  /// The op; nil if the inputs are invalid.
  let op: (any KernelOp)?
  private let build: @Sendable ([Value]) -> Value

  /// Creates a sample of the op that computes a value.
  ///
  /// - Parameters:
  ///   - inputs: The inputs, in order.
  ///   - build: Adds the op, and no other, to the graph of these inputs and returns its first
  ///     output.
  init(_ inputs: [Input], _ build: @escaping @Sendable ([Value]) -> Value) {
    self.inputs = inputs
    self.build = build
    op = build(Self.values(inputs)).kernelOp
  }

  private static func values(_ inputs: [Input]) -> [Value] {
    let graph = Graph()
    return inputs.enumerated().map { graph.input("x\($0.offset)", $0.element.type) }
  }

  /// Adds the op to a graph and returns its outputs.
  func apply(_ values: [Value]) -> [Value] {
    op.map { values[0].graph.add($0, values) } ?? [build(values)]
  }

  /// Whether the value that was built is the first output of `op` applied to the inputs themselves.
  var isOneOp: Bool {
    let values = Self.values(inputs)
    return build(values) == apply(values).first
  }

  /// The types of the outputs; none if the inputs are invalid.
  var outputTypes: [TensorType] { (try? op?.inferTypes(inputs.map(\.type))) ?? [] }

  /// Whether the op is a view, which has no kernel.
  var isView: Bool { if case .view = op?.form { true } else { false } }

  /// `matMul(transposeA) of float64[4, 3], float64[4, 5]`
  var description: String {
    (op.map { "\(type(of: $0).name)(\($0.attributes)) of " } ?? "invalid inputs ")
      + inputs.map { "\($0.type)" }.joined(separator: ", ")
  }
}
