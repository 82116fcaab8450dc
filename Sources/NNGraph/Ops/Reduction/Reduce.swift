import NNCore
import NNKernels

/// The sum, maximum or minimum of the elements along some axes.
struct Reduce: KernelOp {
  enum Kind: Hashable, Sendable {
    case sum, max, min

    var code: nn_reduction {
      switch self {
      case .sum: NN_SUM
      case .max: NN_MAX
      case .min: NN_MIN
      }
    }

    /// The result for an empty set of elements.
    var identity: Double {
      switch self {
      case .sum: 0
      case .max: -.infinity
      case .min: .infinity
      }
    }
  }

  static let name = "reduce"
  let kind: Kind
  /// The reduced axes, ascending.
  let axes: [Int]
  /// Whether reduced axes are kept with extent 1.
  let keepsDimensions: Bool

  var attributes: Attributes {
    ["kind": .string("\(kind)"), "axes": .ints(axes), "keepDimensions": .bool(keepsDimensions)]
  }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    let input = inputs[0]
    guard input.dtype.isFloatingPoint else {
      throw OpError("a reduction takes float32 or float64, gets \(input.dtype)")
    }
    guard axes.allSatisfy({ input.shape.dimensions.indices.contains($0) }) else {
      throw OpError("reduction over axes \(axes) of a tensor of shape \(input.shape)")
    }
    let dimensions = input.shape.dimensions.enumerated().compactMap { axis, extent in
      axes.contains(axis) ? (keepsDimensions ? 1 : nil) : extent
    }
    return [TensorType(Shape(dimensions), input.dtype)]
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    let input = context.inputs[0]
    let kept = Shape(
      input.shape.dimensions.enumerated().map { axes.contains($0.offset) ? 1 : $0.element })
    let cotangent = context.cotangent.reshaped(to: kept)
    guard kind != .sum else { return [cotangent.broadcast(to: input.shape)] }
    // On ties, the elements share the gradient, as in PyTorch's amax and amin.
    let isExtreme = input.equals(context.output.reshaped(to: kept))
    let ties = isExtreme.sum(axes: axes, keepDimensions: true)
    return [isExtreme * (cotangent / ties)]
  }

  func prepare(_ context: KernelContext) -> Kernel {
    fused(context.inputs[0].type, context.outputs[0].type).prepare(context)
  }

  func scratchByteCount(inputs: [TensorType], outputs: [TensorType], workers: Int) -> Int {
    fused(inputs[0], outputs[0])
      .scratchByteCount(inputs: inputs, outputs: outputs, workers: workers)
  }

  private func fused(_ input: TensorType, _ output: TensorType) -> FusedReduce {
    FusedReduce(
      kind: kind, reduced: input.shape.dimensions.indices.map(axes.contains),
      program: ElementwiseProgram(
        space: input.shape, operands: [.init(broadcasting: input.shape, to: input.shape)],
        instructions: [], outputs: []),
      register: 0, output: output)
  }
}

extension Value {
  /// The sum over some axes, all by default; negative axes count from the end.
  public func sum(axes: [Int]? = nil, keepDimensions: Bool = false) -> Value {
    reduce(.sum, axes, keepDimensions)
  }

  /// The mean over some axes, all by default.
  public func mean(axes: [Int]? = nil, keepDimensions: Bool = false) -> Value {
    let total = sum(axes: axes, keepDimensions: keepDimensions)
    guard !total.isPoisoned else { return total }
    let count = shape.elementCount / Swift.max(1, total.shape.elementCount)
    return total * (1 / Double(count))
  }

  /// The largest element along some axes, all by default; NaN if any element is NaN.
  public func max(axes: [Int]? = nil, keepDimensions: Bool = false) -> Value {
    reduce(.max, axes, keepDimensions)
  }

  /// The smallest element along some axes, all by default; NaN if any element is NaN.
  public func min(axes: [Int]? = nil, keepDimensions: Bool = false) -> Value {
    reduce(.min, axes, keepDimensions)
  }

  private func reduce(_ kind: Reduce.Kind, _ axes: [Int]?, _ keepDimensions: Bool) -> Value {
    let all = Array(shape.dimensions.indices)
    let axes = axes.map { Set($0.map { $0 < 0 ? $0 + shape.rank : $0 }).sorted() } ?? all
    guard !axes.isEmpty || shape.rank == 0 else { return self }
    return Reduce(kind: kind, axes: axes, keepsDimensions: keepDimensions).apply(self)
  }
}
