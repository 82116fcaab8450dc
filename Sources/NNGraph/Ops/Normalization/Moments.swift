import NNCore
import NNKernels

/// Mean and variance over all axes but some neighbouring ones.
struct Moments: KernelOp {
  static let name = "moments"
  /// The reduced axes, ascending; the kept axes are neighbours.
  let axes: [Int]

  var attributes: Attributes { ["axes": .ints(axes)] }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    let input = inputs[0]
    guard input.dtype.isFloatingPoint else {
      throw OpError("moments take float32 or float64, not \(input.dtype)")
    }
    guard Self.layout(input.shape, axes) != nil else {
      throw OpError("moments over axes \(axes) of a tensor of shape \(input.shape)")
    }
    let kept = Shape(
      input.shape.dimensions.enumerated().map { axes.contains($0.offset) ? 1 : $0.element })
    return [TensorType(kept, input.dtype), TensorType(kept, input.dtype)]
  }

  /// ∂mean/∂x = 1/count; ∂variance/∂x = 2 (x − mean)/count (the derivative of the mean contributes
  /// nothing, since distances from the mean sum to 0).
  func gradient(_ context: GradientContext) -> [Value?] {
    let (input, mean) = (context.inputs[0], context.outputs[0])
    let share = Double(mean.shape.elementCount) / Double(Swift.max(1, input.shape.elementCount))
    let byMean = context.cotangents[0].map { ($0 * share).broadcast(to: input.shape) }
    let byVariance = context.cotangents[1].map { (input - mean) * ($0 * (2 * share)) }
    guard let byMean, let byVariance else { return [byMean ?? byVariance] }
    return [byVariance + byMean]
  }

  func prepare(_ context: KernelContext) -> Kernel {
    let source = context.inputs[0]
    guard let (outer, kept, inner) = Self.layout(source.type.shape, axes) else { return .nothing }
    let (mean, variance) = (context.outputs[0].address, context.outputs[1].address)
    let loops = context.loops
    // Enough work for a chunk; columns that share a cache line stay in one chunk.
    let grain = Swift.max(1, 32768 / Swift.max(1, outer * inner))
      .roundedUp(toMultipleOf: inner == 1 ? 16 : 1)
    return .elements(kept, grain: grain) { elements, _ in
      loops.pointee.moments(
        mean, variance, source.address, outer, kept, inner, elements.lowerBound,
        elements.upperBound)
    }
  }

  /// The tensor as [outer, kept, inner]; nil if the kept axes are not neighbours.
  static func layout(_ shape: Shape, _ axes: [Int]) -> (outer: Int, kept: Int, inner: Int)? {
    guard axes.allSatisfy(shape.dimensions.indices.contains) else { return nil }
    let kept = shape.dimensions.indices.filter { !axes.contains($0) }
    guard let first = kept.first, let last = kept.last, last - first + 1 == kept.count else {
      return kept.isEmpty ? (1, 1, shape.elementCount) : nil
    }
    func extent(_ range: Range<Int>) -> Int { shape.dimensions[range].saturatingProduct }
    return (extent(0..<first), extent(first..<last + 1), extent(last + 1..<shape.rank))
  }
}

extension Value {
  /// Mean and biased variance over some axes, which are kept with extent 1.
  ///
  /// - Parameter axes: The axes to reduce; negative axes count from the end.
  package func moments(axes: [Int]) -> (mean: Value, variance: Value) {
    let axes = Set(axes.map { $0 < 0 ? $0 + shape.rank : $0 }).sorted()
    guard isPoisoned || Moments.layout(shape, axes) != nil else {
      let mean = mean(axes: axes, keepDimensions: true)
      return (mean, (self - mean).square().mean(axes: axes, keepDimensions: true))
    }
    let outputs = graph.add(Moments(axes: axes), [self])
    return (outputs[0], outputs[1])
  }
}
